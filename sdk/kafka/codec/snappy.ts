// Snappy (google/snappy, format_description.txt), in both framings that Kafka's clients write.
//
//   Java, librdkafka < 0.11   "\x82SNAPPY\0" version 4 │ compatible 4 │ { size 4 │ block }…     (xerial)
//   everyone else             block
//
//   block   length of the whole, varint │ { tag │ literal bytes, or a copy from `offset` back }…

import { Buffer } from "node:buffer";
import { tooLarge } from "../unreadable.ts";

const XERIAL = Buffer.from("\x82SNAPPY\0", "latin1");
const XERIAL_HEADER = 16;

/** @throws Error for what is no snappy, UnreadableRecords beyond `maxBytes` */
export function unsnappy(bytes: Buffer, maxBytes: number): Buffer {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) return unsnappyBlock(bytes, maxBytes);
  const blocks: Buffer[] = [];
  let left = maxBytes;
  for (let at = XERIAL_HEADER; at < bytes.length; ) {
    const end = at + 4 + bytes.readInt32BE(at);
    if (end > bytes.length || end < at + 4) throw new Error("a block is cut off");
    const block = unsnappyBlock(bytes.subarray(at + 4, end), left);
    left -= block.length;
    blocks.push(block);
    at = end;
  }
  return Buffer.concat(blocks);
}

function unsnappyBlock(bytes: Buffer, maxBytes: number): Buffer {
  const [length, start] = lengthOf(bytes);
  if (length > maxBytes) throw tooLarge(maxBytes);
  const out = Buffer.alloc(length);
  let [at, to] = [start, 0];
  while (at < bytes.length) {
    const tag = bytes.readUInt8(at++);
    if ((tag & 3) === 0) {
      const extra = Math.max(0, (tag >> 2) - 59); // bytes of a length above 60
      const size = 1 + (extra === 0 ? tag >> 2 : bytes.readUIntLE(at, extra));
      at += extra;
      if (at + size > bytes.length || to + size > length) throw new Error("a literal is cut off");
      to += bytes.copy(out, to, at, (at += size));
    } else {
      const [size, offset, width] = copyOf(bytes, tag, at);
      at += width;
      if (offset === 0 || offset > to || to + size > length) throw new Error("a copy lies outside the block");
      // byte by byte: it may repeat what it writes
      for (const end = to + size; to < end; to++) out[to] = out[to - offset]!;
    }
  }
  if (to !== length) throw new Error(`${to} of ${length} bytes`);
  return out;
}

/** The varint at the start, and where it ends. */
function lengthOf(bytes: Buffer): [length: number, end: number] {
  let length = 0;
  for (let at = 0; at < 5; at++) {
    const byte = bytes.readUInt8(at);
    length += (byte & 127) * 2 ** (7 * at);
    if (byte < 128) return [length, at + 1];
  }
  throw new Error("no length");
}

function copyOf(bytes: Buffer, tag: number, at: number): [size: number, offset: number, width: number] {
  switch (tag & 3) {
    case 1:
      return [4 + ((tag >> 2) & 7), ((tag >> 5) << 8) | bytes.readUInt8(at), 1];
    case 2:
      return [1 + (tag >> 2), bytes.readUInt16LE(at), 2];
    default:
      return [1 + (tag >> 2), bytes.readUInt32LE(at), 4];
  }
}
