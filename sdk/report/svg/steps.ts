// Steps as names above the time at which they begin.

import type { History } from "../../model/history.ts";
import { windows } from "../../analysis/check/mod.ts";
import { printable } from "../../model/printable.ts";
import { escaped } from "./escape.ts";
import { cut, widthPx } from "./fit.ts";
import type { Part } from "./frame.ts";
import { colour } from "./palette.ts";
import { type Sheet, xOf } from "./sheet.ts";

/** A step's name where it has room; its rule is drawn in any case. */
export interface StepName {
  atMs: number;
  text: string;
  row: number;
}

/** Returns the names as a part above the others; none where there is no step. */
export function stepPart(names: readonly StepName[], sheet: Sheet): Part[] {
  if (names.length === 0) return [];
  const rows = 1 + Math.max(...names.map(({ row }) => row));
  const heightPx = rows * ROW_PX + 4;
  const texts = names.map(({ atMs, text, row }) => {
    const x = Math.round(xOf(sheet, atMs) * 10) / 10;
    return (
      `<path d="M${x},${row * ROW_PX + 3}V${heightPx}" stroke="${colour("quiet")}" ` +
      `stroke-dasharray="3,3" stroke-opacity="0.8"/><text x="${x + 4}" y="${row * ROW_PX + 12}" fill="` +
      `${colour("ink")}">${escaped(text)}</text>`
    );
  });
  const style = `text-anchor="end" fill="${colour("quiet")}"`;
  const label = `<text x="${sheet.leftPx - 8}" y="12" ${style}>steps</text>`;
  return [
    { svg: `<svg width="${sheet.widthPx}" height="${heightPx}">${label}${texts.join("")}</svg>`, heightPx },
  ];
}

const ROW_PX = 15;
const ROWS = 3;
const GAP_PX = 8;

/**
 * Places the names: each in the first row where the one before has ended, cut where it would leave the
 * picture; left out where no row has room.
 */
export function stepNames(history: History, sheet: Sheet): StepName[] {
  const freePx: number[] = Array.from({ length: ROWS }, () => -Infinity);
  return windows(history).steps.flatMap(({ name, fromMs }) => {
    const x = xOf(sheet, fromMs);
    const row = freePx.findIndex((free) => free <= x);
    const text = cut(printable(name), sheet.widthPx - 4 - x);
    if (row < 0 || text === "") return [];
    freePx[row] = x + widthPx(text) + GAP_PX;
    return [{ atMs: fromMs, text, row }];
  });
}

/** As many as still tell something. */
const RULES = 60;

/**
 * Moments at which steps begin; where there are very many, those that are closest to the one before are left
 * out.
 */
export function stepRules(history: History, sheet: Sheet): number[] {
  const { steps } = windows(history);
  const gapPx = steps.length <= RULES ? 1 : (sheet.widthPx - sheet.leftPx - sheet.rightPx) / RULES;
  let last = -Infinity;
  return steps.flatMap(({ fromMs }) => {
    const x = xOf(sheet, fromMs);
    if (x - last < gapPx) return [];
    last = x;
    return [fromMs];
  });
}
