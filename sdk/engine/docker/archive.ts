// The archive of one file, as `docker cp CONTAINER:FILE -` writes it and `docker cp - CONTAINER:FOLDER` reads
// it:
//
//   [extended header, its records]
//   header: name, mode, owner, length
//   content, filled up to blocks
//   two empty blocks

import { Buffer } from "node:buffer";

/** A file in an archive. */
export interface Entry {
  /** Where its content begins in the archive. */
  readonly from: number;
  /** Its length, in bytes. */
  readonly size: number;
  /** Its mode, user and group, as the header has them. */
  readonly owner: string;
}

/** So many bytes have the headers of what Docker writes: an extended header has one block of records. */
export const HEAD = 2048;
const BLOCK = 512;

// ustar: where a field begins and ends in a header
const OWNER = [100, 124] as const;
const SIZE = [124, 136] as const;
const CHECKSUM = [148, 156] as const;
const KIND = 156;

/** Finds the file in the beginning of its archive; null: it is no regular file; undefined: it is cut off. */
export function entryOf(head: Buffer): Entry | null | undefined {
  for (let from = 0; from + BLOCK <= head.length; ) {
    const header = head.subarray(from, from + BLOCK);
    const size = Number.parseInt(header.toString("latin1", ...SIZE), 8);
    from += BLOCK;
    const kind = String.fromCharCode(header[KIND]!);
    if (kind === "0") return { from, size, owner: header.toString("latin1", ...OWNER) };
    if (kind !== "x") return null;
    from += roundUp(size); // extended: an owner or an attribute that a header has no room for
  }
  return undefined;
}

/** The headers of the same file with another length. */
export function headersOf(head: Buffer, { from }: Entry, length: number): Buffer {
  const headers = Buffer.from(head.subarray(0, from));
  const header = headers.subarray(from - BLOCK);
  header.write(`${length.toString(8).padStart(11, "0")}\0`, SIZE[0], "latin1");
  header.fill(" ", ...CHECKSUM); // its own sum is made with spaces in its place
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, CHECKSUM[0], "latin1");
  return headers;
}

/** How long the archive is whose file has that length. */
export function archiveLength({ from }: Entry, length: number): number {
  return from + roundUp(length) + 2 * BLOCK;
}

function roundUp(length: number): number {
  return Math.ceil(length / BLOCK) * BLOCK;
}
