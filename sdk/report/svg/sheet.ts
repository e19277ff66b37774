// The horizontal axis that all parts of a timeline share.

/** Pixels from left to right, and the time that they stand for. */
export interface Sheet {
  widthPx: number;
  leftPx: number;
  rightPx: number;
  endMs: number;
  ticks: readonly number[];
}

/** Returns where a moment stands, in pixels from the left of the picture. */
export function xOf({ widthPx, leftPx, rightPx, endMs }: Sheet, atMs: number): number {
  return leftPx + (Math.max(0, Math.min(endMs, atMs)) / endMs) * (widthPx - leftPx - rightPx);
}

/** Returns how wide a stretch of time is, in pixels. */
export function roomOf(sheet: Sheet, fromMs: number, toMs: number): number {
  return xOf(sheet, toMs) - xOf(sheet, fromMs);
}
