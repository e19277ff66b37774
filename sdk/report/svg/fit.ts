// How much room a text takes in a picture, told without a browser.

import { printable } from "../../model/printable.ts";
import { letters } from "../text/mod.ts";

/** The size of small text, in pixels. */
export const SMALL_PX = 11;

/** The width of a narrow letter. */
const NARROW = 0.42;

/** Estimates a text's width in pixels, for the system's own sans-serif; rather too wide than too narrow. */
export function widthPx(text: string, sizePx: number = SMALL_PX): number {
  let em = 0;
  for (const letter of letters(text))
    em += WIDE.test(letter)
      ? 1.05
      : /[MWmw@%─]/.test(letter)
        ? 0.9
        : /[iIjlrtf.,:;|!'() -]/.test(letter)
          ? NARROW
          : 0.6;
  return em * sizePx;
}

/** Letters as wide as they are high: Korean, Chinese, Japanese, most pictographs. */
const EAST_ASIAN = /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]/;
const WIDE = new RegExp(`${EAST_ASIAN.source}|\\p{Extended_Pictographic}`, "u");

/** More letters than any picture has room for. */
const LETTERS = 1000;

/**
 * Returns the first of some ways to say it that fits, the last one cut with `…` where none does, or nothing
 * where not even a letter has room.
 */
export function fitted(ways: readonly string[], roomPx: number): string {
  const said = ways.map((way) => printable(way, { limit: LETTERS }));
  return said.find((text) => widthPx(text) <= roomPx) ?? cut(said.at(-1) ?? "", roomPx);
}

/** Cuts a text to the room that there is; nothing where only the `…` would be left. */
export function cut(text: string, roomPx: number): string {
  // so many narrow letters have room at most: a text may be much longer
  const most = Math.ceil(roomPx / (NARROW * SMALL_PX));
  const all = letters(printable(text, { limit: Math.max(1, most + 1) }));
  if (all.length <= most && widthPx(text) <= roomPx) return text;
  for (let n = all.length - 1; n >= 2; n--) {
    const one = `${all.slice(0, n).join("").trimEnd()}…`;
    if (widthPx(one) <= roomPx) return one;
  }
  return "";
}
