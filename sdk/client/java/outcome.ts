// What became of a record, by what was tried while it waited.

import type { Attempt, Broker } from "../../model/history.ts";
import type { Sent } from "../client.ts";
import { wasRefused } from "../../kafka/error-codes.ts";
import type { TracedAttempt } from "./trace.ts";

/** Where and when, in the words of a history. */
export interface OutcomeContext {
  /** Milliseconds since the run's start, of milliseconds since the epoch. */
  at(epochMs: number): number;
  brokerOf(address: string): Broker | null;
}

/**
 * A send that waits shows this many of its last attempts: in a long outage each of thousands would otherwise
 * carry hundreds.
 */
const MOST = 32;

/** Writes tries as attempts: the last ones, and the first request that may have held the record. */
export function attemptsOf(attempts: readonly TracedAttempt[], { at, brokerOf }: OutcomeContext): Attempt[] {
  const first = attempts.findIndex(({ api }) => api === "Produce");
  return attempts
    .filter((_, i) => i === first || i >= attempts.length - MOST)
    .map(({ epochMs: began, tookMs, address, api, error }) => ({
      atMs: at(began),
      tookMs,
      broker: brokerOf(address),
      address,
      api,
      ...(error === undefined ? {} : { error }),
    }));
}

/**
 * A Produce answer without an error, or with the one for a record that the broker has already (offset -1).
 */
export function isAcknowledgement({ api, answers }: TracedAttempt, partition?: number): boolean {
  if (api !== "Produce" || answers === undefined) return false;
  return [...answers].some(
    ([index, { error }]) =>
      (partition === undefined || index === partition) &&
      (error === undefined || error === "DUPLICATE_SEQUENCE_NUMBER"),
  );
}

export interface Unacknowledged {
  /** What was tried since the record began, of Produce requests those that may hold it. */
  attempts: readonly TracedAttempt[];
  /** How many Produce requests may hold the record: those that were written since. */
  produced: number;
  acks: -1 | 0 | 1;
  error: string;
  /** Whether a connection was up on which a request could be sent as it failed. */
  isConnected: boolean;
}

/**
 * Kafka's producer reports a record as expired and may send it all the same: `Sender.sendProducerData` drains
 * the batches of all brokers with a connection, fails those that have expired, and then sends what it has
 * drained, expired ones among them (3.9 and 4.x).
 */
const EXPIRED = /^TimeoutException: Expiring \d+ record/;

/**
 * A record that was not acknowledged did not happen where no request can have held it, or all that can were
 * refused; else nobody knows.
 */
export function unacknowledged(
  { attempts, produced, acks, error, isConnected }: Unacknowledged,
  places: OutcomeContext,
): Sent {
  const answered = attempts.filter(({ api }) => api === "Produce");
  const mayBeThere =
    (isConnected && EXPIRED.test(error)) ||
    produced > answered.length ||
    answered.some((one) => one.error === undefined || !wasRefused(one.error, acks));
  return { outcome: mayBeThere ? "info" : "fail", attempts: attemptsOf(attempts, places), error };
}
