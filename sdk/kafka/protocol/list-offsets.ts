// ListOffsets, API key 2, version 1 (ListOffsetsRequest.json), of one partition.

import { Buffer } from "node:buffer";
import { fields, type KafkaRequest, reader, sized } from "./bytes.ts";

/** ListOffsetsRequest.java: the first offset, and the one after the last record that can be read. */
export const EARLIEST = -2n;
export const LATEST = -1n;

/**
 * Asks for an offset.
 *
 * @param timestamp EARLIEST, LATEST, or milliseconds since the epoch: the first record with that time or a
 *   later one
 */
export function listOffsetsRequest(topic: string, partition: number, timestamp: bigint): KafkaRequest {
  const body = Buffer.concat([
    fields([4, -1], [4, 1]),
    sized(topic),
    fields([4, 1], [4, partition], [8, timestamp]),
  ]);
  return { api: 2, version: 1, body };
}

/** The offset is -1 where no record is as late as that. */
export function decodeOffset(body: Buffer): { errorCode: number; offset: bigint } {
  const read = reader(body);
  read.i32();
  read.text();
  read.i32();
  read.i32();
  const errorCode = read.i16();
  read.skip(8); // timestamp
  return { errorCode, offset: read.i64() };
}
