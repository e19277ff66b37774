// Rows in columns, for a monospaced terminal.
import { onOneLine, padded, widthOf } from "./width.ts";

export interface TableOptions {
  /**
   * The alignment by column.
   *
   * @default left
   */
  align?: readonly ("left" | "right")[];
}

/** Lays rows out in columns with two spaces between them, as wide as their widest cell; short rows are allowed, trailing spaces are cut. */
export function table(rows: readonly (readonly string[])[], { align = [] }: TableOptions = {}): string[] {
  const cells = rows.map((row) => row.map(onOneLine));
  const widths: number[] = [];
  for (const row of cells) row.forEach((cell, c) => (widths[c] = Math.max(widths[c] ?? 0, widthOf(cell))));
  return cells.map((row) =>
    row
      .map((cell, c) => padded(cell, widths[c] ?? 0, align[c]))
      .join("  ")
      .trimEnd(),
  );
}
