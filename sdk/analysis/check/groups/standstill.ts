// How long groups stood still: what `groupProgress` found.
import type { Finding } from "../finding.ts";
import type { RawGap } from "./progress-gaps.ts";

/** What `groupProgress` found. */
export type GroupProgress = Finding<"groupProgress", GroupProgressFacts>;

/** What `groupProgress` rests on. */
export interface GroupProgressFacts {
  /** The longest time that a partition may stand still, in milliseconds; null without a limit. */
  limitMs: number | null;
  groups: readonly GroupStandstill[];
}

/** A time in which nothing was processed while there was something to read. */
export interface ProgressGap extends RawGap {
  ms: number;
  /** How much of it came after the fault was healed, in milliseconds; 0 outside a fault. */
  afterHealMs: number;
}

/** How long one partition stood still. */
export interface PartitionStandstill {
  topic: string;
  partition: number;
  /** Over the whole run; null where there was nothing to read. */
  gap: ProgressGap | null;
}

/** How long one group stood still during a fault, in part or in whole. */
export interface FaultStandstill {
  /** The fault's id. */
  id: string;
  name: string;
  fromMs: number;
  toMs: number;
  healed: boolean;
  /** The longest time in which no partition got on, of those that overlap the fault. */
  gap: ProgressGap | null;
  /** The same of each partition that stood still then, the longest first. */
  partitions: readonly PartitionStandstill[];
}

/** How long one group stood still. */
export interface GroupStandstill {
  group: string;
  /** From its first event until its members left, or the run ended. */
  fromMs: number;
  untilMs: number;
  /** Records that could be read. */
  readable: number;
  /** Processings that ended, repeated ones included. */
  processed: number;
  /** The longest time in which no partition got on; null where there was nothing to read. */
  gap: ProgressGap | null;
  /** The longest of a single partition, and which. */
  longest: PartitionStandstill | null;
  partitions: readonly PartitionStandstill[];
  faults: readonly FaultStandstill[];
  /** What the limit is held against: the longest during a fault, and without faults in the whole run. */
  judged: PartitionStandstill | null;
  /** What the machine kept from it, where that could have made it longer than the limit. */
  busy: string | null;
}
