// The lines that are appended to a file.

import type { Buffer } from "node:buffer";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

export interface Tail {
  /** Calls back for every whole new line, for at most about `limit` bytes. */
  read(limit: number, onLine: (line: string) => void): void;
  close(): void;
}

/**
 * Reads what is appended to a file, which may not exist yet. If it cannot be read, `onUnreadable` is called
 * once and the file is not read again.
 *
 * @param buffer reused for every read
 */
export function tailOf(file: string, buffer: Buffer, onUnreadable: (why: string) => void): Tail {
  let fd: number | undefined;
  let at = 0;
  let rest = "";
  let isUnreadable = false;
  const close = (): void => {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
  };
  /** Returns the number of bytes read. */
  function next(endAt: number): number {
    try {
      return readSync(fd!, buffer, 0, Math.min(buffer.length, endAt - at), at);
    } catch (error) {
      isUnreadable = true;
      close();
      onUnreadable((error as Error).message);
      return 0;
    }
  }
  return {
    read(limit, onLine) {
      if (isUnreadable) return;
      try {
        fd ??= openSync(file, "r");
      } catch {
        return; // does not exist yet
      }
      const size = Math.min(fstatSync(fd).size, at + limit);
      for (let count = 0; at < size && (count = next(size)) > 0; ) {
        at += count;
        const lines = (rest + buffer.toString("latin1", 0, count)).split("\n");
        rest = lines.pop()!;
        for (const line of lines) onLine(line);
      }
    },
    close,
  };
}
