// Pinned jars: which files make a Kafka version, and whether a folder has them, byte for byte.
//
// A file enters the cache whole or not at all: written under a name of its own beside its place, compared
// with the pinned sum, given the one fixed time, renamed. So two processes may fetch at once, a killed one
// leaves only a `.part` file, and the next goes on where it stopped. The fixed time does double duty:
// class-data archives refuse jars whose time has changed, and a file whose time is not ours was written by
// somebody else and is summed again before use.

import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { isDiskFull } from "../../../runtime/disk.ts";
import { LabError } from "../../../model/errors.ts";
import { IN_CACHE } from "./cache.ts";
import type { Logging } from "./version.ts";

/** One pinned file. */
export interface Jar {
  /** Its path in a Maven repository. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Holds Kafka's command line tools; a broker runs without it. */
  readonly tools?: true;
}

/** A pinned version: what `kafka-VERSION.json` holds. */
export interface PinnedJars {
  readonly kafka: string;
  readonly logging: Logging;
  readonly jars: readonly Jar[];
}

/** The time that every jar in the cache carries, in seconds. */
const JAR_TIME = Date.UTC(2020, 0, 1) / 1000;

/** Reads the committed list of a pinned version. */
export async function pinnedJars(version: string): Promise<PinnedJars> {
  const text = await readFile(new URL(`kafka-${version}.json`, import.meta.url), "utf8");
  return JSON.parse(text) as PinnedJars;
}

/** A file's flaw. */
export type Flaw = { kind: "missing" } | { kind: "differs"; found: string };

/**
 * Returns the flaw of a pinned file in a folder, or `undefined` where it has none.
 *
 * Size and time are enough for a file that the lab wrote; the sum is taken where either is not ours, or where
 * `thorough`.
 */
export async function flawOf(folder: string, jar: Jar, thorough: boolean): Promise<Flaw | undefined> {
  const file = join(folder, jar.path);
  const facts = await stat(file).catch(() => undefined);
  if (facts === undefined) return { kind: "missing" };
  const ours = facts.mtimeMs === JAR_TIME * 1000;
  if (ours && !thorough && facts.size === jar.bytes) return undefined;
  const sum = await sumOf(file);
  if (sum !== jar.sha256) return { kind: "differs", found: `${facts.size} bytes, sha256 ${sum}` };
  // a cache that only others may write still serves
  if (!ours) await utimes(file, JAR_TIME, JAR_TIME).catch(() => undefined);
  return undefined;
}

/** The sha256 of a file, in hexadecimal. */
export async function sumOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(file)) hash.update(part as Uint8Array);
  return hash.digest("hex");
}

/**
 * The bytes of a file, which is opened when they are asked for: a stream that fails earlier than it is read
 * would end the process.
 */
export async function* contentOf(file: string): AsyncIterable<Uint8Array> {
  yield* createReadStream(file) as AsyncIterable<Uint8Array>;
}

/**
 * Writes a pinned file into a folder from its bytes, checking them on the way.
 *
 * Resolves with what differs, if its bytes are not the pinned ones; the folder is then untouched.
 *
 * @throws LabError `DISK_FULL`
 */
export async function placeJar(
  folder: string,
  jar: Jar,
  content: AsyncIterable<Uint8Array>,
  neededBytes: number,
): Promise<Flaw | undefined> {
  const file = join(folder, jar.path);
  const part = `${file}.${process.pid}-${randomBytes(4).toString("hex")}.part`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: IN_CACHE.folder });
    const { bytes, sum } = await write(part, content);
    if (sum !== jar.sha256) return { kind: "differs", found: `${bytes} bytes, sha256 ${sum}` };
    await utimes(part, JAR_TIME, JAR_TIME);
    await rename(part, file);
    return undefined;
  } catch (error) {
    throw diskFull(error, folder, neededBytes) ?? error;
  } finally {
    await rm(part, { force: true });
  }
}

async function write(
  file: string,
  content: AsyncIterable<Uint8Array>,
): Promise<{ bytes: number; sum: string }> {
  const hash = createHash("sha256");
  const handle = await open(file, "wx", IN_CACHE.file);
  let bytes = 0;
  try {
    for await (const part of content) {
      hash.update(part);
      bytes += part.byteLength;
      await handle.writeFile(part);
    }
  } finally {
    await handle.close();
  }
  return { bytes, sum: hash.digest("hex") };
}

/** Turns the system's "no space left" into the lab's error; `undefined` for any other. */
export function diskFull(error: unknown, folder: string, neededBytes: number): LabError | undefined {
  if (!isDiskFull(error)) return undefined;
  return new LabError(
    "DISK_FULL",
    `Cannot fill the cache: no space left, ${megabytes(neededBytes)} MB more are needed`,
    {
      file: folder,
      hint: "Free some space there, or set LAB_CACHE to a folder on another disk.",
      cause: error,
    },
  );
}

/**
 * The error for a cache in which nothing can be laid: the disk is full, or it is not this user's to write to.
 */
export function cannotFill(error: unknown, folder: string, neededBytes: number): LabError {
  return (
    diskFull(error, folder, neededBytes) ??
    new LabError("NO_KAFKA", "Cannot fill the cache: it cannot be written", {
      file: folder,
      hint: "Set LAB_CACHE to a folder of your own.",
      cause: error,
    })
  );
}

/** The error for a file that still differs after it was fetched again. */
export function checksumError(jar: Jar, flaw: Flaw, from: string): LabError {
  const found = flaw.kind === "missing" ? "no file at all" : flaw.found;
  return new LabError(
    "CHECKSUM",
    `Cannot use ${basename(jar.path)} from ${from}: it is not the pinned file, twice in a row`,
    {
      file: jar.path,
      hint: [
        `expected ${jar.bytes} bytes, sha256 ${jar.sha256}`,
        `found    ${found}`,
        "Does that repository alter its files? " +
          "Set LAB_MAVEN_REPOSITORY to another one, or KAFKA_HOME to an unpacked Kafka.",
      ].join("\n  "),
    },
  );
}

/** Whole megabytes, rounded up. */
export function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}

/** Removes what killed fetches left behind: `.part` files older than an hour. */
export async function sweepParts(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  for (const name of names.filter((each) => each.endsWith(".part"))) {
    const facts = await stat(join(folder, name)).catch(() => undefined);
    if (facts !== undefined && Date.now() - facts.mtimeMs > 3_600_000)
      await rm(join(folder, name), { force: true });
  }
}
