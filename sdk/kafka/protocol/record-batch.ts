// Record batches of magic 2 (DefaultRecordBatch.java, DefaultRecord.java), as they are stored in the log,
// sent in a Produce request and answered to a Fetch.
//
//   base offset 8 │ length 4 │ leader epoch 4 │ magic 1 │ CRC 4 │ attributes 2 │ last offset delta 4 │
//   first timestamp 8 │ max timestamp 8 │ producer id 8, epoch 2 │ first sequence 4 │ count 4 │ records …
//                                          attributes: codec 0-2, append time 3, transactional 4, control 5

import type { Buffer } from "node:buffer";
import { decompress } from "../codec/mod.ts";
import { UnreadableRecords } from "../unreadable.ts";
import { bufferOf, type Reader, reader } from "./bytes.ts";

/** A batch whose records are not decompressed yet. */
export interface RecordBatch {
  /** Its first and last offset. Records between them may be missing: compaction keeps both. */
  first: bigint;
  last: bigint;
  /** By number: none, gzip, snappy, lz4, zstd. */
  codec: number;
  /** Whether the timestamps are the broker's (LogAppendTime), not the producer's. */
  isAppendTime: boolean;
  isTransactional: boolean;
  /** Whether it marks the end of a transaction, or another change that no consumer is given. */
  isControl: boolean;
  producerId: bigint;
  firstTimestamp: number;
  maxTimestamp: number;
  count: number;
  /** The records, compressed by `codec`. */
  body: Uint8Array;
}

/** Bytes that can be read as text: a Buffer, whose type a reader's TypeScript may not have. */
export interface Bytes extends Uint8Array {
  toString(encoding?: "utf8" | "latin1" | "hex"): string;
}

/** A record of a batch; null where it has no key, or no value (a tombstone). */
export interface BatchRecord {
  offset: bigint;
  /** Milliseconds since the epoch, by the producer's clock or the broker's. */
  timestamp: number;
  key: Bytes | null;
  value: Bytes | null;
}

const HEADER = 61;
/** Base offset and length. */
const HEAD = 12;
const MAGIC_AT = 16;

/**
 * Splits a log's bytes into batches; the last may be cut off and is left out then.
 *
 * @throws UnreadableRecords for the form of Kafka before 0.11
 */
export function batchesIn(log: Uint8Array): RecordBatch[] {
  const bytes = bufferOf(log);
  const batches: RecordBatch[] = [];
  for (let at = 0; at + MAGIC_AT < bytes.length; ) {
    const end = at + HEAD + bytes.readInt32BE(at + 8);
    if (end > bytes.length) break;
    const magic = bytes.readInt8(at + MAGIC_AT);
    if (magic !== 2)
      throw new UnreadableRecords(
        "format",
        `message format ${magic} at offset ${bytes.readBigInt64BE(at)}; Kafka writes format 2 since 0.11`,
      );
    if (end < at + HEADER) throw new UnreadableRecords("corrupt", "a batch that is shorter than its header");
    batches.push(batchOf(bytes.subarray(at, end)));
    at = end;
  }
  return batches;
}

/** One whole batch. */
export function batchOf(whole: Uint8Array): RecordBatch {
  const bytes = bufferOf(whole);
  const first = bytes.readBigInt64BE(0);
  const attributes = bytes.readInt16BE(21);
  return {
    first,
    last: first + BigInt(bytes.readInt32BE(23)),
    codec: attributes & 7,
    isAppendTime: (attributes & 8) !== 0,
    isTransactional: (attributes & 16) !== 0,
    isControl: (attributes & 32) !== 0,
    producerId: bytes.readBigInt64BE(43),
    firstTimestamp: Number(bytes.readBigInt64BE(27)),
    maxTimestamp: Number(bytes.readBigInt64BE(35)),
    count: Math.max(0, bytes.readInt32BE(57)),
    body: bytes.subarray(HEADER),
  };
}

/**
 * Decompresses and reads a batch's records.
 *
 * @param limit the most records to read @default all
 * @throws UnreadableRecords
 */
export function recordsOf(batch: RecordBatch, limit: number = batch.count): BatchRecord[] {
  if (batch.count === 0) return [];
  const read = reader(decompress(batch.codec, bufferOf(batch.body)));
  try {
    return Array.from({ length: Math.min(batch.count, limit) }, () => recordOf(batch, read));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const where = `offsets ${batch.first} to ${batch.last}`;
    throw new UnreadableRecords("corrupt", `records that are cut off at ${where}`, { cause });
  }
}

function recordOf(
  { first, firstTimestamp, maxTimestamp, isAppendTime }: RecordBatch,
  read: Reader,
): BatchRecord {
  const length = read.zigzag();
  const end = read.position() + length;
  read.i8(); // attributes, none so far
  const timestamp = isAppendTime ? maxTimestamp : firstTimestamp + read.zigzag();
  if (isAppendTime) read.zigzag();
  const offset = first + BigInt(read.zigzag());
  const key = nullable(read);
  const value = nullable(read);
  read.skip(end - read.position()); // headers, which the lab has no use for
  return { offset, timestamp, key, value };
}

function nullable(read: Reader): Buffer | null {
  const size = read.zigzag();
  return size < 0 ? null : read.bytes(size);
}

/**
 * Returns how a control batch ends its producer's transaction; undefined for another one
 * (EndTransactionMarker.java, ControlRecordType.java).
 *
 * @throws UnreadableRecords
 */
export function markerOf(batch: RecordBatch): "abort" | "commit" | undefined {
  const key = batch.isTransactional ? recordsOf(batch, 1)[0]?.key : undefined;
  if (key === undefined || key === null || key.length < 4) return undefined;
  return ({ 0: "abort", 1: "commit" } as const)[bufferOf(key).readInt16BE(2)];
}
