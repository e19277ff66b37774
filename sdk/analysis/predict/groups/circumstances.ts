// All that a prediction for a consumer group needs to know, as a value. Times in milliseconds.

import type { CommitPolicy } from "../../../client/member/options.ts";
import type { FaultKind, ProcessEffect, ResolvedFault } from "../../../model/fault.ts";
import type { Circumstances, KnownTopic } from "../circumstances.ts";

/** A group as it matters. Times in milliseconds. */
export interface KnownGroup {
  readonly name: string;
  readonly client: "kafkajs" | "java";
  /** The group protocol: `consumer` is KIP-848. */
  readonly protocol: "classic" | "consumer";
  /** Whether members give all partitions back at a rebalance, or only those that move. */
  readonly strategy: "eager" | "cooperative";
  /** Whether members have a `group.instance.id`. */
  readonly isStatic: boolean;
  readonly commit: CommitPolicy;
  /** Its members that run, by name. */
  readonly members: readonly string[];
  /** After which a silent member is thrown out. */
  readonly sessionTimeout: number;
  readonly heartbeatInterval: number;
  /** How long a member may be away between two polls, and the group waits for it: `max.poll.interval.ms`. */
  readonly rebalanceTimeout: number;
  readonly autoCommitInterval: number;
  /** How long a broker may wait for records: `fetch.max.wait.ms`. */
  readonly maxWait: number;
  readonly requestTimeout: number;
  /** How long a commit of the Java client waits: `default.api.timeout.ms`. @default 60000 */
  readonly apiTimeout?: number;
  /** After which metadata is requested again. */
  readonly metadataMaxAge: number;
  /** Records of one poll at most; null where only their bytes are bounded (kafkajs). */
  readonly maxPollRecords: number | null;
  /** How long a poll of the Java client waits; null: until there are records. */
  readonly pollTimeout: number | null;
  /** Tries of kafkajs after the first. */
  readonly retries: number;
  /** The first of its pauses. */
  readonly initialRetryTime: number;
  /** The longest of its pauses. */
  readonly maxRetryTime: number;
  /** The brokers' `group.initial.rebalance.delay.ms`: what an empty group waits for more members. */
  readonly initialRebalanceDelay: number;
  /** How long processing a record takes. */
  readonly processMs: number;
}

/** One partition that a group reads. */
export interface KnownGroupPartition extends KnownTopic {
  /** The member that reads it; null: nobody. */
  readonly member: string | null;
}

/** A fault on members of the group. */
export interface MemberFaultFacts {
  /** `stop`, `kill`, `pause`, `slow`, `roll`, `add`, or a kind that has one of their effects. */
  readonly kind: FaultKind;
  /** The members that it hits, by name. */
  readonly members: readonly string[];
  /** What happens to their processes. @default by the kind's name */
  readonly process?: ProcessEffect;
  /** How long processing one record takes while it lasts, in milliseconds. */
  readonly processMs?: number;
  /** How long it lasts, in milliseconds; absent: until it is healed. */
  readonly lastsMs?: number;
}

/** Everything that a prediction for a group depends on. */
export interface GroupCircumstances extends Omit<Circumstances, "topic" | "client" | "fault"> {
  readonly group: KnownGroup;
  /** The group's partition of `__consumer_offsets`; its leader is the coordinator. */
  readonly offsets: KnownTopic;
  readonly partitions: readonly KnownGroupPartition[];
  /** Records that reach the group's partitions a second; null where that is not known. */
  readonly recordsPerSecond: number | null;
  /** Records that are not committed yet. @default 0 */
  readonly lag?: number;
  readonly fault: ResolvedFault | MemberFaultFacts;
}

/** Whether a fault hits members, not brokers. */
export function isMemberFault(fault: GroupCircumstances["fault"]): fault is MemberFaultFacts {
  return "members" in fault && (fault.members ?? []).length > 0;
}
