// A table twice: columns of text for a terminal, HTML for a notebook.

import { printable } from "../../model/printable.ts";
import { table, type TableOptions } from "../text/mod.ts";
import { escaped } from "./escape.ts";
import type { Picture } from "./picture.ts";

/** Options of `tableOf`. */
export interface TablePictureOptions extends TableOptions {
  /** Whether the first row is a heading. @default true */
  head?: boolean;
}

/**
 * Lays rows out in columns; the text is that of `table()`, the HTML is aligned alike, and what is in a cell
 * is text in both.
 */
export function tableOf(
  rows: readonly (readonly string[])[],
  { head = true, ...options }: TablePictureOptions = {},
): Picture {
  const { align = [], colours = true } = options;
  const cell = (text: string, tag: "th" | "td", column: number): string =>
    cellOf(withoutColours(text, colours), tag, align[column] ?? "left");
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const line = (cells: readonly string[], tag: "th" | "td"): string =>
    `<tr>${Array.from({ length: columns }, (_, c) => cell(cells[c] ?? "", tag, c)).join("")}</tr>`;
  const [first, ...rest] = rows;
  const heading = head && first !== undefined ? `<thead>${line(first, "th")}</thead>` : "";
  const body = (head ? rest : rows).map((row) => line(row, "td")).join("\n");
  return { text: table(rows, options), html: `<table>${heading}<tbody>\n${body}\n</tbody></table>` };
}

/**
 * The alignment twice: a code host's preview drops `style`, and a notebook's own style sheet overrules
 * `align`.
 */
function cellOf(text: string, tag: "th" | "td", align: "left" | "right"): string {
  return `<${tag} align="${align}" style="text-align: ${align}">${escaped(text)}</${tag}>`;
}

function withoutColours(text: string, colours: boolean): string {
  return printable(text, { colours })
    .replace(/\u001b\[[0-9;]*m/g, "")
    .replace(/\s+/g, " ");
}
