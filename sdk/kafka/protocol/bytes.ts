// Kafka's primitive types as bytes (KIP-482 for the compact ones), and a request as the connection sends it.

import { Buffer } from "node:buffer";

/** A request: its API key and version, and what follows its header. */
export interface KafkaRequest {
  api: number;
  version: number;
  /** Whether it has the flexible header (KIP-482). @default false */
  flexible?: boolean;
  body: Buffer;
}

/** A string with its size in two bytes. */
export function sized(text: string): Buffer {
  const bytes = Buffer.from(text);
  const size = Buffer.alloc(2);
  size.writeInt16BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

/** Bytes, or a string's, with their size in the compact form of KIP-482. */
export function compactBytes(bytes: Buffer): Buffer {
  return Buffer.concat([varint(bytes.length + 1), bytes]);
}

/** A string in compact form; null is its own value. */
export function compactSized(text: string | null): Buffer {
  if (text === null) return varint(0);
  return compactBytes(Buffer.from(text));
}

/** An unsigned varint. */
export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** Fields of 1, 2, 4 and 8 bytes in a row. */
export function fields(...all: [bytes: 1 | 2 | 4 | 8, value: number | bigint][]): Buffer {
  const buffer = Buffer.alloc(all.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of all) {
    if (bytes === 8) buffer.writeBigInt64BE(BigInt(value), at);
    else buffer.writeIntBE(Number(value), at, bytes);
    at += bytes;
  }
  return buffer;
}

/**
 * Reads a message from its first byte on, each call from where the one before ended. Every call throws a
 * RangeError beyond the last byte.
 */
export interface Reader {
  /** How many bytes were read. */
  position(): number;
  i8(): number;
  i16(): number;
  i32(): number;
  i64(): bigint;
  /** A varint in zigzag form, up to 53 bits wide: timestamps may need more than 32. */
  zigzag(): number;
  bytes(size: number): Buffer;
  skip(size: number): void;
  text(): string | null;
  uuid(): string;
  array<T>(one: () => T): T[];
  compactText(): string | null;
  compact<T>(one: () => T): T[];
  /** The tagged fields, by tag. */
  tags(): Map<number, Buffer>;
}

/** The same bytes with Node's verbs. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

export function reader(body: Buffer): Reader {
  let at = 0;
  const i8 = (): number => body.readInt8(at++);
  const i16 = (): number => body.readInt16BE((at += 2) - 2);
  const i32 = (): number => body.readInt32BE((at += 4) - 4);
  const unsigned = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = body.readUInt8(at++);
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const many = <T>(count: number, one: () => T): T[] => Array.from({ length: Math.max(count, 0) }, one);
  const take = (size: number): Buffer => {
    if (size < 0 || at + size > body.length) throw new RangeError(`${size} bytes at ${at} of ${body.length}`);
    return body.subarray(at, (at += size));
  };
  const string = (size: number): string | null => (size < 0 ? null : take(size).toString("utf8"));
  const tags = (): Map<number, Buffer> => {
    const found = new Map<number, Buffer>();
    for (let left = unsigned(); left > 0; left--) {
      const tag = unsigned();
      found.set(tag, take(unsigned()));
    }
    return found;
  };
  return {
    i8,
    i16,
    i32,
    tags,
    i64: (): bigint => body.readBigInt64BE((at += 8) - 8),
    zigzag: (): number => {
      let value = 0;
      for (let factor = 1; ; factor *= 128) {
        const byte = body.readUInt8(at++);
        value += (byte & 127) * factor;
        if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      }
    },
    position: () => at,
    bytes: take,
    text: () => string(i16()),
    uuid: () => uuidOf(take(16)),
    compactText: () => string(unsigned() - 1),
    array: <T>(one: () => T): T[] => many(i32(), one),
    compact: <T>(one: () => T): T[] => many(unsigned() - 1, one),
    skip: (size: number) => void take(size),
  };
}

function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString("hex");
  return [0, 8, 12, 16, 20].map((from, n) => hex.slice(from, [8, 12, 16, 20, 32][n])).join("-");
}
