// Consumer groups: what members did and what was done to them, what they were given and what they committed.
//
//   member ──assigned──▶ delivered ──▶ processed ──▶ commit          one member's way with a record
//   member ──assigned──▶ delivered ──▶ produced ──▶ processed ──▶ transaction     where it writes another one
//   group  ──────────────────────────────────────────▶ lag            as the coordinator has it

import type { Broker } from "./broker.ts";
import type { TopicPartition } from "./partition.ts";

export type { GroupPredictionEvent } from "./group-prediction.ts";

/** What happened to a member. */
export type MemberChange =
  /** Its process runs. */
  | "started"
  /** It noticed that the group is being formed anew, and joins. */
  | "rebalancing"
  /** It is a member of a generation. */
  | "joined"
  /** It was given `partitions`, in addition to those that it has (with eager protocols after `revoked`). */
  | "assigned"
  /** It gave `partitions` back; it could still commit. */
  | "revoked"
  /** `partitions` were taken from it: the group went on without it, and a commit is refused. */
  | "lost"
  /** It left the group of its own accord. */
  | "left"
  /** Its client gave up: `error` says why; the process may go on. */
  | "failed"
  /** Its process was frozen by the lab (SIGSTOP): it does nothing, and its sockets stay open. */
  | "paused"
  /** Its process goes on (SIGCONT). */
  | "resumed"
  /** Its process ended. */
  | "ended";

/** Something that happened to a member of a group. */
export interface MemberEvent {
  kind: "member";
  atMs: number;
  group: string;
  /** The member's name: `orders-group.1`. */
  member: string;
  change: MemberChange;
  /** What was assigned, revoked or lost. */
  partitions?: readonly TopicPartition[];
  /** The generation (classic) or member epoch (KIP-848) after the change, where the client says it. */
  generation?: number;
  /** The id that the coordinator gave it. */
  memberId?: string;
  /** Whether it is the group's leader, which computes the assignment; classic protocol only. */
  isLeader?: boolean;
  /** Why: the client's error, or how the process ended. */
  error?: string;
}

/** Records of one partition that a member was given in one poll. */
export interface DeliveredEvent {
  kind: "delivered";
  atMs: number;
  group: string;
  member: string;
  topic: string;
  partition: number;
  /**
   * In the order in which the member got them. Offsets are 64-bit numbers as decimal text; `key` is absent
   * where a record has none.
   */
  records: readonly { offset: string; value: string; key?: string }[];
}

/** Records of one partition that a member has finished with, in the order of their offsets. */
export interface ProcessedEvent {
  kind: "processed";
  /** When the first of them was begun, in milliseconds since the run's start. */
  atMs: number;
  /** Until the last of them was done. */
  tookMs: number;
  group: string;
  member: string;
  topic: string;
  partition: number;
  offsets: readonly string[];
  /** Why the last of them failed; the others are done. @default none failed */
  error?: string;
}

/** Records that a member wrote to another topic, one for each that it processed. */
export interface ProducedEvent {
  kind: "produced";
  /** When the first of them was sent, in milliseconds since the run's start. */
  atMs: number;
  /** Until the last of them was acknowledged, or failed. */
  tookMs: number;
  group: string;
  member: string;
  /** The partition that was read. */
  topic: string;
  partition: number;
  /** What was read there, and is written to `output`. */
  offsets: readonly string[];
  /** The topic that was written to. */
  output: string;
  /** Why not all of them were acknowledged. @default all were */
  error?: string;
}

/** A step of a member's transaction, which holds what it produced and the offsets of what it read. */
export interface TransactionEvent {
  kind: "transaction";
  atMs: number;
  /** Until the coordinator had answered; 0 where it is not asked. */
  tookMs: number;
  group: string;
  member: string;
  /** `transactional.id` of its producer. */
  transactionalId: string;
  /** `failed`: whether it was committed is not known, or the producer was fenced; `error` says why. */
  change: "begun" | "committed" | "aborted" | "failed";
  /** Why it was aborted, or failed. */
  error?: string;
}

/** One commit of a member, with its answer; within a transaction when that was committed. */
export interface CommitEvent {
  kind: "commit";
  atMs: number;
  tookMs: number;
  group: string;
  member: string;
  /** By partition, the offset of the next record to read: everything before it is done. */
  offsets: readonly (TopicPartition & { offset: string })[];
  /** Kafka's error name, or the client's error, where it was refused or not answered. */
  error?: string;
  /** Whether it is known that it did not happen; without an error never. @default false */
  isRefused?: boolean;
}

/** A group as its coordinator describes it; recorded when it changes. */
export interface GroupEvent {
  kind: "group";
  atMs: number;
  group: string;
  /** Kafka's name: `Stable`, `PreparingRebalance`, `CompletingRebalance`, `Empty`, `Dead`, …; else null. */
  state: string | null;
  /** The broker that coordinates it; null where there is none. */
  coordinator: Broker | null;
  /** `classic` or `consumer` (KIP-848); null where it is not known. */
  protocol: "classic" | "consumer" | null;
  members: readonly {
    memberId: string;
    clientId: string;
    partitions: readonly TopicPartition[];
  }[];
}

/** What a group had committed, and where the partitions ended. */
export interface LagEvent {
  kind: "lag";
  atMs: number;
  group: string;
  partitions: readonly (TopicPartition & {
    /** The committed offset; null where there is none. */
    committed: string | null;
    /** The end of the partition: the high watermark. */
    end: string;
  })[];
}

/** Any event of a consumer group, discriminated by `kind`. */
export type ConsumerGroupEvent =
  | MemberEvent
  | DeliveredEvent
  | ProcessedEvent
  | ProducedEvent
  | TransactionEvent
  | CommitEvent
  | GroupEvent
  | LagEvent;
