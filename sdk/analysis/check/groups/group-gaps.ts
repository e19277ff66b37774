// Every time in which a partition stood still while a group had something to read in it.
import { firstIndex } from "../../../model/first-index.ts";
import type { History } from "../../../model/history.ts";
import { fatesOf } from "./fates.ts";
import type { GroupScope } from "./group-events.ts";
import { type GroupLog, groupLogs, type PartitionLog } from "./group-log.ts";
import { runOf, untilOf } from "./group-progress.ts";
import { eachGap, type Moments, momentsOf, type RawGap } from "./progress-gaps.ts";

/** One partition of one group, with every time in which it stood still. */
export interface PartitionGaps {
  group: GroupLog;
  log: PartitionLog;
  /** In order of time. */
  gaps: readonly RawGap[];
  /** How many records could be read at a moment and were not processed yet. */
  unreadAt(atMs: number): number;
  /** When nothing was left to read, from a moment on; null where something was to the end. */
  caughtUpMs(fromMs: number): number | null;
}

/** Finds every time in which a partition stood still while there was something to read. */
export function groupGaps(history: History, scope: GroupScope = {}): PartitionGaps[] {
  const run = runOf(history);
  return groupLogs(history, scope).flatMap((group) => {
    const untilMs = untilOf(group, run);
    return group.partitions.map((log) => {
      const moments = momentsOf(log, fatesOf(group, log), group.fromMs);
      const gaps: RawGap[] = [];
      eachGap(moments, untilMs, (gap) => gaps.push(gap));
      return { group, log, gaps, ...levels(moments) };
    });
  });
}

function levels({ available, gone }: Moments): Pick<PartitionGaps, "unreadAt" | "caughtUpMs"> {
  return {
    unreadAt: (atMs) => upTo(available, atMs) - upTo(gone, atMs),
    caughtUpMs(fromMs) {
      let [a, g] = [upTo(available, fromMs), upTo(gone, fromMs)];
      if (a === g) return fromMs;
      while (g < gone.length) {
        const atMs = gone[g]!;
        g = upTo(gone, atMs);
        for (; a < available.length && available[a]! <= atMs; a++);
        if (a === g) return atMs;
      }
      return null;
    },
  };
}

/** How many moments are not after this one. */
function upTo(moments: Float64Array, atMs: number): number {
  return firstIndex(moments.length, (i) => moments[i]! > atMs);
}
