// A row of marks above the faults: each at its moment, with its text where there is room, and all of it as a
// tooltip.

import { printable } from "../../model/printable.ts";
import { escaped } from "./escape.ts";
import { cut, widthPx } from "./fit.ts";
import type { Part } from "./frame.ts";
import { colour } from "./palette.ts";
import { type Sheet, xOf } from "./sheet.ts";

/** What happened at a moment. */
export interface Mark {
  readonly atMs: number;
  readonly text: string;
  /** Path commands that draw it from its upper middle, 3 pixels below the row's upper edge. */
  readonly shape: string;
  readonly fill: string;
}

const ROW_PX = 15;
const ROWS = 3;
const GAP_PX = 8;
/** More marks than a person can tell apart. */
const MARKS = 60;
/** More letters than a picture has room for. */
const LETTERS = 160;

/** Returns the marks as a part of a picture; none where there is no mark. */
export function markPart(label: string, marks: readonly Mark[], sheet: Sheet): Part[] {
  if (marks.length === 0) return [];
  const freePx: number[] = Array.from({ length: ROWS }, () => -Infinity);
  let rows = 1;
  const drawn = marks.slice(0, MARKS).map(({ atMs, text: whole, shape, fill }) => {
    const x = Math.round(xOf(sheet, atMs) * 10) / 10;
    const said = printable(whole, { limit: LETTERS });
    const free = freePx.findIndex((px) => px <= x);
    const text = free < 0 ? "" : cut(said, sheet.widthPx - 12 - x);
    const row = Math.max(0, free);
    if (free >= 0) freePx[free] = x + 10 + widthPx(text) + GAP_PX;
    rows = Math.max(rows, row + 1);
    const y = row * ROW_PX;
    return (
      `<g><title>${escaped(said)}</title><path d="M${x},${y + 3}${shape}" fill="${fill}"/>` +
      `<text x="${x + 7}" y="${y + 12}" fill="${colour("ink")}">${escaped(text)}</text></g>`
    );
  });
  const heightPx = rows * ROW_PX + 4;
  const named =
    `<text x="${sheet.leftPx - 8}" y="12" text-anchor="end" fill="${colour("quiet")}">` +
    `${marks.length > MARKS ? `first ${MARKS} ${label}` : label}</text>`;
  return [
    { svg: `<svg width="${sheet.widthPx}" height="${heightPx}">${named}${drawn.join("")}</svg>`, heightPx },
  ];
}

/** The first marks for who cannot see the picture; nothing where there is none. */
export function marksInWords(label: string, marks: readonly Pick<Mark, "text">[]): string {
  const said = marks.slice(0, ROWS).map(({ text }) => printable(text, { limit: LETTERS }));
  const left = marks.length - said.length;
  if (said.length === 0) return "";
  return `; ${label}: ${said.join("; ")}${left > 0 ? `; and ${left} more` : ""}`;
}
