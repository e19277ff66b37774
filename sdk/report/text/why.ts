// Why there was a time without acknowledged sends, as rows of a timeline: a letter a part.
//
//   warm        ███████·························█████████
//   why warm           DDDDDDDDDDDDDDDDDDDDEEMM
//               D detection  E election  M metadata
import type { ExplainedWindow, Explanation, Part } from "../../analysis/explain/explanation.ts";
import { columnOf, type Scale } from "./strip.ts";

/** What a part of an outage is spent on. */
export type WhyKind = Part["kind"];

/** The kinds in the order in which they mostly come, each with its letter. */
export const WHY_LETTERS: Readonly<Record<WhyKind, string>> = {
  detection: "D",
  election: "E",
  metadata: "M",
  "back-off": "B",
  reconnect: "C",
  request: "R",
  delay: "L",
  healing: "H",
  other: "O",
  unexplained: "U",
};

/** One client's outages, in order of time. */
export interface WhyRow {
  client: string;
  windows: readonly ExplainedWindow[];
}

/** More than a person compares. */
const CLIENTS = 4;
const WINDOWS = 40;

/**
 * Chooses what a timeline shows: the longest outages, of the clients that had them, those with the longest
 * first.
 */
export function whyRows({ windows }: Explanation): WhyRow[] {
  const rows = new Map<string, ExplainedWindow[]>();
  for (const window of longestOf(
    windows.filter(({ parts }) => parts.length > 0),
    WINDOWS,
  )) {
    const row = rows.get(window.client);
    if (row !== undefined) row.push(window);
    else if (rows.size < CLIENTS) rows.set(window.client, [window]);
  }
  return [...rows].map(([client, own]) => ({ client, windows: own.sort((a, b) => a.fromMs - b.fromMs) }));
}

/** Returns the longest of some outages, the longest first. */
export function longestOf(windows: readonly ExplainedWindow[], atMost: number): ExplainedWindow[] {
  return [...windows].sort((a, b) => b.tookMs - a.tookMs || a.fromMs - b.fromMs).slice(0, atMost);
}

/** Returns the kinds of parts that some rows have, in the order of `WHY_LETTERS`. */
export function whyKinds(rows: readonly WhyRow[]): WhyKind[] {
  const found = new Set(
    rows.flatMap(({ windows }) => windows.flatMap(({ parts }) => parts.map(({ kind }) => kind))),
  );
  return (Object.keys(WHY_LETTERS) as WhyKind[]).filter((kind) => found.has(kind));
}

/** Draws the parts of outages: in each bucket the letter of the part that most of it was spent on. */
export function whyStrip({ windows }: WhyRow, scale: Scale): string {
  const row: string[] = Array.from({ length: scale.columns }, () => " ");
  const most = new Float64Array(scale.columns);
  const columnMs = scale.endMs / scale.columns;
  for (const { kind, fromMs, toMs } of windows.flatMap(({ parts }) => parts)) {
    for (let column = columnOf(scale, fromMs); column <= columnOf(scale, toMs); column++) {
      const shared = Math.min(toMs, (column + 1) * columnMs) - Math.max(fromMs, column * columnMs);
      if (shared <= most[column]!) continue;
      most[column] = shared;
      row[column] = WHY_LETTERS[kind];
    }
  }
  return row.join("");
}

/** Joins words to lines that fit; a word alone need not. */
export function wrapped(
  words: readonly string[],
  fits: (line: string) => boolean,
  between: string = " ",
): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)}${between}${word}`;
    if (lines.length > 0 && fits(longer)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
