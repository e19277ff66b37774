// Fetch, API key 1, version 4 (FetchRequest.json), of one partition, and the record batches in its answer.

import { Buffer } from "node:buffer";
import { fields, type KafkaRequest, reader, sized } from "./bytes.ts";

export interface FetchAnswer {
  errorCode: number;
  records: { offset: bigint; value: string }[];
  /** Where to go on. */
  next: bigint;
}

export function fetchRequest(topic: string, partition: number, offset: bigint): KafkaRequest {
  const maxBytes = 4 << 20;
  // replica id, max wait, min bytes, max bytes, read uncommitted, one topic; then one partition
  const body = Buffer.concat([
    fields([4, -1], [4, 500], [4, 1], [4, maxBytes], [1, 0], [4, 1]),
    sized(topic),
    fields([4, 1], [4, partition], [8, offset], [4, maxBytes]),
  ]);
  return { api: 1, version: 4, body };
}

export function decodeFetch(body: Buffer, asked: bigint): FetchAnswer {
  const read = reader(body);
  read.skip(4 + 4); // throttle time, number of topics
  read.text();
  read.skip(4 + 4); // number of partitions, partition
  const errorCode = read.i16();
  read.skip(8 + 8); // high watermark, last stable offset
  read.array(() => read.skip(16)); // aborted transactions
  const size = read.i32();
  const answer: FetchAnswer = { errorCode, records: [], next: asked };
  if (size > 0) decodeBatches(read.bytes(size), answer);
  answer.records = answer.records.filter(({ offset }) => offset >= asked); // a batch is sent whole
  return answer;
}

/** Record batches of magic 2 (DefaultRecordBatch.java); the last one may be cut off. */
function decodeBatches(bytes: Buffer, into: FetchAnswer): void {
  for (let at = 0; at + 61 <= bytes.length; ) {
    const base = bytes.readBigInt64BE(at);
    const end = at + 12 + bytes.readInt32BE(at + 8);
    if (end > bytes.length) return;
    const attributes = bytes.readInt16BE(at + 21);
    if ((attributes & 7) !== 0)
      throw new Error("compressed records: the lab reads back only what its probes wrote");
    const isControl = (attributes & 32) !== 0;
    const read = reader(bytes.subarray(at + 61, end));
    for (let left = isControl ? 0 : bytes.readInt32BE(at + 57); left > 0; left--) {
      read.zigzag(); // length
      read.i8();
      read.zigzag(); // timestamp
      const offset = base + BigInt(read.zigzag());
      read.skip(Math.max(read.zigzag(), 0)); // key
      const value = read.bytes(Math.max(read.zigzag(), 0)).toString("utf8");
      for (let headers = read.zigzag(); headers > 0; headers--) {
        read.skip(Math.max(read.zigzag(), 0));
        read.skip(Math.max(read.zigzag(), 0));
      }
      into.records.push({ offset, value });
    }
    into.next = base + BigInt(bytes.readInt32BE(at + 23)) + 1n;
    at = end;
  }
}
