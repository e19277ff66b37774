// A client's name as a part of the names of its files and of its process.

import { createHash } from "node:crypto";

/** Files have endings beside it, and 255 bytes in all. */
const LONGEST = 120;

/** Letters, digits, `_`, `.` and `-`; two names that differ have two, also where what differs is replaced. */
export function fileNameOf(name: string): string {
  const plain = name.replace(/[^\w.-]/gu, "_");
  if (plain === name && name.length <= LONGEST) return name;
  return `${plain.slice(0, LONGEST - 9)}-${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
}
