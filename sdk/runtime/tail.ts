// The end of a file.

import { closeSync, openSync, readSync, statSync } from "node:fs";

const TAIL_BYTES = 65_536;

/** Returns the last 64 KiB of a file, or what is there from a position on; nothing where there is none. */
export function tail(file: string, from = 0): string {
  try {
    const { size } = statSync(file);
    const buffer = new Uint8Array(Math.max(0, Math.min(size - from, TAIL_BYTES)));
    const fd = openSync(file, "r");
    try {
      readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    } finally {
      closeSync(fd);
    }
    return new TextDecoder().decode(buffer);
  } catch {
    return "";
  }
}

/** Returns a file's size, 0 where there is none: where what is written from now on begins. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
