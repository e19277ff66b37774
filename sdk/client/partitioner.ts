// Which partition a record goes to: as kafkajs and Kafka's own client choose it, without two bugs of kafkajs
// 2.2.4.
//
// - Its hash of a key multiplies a BigInt that it never cuts to 32 bits, so the number grows with every four
//   bytes and the time is quadratic in the key's length: 64 kB take 0.6 s, 2 MB minutes, in which no timer
//   and no heal runs. This one computes with 32 bits, as murmur2 is defined, and has the same result.
// - It sends nothing to a partition that a topic does not have, and reports success.

import { Buffer } from "node:buffer";
import kafkajs, { type PartitionerArgs } from "kafkajs";

/**
 * How often metadata is requested again before a partition counts as missing: it may just have been created.
 */
const REFRESHES = 3;

/** Makes the partitioner of one producer. */
export function partitioner(): (record: PartitionerArgs) => number {
  const inTurn = kafkajs.Partitioners.DefaultPartitioner();
  const refreshes = new WeakMap<object, number>(); // by record, which stays the same through all tries
  return (record) => {
    const { topic, partitionMetadata, message } = record;
    const { key, partition } = message;
    if (partition !== undefined && partition !== null) {
      if (partitionMetadata.some(({ partitionId }) => partitionId === partition)) return partition;
      const count = refreshes.get(message) ?? 0;
      refreshes.set(message, count + 1);
      throw new MissingPartition(`${topic} has no partition ${partition}`, count < REFRESHES);
    }
    if (key === undefined || key === null) return inTurn(record);
    return (murmur2(Buffer.isBuffer(key) ? key : Buffer.from(key)) & 0x7fffffff) % partitionMetadata.length;
  };
}

/** kafkajs asks for metadata again where it knows `type` and may try again. */
class MissingPartition extends Error {
  readonly type: string | undefined;
  readonly retriable: boolean;

  constructor(what: string, retriable: boolean) {
    super(`UNKNOWN_TOPIC_OR_PARTITION: ${what}`);
    this.retriable = retriable;
    this.type = retriable ? "UNKNOWN_TOPIC_OR_PARTITION" : undefined;
  }
}

const [SEED, M, R] = [0x9747b28c, 0x5bd1e995, 24];

/** Kafka's hash of a key (Utils.murmur2 in Utils.java). */
export function murmur2(data: Buffer): number {
  const whole = data.length & ~3;
  let h = SEED ^ data.length;
  for (let at = 0; at < whole; at += 4) {
    let k = Math.imul(data.readInt32LE(at), M);
    k = Math.imul(k ^ (k >>> R), M);
    h = Math.imul(h, M) ^ k;
  }
  if (whole < data.length) {
    for (let at = data.length - 1; at >= whole; at--) h ^= data[at]! << (8 * (at - whole));
    h = Math.imul(h, M);
  }
  h = Math.imul(h ^ (h >>> 13), M);
  return h ^ (h >>> 15);
}
