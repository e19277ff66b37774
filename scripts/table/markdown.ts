// What is measured and what went wrong is text in Markdown, too: no line break, no tag.

import { printable } from "@kafka-failure-lab/sdk";
import type { FailedRow } from "./measured.ts";

/** A text as Markdown shows it. */
export function written(text: string): string {
  return printable(text).replaceAll("<", "&lt;");
}

/** A row of a table. */
export function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => written(cell).replaceAll("|", "\\|")).join(" | ")} |`;
}

/** A list under its title; nothing where it is empty. */
export function list(title: string, rows: readonly FailedRow[]): string[] {
  return rows.length === 0
    ? []
    : ["", title, "", ...rows.map(({ id, why }) => `- ${written(`${id}: ${why}`)}`)];
}
