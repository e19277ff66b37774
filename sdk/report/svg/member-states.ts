// What state a member was in, as bands behind its rows.

import { readable } from "../../model/duration.ts";
import type { MemberLane, MemberSpan, MemberState } from "../groups/mod.ts";
import { printable } from "../../model/printable.ts";
import { tenth } from "./assignments.ts";
import { escaped } from "./escape.ts";
import { fitted } from "./fit.ts";
import { colour } from "./palette.ts";
import { roomOf, type Sheet, xOf } from "./sheet.ts";

/** A member of a generation has no band. */
const FILLS: Readonly<Record<MemberState, string>> = {
  member: "none",
  starting: colour("rebalancing"),
  rebalancing: colour("rebalancing"),
  frozen: colour("gone"),
  failed: colour("gone"),
  gone: colour("gone"),
};

/** More bands of a member than a person can tell apart; the longest ones are drawn. */
const BANDS = 30;
/** More letters of an error than a picture has room for. */
const LETTERS = 120;

/**
 * Bands, and what is drawn above everything else: what they say where there is room, and the lines of a
 * frozen member.
 */
export function stateBands(
  sheet: Sheet,
  { states, member }: MemberLane,
  { yPx, heightPx, textPx }: { yPx: number; heightPx: number; textPx: number },
): { bands: string; above: string } {
  const drawn = states
    .filter((one) => one.state !== "member" && !hasLeft(one))
    .sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs))
    .slice(0, BANDS)
    .sort((a, b) => a.fromMs - b.fromMs);
  const bands = drawn.map((one) => {
    const x = tenth(xOf(sheet, one.fromMs));
    const width = tenth(Math.max(1, roomOf(sheet, one.fromMs, one.toMs)));
    const title = `${member}: ${waysOf(one)[0]}, ${readable(one.fromMs)} to ${readable(one.toMs)}`;
    return (
      `<g><title>${escaped(title)}</title><rect x="${x}" y="${yPx}" width="${width}" height="${heightPx}" ` +
      `fill="${FILLS[one.state]}" fill-opacity="0.8"/></g>`
    );
  });
  const above = drawn.map((one) => {
    const x = tenth(xOf(sheet, one.fromMs));
    const width = roomOf(sheet, one.fromMs, one.toMs);
    const hatch = one.state === "frozen" ? hatched(x, yPx, width, heightPx) : "";
    return hatch + textOf(sheet, one, textPx);
  });
  return { bands: bands.join(""), above: above.join("") };
}

/** A member that has left is as one that was never there. */
export function hasLeft({ state, why }: MemberSpan): boolean {
  return state === "gone" && why === "left";
}

function waysOf({ state, why, fromMs, toMs }: MemberSpan): [string, ...string[]] {
  const [word, short] = WORDS[state];
  const because = why === undefined ? "" : ` (${printable(why, { limit: LETTERS })})`;
  const took = readable(toMs - fromMs);
  return [`${word}${because}, ${took}`, `${word}, ${took}`, word, short];
}

const WORDS: Readonly<Record<MemberState, readonly [word: string, short: string]>> = {
  starting: ["starting", ""],
  member: ["member", ""],
  rebalancing: ["joining", ""],
  frozen: ["frozen", "frozen"],
  failed: ["failed", "failed"],
  gone: ["ended", "ended"],
};

function textOf(sheet: Sheet, one: MemberSpan, yPx: number): string {
  const ways = waysOf(one).filter((way) => way !== "");
  const said = fitted(ways, roomOf(sheet, one.fromMs, one.toMs) - 6);
  if (!ways.includes(said)) return "";
  const isBad = one.state === "failed" || one.state === "gone";
  const place = `x="${tenth(xOf(sheet, one.fromMs) + 4)}" y="${yPx}" font-size="10"`;
  return `<text ${place} fill="${colour(isBad ? "fail" : "quiet")}">${escaped(said)}</text>`;
}

/** Slanted lines: a pattern would need an id, which a page may hold only once. */
function hatched(x: number, y: number, width: number, height: number): string {
  const [right, bottom] = [x + width, y + height];
  const lines: string[] = [];
  // from the lower left to the upper right, cut at the band's ends
  for (let from = x - height; from < right; from += 7) {
    const [x1, x2] = [Math.max(x, from), Math.min(right, from + height)];
    if (x2 > x1)
      lines.push(`M${tenth(x1)},${tenth(bottom - (x1 - from))}L${tenth(x2)},${tenth(bottom - (x2 - from))}`);
  }
  return `<path d="${lines.join("")}" fill="none" stroke="${colour("quiet")}" stroke-opacity="0.35"/>`;
}
