// In what a notebook's cells differ from its script's.

import type { Cell, Notebook } from "./file.ts";

/** A line for each difference, with what to do; empty where there is none. */
export function cellDifferences(committed: Notebook, fresh: Notebook): string[] {
  const lines: string[] = [];
  for (let at = 0; at < Math.max(committed.cells.length, fresh.cells.length); at++) {
    const [was, is] = [committed.cells[at], fresh.cells[at]];
    if (was === undefined) lines.push(`cell ${at + 1} is not in the notebook: ${headOf(is!)}`);
    else if (is === undefined) lines.push(`cell ${at + 1} is not in the script: ${headOf(was)}`);
    else if (was.cell_type !== is.cell_type)
      lines.push(`cell ${at + 1} is ${was.cell_type}, in the script ${is.cell_type}: ${headOf(is)}`);
    else if (was.source !== is.source)
      lines.push(`cell ${at + 1} differs: ${differing(was.source, is.source)}`);
    else if (was.id !== is.id) lines.push(`cell ${at + 1} is named ${was.id}, in the script ${is.id}`);
  }
  return lines;
}

/** Keeps the outputs of code cells that have not changed; whether all of them were kept. */
export function keepOutputs(
  committed: Notebook,
  fresh: Notebook,
): { notebook: Notebook; changed: readonly string[] } {
  const before = new Map(committed.cells.map((cell) => [cell.source, cell]));
  const changed: string[] = [];
  const cells = fresh.cells.map((cell): Cell => {
    if (cell.cell_type !== "code") return cell;
    const same = before.get(cell.source);
    if (same?.cell_type === "code")
      return { ...cell, execution_count: same.execution_count, outputs: same.outputs };
    changed.push(cell.id);
    return cell;
  });
  const gone = committed.cells.filter(
    (cell) => cell.cell_type === "code" && !fresh.cells.some(({ source }) => source === cell.source),
  );
  const isSame = changed.length === 0 && gone.length === 0;
  return {
    notebook: { ...fresh, cells, metadata: isSame ? committed.metadata : fresh.metadata },
    changed: isSame ? [] : [...changed, ...gone.map(({ id }) => id).filter((id) => !changed.includes(id))],
  };
}

function headOf({ source }: Cell): string {
  return JSON.stringify(source.split("\n")[0]);
}

function differing(was: string, is: string): string {
  const [before, now] = [was.split("\n"), is.split("\n")];
  const line = before.findIndex((text, at) => text !== now[at]);
  const at = line < 0 ? before.length : line;
  return (
    `line ${at + 1} is ${JSON.stringify(before[at] ?? "")}, in the script ` +
    `${JSON.stringify(now[at] ?? "")}`
  );
}
