// The codecs in which Kafka compresses the records of a batch (CompressionType.java): gzip by node:zlib, zstd
// by fzstd, snappy and lz4 here. docs/decisions/kafka-protocol.md says why.

import type { Buffer } from "node:buffer";
import { gunzipSync } from "node:zlib";
import { tooLarge, UnreadableRecords } from "../unreadable.ts";
import { unlz4 } from "./lz4.ts";
import { unsnappy } from "./snappy.ts";
import { unzstd } from "./zstd.ts";

/** The codecs' names by their numbers in the attributes of a batch. */
export const CODECS = ["none", "gzip", "snappy", "lz4", "zstd"] as const;

/** A broker takes batches of 1 MiB unless `message.max.bytes` says otherwise; they may grow a lot. */
const MAX_BYTES: number = 256 << 20;

/** @throws any error for bytes that are not what they should be, UnreadableRecords beyond `maxBytes` */
type Decompress = (bytes: Buffer, maxBytes: number) => Buffer;

const BY_NUMBER: readonly Decompress[] = [
  (bytes) => bytes,
  (bytes, maxOutputLength) => gunzipSync(bytes, { maxOutputLength }),
  unsnappy,
  unlz4,
  unzstd,
];

/**
 * Returns what was compressed.
 *
 * @param codec its number in the attributes of a batch
 * @param options `maxBytes` of the result @default 256 MiB
 * @throws UnreadableRecords
 */
export function decompress(
  codec: number,
  bytes: Buffer,
  { maxBytes = MAX_BYTES }: { maxBytes?: number } = {},
): Buffer {
  const run = BY_NUMBER[codec];
  if (run === undefined)
    throw new UnreadableRecords("codec", `codec ${codec}; the lab knows ${CODECS.join(", ")}`);
  try {
    return run(bytes, maxBytes);
  } catch (cause) {
    if (cause instanceof UnreadableRecords) throw cause;
    const name = CODECS[codec];
    if ((cause as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(maxBytes);
    const { message } = cause as Error;
    throw new UnreadableRecords("corrupt", `${name} that cannot be decompressed: ${message}`, { cause });
  }
}
