// Why there was a time without acknowledged sends, or without progress of a group, as rows of a timeline: a
// letter a part.
//
//   warm        ███████·························█████████
//   why warm           DDDDDDDDDDDDDDDDDDDDEEMM
//               D detection  E election  M metadata
import type { ExplainedStandstill, Part, ShownExplanation } from "../../analysis/explain/explanation.ts";
import { partitionName } from "../../model/partition.ts";
import { columnOf, type Scale } from "./strip.ts";

/** What a part of an outage is spent on. */
export type WhyKind = Part["kind"];

/** The kinds in the order in which they mostly come, each with its letter. */
export const WHY_LETTERS: Readonly<Record<WhyKind, string>> = {
  detection: "D",
  election: "E",
  isr: "I",
  metadata: "M",
  "back-off": "B",
  reconnect: "C",
  request: "R",
  delay: "L",
  healing: "H",
  start: "A",
  coordinator: "K",
  loading: "G",
  join: "J",
  sync: "Y",
  position: "N",
  fetch: "F",
  processing: "W",
  commit: "T",
  other: "O",
  stalled: "S",
  starved: "P",
  unexplained: "U",
};

/** One outage of a client, or of a partition that a group reads. */
export interface WhyWindow {
  /** The client, or the group and its partition: `billing orders-2`. */
  readonly client: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly tookMs: number;
  readonly parts: readonly Part[];
  readonly sentence: string;
}

/** The outages of one client or group, in order of time. */
export interface WhyRow {
  client: string;
  /** Whether it is a consumer group. */
  isGroup: boolean;
  windows: readonly WhyWindow[];
}

/** More than a person compares, of clients and of groups each. */
const CLIENTS = 4;
const WINDOWS = 40;

/**
 * Chooses what a timeline shows: the longest outages, of the clients and groups that had them, those with the
 * longest first. Of a group's partitions that stood still at the same time the longest is shown.
 */
export function whyRows({ windows, groups = [] }: ShownExplanation): WhyRow[] {
  return [
    ...rowsOf(windows, ({ client }) => client).map((row) => ({ ...row, isGroup: false })),
    ...rowsOf(groups.map(ofPartition), ({ group }) => group, overlaps).map((row) => ({
      ...row,
      isGroup: true,
    })),
  ];
}

function ofPartition(one: ExplainedStandstill): WhyWindow & { group: string } {
  return { ...one, client: `${one.group} ${partitionName(one)}` };
}

function overlaps(window: WhyWindow, row: readonly WhyWindow[]): boolean {
  return row.some(({ fromMs, toMs }) => fromMs < window.toMs && toMs > window.fromMs);
}

function rowsOf<Window extends WhyWindow>(
  windows: readonly Window[],
  nameOf: (window: Window) => string,
  isHidden: (window: Window, row: readonly Window[]) => boolean = () => false,
): { client: string; windows: Window[] }[] {
  const rows = new Map<string, Window[]>();
  for (const window of longestOf(
    windows.filter(({ parts }) => parts.length > 0),
    WINDOWS,
  )) {
    const row = rows.get(nameOf(window));
    if (row === undefined && rows.size < CLIENTS) rows.set(nameOf(window), [window]);
    else if (row !== undefined && !isHidden(window, row)) row.push(window);
  }
  return [...rows].map(([client, own]) => ({ client, windows: own.sort((a, b) => a.fromMs - b.fromMs) }));
}

/** Returns the longest of some outages, the longest first. */
export function longestOf<Window extends WhyWindow>(windows: readonly Window[], atMost: number): Window[] {
  return [...windows].sort((a, b) => b.tookMs - a.tookMs || a.fromMs - b.fromMs).slice(0, atMost);
}

/** Returns the kinds of parts that some rows have, in the order of `WHY_LETTERS`. */
export function whyKinds(rows: readonly WhyRow[]): WhyKind[] {
  const found = new Set(
    rows.flatMap(({ windows }) => windows.flatMap(({ parts }) => parts.map(({ kind }) => kind))),
  );
  return (Object.keys(WHY_LETTERS) as WhyKind[]).filter((kind) => found.has(kind));
}

/** What a sentence's term means, for who does not know Kafka's. */
const TERMS: Readonly<Record<string, string>> = {
  fenced: "fenced: the controller counts the broker as dead, so that it leads no partition",
  rebalance: "rebalance: every member joins the group again, and the partitions are shared out anew",
};

/** Explains the terms that some sentences use. */
export function termsIn(windows: readonly WhyWindow[]): string[] {
  return Object.entries(TERMS).flatMap(([term, meaning]) =>
    windows.some(({ sentence }) => new RegExp(`\\b${term}\\b`).test(sentence)) ? [meaning] : [],
  );
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
