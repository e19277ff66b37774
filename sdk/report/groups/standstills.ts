// The times in which a partition of a group stood still, for the text and the picture.

import { groupProgress } from "../../analysis/check/mod.ts";
import type { History } from "../../model/history.ts";
import { partitionName } from "../../model/partition.ts";

/** The longest time in which one partition of a group stood still while there was something to read. */
export interface Standstill {
  group: string;
  partition: string;
  fromMs: number;
  toMs: number;
}

/** A shorter one is not worth its words: a poll and a commit take as long on a busy machine. */
const SHORT_MS = 1000;

/** Returns the longest standstill of each partition, the longest ones first. */
export function standstills(history: History, atMost: number): Standstill[] {
  return groupProgress(history)
    .facts.groups.flatMap(({ group, partitions }) =>
      partitions.flatMap(({ gap, ...partition }) =>
        gap === null || gap.ms < SHORT_MS
          ? []
          : [{ group, partition: partitionName(partition), fromMs: gap.fromMs, toMs: gap.toMs }],
      ),
    )
    .sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs))
    .slice(0, atMost);
}
