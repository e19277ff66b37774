// What stands behind the rows of a group's members: time, faults and steps; the colours' partitions.

import type { Markish } from "@observablehq/plot";
import type { GroupLane } from "../groups/mod.ts";
import { tenth } from "./assignments.ts";
import type { Bar } from "./bars.ts";
import { escaped } from "./escape.ts";
import { widthPx } from "./fit.ts";
import { colour, partitionColour } from "./palette.ts";
import { roomOf, type Sheet, xOf } from "./sheet.ts";

/** What stands behind the members. */
export interface Behind {
  /** Faults. */
  faults: readonly Bar[];
  /** Moments at which steps begin. */
  steps: readonly number[];
  /** The same as marks of Plot. */
  rules: readonly Markish[];
}

/** Which colour is which partition, where the bars have no room for their names. */
export function partitionKey({ leftPx, widthPx: endPx }: Sheet, partitions: readonly string[]): string {
  const entries: string[] = [];
  let x = leftPx;
  for (const [i, name] of partitions.entries()) {
    const left = partitions.length - i;
    const roomPx = 26 + Math.ceil(widthPx(name));
    if (x + roomPx + (left > 1 ? 60 : 0) > endPx) {
      entries.push(`<text x="${x}" y="13" fill="${colour("quiet")}">and ${left} more</text>`);
      break;
    }
    entries.push(
      `<rect x="${x}" y="4" width="11" height="10" rx="2" fill="${partitionColour(i)}"/>` +
        `<text x="${x + 15}" y="13">${escaped(name)}</text>`,
    );
    x += roomPx;
  }
  return entries.join("");
}

/** Faults as bands, time as a grid, steps as dashed lines. */
export function behindSvg(sheet: Sheet, { faults, steps }: Behind, heightPx: number): string {
  const bands = faults.map(({ fromMs, toMs }) => {
    const px = tenth(Math.max(0.5, roomOf(sheet, fromMs, toMs)));
    const place = `x="${tenth(xOf(sheet, fromMs))}" y="0" width="${px}" height="${heightPx}"`;
    return `<rect ${place} fill="${colour("faultBand")}"/>`;
  });
  const lines = (all: readonly number[]): string =>
    all.map((atMs) => `M${tenth(xOf(sheet, atMs))},0V${heightPx}`).join("");
  const dashed = `stroke="${colour("quiet")}" stroke-dasharray="3,3" stroke-opacity="0.8"`;
  return (
    `${bands.join("")}<path d="${lines(sheet.ticks)}" stroke="${colour("grid")}"/>` +
    `<path d="${lines(steps)}" ${dashed}/>`
  );
}

/** As many as a person can tell apart. */
const CHANGES = 80;

/** Changes of the coordinator as lines through everything of the group. */
export function changesSvg(sheet: Sheet, { coordinators }: GroupLane, heightPx: number): string {
  const moments = coordinators.slice(1, 1 + CHANGES).map(({ atMs }) => atMs);
  if (moments.length === 0) return "";
  const lines = moments.map((atMs) => `M${tenth(xOf(sheet, atMs))},0V${heightPx}`).join("");
  return (
    `<path aria-label="coordinator change" d="${lines}" stroke="${colour("ink")}" stroke-width="1" ` +
    `stroke-dasharray="1,3" stroke-opacity="0.7"/>`
  );
}
