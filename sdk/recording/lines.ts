// Files of one JSON value a line, plain or compressed.

import { Buffer } from "node:buffer";
import { existsSync } from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { LabError } from "../errors.ts";
import { MAX_HISTORY_BYTES, readableBytes } from "../runtime/limits.ts";
import { readBytes } from "../runtime/read-file.ts";

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
 * Reads a file; a last line without an end that is no JSON is dropped.
 *
 * @param wrong says why a value cannot be, or nothing
 * @throws LabError BAD_RUN with file and line
 */
export function readLines(file: string, wrong: (value: unknown) => string | undefined): Lines {
  const rows = textOf(file).split("\n");
  const last = rows.pop() ?? "";
  const values: unknown[] = [];
  const take = (row: string, value: unknown): void => {
    const why = wrong(value);
    if (why !== undefined) throw badRun(file, values.length + 1, why, row);
    values.push(value);
  };
  for (const row of rows) take(row, parsed(file, values.length + 1, row));
  let torn = false;
  if (last !== "") {
    const value = attempt(last);
    torn = value === undefined;
    if (!torn) take(last, value);
  }
  return { file, values, torn };
}

/** Writes values, compressed; the same values make the same bytes: the header carries neither time nor operating system. */
export function compressed(values: readonly string[]): Buffer {
  const bytes = gzipSync(values.map((value) => `${value}\n`).join(""), { level: 9 });
  bytes.fill(0, 4, 8);
  bytes[9] = 255;
  return bytes;
}

function textOf(file: string): string {
  const bytes = readBytes(file, { code: "BAD_RUN", what: "read the run", limit: MAX_HISTORY_BYTES });
  return (file.endsWith(".gz") ? decompressed(file, bytes) : bytes).toString("utf8");
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

function parsed(file: string, line: number, row: string): unknown {
  try {
    return JSON.parse(row);
  } catch (cause) {
    throw badRun(file, line, "it is no JSON", row, cause);
  }
}

function attempt(row: string): unknown {
  try {
    return JSON.parse(row);
  } catch {
    return undefined;
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
