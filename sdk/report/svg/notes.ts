// Notes of a run above its faults: a mark where each was made, its text where there is room.

import type { NoteEvent } from "../../model/history.ts";
import { printable } from "../../model/printable.ts";
import { escaped } from "./escape.ts";
import { cut, widthPx } from "./fit.ts";
import type { Part } from "./frame.ts";
import { colour } from "./palette.ts";
import { type Sheet, xOf } from "./sheet.ts";

const ROW_PX = 15;
const ROWS = 3;
const GAP_PX = 8;
/** More marks than a person can tell apart. */
const NOTES = 60;
/** More letters than a picture has room for. */
const LETTERS = 160;

/** Returns the notes as a part of a picture; none where there is no note. The whole text is a tooltip. */
export function notePart(notes: readonly NoteEvent[], sheet: Sheet): Part[] {
  if (notes.length === 0) return [];
  const freePx: number[] = Array.from({ length: ROWS }, () => -Infinity);
  let rows = 1;
  const drawn = notes.slice(0, NOTES).map(({ atMs, text: whole }) => {
    const x = Math.round(xOf(sheet, atMs) * 10) / 10;
    const said = printable(whole, { limit: LETTERS });
    const free = freePx.findIndex((px) => px <= x);
    const text = free < 0 ? "" : cut(said, sheet.widthPx - 12 - x);
    const row = Math.max(0, free);
    if (free >= 0) freePx[free] = x + 10 + widthPx(text) + GAP_PX;
    rows = Math.max(rows, row + 1);
    const y = row * ROW_PX;
    return (
      `<g><title>${escaped(said)}</title><path d="M${x},${y + 3}l4,8h-8z" fill="${colour("quiet")}"/>` +
      `<text x="${x + 7}" y="${y + 12}" fill="${colour("ink")}">${escaped(text)}</text></g>`
    );
  });
  const heightPx = rows * ROW_PX + 4;
  const label =
    `<text x="${sheet.leftPx - 8}" y="12" text-anchor="end" fill="${colour("quiet")}">` +
    `${notes.length > NOTES ? `first ${NOTES} notes` : "notes"}</text>`;
  return [
    { svg: `<svg width="${sheet.widthPx}" height="${heightPx}">${label}${drawn.join("")}</svg>`, heightPx },
  ];
}

/** The notes for who cannot see the picture; nothing where there is none. */
export function notesInWords(notes: readonly NoteEvent[]): string {
  const said = notes.slice(0, ROWS).map(({ text }) => printable(text, { limit: LETTERS }));
  const left = notes.length - said.length;
  if (said.length === 0) return "";
  return `; notes: ${said.join("; ")}${left > 0 ? `; and ${left} more` : ""}`;
}
