// Shows a picture as richly as the place allows.
//
//   notebook   SVG, else HTML, else text     one output of the cell
//   elsewhere  text                          on standard output

import { type Bundle, display, isNotebook } from "../notebook.ts";
import type { Picture } from "./picture.ts";

/**
 * Shows a picture, lines or a text: rich in a notebook, text elsewhere.
 *
 * @param options.print where text goes; @default console.log
 */
export async function show(
  what: Picture | readonly string[] | string,
  { print = console.log }: { print?: (text: string) => void } = {},
): Promise<void> {
  const { text, html, svg } = asPicture(what);
  const lines = text.join("\n");
  const bundle: Bundle = {
    ...(svg !== undefined && { "image/svg+xml": svg }),
    ...(html !== undefined && { "text/html": html }),
    "text/plain": lines,
  };
  const isRich = svg !== undefined || html !== undefined;
  if (isRich && isNotebook() && (await display(bundle))) return;
  print(lines);
}

/** Where a scenario's lines and pictures go: standard output, or with `json`, whose one line belongs there, standard error. */
export function output({ json = false }: { json?: boolean }): {
  print(text: string): void;
  show(what: Picture | readonly string[] | string): Promise<void>;
} {
  const print = json ? console.error : console.log;
  return { print, show: (what) => show(what, { print }) };
}

function asPicture(what: Picture | readonly string[] | string): Picture {
  if (typeof what === "string") return { text: [what] };
  return "text" in what ? what : { text: what };
}
