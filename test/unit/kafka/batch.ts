// Record batches as a broker stores them, for tests.

import { Buffer } from "node:buffer";

export interface BatchOptions {
  first: bigint;
  count: number;
  /** The last offset's distance from the first. @default count - 1 */
  lastDelta?: number;
  /** @default 0 */
  codec?: number;
  isAppendTime?: boolean;
  isControl?: boolean;
  /** Makes it transactional. @default none */
  producerId?: bigint;
  /** The records. */
  body: Buffer;
}

/** A batch of magic 2, whose first timestamp is 1000. */
export function batch(options: BatchOptions): Buffer {
  const { first, count, lastDelta = count - 1, codec = 0, producerId, body } = options;
  const head = Buffer.alloc(61);
  head.writeBigInt64BE(first, 0);
  head.writeInt32BE(head.length - 12 + body.length, 8);
  head.writeInt8(2, 16);
  const flags = (options.isAppendTime ? 8 : 0) | (producerId === undefined ? 0 : 16);
  head.writeInt16BE(codec | flags | (options.isControl ? 32 : 0), 21);
  head.writeInt32BE(lastDelta, 23);
  head.writeBigInt64BE(1000n, 27);
  head.writeBigInt64BE(2000n, 35);
  head.writeBigInt64BE(producerId ?? -1n, 43);
  head.writeInt32BE(count, 57);
  return Buffer.concat([head, body]);
}

/** Records at these distances from the first offset, with these values; null is a tombstone. */
export function records(...all: readonly (readonly [delta: number, value: string | null])[]): Buffer {
  return Buffer.concat(
    all.map(([delta, value]) => {
      const bytes = Buffer.from(value ?? "");
      const rest = Buffer.concat([
        Buffer.from([0, 0]), // attributes, timestamp
        zigzag(delta),
        Buffer.from([1]), // no key
        value === null ? Buffer.from([1]) : Buffer.concat([zigzag(bytes.length), bytes]),
        Buffer.from([0]), // no headers
      ]);
      return Buffer.concat([zigzag(rest.length), rest]);
    }),
  );
}

/** The marker that ends a producer's transaction. */
export function marker(first: bigint, producerId: bigint, type: "abort" | "commit"): Buffer {
  const key = Buffer.from([0, 0, 0, type === "abort" ? 0 : 1]);
  const rest = Buffer.concat([Buffer.from([0, 0, 0]), zigzag(key.length), key, Buffer.from([1, 0])]);
  const body = Buffer.concat([zigzag(rest.length), rest]);
  return batch({ first, count: 1, producerId, isControl: true, body });
}

/** A whole number that is not negative, as a zigzag varint. */
function zigzag(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value * 2;
  for (; rest > 127; rest >>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

/** A batch of values, not of a transaction. */
export const plain = (first: bigint, ...values: (string | null)[]): Buffer =>
  batch({ first, count: values.length, body: records(...values.map((value, n) => [n, value] as const)) });

/** A batch that a producer has sent in a transaction. */
export const sent = (producerId: bigint, first: bigint, ...values: string[]): Buffer =>
  batch({
    first,
    count: values.length,
    producerId,
    body: records(...values.map((value, n) => [n, value] as const)),
  });
