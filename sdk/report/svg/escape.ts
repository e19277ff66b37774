// What text must look like inside HTML and SVG. Every text and attribute that Plot does not draw goes through
// here.

import { printable } from "../../model/printable.ts";

const MEANT: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes a text for HTML and XML, as content and as an attribute's value, printable and on one line. */
export function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, (letter) => MEANT[letter]!);
}

/** Makes a whole document printable: Plot escapes markup, but not the characters that XML does not allow. */
export function printableXml(document: string): string {
  return printable(document, { lines: true });
}
