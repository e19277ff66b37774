// Reads a file that a person or a file of theirs names: regular files only, and only up to a limit.
//
//   stat (what is it?) ─▶ open without blocking ─▶ fstat on the handle (still that?) ─▶ read until the limit
//
// A device or a pipe may never end, may never begin, or may act when it is opened; none of them is a
// configuration.

import { Buffer } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { type ErrorCode, LabError } from "../model/errors.ts";
import { MAX_FILE_BYTES, readableBytes } from "./limits.ts";

/** How a file is read, and what is said where it cannot be. */
export interface ReadFileOptions {
  /** The error's code. */
  readonly code: ErrorCode;
  /** Completes "Cannot …". @default "read" and the file as it is shown */
  readonly what?: string;
  /** The file's name in the error. @default the path */
  readonly shown?: string;
  /** In bytes. @default {@link MAX_FILE_BYTES} */
  readonly limit?: number;
}

/**
 * Reads a regular file of UTF-8 text.
 *
 * @throws LabError with the given code where the file is not there, is no regular file, is larger than the
 * limit, or cannot be read
 */
export function readText(path: string, options: ReadFileOptions): string {
  return textOf(readBytes(path, options));
}

/**
 * Reads a regular file of UTF-8 text; undefined where there is none.
 *
 * @throws LabError as {@link readText} for what is there and is no such file
 */
export function readTextIfThere(path: string, options: ReadFileOptions): string | undefined {
  const bytes = bytesIfThere(path, options);
  return bytes === undefined ? undefined : textOf(bytes);
}

/**
 * Reads a regular file.
 *
 * @throws LabError as {@link readText}
 */
export function readBytes(path: string, options: ReadFileOptions): Buffer {
  const bytes = bytesIfThere(path, options);
  if (bytes === undefined)
    throw cannot(path, options, "it is not there", {
      hint: "Is the path right, seen from the working directory?",
    });
  return bytes;
}

function bytesIfThere(path: string, options: ReadFileOptions): Buffer | undefined {
  let handle: number | undefined;
  try {
    refuseOthers(statSync(path), path, options);
    handle = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    refuseOthers(fstatSync(handle), path, options);
    return readUpTo(handle, path, options);
  } catch (cause) {
    if (cause instanceof LabError) throw cause;
    if (isMissing(cause)) return undefined;
    throw cannot(path, options, (cause as Error).message, { cause });
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

function refuseOthers(stats: Stats, path: string, options: ReadFileOptions): void {
  if (!stats.isFile())
    throw cannot(path, options, `it is ${kindOf(stats)}`, { hint: "Only regular files are read." });
  if (stats.size > limitOf(options)) throw tooLarge(path, options);
}

const CHUNK_BYTES = 64 << 10;

// by reading, not by the size that was told: a file of /proc tells 0, and another may grow meanwhile
function readUpTo(handle: number, path: string, options: ReadFileOptions): Buffer {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const count = readSync(handle, chunk, 0, CHUNK_BYTES, null);
    if (count === 0) return Buffer.concat(chunks, total);
    total += count;
    if (total > limitOf(options)) throw tooLarge(path, options);
    chunks.push(chunk.subarray(0, count));
  }
}

function limitOf({ limit = MAX_FILE_BYTES }: ReadFileOptions): number {
  return limit;
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "a folder";
  if (stats.isFIFO()) return "a named pipe";
  if (stats.isSocket()) return "a socket";
  return stats.isCharacterDevice() || stats.isBlockDevice() ? "a device" : "no regular file";
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}

// what Windows puts first is no character of the text
function textOf(bytes: Buffer): string {
  return bytes.toString("utf8").replace(/^\uFEFF/, "");
}

function tooLarge(path: string, options: ReadFileOptions): LabError {
  return cannot(path, options, `it is larger than ${readableBytes(limitOf(options))}`, {
    hint: "That is the limit for files of this kind. Is it the right file?",
  });
}

function cannot(
  path: string,
  { code, shown = path, what = `read ${shown}` }: ReadFileOptions,
  why: string,
  facts: { hint?: string; cause?: unknown },
): LabError {
  return new LabError(code, `Cannot ${what}: ${why}`, { file: shown, ...facts });
}
