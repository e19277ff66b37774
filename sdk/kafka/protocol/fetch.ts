// Fetch, API key 1, version 10 (FetchRequest.json, FetchResponse.json), of one partition. Brokers give
// batches that are compressed with zstd to no older version (KIP-110).

import { Buffer } from "node:buffer";
import { fields, type KafkaRequest, reader, sized } from "./bytes.ts";
import { batchesIn, type RecordBatch } from "./record-batch.ts";

export interface FetchAnswer {
  errorCode: number;
  /** Whole batches in the order of the log; the first may begin before the offset that was asked for. */
  batches: RecordBatch[];
}

const MAX_BYTES = 4 << 20;

/**
 * Asks for everything up to the high watermark: whether a transaction was committed or aborted is in its own
 * batches, so that one reading shows what a read_committed consumer sees, and what it does not see yet.
 */
export function fetchRequest(topic: string, partition: number, offset: bigint): KafkaRequest {
  const body = Buffer.concat([
    // replica id, max wait, min bytes, max bytes, read uncommitted
    fields([4, -1], [4, 500], [4, 1], [4, MAX_BYTES], [1, 0]),
    // no session (KIP-227), one topic
    fields([4, 0], [4, -1], [4, 1]),
    sized(topic),
    // one partition: its number, any leader epoch, offset, no log start of a follower's, max bytes
    fields([4, 1], [4, partition], [4, -1], [8, offset], [8, -1], [4, MAX_BYTES]),
    fields([4, 0]), // no topics to forget
  ]);
  return { api: 1, version: 10, body };
}

/** @throws UnreadableRecords for records in the form of Kafka before 0.11 */
export function decodeFetch(body: Buffer): FetchAnswer {
  const read = reader(body);
  read.i32(); // throttle time
  const ofRequest = read.i16();
  read.skip(4 + 4); // session, number of topics
  if (ofRequest !== 0) return { errorCode: ofRequest, batches: [] };
  read.text();
  read.skip(4 + 4); // number of partitions, partition
  const errorCode = read.i16();
  read.skip(8 + 8 + 8); // high watermark, last stable offset, log start
  read.array(() => read.skip(16)); // aborted transactions, which only read_committed gets
  const size = read.i32();
  return { errorCode, batches: errorCode !== 0 || size <= 0 ? [] : batchesIn(read.bytes(size)) };
}
