// How far a group was behind, as a line on a scale of its own.

import { counted } from "../../analysis/check/mod.ts";
import type { GroupLane, LagPoint } from "../groups/mod.ts";
import { pathOf } from "./amounts.ts";
import { tenth } from "./assignments.ts";
import { said } from "./member-rows.ts";
import { colour } from "./palette.ts";
import { type Sheet, xOf } from "./sheet.ts";

export const LAG_PX = 58;
const MARGIN_PX = 6;

/** The largest lag of a group; null where none is known. */
export function largestLag({ lag }: GroupLane): { lag: number; atMs: number } | null {
  let found: { lag: number; atMs: number } | null = null;
  for (const { atMs, lag: one } of lag)
    if (one !== null && (found === null || one > found.lag)) found = { lag: one, atMs };
  return found;
}

/** Draws the line with its scale. */
export function lagLine(sheet: Sheet, { lag }: GroupLane, most: number): string {
  const top = roundUp(Math.max(1, most));
  const yOf = (records: number): number =>
    tenth(LAG_PX - MARGIN_PX - (records / top) * (LAG_PX - 2 * MARGIN_PX));
  const ticks = top === 1 ? [0, 1] : [0, top / 2, top];
  const scale = ticks.map((records) => {
    const y = yOf(records);
    const rule = `M${sheet.leftPx},${y}H${sheet.widthPx - sheet.rightPx}`;
    const label = said(sheet, y + 3.5, counted(records), "quiet");
    return `<path d="${rule}" stroke="${colour("grid")}"/>${label}`;
  });
  const look = `aria-label="lag" stroke="${colour("lag")}" stroke-width="1.6" stroke-linejoin="round"`;
  return scale.join("") + pathOf(steps(sheet, lag, yOf), look);
}

/** 1, 2 or 5 times a power of ten, and even where there are halves. */
function roundUp(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return (
    [1, 2, 5, 10].map((one) => one * power).find((one) => one >= most && (one === 1 || one % 2 === 0)) ?? most
  );
}

/**
 * A value lasts until the next one; where it is not known there is no line. Of the values of one pixel the
 * highest and the last are drawn, so that the line is as long as the picture is wide.
 */
function steps(sheet: Sheet, points: readonly LagPoint[], yOf: (records: number) => number): string {
  const drawn: string[] = [];
  let [column, lowest, isDrawn] = [-1, Infinity, false];
  const right = tenth(sheet.widthPx - sheet.rightPx);
  points.forEach(({ atMs, lag }, i) => {
    const x = Math.round(xOf(sheet, atMs));
    if (x !== column) [column, lowest] = [x, Infinity];
    const isLast = i + 1 === points.length || Math.round(xOf(sheet, points[i + 1]!.atMs)) !== x;
    if (lag === null) {
      if (isDrawn) drawn.push(`H${x}`);
      isDrawn = false;
      return;
    }
    const y = yOf(lag);
    if (!isDrawn) drawn.push(`M${x},${y}`);
    else if (y < lowest || isLast) drawn.push(lowest === Infinity ? `H${x}V${y}` : `V${y}`);
    isDrawn = true;
    lowest = Math.min(lowest, y);
  });
  return drawn.join("") + (isDrawn ? `H${right}` : "");
}
