// What a group sees of a log that was cut and written anew: nothing.
//
//   offset       K              C
//   first log    ├─ processed ──┤       gone: nobody can read these any more
//   written anew ├─ never read ─┼────▶  the group goes on at C, the offset that it had committed

import type { CommitEvent, History } from "@kafka-failure-lab/sdk";
import { type At, type Away, type Bounds, endOfLog, type Rewritten } from "./rewritten.ts";

/** How many records, as derived and as counted. */
export interface Compared {
  /** Null where the history does not say what to expect. */
  readonly expected: number | null;
  readonly measured: number;
}

/** What became of a group's records. */
export interface GroupLoss {
  /** The offset that it had committed when the log was written anew; null where it is not known. */
  readonly committed: number | null;
  /** Processed, and not in the log any more. */
  readonly gone: Compared;
  /** In the log in front of the group's position, and never given to it. */
  readonly skipped: Compared;
}

/** A group and the partition that it reads. */
export interface OfGroup extends At {
  readonly group: string;
}

/**
 * How many new records a group is expected to pass over if the replica that was away is elected: those from
 * the end of that replica's log up to what the group has committed.
 */
export function expectedSkips(history: History, away: Away, group: string): Bounds {
  const committed = committedBefore(history, { ...away, group }, Infinity) ?? 0;
  const end = endOfLog(history, away);
  return { least: Math.max(0, committed - end.most), most: Math.max(0, committed - end.least) };
}

/** Counts what a group has processed that is gone, and what it has not been given that is there. */
export function groupLossOf(history: History, of: OfGroup, anew: Rewritten | undefined): GroupLoss {
  const untilMs = anew?.acknowledgedMs ?? Infinity;
  const committed = committedBefore(history, of, untilMs);
  const processed = processedBefore(history, of, untilMs);
  const end = processed.reduce((most, offset) => Math.max(most, offset + 1), 0);
  const kept = anew?.keptTo;
  const beyond = (position: number | null): number | null =>
    kept === undefined || position === null ? null : Math.max(0, position - kept);
  return {
    committed,
    gone: { expected: beyond(end), measured: goneOf(history, of, processed, untilMs) },
    skipped: { expected: beyond(committed), measured: skippedOf(history, of) },
  };
}

/** The last offset that was committed; null where there is none, or a later commit had no answer. */
function committedBefore(
  history: History,
  { topic, partition, group }: OfGroup,
  untilMs: number,
): number | null {
  const own = history.filter(
    (event): event is CommitEvent => event.kind === "commit" && event.group === group && event.atMs < untilMs,
  );
  const last = own.findLast(({ isRefused, offsets }) => isRefused !== true && offsets.some(isHere));
  if (last === undefined || last.error !== undefined) return null;
  return Number(last.offsets.find(isHere)!.offset);

  function isHere(one: At): boolean {
    return one.topic === topic && one.partition === partition;
  }
}

/** The offsets that a group had processed. */
function processedBefore(history: History, { topic, partition, group }: OfGroup, untilMs: number): number[] {
  const offsets = history.flatMap((event) =>
    event.kind === "processed" &&
    event.group === group &&
    event.topic === topic &&
    event.partition === partition &&
    event.atMs < untilMs
      ? event.offsets.map(Number)
      : [],
  );
  return [...new Set(offsets)];
}

/** Of the records at these offsets, as the group was given them, how many are not in the log. */
function goneOf(history: History, of: OfGroup, offsets: readonly number[], untilMs: number): number {
  const given = new Map(givenTo(history, of, untilMs).map(({ offset, value }) => [Number(offset), value]));
  const inLog = new Set(logOf(history, of).map(({ value }) => value));
  return offsets.filter((offset) => given.has(offset) && !inLog.has(given.get(offset)!)).length;
}

/** Records of the log that the group was given at no time, though it has committed behind them. */
function skippedOf(history: History, of: OfGroup): number {
  const given = new Set(givenTo(history, of, Infinity).map(({ value }) => value));
  const committed = committedBefore(history, of, Infinity) ?? 0;
  return logOf(history, of).filter(({ offset, value }) => Number(offset) < committed && !given.has(value))
    .length;
}

function givenTo(
  history: History,
  { topic, partition, group }: OfGroup,
  untilMs: number,
): readonly { offset: string; value: string }[] {
  return history.flatMap((event) =>
    event.kind === "delivered" &&
    event.group === group &&
    event.topic === topic &&
    event.partition === partition &&
    event.atMs < untilMs
      ? event.records
      : [],
  );
}

/** The partition as it was read back at the end. */
function logOf(history: History, { topic, partition }: At): readonly { offset: string; value: string }[] {
  const read = history.findLast((event) => event.kind === "readback" && event.topic === topic);
  return read?.kind === "readback" ? read.records.filter((one) => one.partition === partition) : [];
}
