// Values in DER (X.690), as far as certificates need them.

import { Buffer } from "node:buffer";

function value(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body]);
}

function lengthOf(bytes: number): Buffer {
  if (bytes < 128) return Buffer.from([bytes]);
  const digits: number[] = [];
  for (let left = bytes; left > 0; left >>>= 8) digits.unshift(left & 255);
  return Buffer.from([0x80 | digits.length, ...digits]);
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return value(0x30, ...parts);
}

export function set(...parts: readonly Uint8Array[]): Buffer {
  return value(0x31, ...parts);
}

/** A number by its bytes, the highest first; the first bit is the sign. */
export function integer(bytes: Uint8Array): Buffer {
  return value(0x02, bytes);
}

export function boolean(is: boolean): Buffer {
  return value(0x01, Buffer.from([is ? 0xff : 0]));
}

export function octets(bytes: Uint8Array): Buffer {
  return value(0x04, bytes);
}

/** A row of bits, of which the last `unused` do not count. */
export function bits(bytes: Uint8Array, unused: number = 0): Buffer {
  return value(0x03, Buffer.from([unused]), bytes);
}

export function utf8(text: string): Buffer {
  return value(0x0c, Buffer.from(text));
}

/** A moment up to the year 2049. */
export function utcTime(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replace(/\D/g, "");
  return value(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}

/** `1.2.840.…` */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return value(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(number: number): number[] {
  const digits = [number & 127];
  for (let left = number >>> 7; left > 0; left >>>= 7) digits.unshift((left & 127) | 128);
  return digits;
}

/** A field that its number tells apart. */
export function tagged(
  number: number,
  body: Uint8Array,
  { isPrimitive = false }: { isPrimitive?: boolean } = {},
): Buffer {
  return value((isPrimitive ? 0x80 : 0xa0) | number, body);
}
