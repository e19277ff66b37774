// OffsetFetch, API key 9, version 5 (OffsetFetchRequest.json), of all partitions of a group.

import { Buffer } from "node:buffer";
import { fields, type KafkaRequest, reader, sized } from "./bytes.ts";
import type { TopicPartition } from "../../model/partition.ts";

/** What a group has committed. */
export interface OffsetsAnswer {
  errorCode: number;
  /** By partition, the offset of the next record to read; partitions without one are not among them. */
  offsets: readonly (TopicPartition & { offset: bigint })[];
}

export function offsetFetchRequest(group: string): KafkaRequest {
  const allPartitions = fields([4, -1]);
  return { api: 9, version: 5, body: Buffer.concat([sized(group), allPartitions]) };
}

export function decodeOffsets(body: Buffer): OffsetsAnswer {
  const read = reader(body);
  read.i32(); // throttle time
  const topics = read.array(() => {
    const topic = read.text() ?? "";
    return read.array(() => {
      const partition = read.i32();
      const offset = read.i64();
      read.i32(); // leader epoch
      read.text(); // metadata
      return { topic, partition, offset, errorCode: read.i16() };
    });
  });
  const errorCode = read.i16();
  const known = topics.flat().filter((one) => one.errorCode === 0 && one.offset >= 0n);
  return { errorCode, offsets: known.map(({ errorCode: _, ...one }) => one) };
}
