// zstd (RFC 8878). Node has it since 22.15 only.

import { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import { tooLarge } from "../unreadable.ts";

// a member's process in Deno has no configuration by which it would find a bare name
const { Decompress } = createRequire(import.meta.url)("fzstd") as typeof import("fzstd");

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
