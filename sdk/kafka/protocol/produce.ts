// Produce, API key 0, versions 3 to 8 (ProduceRequest.json, ProduceResponse.json), as other clients write it:
// what a request and its answer hold, of the frames that pass a watched socket.

import type { Buffer } from "node:buffer";
import { bufferOf, reader } from "./bytes.ts";
import { batchesIn, recordsOf } from "./record-batch.ts";

/** Size, API key, version and correlation id of a request. */
const HEAD = 12;

/** Reads the first topic's first partition of a Produce answer; nothing of one that is too short. */
export function produceAnswer(body: Uint8Array): { errorCode?: number; partition?: number } {
  const read = reader(bufferOf(body));
  try {
    if (read.i32() < 1) return {}; // topics
    read.text();
    if (read.i32() < 1) return {}; // partitions
    return { partition: read.i32(), errorCode: read.i16() };
  } catch (error) {
    if (error instanceof RangeError) return {};
    throw error;
  }
}

/**
 * Reads the acks of a Produce request and the value of its first record; undefined where it is compressed,
 * has none, or is laid out otherwise.
 */
export function producedValue(request: Uint8Array): { acks: number; value: string | undefined } {
  const read = reader(bufferOf(request));
  read.skip(HEAD);
  read.text(); // client id
  read.text(); // transactional id
  const acks = read.i16();
  read.skip(4 + 4); // timeout, number of topics
  read.text(); // topic
  read.skip(4 + 4); // number of partitions, partition
  return { acks, value: valueIn(read.bytes(read.i32())) };
}

function valueIn(records: Buffer): string | undefined {
  try {
    const batch = batchesIn(records)[0];
    // a client is not held up by decompression
    if (batch === undefined || batch.codec !== 0) return undefined;
    return recordsOf(batch, 1)[0]?.value?.toString("utf8");
  } catch {
    return undefined; // the client's own form, which the broker refuses
  }
}
