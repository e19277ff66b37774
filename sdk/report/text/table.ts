// Rows in columns, for a monospaced terminal.
import { printable } from "../../model/printable.ts";
import { padded, widthOf } from "./width.ts";

/** Options of `table`. */
export interface TableOptions {
  /**
   * The alignment by column.
   *
   * @default left
   */
  align?: readonly ("left" | "right")[];
  /**
   * Whether cells keep the caller's colours; false for cells with foreign text.
   *
   * @default true
   */
  colours?: boolean;
}

/**
 * Lays rows out in columns with two spaces between them, as wide as their widest cell.
 *
 * Short rows are allowed, trailing spaces are cut, and what does not print is shown as its escape.
 */
export function table(
  rows: readonly (readonly string[])[],
  { align = [], colours = true }: TableOptions = {},
): string[] {
  const cells = rows.map((row) => row.map((cell) => printable(cell, { colours })));
  const widths: number[] = [];
  for (const row of cells) row.forEach((cell, c) => (widths[c] = Math.max(widths[c] ?? 0, widthOf(cell))));
  return cells.map((row) =>
    row
      .map((cell, c) => padded(cell, widths[c] ?? 0, align[c]))
      .join("  ")
      .trimEnd(),
  );
}
