// A strip is a row of the timeline: one character a bucket of time.
import { isUnderWay } from "../../analysis/check/mod.ts";
import type { SendEvent } from "../../model/history.ts";
import { letters } from "./width.ts";

/** The scale of a timeline: `columns` buckets from 0 to `endMs`. */
export interface Scale {
  columns: number;
  endMs: number;
}

/**
 * Characters by what happened in a bucket; where several did, the first of these wins: fail, info, ok,
 * waiting.
 */
export const MARKS = { fail: "x", info: "?", ok: "█", waiting: "·", none: " " } as const;

type Mark = keyof typeof MARKS;

const RANK: readonly Mark[] = ["none", "waiting", "ok", "info", "fail"];

/** Returns the column of a moment. */
export function columnOf({ columns, endMs }: Scale, atMs: number): number {
  return Math.max(0, Math.min(columns - 1, Math.floor((atMs / endMs) * columns)));
}

/**
 * Draws a client's sends: each outcome in the bucket where the send ended, `waiting` in those that it was
 * under way before, and to the end where the lab ended it.
 */
export function sendStrip(sends: readonly SendEvent[], scale: Scale): string {
  const ranks = new Uint8Array(scale.columns);
  const raise = (column: number, mark: Mark): void => {
    ranks[column] = Math.max(ranks[column] ?? 0, RANK.indexOf(mark));
  };
  for (const send of sends) {
    const { atMs, tookMs, outcome } = send;
    const end = columnOf(scale, atMs + tookMs);
    for (let column = columnOf(scale, atMs); column < end; column++) raise(column, "waiting");
    raise(end, isUnderWay(send) ? "waiting" : outcome);
  }
  return [...ranks].map((rank) => MARKS[RANK[rank] ?? "none"]).join("");
}

/** How long a step or a fault lasts. */
export const LASTS = "░";
/** Where a note was made. */
export const NOTE = "▲";

/** Draws moments, each as the same mark. */
export function momentStrip(moments: readonly number[], scale: Scale): string {
  const row: string[] = Array.from({ length: scale.columns }, () => " ");
  for (const atMs of moments) row[columnOf(scale, atMs)] = NOTE;
  return row.join("");
}

/** Draws stretches of time, each with as much of its name as fits; a later one covers an earlier one. */
export function segmentStrip(
  segments: readonly { name: string; fromMs: number; toMs: number }[],
  scale: Scale,
): string {
  const row: string[] = Array.from({ length: scale.columns }, () => " ");
  for (const { name, fromMs, toMs } of segments) {
    const from = columnOf(scale, fromMs);
    const to = columnOf(scale, toMs);
    row.fill(LASTS, from, to + 1);
    letters(name)
      .slice(0, Math.max(0, to - from - 1))
      .forEach((letter, k) => (row[from + k] = letter));
  }
  return row.join("");
}

/** Draws a state that lasts until it changes: its value where it changes, a dash where it stays. */
export function stateStrip(changes: readonly { atMs: number; state: string }[], scale: Scale): string {
  const row: string[] = Array.from({ length: scale.columns }, () => " ");
  for (const { atMs, state } of changes) {
    const from = columnOf(scale, atMs);
    row.fill("─", from);
    [...state].forEach((letter, k) => (row[from + k] = letter));
  }
  return row.slice(0, scale.columns).join("");
}
