// Operations of clients: sends and reads.

import type { Broker } from "./broker.ts";

/** The outcome of an operation: `ok` it happened, `fail` it did not happen, `info` unknown. */
export type Outcome = "ok" | "fail" | "info";

/** One try on the wire within an operation. */
export interface Attempt {
  /** When it began, in milliseconds since the run's start. */
  atMs: number;
  tookMs: number;
  /** The broker asked, or null where the address belongs to none that the lab knows. */
  broker: Broker | null;
  /** `host:port` as dialled. */
  address: string;
  /** What was tried: a TCP connection or a Kafka request by its API name. */
  api: "Connect" | (string & {});
  /**
   * Absent where it succeeded: Kafka's error name (`NOT_LEADER_OR_FOLLOWER`), a system code (`ECONNREFUSED`),
   * `TIMEOUT`, `CLOSED`, `GIVEN_UP`: nobody waited for the answer any more, or `BACKOFF`: not dialled,
   * because the broker did not answer a moment ago.
   */
  error?: string;
}

/** One send of one record with a value that occurs nowhere else in the run. */
export interface SendEvent {
  kind: "send";
  atMs: number;
  tookMs: number;
  /** The probe's name. */
  client: string;
  value: string;
  topic: string;
  outcome: Outcome;
  /**
   * Where the record was appended; present where `outcome` is `"ok"` and the broker acknowledged (not with
   * `acks: 0`).
   */
  broker?: Broker;
  partition?: number;
  /** The partition that the caller named; present only where `partition` is absent. */
  requestedPartition?: number;
  /** A 64-bit offset as decimal text. */
  offset?: string;
  attempts: readonly Attempt[];
  /** The client's error where `outcome` is not `"ok"`. */
  error?: string;
  /**
   * True where the lab ended it before the client had: the load was stopped without waiting, or the probe was
   * closed, as `conclude` does. `outcome` is then what was known at that moment. @default false
   */
  isUnderWay?: boolean;
}

/** One record as a reader saw it. */
export interface ReadRecord {
  /** As UTF-8 text; empty for a tombstone. */
  value: string;
  partition: number;
  offset: string;
  /** Present if it has no value (null): a tombstone. */
  tombstone?: true;
  /** Present if its producer wrote it before the run began: it is another program's, whatever its value. */
  foreign?: true;
}

/** A record of a transaction that was not committed, as a read_uncommitted consumer is given it. */
export interface UncommittedRecord extends ReadRecord {
  /** How its transaction ended; `open`: it had not when reading began. */
  transaction: "aborted" | "open";
}

/** A batch of records that a probe read. */
export interface ReadEvent {
  kind: "read";
  atMs: number;
  tookMs: number;
  client: string;
  topic: string;
  records: readonly ReadRecord[];
}

/** Why a topic or a partition was not read back to its end. */
export type UnreadReason =
  /** No broker answered. */
  | "NO_BROKER"
  /** The partition has no leader. */
  | "NO_LEADER"
  /** No topic has this name: it was deleted, or never made. */
  | "NO_TOPIC"
  /** Another topic of this name took its place while it was read. */
  | "RECREATED"
  /** The cluster's access control refuses the lab. */
  | "NOT_AUTHORIZED"
  /** A codec, a message format or a size that the lab does not read, or records that are corrupt. */
  | "UNREADABLE"
  /** The time for reading ended. */
  | "TIMEOUT"
  /** Another error of Kafka's, or of the connection. */
  | "FAILED";

/** Offsets in order, from `from` up to, not including, `to`. */
export interface OffsetRange {
  from: string;
  to: string;
}

/** How far a partition was read back: in order from offset `from` up to, not including, `to`. */
export interface PartitionReadback {
  partition: number;
  /** Where reading began. */
  from: string;
  /**
   * Where the log begins, if reading began later: what stands between was written before the run. What stood
   * before the log's beginning was removed, by retention or by DeleteRecords. @default `from`
   */
  logStart?: string;
  /** The high watermark when reading began. */
  to: string;
  /** Whether everything between was read. */
  complete: boolean;
  /** Offsets at which no record stands any more, because compaction removed it. @default none */
  compacted?: readonly OffsetRange[];
  /** How many records of aborted transactions are left out. @default 0 */
  aborted?: number;
  /**
   * A transaction that was not ended when reading began: a read_committed consumer waits at `from`, and
   * `records` of open transactions are left out. @default none
   */
  open?: { from: string; records: number };
  /** Why it is not complete; absent if it is. */
  reason?: UnreadReason;
  /** The same in words, with Kafka's error. */
  error?: string;
}

/**
 * The reading back of a whole topic that a verdict rests on, as a read_committed consumer reads it when every
 * transaction has ended.
 */
export interface ReadbackEvent {
  kind: "readback";
  atMs: number;
  tookMs: number;
  client: string;
  topic: string;
  /** One row a partition of the topic; none if they could not be listed. */
  partitions: readonly PartitionReadback[];
  /** Every record that was read, partition by partition in offset order. */
  records: readonly ReadRecord[];
  /**
   * The records of aborted and open transactions, which a read_committed consumer is not given; absent if
   * there are none, and before 0.7.
   */
  uncommitted?: readonly UncommittedRecord[];
  /** The topic's own id, as Metadata has it; absent if it could not be asked for, and before 0.7. */
  topicId?: string;
  /** Why the partitions could not be listed; absent if they were. */
  reason?: UnreadReason;
  /** The same in words. */
  error?: string;
}

/** A watch of a topic began: it reads every partition from this offset on, without a group. */
export interface WatchEvent {
  kind: "watch";
  atMs: number;
  /** The watch's name: `watch-1`. */
  watch: string;
  topic: string;
  /** What tells records apart. */
  by: "value" | "key";
  partitions: readonly { partition: number; from: string }[];
}

/** One record as a watch saw it arrive. */
export interface Arrival {
  partition: number;
  offset: string;
  /** The record's value; of a long one its beginning and a sum, which tell it apart as well. */
  value: string;
  /** The same of its key; absent where it has none. */
  key?: string;
  /**
   * It was appended between these two moments, in milliseconds since the run's start: when its partition was
   * last seen without it, and when it was seen.
   */
  notBeforeMs: number;
  atMs: number;
  /**
   * The record's own timestamp, in milliseconds since the run's start by the clock of this machine: when its
   * producer made it, or with LogAppendTime when the broker appended it. Absent where it has none.
   */
  stampMs?: number;
}

/** Records that a watch saw arrive, at most those of one answer. */
export interface ArrivalsEvent {
  kind: "arrivals";
  atMs: number;
  watch: string;
  topic: string;
  records: readonly Arrival[];
}

/** A watch ended. */
export interface WatchEndEvent {
  kind: "watch end";
  atMs: number;
  watch: string;
  topic: string;
  /**
   * How far each partition was read; `complete` is false where that was not its end, `error` says why.
   */
  partitions: readonly { partition: number; to: string; complete: boolean; error?: string }[];
}

/** A client was made; its settings include the defaults. */
export interface ClientEvent {
  kind: "client";
  atMs: number;
  client: string;
  settings: Readonly<Record<string, unknown>>;
}
