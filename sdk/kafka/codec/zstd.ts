// zstd (RFC 8878). Node has it since 22.15 only.

import { Buffer } from "node:buffer";
import { Decompress } from "fzstd";
import { tooLarge } from "../unreadable.ts";

/** @throws Error for what is no zstd, UnreadableRecords beyond `maxBytes` */
export function unzstd(bytes: Buffer, maxBytes: number): Buffer {
  if (bytes.length === 0) throw new Error("no frame");
  const parts: Uint8Array[] = [];
  let size = 0;
  const stream = new Decompress((part) => {
    size += part.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    parts.push(part.slice());
  });
  stream.push(bytes, true);
  return Buffer.concat(parts, size);
}
