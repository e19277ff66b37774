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
  /** A 64-bit offset as decimal text. */
  offset?: string;
  attempts: readonly Attempt[];
  /** The client's error where `outcome` is not `"ok"`. */
  error?: string;
}

/** One record as a reader saw it. */
export interface ReadRecord {
  value: string;
  partition: number;
  offset: string;
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

/**
 * The reading back of a whole topic that a verdict rests on: how far each partition was read, in order from
 * offset `from` up to, not including, `to`.
 */
export interface ReadbackEvent {
  kind: "readback";
  atMs: number;
  tookMs: number;
  client: string;
  topic: string;
  /** One row a partition of the topic; `complete` is false where reading stopped before the end. */
  partitions: readonly { partition: number; from: string; to: string; complete: boolean; error?: string }[];
  /** Every record that was read, partition by partition in offset order. */
  records: readonly ReadRecord[];
}
