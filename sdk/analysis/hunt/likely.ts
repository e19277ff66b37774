// Which faults of a schedule a failure is likely to come from, by when it happened: an order in which smaller
// schedules are tried, and never a reason to leave one out.
//
//   what failed             |────────────|
//   faults   |─ 3rd ─|  |─ 2nd ─|  |─ 1st ─|     |─ last ─|

import type { Check } from "../check/mod.ts";

/** A stretch of a run, in milliseconds since the run's start. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The positions of faults, the likeliest first: those that were open meanwhile, the latest begun first; those
 * that had ended before, the latest healed first; those that began afterwards; those that were not injected.
 *
 * @param faults from each fault's effect to its heal, undefined where it was not injected
 * @param failed when it happened, where that is known
 * @returns no position where it is not known
 */
export function likelyFaults(
  faults: readonly (Stretch | undefined)[],
  failed: Stretch | undefined,
): readonly number[] {
  if (failed === undefined) return [];
  const rank = (fault: Stretch | undefined): readonly [group: number, within: number] => {
    if (fault === undefined) return [3, 0];
    if (fault.fromMs > failed.toMs) return [2, fault.fromMs];
    return fault.toMs < failed.fromMs ? [1, -fault.toMs] : [0, -fault.fromMs];
  };
  const ranked = faults.map((fault, index) => ({ index, rank: rank(fault) }));
  return ranked
    .sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1] || a.index - b.index)
    .map(({ index }) => index);
}

/** One order out of those of several runs: by the sum of the positions that a fault has in them. */
export function mergedOrder(orders: readonly (readonly number[])[]): readonly number[] {
  const sums = new Map<number, number>();
  for (const order of orders)
    for (const [position, index] of order.entries()) sums.set(index, (sums.get(index) ?? 0) + position);
  return [...sums].sort(([a, sumA], [b, sumB]) => sumA - sumB || a - b).map(([index]) => index);
}

/** When the first record of a finding was under way; undefined where a finding is of no single record. */
export function failedStretch(checks: readonly Check[]): Stretch | undefined {
  for (const { checker, facts } of checks) {
    if (checker !== "noLostWrites" && checker !== "noPhantomWrites") continue;
    const [first] = facts.examples;
    if (first !== undefined) return { fromMs: first.atMs, toMs: first.endedAtMs };
  }
  return undefined;
}
