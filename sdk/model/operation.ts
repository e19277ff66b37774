// Operations of clients: sends and reads.

import type { Broker } from "./broker.ts";

/** The outcome of an operation: `ok` it happened, `fail` it did not happen, `info` unknown. */
export type Outcome = "ok" | "fail" | "info";

/** One attempt on the wire within an operation. */
export interface Attempt {
  /** When it began, in milliseconds since the run's start. */
  atMs: number;
  tookMs: number;
  /** The broker asked, or null if the address is not one of a known broker. */
  broker: Broker | null;
  /** `host:port` as dialled. */
  address: string;
  /** A TCP connection, or a Kafka request by its API name. */
  api: "Connect" | (string & {});
  /**
   * Absent if it succeeded; else Kafka's error name (`NOT_LEADER_OR_FOLLOWER`), a system code
   * (`ECONNREFUSED`), `TIMEOUT`, `CLOSED`, `GIVEN_UP` (the client stopped waiting), or `BACKOFF` (not
   * dialled, because the broker did not answer recently).
   */
  error?: string;
}

/** One send of one record with a value that is unique in the run. */
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
   * Where the record was appended; present if `outcome` is `"ok"` and the broker acknowledged (not with
   * `acks: 0`).
   */
  broker?: Broker;
  partition?: number;
  /** A 64-bit offset as decimal text. */
  offset?: string;
  attempts: readonly Attempt[];
  /** The client's error if `outcome` is not `"ok"`. */
  error?: string;
}

/** One record as read. */
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
 * The reading back of a whole topic, on which the verdict is based: each partition was read in order from
 * offset `from` up to, not including, `to`.
 */
export interface ReadbackEvent {
  kind: "readback";
  atMs: number;
  tookMs: number;
  client: string;
  topic: string;
  /** A row for each partition; `complete` is false if reading stopped before the end. */
  partitions: readonly { partition: number; from: string; to: string; complete: boolean; error?: string }[];
  /** Every record that was read, partition by partition in offset order. */
  records: readonly ReadRecord[];
}
