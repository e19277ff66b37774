// What the operations of a probe return.

import type { Attempt, Broker, Outcome, ReadRecord } from "../../model/history.ts";

/** The result of one send, whether Kafka accepted the record or not. */
export interface SendResult {
  /** `ok` acknowledged, `fail` not written, `info` unknown. */
  outcome: Outcome;
  /** From the call to the outcome, in milliseconds. */
  tookMs: number;
  /** The record's unique value: `probe-57`. */
  value: string;
  /** The broker that acknowledged; absent without an acknowledgement. */
  broker?: Broker;
  /** The record's partition; absent without an acknowledgement. */
  partition?: number;
  /** The record's offset; absent without an acknowledgement, and with acks 0. */
  offset?: string;
  /** Every attempt on the wire. */
  attempts: readonly Attempt[];
  /** The client's last error; absent if there was none. */
  error?: string;
}

/** The result of a read; `fail` if not everything up to the end was read. */
export interface ReadResult {
  /** `ok` if everything up to the end was read. */
  outcome: Outcome;
  /** In milliseconds. */
  tookMs: number;
  /** The records since this probe's last read, partition by partition, in offset order. */
  records: readonly ReadRecord[];
  /** The client's error; absent if there was none. */
  error?: string;
}
