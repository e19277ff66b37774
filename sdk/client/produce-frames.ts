// What a Produce request and its answer hold, of the frames that pass a watched socket.

import type { Buffer } from "node:buffer";

/**
 * Reads the first topic's first partition of a Produce answer, v3 to v7: responses [topic, [partition, error
 * code, …]].
 */
export function produceAnswer(body: Buffer): { errorCode?: number; partition?: number } {
  if (body.length < 20 || body.readInt32BE(0) < 1) return {};
  const partitions = 6 + body.readInt16BE(4);
  if (body.length < partitions + 10 || body.readInt32BE(partitions) < 1) return {};
  return { partition: body.readInt32BE(partitions + 4), errorCode: body.readInt16BE(partitions + 8) };
}

/**
 * Reads the acks and the value of the first record of a Produce request, v3 to v7 with a record batch of
 * magic 2 (the layout is in ProduceRequest.json and DefaultRecordBatch.java); undefined where it is
 * compressed or laid out otherwise.
 */
export function producedValue(request: Buffer): { acks: number; value: string | undefined } | undefined {
  const cursor = cursorOf(request, 12);
  cursor.skipText(); // client id
  cursor.skipText(); // transactional id
  const acks = request.readInt16BE(cursor.at());
  cursor.skip(2 + 4 + 4); // acks, timeout, number of topics
  cursor.skipText(); // topic
  cursor.skip(4 + 4 + 4); // number of partitions, partition, size of the records
  const magic = request.readInt8(cursor.at() + 16);
  const attributes = request.readInt16BE(cursor.at() + 21);
  if (magic !== 2 || (attributes & 7) !== 0) return { acks, value: undefined };
  cursor.skip(61); // the batch header
  cursor.varint(); // length of the record
  cursor.skip(1); // its attributes
  cursor.varint(); // timestamp
  cursor.varint(); // offset
  cursor.skip(Math.max(cursor.varint(), 0)); // key
  const size = cursor.varint();
  const from = cursor.at();
  return { acks, value: size < 0 ? undefined : request.toString("utf8", from, from + size) };
}

interface Cursor {
  at(): number;
  skip(bytes: number): void;
  /** A string with a size of two bytes; -1 for null. */
  skipText(): void;
  /** A zigzag varint. */
  varint(): number;
}

function cursorOf(data: Buffer, from: number): Cursor {
  let at = from;
  return {
    at: () => at,
    skip: (bytes) => void (at += bytes),
    skipText() {
      at += 2 + Math.max(data.readInt16BE(at), 0);
    },
    varint() {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = data.readUInt8(at++);
        value |= (byte & 127) << shift;
        if (byte < 128) return (value >>> 1) ^ -(value & 1);
      }
    },
  };
}
