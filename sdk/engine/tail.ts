// The end of a file.

import { closeSync, openSync, readSync, statSync } from "node:fs";

const TAIL_BYTES = 65_536;

/** Returns the last 64 KiB of a file, or nothing where there is none. */
export function tail(file: string): string {
  try {
    const { size } = statSync(file);
    const buffer = new Uint8Array(Math.min(size, TAIL_BYTES));
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
