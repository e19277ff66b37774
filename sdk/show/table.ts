// A table twice: columns of text for a terminal, HTML for a notebook.

import { table, type TableOptions } from "../report/mod.ts";
import { escaped } from "./escape.ts";
import type { Picture } from "./picture.ts";

export interface TablePictureOptions extends TableOptions {
  /** Whether the first row is a heading. @default true */
  head?: boolean;
}

/** Lays rows out in columns; the text is that of `table()`, the HTML is aligned alike, and what is in a cell is text in both. */
export function tableOf(
  rows: readonly (readonly string[])[],
  { head = true, ...options }: TablePictureOptions = {},
): Picture {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const line = (cells: readonly string[], tag: "th" | "td"): string =>
    `<tr>${Array.from({ length: columns }, (_, c) => cell(cells[c] ?? "", tag, options.align?.[c] ?? "left")).join("")}</tr>`;
  const [first, ...rest] = rows;
  const heading = head && first !== undefined ? `<thead>${line(first, "th")}</thead>` : "";
  const body = (head ? rest : rows).map((row) => line(row, "td")).join("\n");
  return { text: table(rows, options), html: `<table>${heading}<tbody>\n${body}\n</tbody></table>` };
}

const COLOURS = /\u001b\[[0-9;]*m/g;

/** The alignment twice: a code host's preview drops `style`, and a notebook's own style sheet overrules `align`. */
function cell(text: string, tag: "th" | "td", align: "left" | "right"): string {
  return `<${tag} align="${align}" style="text-align: ${align}">${escaped(text.replace(COLOURS, "").replace(/[\s\u0000-\u001f\u007f]+/g, " "))}</${tag}>`;
}
