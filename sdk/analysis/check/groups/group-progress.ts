// How long a group, and each of its partitions, processed nothing while there was something to read.
import { partitionName } from "../../../model/partition.ts";
import { type Duration, readable, toMs } from "../../../model/duration.ts";
import type { History } from "../../../model/history.ts";
import { mergeVerdicts, type Verdict } from "../../../model/verdict.ts";
import { couldBeMachine, type MachineLog, machineLog, shareOf } from "../machine.ts";
import { type FaultWindow, windows } from "../windows.ts";
import { fatesOf } from "./fates.ts";
import type { GroupScope } from "./group-events.ts";
import { type GroupLog, groupLogs } from "./group-log.ts";
import { NO_GROUP } from "./group-record.ts";
import type {
  FaultStandstill,
  GroupProgress,
  GroupStandstill,
  PartitionStandstill,
  ProgressGap,
} from "./standstill.ts";
import { eachGap, type Moments, momentsOf, type RawGap, together } from "./progress-gaps.ts";

/** Options of `groupProgress`. */
export interface GroupProgressOptions extends GroupScope {
  /**
   * The longest time that a partition may stand still while there is something to read: during each fault,
   * and where there was no fault over the whole run. @default none
   */
  limit?: Duration;
}

/**
 * Measures the longest time in which a group, and each of its partitions, processed no record while there was
 * something to read: an acknowledged record that nobody had processed.
 *
 * A gap that overlaps a fault is reported whole, with how much of it came after the heal. The verdict is
 * false where a group with something to read never processed anything, or a partition stood still longer than
 * `limit`. It is unknown where there was nothing to read, where the group still stood still at the end, and
 * where the machine could have made the gap.
 *
 * @throws RangeError where `limit` is not a duration
 */
export function groupProgress(history: History, options: GroupProgressOptions = {}): GroupProgress {
  return groupProgressIn(history, groupLogs(history, options), options);
}

/** Measures on logs that are already built. */
export function groupProgressIn(
  history: History,
  groups: readonly GroupLog[],
  { limit }: GroupProgressOptions = {},
): GroupProgress {
  const limitMs = limit === undefined ? null : toMs(limit);
  const run = runOf(history);
  const all = groups.map((group) => standstillOf(group, run, limitMs));
  return {
    checker: "groupProgress",
    verdict: all.length === 0 ? "unknown" : mergeVerdicts(all.map((one) => verdictOf(one, limitMs))),
    summary: all.length === 0 ? NO_GROUP : all.map((one) => summaryOf(one, limitMs)).join(" "),
    facts: { limitMs, groups: all },
  };
}

/** What is asked of a run beside its groups. */
export interface Run {
  endMs: number;
  faults: readonly FaultWindow[];
  machine: MachineLog;
  readbackMs: number;
}

/** Looks up what is asked of a run. */
export function runOf(history: History): Run {
  return { ...windows(history), machine: machineLog(history), readbackMs: firstReadbackMs(history) };
}

function standstillOf(group: GroupLog, run: Run, limitMs: number | null): GroupStandstill {
  const untilMs = untilOf(group, run);
  const of = group.partitions.map(({ topic, partition }, i) => ({
    topic,
    partition,
    log: group.partitions[i]!,
  }));
  const moments = of.map(({ log }) => momentsOf(log, fatesOf(group, log), group.fromMs));
  const faults = run.faults.filter((one) => one.toMs > group.fromMs && one.fromMs < untilMs);
  const alone = moments.map((one) => longestOf(one, untilMs, faults));
  const whole = longestOf(moments.length === 1 ? moments[0]! : together(moments), untilMs, faults);
  const partitions = of.map(({ topic, partition }, i) => ({ topic, partition, gap: alone[i]!.run }));
  const during = faults.map(
    ({ id, name, fromMs, toMs, healed }, f): FaultStandstill => ({
      ...{ id, name, fromMs, toMs, healed, gap: whole.faults[f]! },
      partitions: longestFirst(
        of.map(({ topic, partition }, i) => ({ topic, partition, gap: alone[i]!.faults[f]! })),
      ),
    }),
  );
  const longest = longestFirst(partitions)[0] ?? null;
  const judged =
    faults.length === 0
      ? longest
      : (longestFirst(during.flatMap((one) => one.partitions.slice(0, 1)))[0] ?? null);
  const sum = (name: keyof Moments): number => moments.reduce((n, one) => n + one[name].length, 0);
  return {
    ...{ group: group.group, fromMs: group.fromMs, untilMs, readable: sum("available") },
    ...{ processed: sum("progress"), gap: whole.run, longest, partitions, faults: during, judged },
    busy: busyText(judged?.gap ?? null, run.machine, limitMs),
  };
}

/** Until when the group could read: its members left of their own accord, or the lab read the topics back. */
export function untilOf(
  { leftMs, partitions }: GroupLog,
  { endMs, readbackMs }: Pick<Run, "endMs" | "readbackMs">,
): number {
  if (leftMs !== null) return leftMs;
  const lastMs = partitions.reduce((last, { runs }) => Math.max(last, runs.at(-1)?.toMs ?? 0), 0);
  return readbackMs >= lastMs ? Math.min(endMs, readbackMs) : endMs;
}

function firstReadbackMs(history: History): number {
  return history.find(({ kind }) => kind === "readback")?.atMs ?? Infinity;
}

interface Longest {
  run: ProgressGap | null;
  /** By fault. */
  faults: readonly (ProgressGap | null)[];
}

function longestOf(moments: Moments, untilMs: number, faults: readonly FaultWindow[]): Longest {
  let run: RawGap | null = null;
  const during = faults.map((): RawGap | null => null);
  const longer = (gap: RawGap, known: RawGap | null): boolean =>
    known === null || gap.toMs - gap.fromMs > known.toMs - known.fromMs;
  eachGap(moments, untilMs, (gap) => {
    if (longer(gap, run)) run = gap;
    faults.forEach(({ fromMs, toMs: endMs }, f) => {
      if (gap.fromMs < endMs && gap.toMs > fromMs && longer(gap, during[f]!)) during[f] = gap;
    });
  });
  return {
    run: gapOf(run, Infinity),
    faults: during.map((gap, f) => gapOf(gap, faults[f]!.healed ? faults[f]!.toMs : Infinity)),
  };
}

function gapOf(gap: RawGap | null, healedMs: number): ProgressGap | null {
  if (gap === null) return null;
  const { fromMs, toMs: endMs } = gap;
  return { ...gap, ms: endMs - fromMs, afterHealMs: Math.max(0, endMs - Math.max(fromMs, healedMs)) };
}

function longestFirst(all: readonly PartitionStandstill[]): PartitionStandstill[] {
  return all.filter(({ gap }) => gap !== null).sort((a, b) => b.gap!.ms - a.gap!.ms);
}

function busyText(gap: ProgressGap | null, machine: MachineLog, limitMs: number | null): string | null {
  if (gap === null || limitMs === null || gap.ms <= limitMs) return null;
  const share = shareOf(machine, gap.fromMs, gap.toMs);
  return couldBeMachine(share, gap.ms - limitMs) ? share.text : null;
}

/** Less says nothing: a load that ends leaves its last records unread for a moment. */
const LEAST_OPEN_MS = 1000;

function verdictOf(one: GroupStandstill, limitMs: number | null): Verdict {
  if (one.readable === 0) return "unknown";
  const isOver = limitMs !== null && (one.judged?.gap?.ms ?? 0) > limitMs;
  if (isOver && one.busy === null) return false;
  if (one.processed === 0) return false;
  return isOver || isStopped(one) ? "unknown" : true;
}

/** Whether a partition stood still at the end, for longer than ever before. */
function isStopped({ longest }: GroupStandstill): boolean {
  return longest?.gap?.isOpen === true && longest.gap.ms >= LEAST_OPEN_MS;
}

function summaryOf(one: GroupStandstill, limitMs: number | null): string {
  const { group, processed, longest, faults, judged, busy } = one;
  if (longest === null) return `${group} had nothing to read.`;
  if (processed === 0)
    return `${group} processed nothing for ${readable(longest.gap!.ms)}, while there was something to read.`;
  const limit = limitMs === null ? "" : ` (limit ${readable(limitMs)})`;
  const parts = faults.flatMap(({ name, partitions: [first] }) =>
    first === undefined ? [] : [`during ${name} ${standstillText(first)}`],
  );
  const isFaults = parts.length > 0;
  const words = isFaults ? parts.join("; ") : standstillText(longest);
  const over = busy === null || judged === null ? "" : ` (${busy})`;
  const end = isStopped(one) ? `; ${partitionName(longest)} stood still at the end` : "";
  return `${group} stood still at most: ${words}${limit}${over}${end}.`;
}

function standstillText(one: PartitionStandstill): string {
  const { ms, isOpen } = one.gap!;
  return `${partitionName(one)} ${isOpen ? "at least " : ""}${readable(ms)}`;
}
