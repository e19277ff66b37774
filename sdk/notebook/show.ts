// Shows a picture as richly as the place allows.
//
//   notebook   SVG, else HTML, else text     one output of the cell
//   elsewhere  text                          on standard output

import { printable } from "../model/printable.ts";
import { type Bundle, display, isNotebook } from "./notebook.ts";
import { print as toOutput, printError } from "../runtime/print.ts";
import type { Picture } from "../report/svg/picture.ts";

/**
 * Shows a picture, lines or a text: rich in a notebook, text elsewhere. Text may carry its caller's colours.
 *
 * @param options.print where text goes; @default standard output
 */
export async function show(
  what: Picture | readonly string[] | string,
  { print = painted }: { print?: (text: string) => void } = {},
): Promise<void> {
  const { text, html, svg } = asPicture(what);
  const lines = printable(text.join("\n"), { lines: true, colours: true });
  const bundle: Bundle = {
    ...(svg !== undefined && { "image/svg+xml": svg }),
    ...(html !== undefined && { "text/html": html }),
    "text/plain": lines,
  };
  const isRich = svg !== undefined || html !== undefined;
  if (isRich && isNotebook() && (await display(bundle))) return;
  print(lines);
}

/**
 * Where a scenario's lines and pictures go: standard output, or with `json`, whose one line belongs there,
 * standard error.
 */
export function output({ json = false }: { json?: boolean }): {
  print(text: string): void;
  show(what: Picture | readonly string[] | string): Promise<void>;
} {
  const print = json ? (text: string) => printError(text, { colours: true }) : painted;
  return { print, show: (what) => show(what, { print }) };
}

function painted(text: string): void {
  toOutput(text, { colours: true });
}

function asPicture(what: Picture | readonly string[] | string): Picture {
  if (typeof what === "string") return { text: [what] };
  return "text" in what ? what : { text: what };
}
