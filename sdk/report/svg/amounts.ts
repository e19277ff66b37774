// Records by moment, as dots where they can be told apart, else as columns whose height is how many.
//
//   few     ·    ·  ·      ·       a dot each
//   many    ▂▂▂▃▂▂   ▇▅▂▂▂▂▂       a column for each cell of time; the root of the number of records

import type { Amount } from "../groups/mod.ts";
import { colour } from "./palette.ts";
import { type Sheet, xOf } from "./sheet.ts";

/** The width of a cell: what is in one is drawn once. */
const CELL_PX = 3;

/** Records by cell of time. */
export interface Cells {
  counts: Float64Array;
  again: Float64Array;
  failed: Uint8Array;
}

/** Sorts records into cells; any number of them into as many cells as the picture is wide. */
export function cellsOf(sheet: Sheet, amounts: readonly Amount[]): Cells {
  const size = Math.ceil((sheet.widthPx - sheet.leftPx - sheet.rightPx) / CELL_PX) + 1;
  const cells = {
    counts: new Float64Array(size),
    again: new Float64Array(size),
    failed: new Uint8Array(size),
  };
  for (const { atMs, count, again, failed } of amounts) {
    const cell = Math.floor((xOf(sheet, atMs) - sheet.leftPx) / CELL_PX);
    cells.counts[cell]! += count;
    cells.again[cell]! += again;
    if (failed) cells.failed[cell] = 1;
  }
  return cells;
}

/** A share of cells above which dots would be a line. */
const DENSE = 0.2;

/** Whether there are too many records for dots. */
export function isDense({ counts }: Cells): boolean {
  return counts.reduce((used, count) => used + Number(count > 0), 0) > counts.length * DENSE;
}

/** How many times the usual cell the highest column is; higher ones are cut. */
const TIMES_USUAL = 6;

/**
 * The records of a column of full height, for some rows together: of the fullest cell, but not so many that
 * the usual one would be flat.
 */
export function fullColumn(rows: readonly Cells[]): number {
  const used = Float64Array.from(
    rows.flatMap(({ counts }) => [...counts].filter((count) => count > 0)),
  ).sort();
  const usual = used[used.length >> 1] ?? 1;
  return Math.min(used.at(-1) ?? 1, usual * TIMES_USUAL);
}

export interface AmountsOptions {
  /** From the top of the picture's part. */
  yPx: number;
  heightPx: number;
  /** The records of a column of full height, for all rows of the picture; 0: as dots. */
  full: number;
  stroke: "ok" | "quiet";
  /** For who reads the picture's source. */
  label: string;
}

/** Draws a row of records: one path for all, one for those that were processed before, one for failures. */
export function amountsRow(sheet: Sheet, cells: Cells, options: AmountsOptions): string {
  const { full, stroke, label } = options;
  const [all, again] = full > 0 ? columns(sheet, cells, options) : dots(sheet, cells, options);
  const look = full > 0 ? 'stroke-width="2"' : 'stroke-width="3.4" stroke-linecap="round"';
  const faint = stroke === "quiet" ? ' stroke-opacity="0.75"' : "";
  return (
    pathOf(all, `aria-label="${label}" stroke="${colour(stroke)}" ${look}${faint}`) +
    pathOf(again, `aria-label="${label} again" stroke="${colour("info")}" ${look}`) +
    pathOf(crosses(sheet, cells, options), CROSS)
  );
}

const CROSS = `aria-label="failed" stroke="${colour("fail")}" stroke-width="1.7" stroke-linecap="round"`;

/** An element; nothing for nothing. */
export function pathOf(d: string, attributes: string): string {
  return d === "" ? "" : `<path ${attributes} fill="none" d="${d}"/>`;
}

function middleOf({ leftPx }: Sheet, cell: number): number {
  return Math.round((leftPx + (cell + 0.5) * CELL_PX) * 10) / 10;
}

function dots(
  sheet: Sheet,
  { counts, again }: Cells,
  { yPx, heightPx }: AmountsOptions,
): [all: string, again: string] {
  const drawn: [string[], string[]] = [[], []];
  counts.forEach((count, cell) => {
    if (count > 0) drawn[again[cell]! > 0 ? 1 : 0].push(`M${middleOf(sheet, cell)},${yPx + heightPx / 2}h0`);
  });
  return [drawn[0].join(""), drawn[1].join("")];
}

/** The lower part of a column are those that were processed before. */
function columns(
  sheet: Sheet,
  { counts, again }: Cells,
  { yPx, heightPx, full }: AmountsOptions,
): [all: string, again: string] {
  const drawn: [string[], string[]] = [[], []];
  counts.forEach((count, cell) => {
    if (count <= 0) return;
    const px = Math.max(2, Math.sqrt(Math.min(1, count / full)) * (heightPx - 1));
    const from = `M${middleOf(sheet, cell)},${yPx + heightPx}`;
    const up = (part: number): string => `v-${Math.round(part * 10) / 10}`;
    drawn[0].push(from + up(px));
    if (again[cell]! > 0) drawn[1].push(from + up(Math.max(2, (px * again[cell]!) / count)));
  });
  return [drawn[0].join(""), drawn[1].join("")];
}

function crosses(sheet: Sheet, { failed }: Cells, { yPx, heightPx }: AmountsOptions): string {
  return [...failed]
    .flatMap((one, cell) =>
      one === 0 ? [] : [`M${middleOf(sheet, cell) - 3},${yPx + heightPx / 2 - 3}l6,6m0,-6l-6,6`],
    )
    .join("");
}
