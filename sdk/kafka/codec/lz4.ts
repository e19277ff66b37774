// LZ4 in its frame format (lz4_Frame_format.md, lz4_Block_format.md). Checksums are not compared: the broker
// checks a batch's CRC before it appends it.
//
//   magic 4 │ flags 1 │ block size 1 │ content size 8? │ checksum 1 │ blocks… │ 0 4 │ checksum 4?
//   block   size 4, highest bit: not compressed │ data │ checksum 4?

import { Buffer } from "node:buffer";
import { tooLarge } from "../unreadable.ts";

const MAGIC = 0x184d2204;
const STORED = 0x8000_0000;
const FLAG = { blockChecksum: 16, contentSize: 8, dictionary: 1 } as const;

/** @throws Error for what is no LZ4 frame, UnreadableRecords beyond `maxBytes` */
export function unlz4(bytes: Buffer, maxBytes: number): Buffer {
  if (bytes.readUInt32LE(0) !== MAGIC) throw new Error("no LZ4 frame");
  const flags = bytes.readUInt8(4);
  if (flags >> 6 !== 1) throw new Error(`version ${flags >> 6} of the LZ4 frame`);
  if ((flags & FLAG.dictionary) !== 0) throw new Error("a dictionary, which nobody has");
  const out = growing(maxBytes);
  let at = 7 + ((flags & FLAG.contentSize) === 0 ? 0 : 8);
  for (;;) {
    const size = bytes.readUInt32LE(at);
    at += 4;
    if (size === 0) return out.bytes();
    const end = at + (size % STORED);
    if (end > bytes.length) throw new Error("a block is cut off");
    if (size >= STORED) out.literal(bytes, at, end);
    else unlz4Block(bytes.subarray(at, end), out);
    at = end + ((flags & FLAG.blockChecksum) === 0 ? 0 : 4);
  }
}

/** Blocks may refer to those before them, so all go into one buffer. */
function unlz4Block(bytes: Buffer, out: Growing): void {
  let at = 0;
  /** A length of 15 goes on in the bytes that follow, up to one below 255. */
  const lengthOf = (nibble: number): number => {
    let length = nibble;
    for (let byte = nibble === 15 ? 255 : 0; byte === 255; length += byte) byte = bytes.readUInt8(at++);
    return length;
  };
  while (at < bytes.length) {
    const token = bytes.readUInt8(at++);
    const literals = lengthOf(token >> 4);
    if (at + literals > bytes.length) throw new Error("literals are cut off");
    out.literal(bytes, at, (at += literals));
    if (at === bytes.length) return; // the last sequence has no match
    const offset = bytes.readUInt16LE(at);
    at += 2;
    out.match(offset, 4 + lengthOf(token & 15));
  }
}

/** A buffer that doubles as it fills, up to a limit. */
interface Growing {
  literal(bytes: Buffer, from: number, to: number): void;
  /** Repeats what was written `offset` bytes ago. */
  match(offset: number, size: number): void;
  bytes(): Buffer;
}

function growing(maxBytes: number): Growing {
  let out = Buffer.alloc(1 << 16);
  let size = 0;
  const reserve = (more: number): void => {
    if (size + more > maxBytes) throw tooLarge(maxBytes);
    if (size + more <= out.length) return;
    const larger = Buffer.alloc(Math.max(size + more, 2 * out.length));
    out.copy(larger, 0, 0, size);
    out = larger;
  };
  return {
    literal(bytes, from, to) {
      reserve(to - from);
      size += bytes.copy(out, size, from, to);
    },
    match(offset, length) {
      if (offset === 0 || offset > size) throw new Error("a match lies before the frame");
      reserve(length);
      // byte by byte: it may repeat what it writes
      for (const end = size + length; size < end; size++) out[size] = out[size - offset]!;
    },
    bytes: () => out.subarray(0, size),
  };
}
