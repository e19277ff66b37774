// The topic that a member with kafkajs writes what it processes to, with or without transactions.
//
//   begin ─▶ write … ─▶ commit: the offsets, and the end of the transaction
//                   └─▶ abort: what was written is seen by nobody at read_committed
//
// kafkajs tells the group's coordinator neither generation nor member (KIP-447), so that only another
// producer of the same transactional.id fences a member that was thrown out. An end that fails leaves its
// producer unusable: the member ends.

import { kept } from "./kept.mjs";

/** What is reported of a record. */
export function recordOf({ offset, key, value }) {
  return {
    offset,
    value: kept(value?.toString() ?? ""),
    ...(key === null || key === undefined ? {} : { key: kept(key.toString()) }),
  };
}

/** Kafka's name where it is Kafka's answer, else the client's own words. */
export function nameOf(error) {
  return error?.type ?? error?.cause?.type ?? error?.message ?? String(error);
}

/**
 * Connects the producer. Its first transaction ends what an earlier one of the same transactional.id left
 * open, and fences that one: only then kafkajs asks for a producer id (src/producer/index.js).
 *
 * @param how topic, group, transactionalId, transactionTimeout
 * @param told report(line), now(), and fail(error), which ends the member
 */
export async function openOutput(kafka, partitioner, how, told) {
  const { topic, transactionalId, transactionTimeout } = how;
  const isTransactional = transactionalId !== undefined;
  const producer = kafka.producer({
    idempotent: true,
    allowAutoTopicCreation: false,
    createPartitioner: partitioner,
    ...(isTransactional ? { transactionalId, transactionTimeout, maxInFlightRequests: 1 } : {}),
  });
  await producer.connect();
  return {
    /** A transaction; without transactions, what writes at once. */
    async begin() {
      if (!isTransactional)
        return { write: (at, messages) => write(producer, topic, { at, messages }, told) };
      const transaction = await producer.transaction();
      tellTransaction("begun", told.now(), how, told);
      return {
        write: (at, messages) => write(transaction, topic, { at, messages }, told),
        commit: (offsets) => commit(transaction, offsets, how, told),
        abort: (error) => abort(transaction, error, how, told),
      };
    },
    close: () => producer.disconnect(),
  };
}

/** Writes a record for each, named by what it is made of: `orders-3@17 VALUE`, as Output.java does. */
async function write(sender, topic, { at, messages }, { report, now }) {
  const atMs = now();
  const offsets = messages.map(({ offset }) => offset);
  const line = (facts = {}) =>
    report({ kind: "produced", atMs, tookMs: now() - atMs, ...at, offsets, output: topic, ...facts });
  try {
    await sender.send({
      topic,
      acks: -1,
      messages: messages.map(({ key, value, offset }) => ({
        key,
        value: `${at.topic}-${at.partition}@${offset} ${value?.toString() ?? ""}`,
      })),
    });
    line();
  } catch (error) {
    line({ error: nameOf(error) });
    throw error;
  }
}

async function commit(transaction, offsets, how, told) {
  const { report, now, fail } = told;
  const atMs = now();
  const line = (facts = {}) => report({ kind: "commit", atMs, tookMs: now() - atMs, offsets, ...facts });
  const topics = offsets.map(({ topic, ...one }) => ({ topic, partitions: [one] }));
  try {
    await transaction.sendOffsets({ consumerGroupId: how.group, topics });
  } catch (error) {
    line({ error: nameOf(error), isRefused: true });
    await abort(transaction, error, how, told);
    throw error;
  }
  try {
    await transaction.commit();
  } catch (error) {
    line({ error: nameOf(error), ...(error.type ? { isRefused: true } : {}) });
    tellTransaction("failed", atMs, how, told, error);
    fail(error);
    throw error;
  }
  tellTransaction("committed", atMs, how, told);
  line();
}

async function abort(transaction, why, how, told) {
  const atMs = told.now();
  try {
    await transaction.abort();
    tellTransaction("aborted", atMs, how, told, why);
  } catch (error) {
    tellTransaction("failed", atMs, how, told, error);
    told.fail(error);
    throw error;
  }
}

function tellTransaction(change, atMs, { transactionalId }, { report, now }, error) {
  const tookMs = change === "begun" ? 0 : now() - atMs;
  const why = error === undefined ? {} : { error: nameOf(error) };
  report({ kind: "transaction", atMs, tookMs, transactionalId, change, ...why });
}
