// How many records reach a group's topic a second, by how the ends of its partitions have moved.

import type { History, LagEvent } from "../../../model/history.ts";

/** How far back the ends are looked at, in milliseconds. */
const BACK_MS = 10_000;
/** The shortest time over which a rate is one. */
const LEAST_MS = 1_000;

/**
 * Returns the highest rate within the last ten seconds, in records a second, whoever sent them; null where
 * nothing was sent, or it is not known: then it may be any rate when the fault strikes.
 *
 * Ends of partitions count markers of transactions, too: a bound is no lower by that.
 */
export function arrivalRate(history: History, group: string, nowMs: number): number | null {
  const ends: { atMs: number; end: number }[] = [];
  for (let at = history.length - 1; at >= 0; at--) {
    const event = history[at]!;
    if (event.kind !== "lag" || event.group !== group) continue;
    ends.push({ atMs: event.atMs, end: endOf(event) });
    if (event.atMs < nowMs - BACK_MS) break;
  }
  let most = 0;
  for (const [i, last] of ends.entries())
    for (const first of ends.slice(i + 1)) {
      const ms = last.atMs - first.atMs;
      if (ms >= LEAST_MS) most = Math.max(most, (1000 * (last.end - first.end)) / ms);
    }
  return most === 0 ? null : Math.ceil(most);
}

function endOf({ partitions }: LagEvent): number {
  return partitions.reduce((sum, { end }) => sum + Number(end), 0);
}
