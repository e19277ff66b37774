// What text must look like inside HTML and SVG: every text and every attribute that is not drawn by Plot goes through here.

import { printable } from "../model/printable.ts";

const MEANT: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes a text for HTML and XML, as content and as an attribute's value; it is printable and on one line. */
export function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, (letter) => MEANT[letter]!);
}

/** Makes a whole document printable: what a library has drawn of a text is escaped, but may hold what XML does not allow. */
export function printableXml(document: string): string {
  return printable(document, { lines: true });
}
