// A partition's log after an unclean election, by the acknowledgements of producers: the elected leader goes
// on where its own log ends, so the same offsets are given twice.
//
//   offset    0            K                  H
//   before    ├────────────┼──── first log ───┤     acknowledged by the leader that is lost
//   after     ├────────────┼─ written anew ───────▶ acknowledged by the elected one; K is its first offset

import type { Broker, History, SendEvent } from "@kafka-failure-lab/sdk";

/** A partition of a topic. */
export interface At {
  readonly topic: string;
  readonly partition: number;
}

/** A send that a broker acknowledged. */
export interface Acked {
  readonly offset: number;
  readonly broker: Broker;
  readonly atMs: number;
  readonly endedMs: number;
}

/** When the replica that was elected later was away, in milliseconds since the run's start. */
export interface Away extends At {
  /** Its process ended, at the earliest and at the latest. */
  readonly fromMs: number;
  readonly fromLatestMs: number;
  /** The last replica that was in sync ended: at the earliest, and when certainly nobody led any more. */
  readonly toMs: number;
  readonly toLatestMs: number;
}

/** A number that is known to lie within bounds. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** Where the log was written anew. */
export interface Rewritten {
  /** The first offset that the elected leader gave: its log ended there. */
  readonly keptTo: number;
  /** When that record was acknowledged, in milliseconds since the run's start. */
  readonly acknowledgedMs: number;
  /** How many records others had acknowledged from there on: those are gone. */
  readonly lost: number;
}

/** The acknowledged sends of a partition, in the order in which they ended. */
export function ackedAt(history: History, { topic, partition }: At): Acked[] {
  return history
    .filter(
      (event): event is SendEvent =>
        event.kind === "send" &&
        event.topic === topic &&
        event.partition === partition &&
        event.outcome === "ok" &&
        event.offset !== undefined,
    )
    .flatMap(({ offset, broker, atMs, tookMs }) =>
      broker === undefined ? [] : [{ offset: Number(offset), broker, atMs, endedMs: atMs + tookMs }],
    )
    .sort((a, b) => a.endedMs - b.endedMs);
}

/**
 * Finds where the log was written anew after its last in-sync replica was lost at `sinceMs`; undefined where
 * nobody else has acknowledged anything since.
 */
export function rewritten(history: History, at: At, sinceMs: number): Rewritten | undefined {
  const acked = ackedAt(history, at);
  const before = acked.findLast(({ endedMs }) => endedMs <= sinceMs)?.broker;
  const anew = acked.filter(({ endedMs, broker }) => endedMs > sinceMs && broker !== before);
  const [first] = anew.sort((a, b) => a.offset - b.offset);
  if (first === undefined) return undefined;
  const others = acked.filter(({ broker, offset }) => broker !== first.broker && offset >= first.offset);
  return { keptTo: first.offset, acknowledgedMs: first.endedMs, lost: others.length };
}

/**
 * Bounds of the offset at which the log of a replica ended that was killed while it was in sync. It had all
 * that was acknowledged with acks=all before, and nothing that was sent afterwards.
 */
export function endOfLog(history: History, { fromMs, fromLatestMs, ...at }: Away): Bounds {
  const acked = ackedAt(history, at);
  const ends = (some: readonly Acked[]): number =>
    some.reduce((end, one) => Math.max(end, one.offset + 1), 0);
  const later = acked.filter(({ atMs }) => atMs > fromLatestMs).map(({ offset }) => offset);
  return {
    least: ends(acked.filter(({ endedMs }) => endedMs <= fromMs)),
    most: later.length === 0 ? ends(acked) : Math.min(...later),
  };
}
