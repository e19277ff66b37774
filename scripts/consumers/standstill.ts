// How long a group processed nothing of one partition, as its application sees it.
//
//   processed   ● ● ●                    ● ● ●
//   fault              ✗
//   standstill      ├────────────────────┤

import type { History } from "@kafka-failure-lab/sdk";

/** A time in which a group processed no record of a partition, in milliseconds since the run's start. */
export interface Standstill {
  readonly fromMs: number;
  readonly toMs: number;
  readonly ms: number;
  /** Whether it had not ended at the end of the window. */
  readonly isOpen: boolean;
}

/** Which partition of which group, and the window. */
export interface StandstillOptions {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** When the fault took effect. */
  readonly fromMs: number;
  /** Until when it is measured, such as the heal. */
  readonly toMs: number;
}

/**
 * Returns the longest time without a processed record that overlaps the window: from the last record before
 * it, until the first one behind it at the latest.
 */
export function standstillOf(history: History, options: StandstillOptions): Standstill {
  const { fromMs, toMs } = options;
  const moments = momentsOf(history, options);
  const before = moments.findLast((ms) => ms <= fromMs) ?? fromMs;
  const after = moments.find((ms) => ms >= toMs);
  const within = moments.filter((ms) => ms > fromMs && ms < toMs);
  const edges = [before, ...within, after ?? toMs];
  let longest: Standstill = { fromMs: before, toMs: before, ms: 0, isOpen: false };
  edges.slice(1).forEach((endMs, i) => {
    const beginMs = edges[i]!;
    const isOpen = after === undefined && i === edges.length - 2;
    if (endMs - beginMs > longest.ms) longest = { fromMs: beginMs, toMs: endMs, ms: endMs - beginMs, isOpen };
  });
  return longest;
}

/** When processing of its records ended, in order. */
function momentsOf(history: History, { group, topic, partition }: StandstillOptions): number[] {
  return history
    .flatMap((event) =>
      event.kind === "processed" &&
      event.group === group &&
      event.topic === topic &&
      event.partition === partition
        ? [event.atMs + event.tookMs]
        : [],
    )
    .sort((a, b) => a - b);
}
