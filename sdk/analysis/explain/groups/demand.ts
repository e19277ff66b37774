// When a group would have had something to do in a partition, and for how long it did nothing.
//
//   record       sent ─────▶ acknowledged ─────▶ processed     from its send on somebody waits for it
//   processed    ● ● ●                          ● ● ●
//   standstill       ├──────────────────────────┤              cut where nobody sent anything
//
// A partition without a leader has nothing to read: its producer waits. So a send that is under way counts,
// not only a record that was acknowledged, as `groupProgress` counts it.

import type { History, SendEvent } from "../../../model/history.ts";
import { fatesOf } from "../../check/groups/fates.ts";
import { type GroupLog, type PartitionLog, sendOf } from "../../check/groups/group-log.ts";
import type { Window } from "../../check/mod.ts";
import { partitionOfSend } from "../measured-outcome.ts";

/** A time in milliseconds since the run's start. */
export type Stretch = Pick<Window, "fromMs" | "toMs">;

/** A time without a processed record. */
export interface Standstill extends Stretch {
  /** How long somebody waited in it, in milliseconds. */
  readonly ms: number;
  /** Whether no record was processed behind it while it was looked at. */
  readonly isOpen: boolean;
}

/** Gaps that are shorter are not looked at one by one. */
const MOST_GAPS = 50;

/**
 * Returns the longest time within a stretch in which a partition stood still while somebody waited.
 *
 * @param isWhole whether a standstill that had begun before the stretch is taken with its beginning
 */
export function longestStandstill(
  { runs }: PartitionLog,
  waiting: readonly Stretch[],
  { fromMs, toMs }: Stretch,
  isWhole = true,
): Standstill {
  const moments = runs.flatMap((run) => [run.fromMs, run.toMs]).sort((a, b) => a - b);
  const before = (isWhole ? moments.findLast((ms) => ms <= fromMs) : undefined) ?? fromMs;
  const within = moments.filter((ms) => ms > fromMs && ms < toMs);
  const edges = [before, ...within, toMs];
  return edges
    .slice(1)
    .map((endMs, i) => ({ fromMs: edges[i]!, toMs: endMs, isOpen: i === edges.length - 2 }))
    .sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs))
    .slice(0, MOST_GAPS)
    .map((gap) => ({ ...gap, ms: waitedIn(waiting, gap) }))
    .reduce((most, one) => (one.ms > most.ms ? one : most));
}

/** From the first moment at which somebody waited to the last one. */
function waitedIn(waiting: readonly Stretch[], { fromMs, toMs }: Stretch): number {
  let [first, last] = [Infinity, -Infinity];
  for (const one of waiting) {
    if (one.fromMs >= toMs || one.toMs <= fromMs) continue;
    first = Math.min(first, Math.max(fromMs, one.fromMs));
    last = Math.max(last, Math.min(toMs, one.toMs));
  }
  return Math.max(0, last - first);
}

/** When somebody waited for a record of a partition: its producer, or who is to process it. */
export function waitingFor(history: History, group: GroupLog, log: PartitionLog): Stretch[] {
  const fateOf = fatesOf(group, log);
  const waiting: Stretch[] = [];
  for (const life of log.lives) {
    const fate = life.times > 0 ? null : fateOf(life);
    if (fate !== null && fate.what !== "undecided") continue;
    const fromMs = Math.min(
      sendOf(log, life)?.atMs ?? Infinity,
      life.deliveredMs,
      life.first?.fromMs ?? Infinity,
    );
    if (fromMs < Infinity) waiting.push({ fromMs, toMs: life.first?.toMs ?? Infinity });
  }
  for (const send of history) if (isUnacknowledged(send, log)) waiting.push(timeOf(send));
  return waiting;
}

/** Of a send that was not acknowledged its partition may not be known: it counts for each. */
function isUnacknowledged(event: History[number], { topic, partition }: PartitionLog): event is SendEvent {
  if (event.kind !== "send" || event.topic !== topic || event.outcome === "ok") return false;
  const own = partitionOfSend(event);
  return own === undefined || own === partition;
}

function timeOf({ atMs, tookMs }: SendEvent): Stretch {
  return { fromMs: atMs, toMs: atMs + tookMs };
}
