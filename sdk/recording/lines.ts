// Files of one JSON value a line, plain or compressed.

import type { Buffer } from "node:buffer";
import { existsSync } from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { LabError } from "../model/errors.ts";
import { MAX_HISTORY_BYTES, readableBytes } from "../runtime/limits.ts";
import { readBytes, readText } from "../runtime/read-file.ts";

/** A file's values; `torn` where its last line was cut off while it was written. */
export interface Lines {
  file: string;
  values: unknown[];
  torn: boolean;
}

/** Finds `<name>.jsonl` in a folder, or the same with `.gz`; undefined where there is neither. */
export function findLines(dir: string, name: string): string | undefined {
  return [`${name}.jsonl`, `${name}.jsonl.gz`]
    .map((file) => path.join(dir, file))
    .find((file) => existsSync(file));
}

/**
 * Reads a file. Empty lines and a byte order mark are passed over; a last line without an end that is no JSON
 * is dropped.
 *
 * @param renamed returns a value with the names of this version
 * @param wrong says why a value cannot be, or nothing
 * @throws LabError BAD_RUN with the file, and the line where it is one that is wrong
 */
export function readLines(
  file: string,
  renamed: (value: unknown) => unknown,
  wrong: (value: unknown) => string | undefined,
): Lines {
  const rows = textOf(file).split("\n");
  const values: unknown[] = [];
  for (const [i, row] of rows.entries()) {
    if (row.trim() === "") continue;
    let value: unknown;
    try {
      value = renamed(JSON.parse(row));
    } catch (cause) {
      if (i === rows.length - 1) return { file, values, torn: true };
      throw badRun(file, i + 1, "it is no JSON", row, cause);
    }
    const why = wrong(value);
    if (why !== undefined) throw badRun(file, i + 1, why, row);
    values.push(value);
  }
  return { file, values, torn: false };
}

/**
 * Writes values, compressed; the same values make the same bytes: the header carries neither time nor
 * operating system.
 */
export function compressed(values: readonly string[]): Buffer {
  const bytes = gzipSync(values.map((value) => `${value}\n`).join(""), { level: 9 });
  bytes.fill(0, 4, 8);
  bytes[9] = 255;
  return bytes;
}

function textOf(file: string): string {
  const what = "read the run";
  const limit = MAX_HISTORY_BYTES;
  if (!file.endsWith(".gz")) return readText(file, { code: "BAD_RUN", what, limit });
  return decompressed(file, readBytes(file, { code: "BAD_RUN", what, limit }))
    .toString("utf8")
    .replace(/^\uFEFF/, "");
}

// a file of some kilobytes may be gigabytes once it is decompressed
function decompressed(file: string, bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_HISTORY_BYTES });
  } catch (cause) {
    const isTooLarge = (cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    const why = isTooLarge
      ? `it is larger than ${readableBytes(MAX_HISTORY_BYTES)} once it is decompressed`
      : `its file cannot be decompressed: ${(cause as Error).message}`;
    throw new LabError("BAD_RUN", `Cannot read the run: ${why}`, {
      file,
      cause,
      hint: isTooLarge
        ? "That is the limit for histories. Did a lab write it?"
        : "Was it only partly copied?",
    });
  }
}

function badRun(file: string, line: number, why: string, row: string, cause?: unknown): LabError {
  return new LabError("BAD_RUN", `Cannot read the run: line ${line} is wrong: ${why}`, {
    file,
    line,
    ...(cause === undefined ? {} : { cause }),
    hint: `It begins with ${row.slice(0, 80)}. Was it written by another version of the lab, or by hand?`,
  });
}
