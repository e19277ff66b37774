// What a row of the groups' table measured.

import type { GroupPrediction, GroupPredictionCheck, MeasuredGroup } from "@kafka-failure-lab/sdk";
import type { GroupCircumstances } from "@kafka-failure-lab/sdk/testing";

/** What became of one partition; times in milliseconds. */
export interface PartitionFacts {
  readonly partition: number;
  /** The longest time without a processed record while the fault lasted. */
  readonly standstillMs: number;
  /** Whether it had not ended when the fault did. */
  readonly isOpen: boolean;
  /** The longest in the three seconds before the fault. */
  readonly usualMs: number;
}

/** What became of the group; times in milliseconds. */
export interface GroupFacts {
  readonly partitions: readonly PartitionFacts[];
  readonly rebalanced: boolean;
  /** Accepted commits that were begun while the fault lasted. */
  readonly commits: number;
  readonly skipped: number;
  readonly repeated: number;
  /** Records a second, in the busiest second. */
  readonly perSecond: number;
  readonly lastedMs: number;
  /** What the machine kept from lab and brokers while the fault lasted, and before it. */
  readonly machine: MachineFacts;
  readonly machineBefore: MachineFacts;
}

/** What the machine took of a time, in milliseconds. */
export interface MachineFacts {
  readonly togetherMs: number;
  readonly isBusy: boolean;
  /** For a person; empty where nothing was recorded. */
  readonly text: string;
}

/** One run of a row. */
export interface MeasuredGroupRow {
  /** The row's. */
  readonly id: string;
  /** As it was said before the fault. */
  readonly prediction: GroupPrediction;
  readonly circumstances: GroupCircumstances;
  readonly facts: GroupFacts;
  readonly kafka: string;
  readonly engine: "local" | "docker";
  /** How many times slower than the reference the machine was. */
  readonly slower: number;
  /** ISO 8601: when the scene's cluster was started. */
  readonly startedAt: string;
}

/** The facts of what the lab measured. */
export function groupFactsOf(measured: MeasuredGroup): GroupFacts {
  const whole = Math.round;
  const machine = ({ togetherMs, isBusy, text }: MachineFacts): MachineFacts => ({
    togetherMs: whole(togetherMs),
    isBusy,
    text,
  });
  return {
    partitions: measured.partitions.map(({ partition, standstillMs, isOpen, usualMs }) => ({
      partition,
      standstillMs: whole(standstillMs),
      isOpen,
      usualMs: whole(usualMs),
    })),
    rebalanced: measured.rebalanced,
    commits: measured.commits,
    skipped: measured.skipped,
    repeated: measured.repeated,
    perSecond: measured.perSecond,
    lastedMs: whole(measured.lastedMs),
    machine: machine(measured.machine),
    machineBefore: machine(measured.machineBefore),
  };
}

/** The measurement of a group's prediction that was made at a time or later; undefined: there is none. */
export function checkOf(
  checks: readonly GroupPredictionCheck[],
  group: string,
  fault: string,
): GroupPredictionCheck | undefined {
  return checks.find((one) => one.group === group && one.fault === fault);
}
