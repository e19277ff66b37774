// Where a group writes what it processes: consume-transform-produce, with and without transactions.
//
//   without   poll ─▶ produced (idempotent, acks=all) ─▶ processed ─▶ committed as `commit` says
//   with      poll ─▶ begun ─▶ produced ─▶ processed ─▶ offsets and committed, or aborted and read again

import { brokerNumber, checkTopicName } from "../../kafka/mod.ts";
import { toMs } from "../../model/duration.ts";
import type { GroupOptions } from "./options.ts";

/** A group's `transform`, all written out. */
export interface TransformSettings {
  readonly topic: string;
  /** What each member's `transactional.id` begins with; `true`: the group's name. */
  readonly transactional: boolean | string;
  /** `transaction.timeout.ms`; unused without transactions. */
  readonly transactionTimeout: number;
}

/**
 * Writes it out; false where a group writes nothing.
 *
 * @param topic the topic that the group reads
 * @param brokers the settings of the brokers; empty where they are not known
 * @throws TypeError, RangeError for what cannot be
 */
export function transformSettings(
  { transform = false, commit }: GroupOptions,
  topic: string,
  brokers: readonly Readonly<Record<string, string>>[],
): false | TransformSettings {
  if (transform === false) return false;
  const { topic: output, transactional = false, transactionTimeout = "60s" } = transform;
  checkTopicName(output);
  if (output === topic)
    throw new TypeError(
      `Cannot write to ${output} what is read of it: the group would never come to its end`,
    );
  if (transactional === false && transform.transactionTimeout !== undefined)
    throw new TypeError("Cannot use transactionTimeout without transactional: there is no transaction");
  if (transactional !== false && commit !== undefined)
    throw new TypeError(
      `Cannot commit ${JSON.stringify(commit)} with a transactional transform: ` +
        "its offsets are committed within the transactions",
    );
  const timeoutMs = toMs(transactionTimeout);
  if (transactional !== false) assertTimeout(timeoutMs, brokers);
  return { topic: output, transactional, transactionTimeout: timeoutMs };
}

/** TransactionCoordinator: a longer one is INVALID_TRANSACTION_TIMEOUT when the producer starts. */
function assertTimeout(timeoutMs: number, brokers: readonly Readonly<Record<string, string>>[]): void {
  for (const properties of brokers) {
    const most = brokerNumber(properties, "transaction.max.timeout.ms");
    if (timeoutMs > most)
      throw new RangeError(
        `Cannot use a transaction timeout of ${timeoutMs} ms: the brokers take at most ${most} ms ` +
          "(transaction.max.timeout.ms)",
      );
  }
}

/** A member's `transactional.id`; undefined where it has none. */
export function transactionalIdOf(
  transform: false | TransformSettings,
  { group, number }: { group: string; number: number },
): string | undefined {
  if (transform === false || transform.transactional === false) return undefined;
  return `${transform.transactional === true ? group : transform.transactional}.${number}`;
}
