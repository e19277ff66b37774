// What came of a fault for one consumer group, measured in the terms of a prediction: while it lasted, at
// most for as long as it was alone.

import type { FaultEvent, GroupPredictionEvent, History } from "../../../model/history.ts";
import type { Members } from "../../../model/member.ts";
import { fatesOf } from "../../check/groups/fates.ts";
import { type GroupLog, groupLogs, type PartitionLog, sendOf } from "../../check/groups/group-log.ts";
import { type MachineShare, machineLog, shareOf, type Window, windows } from "../../check/mod.ts";
import { asOneStretch, isByRequest } from "../asked-for.ts";
import { longestStandstill, type Standstill, type Stretch, waitingFor } from "./demand.ts";

/** How long a partition stood still. */
export interface MeasuredPartition {
  readonly topic: string;
  readonly partition: number;
  /**
   * The longest time without a processed record while the fault lasted, in milliseconds; 0 where nobody sent
   * anything.
   */
  readonly standstillMs: number;
  /** From the fault to the end of that time, in milliseconds. */
  readonly endedMs: number;
  /** Whether it had not ended when the fault did. */
  readonly isOpen: boolean;
  /** Whether records were processed while it lasted whose sends began after the fault, or are not known. */
  readonly isReadOn: boolean;
  /** The longest in the three seconds before the fault. */
  readonly usualMs: number;
}

/** What came of a fault for one consumer group. */
export interface MeasuredGroup {
  /** Those that were predicted and of which the group's members report something. */
  readonly partitions: readonly MeasuredPartition[];
  /** Whether members joined the group again. */
  readonly rebalanced: boolean;
  /** Accepted commits that were begun while the fault lasted. */
  readonly commits: number;
  /** Records that were committed past and processed by nobody. */
  readonly skipped: number;
  /** Records that were processed again. */
  readonly repeated: number;
  /** Records that were acknowledged a second in the topic, in its busiest second. */
  readonly perSecond: number;
  /**
   * How long the fault lasted, in milliseconds: as long as was predicted, or until something else happened.
   */
  readonly lastedMs: number;
  /** Whether it lasted on after that. */
  readonly isCut: boolean;
  /** What the machine kept from lab and brokers while it lasted. */
  readonly machine: MachineShare;
  /** The same for the three seconds before the fault: a timer may have begun late. */
  readonly machineBefore: MachineShare;
}

/** How far back a group's usual standstills are looked for. */
const BEFORE_MS = 3_000;

/** Measures one fault for one group; null where the history has nothing of it. */
export function measuredGroup(
  whole: History,
  fault: FaultEvent,
  { group: name, topic, prediction }: GroupPredictionEvent,
): MeasuredGroup | null {
  const history = asOneStretch(whole, fault);
  const [group] = groupLogs(history, { group: name, topic });
  if (group === undefined) return null;
  const { window, isCut } = stretchOf(history, fault, { group: name, lastsMs: prediction.lastsMs });
  const machine = machineLog(history);
  const measured = prediction.partitions.flatMap(({ partition }) => {
    const log = group.partitions.find((one) => one.partition === partition);
    return log === undefined ? [] : [measuredPartition(history, group, log, window, fault)];
  });
  return {
    partitions: measured,
    rebalanced: rebalancedIn(history, name, window),
    commits: commitsIn(history, name, window),
    skipped: group.partitions.reduce((sum, log) => sum + skippedIn(group, log, window), 0),
    repeated: group.partitions.reduce((sum, log) => sum + repeatedIn(log, window), 0),
    perSecond: busiestSecond(history, topic, window),
    lastedMs: window.toMs - window.fromMs,
    isCut,
    machine: shareOf(machine, window.fromMs, window.toMs),
    machineBefore: shareOf(machine, window.fromMs - BEFORE_MS, window.fromMs),
  };
}

/** A fault's stretch, as much of it as things were as when the prediction was made. */
function stretchOf(
  history: History,
  fault: FaultEvent,
  { group, lastsMs = Infinity }: { group: string; lastsMs: number | undefined },
): { window: Window; isCut: boolean } {
  const { faults, heals } = windows(history);
  const whole = faults.find(({ id }) => id === fault.id)!;
  // members of another group change nothing for this one
  const isOther = ({ members }: Partial<Members>): boolean =>
    members?.every((one) => one.group !== group) === true;
  const ends = heals.filter((one) => !isOther(one)).map(({ id, effectAtMs }) => ({ id, fromMs: effectAtMs }));
  const changes = [...faults.filter((one) => !isOther(one)), ...ends]
    .filter(({ id, fromMs }) => id !== fault.id && fromMs > whole.fromMs)
    .map(({ fromMs }) => fromMs);
  const toMs = Math.min(whole.toMs, whole.fromMs + lastsMs, ...changes);
  return { window: { ...whole, toMs }, isCut: toMs < whole.toMs };
}

function measuredPartition(
  history: History,
  group: GroupLog,
  log: PartitionLog,
  { fromMs, toMs }: Window,
  fault: FaultEvent,
): MeasuredPartition {
  const waiting = waitingFor(history, group, log);
  // an outage that a request ends has begun before it
  const found: Standstill = longestStandstill(log, waiting, { fromMs, toMs }, !isByRequest(fault));
  const usual = longestStandstill(log, waiting, { fromMs: fromMs - BEFORE_MS, toMs: fromMs });
  return {
    topic: log.topic,
    partition: log.partition,
    standstillMs: found.ms,
    endedMs: Math.max(0, found.toMs - fault.atMs),
    isOpen: found.isOpen,
    isReadOn: isReadOn(log, { fromMs, toMs }),
    usualMs: usual.isOpen ? 0 : usual.ms,
  };
}

/** What was in the log before may be read on from a broker that takes nothing new: its disk hangs. */
function isReadOn(log: PartitionLog, { fromMs, toMs }: Stretch): boolean {
  return log.runs.some(
    (run) =>
      run.fromMs > fromMs &&
      run.fromMs < toMs &&
      run.lives.some((life) => (sendOf(log, life)?.atMs ?? Infinity) > fromMs),
  );
}

/**
 * Whether the coordinator formed the group anew, by its log; where brokers' logs are not seen, whether a
 * member that stayed gave partitions back or joined.
 */
function rebalancedIn(history: History, group: string, { fromMs, toMs }: Window): boolean {
  const isIn = ({ atMs }: { atMs: number }): boolean => atMs > fromMs && atMs < toMs;
  const hasLogs = history.some(
    (event) => event.kind === "broker log" && "group" in event.fact && event.fact.group === group,
  );
  if (hasLogs)
    return history.some(
      (event) =>
        event.kind === "broker log" &&
        event.fact.what === "rebalanceBegun" &&
        event.fact.group === group &&
        isIn(event),
    );
  return history.some(
    (event) =>
      event.kind === "member" &&
      event.group === group &&
      ["rebalancing", "revoked", "lost"].includes(event.change) &&
      isIn(event),
  );
}

function commitsIn(history: History, group: string, { fromMs, toMs }: Window): number {
  return history.filter(
    (event) =>
      event.kind === "commit" &&
      event.group === group &&
      event.error === undefined &&
      event.atMs > fromMs &&
      event.atMs + event.tookMs < toMs,
  ).length;
}

/** Records that a member was given by then and nobody processed, in front of a commit. */
function skippedIn(group: GroupLog, log: PartitionLog, { toMs }: Window): number {
  const fateOf = fatesOf(group, log);
  return log.lives.filter((life) => {
    if (life.times > 0 || life.delivery === null || life.deliveredMs > toMs) return false;
    const fate = fateOf(life);
    return fate.what === "skipped" && fate.commit.fromMs <= toMs;
  }).length;
}

/** Records whose processing was begun again. */
function repeatedIn({ runs }: PartitionLog, { fromMs, toMs }: Window): number {
  const again = new Set<unknown>();
  for (const run of runs) {
    if (run.fromMs <= fromMs || run.fromMs >= toMs) continue;
    for (const life of run.lives) if (life.first !== run) again.add(life);
  }
  return again.size;
}

function busiestSecond(history: History, topic: string, { fromMs, toMs }: Window): number {
  const seconds = new Map<number, number>();
  for (const event of history) {
    if (event.kind !== "send" || event.topic !== topic || event.outcome !== "ok") continue;
    const atMs = event.atMs + event.tookMs;
    if (atMs < fromMs || atMs > toMs) continue;
    const second = Math.floor((atMs - fromMs) / 1000);
    seconds.set(second, (seconds.get(second) ?? 0) + 1);
  }
  return Math.max(0, ...seconds.values());
}
