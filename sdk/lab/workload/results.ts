// What the operations of a probe return.

import type { Attempt, Broker, Outcome, ReadRecord } from "../../model/history.ts";

/** The result of one send: the same record whether Kafka accepted it or not. */
export interface SendResult {
  outcome: Outcome;
  tookMs: number;
  value: string;
  /** The broker that acknowledged. */
  broker?: Broker;
  partition?: number;
  offset?: string;
  /** Every attempt on the wire. */
  attempts: readonly Attempt[];
  error?: string;
}

/** The result of one read. */
export interface ReadResult {
  /** `fail` if not everything up to the end could be read. */
  outcome: Outcome;
  tookMs: number;
  /** Records since this probe's last read, partition by partition in offset order. */
  records: readonly ReadRecord[];
  error?: string;
}
