// What a disk that forgets has lost when its container was killed. Nothing runs in the container that could
// cut its files, so each that is too long goes out, and comes back as long as what was forced.
//
//   docker cp journal ─▶ files, lengths
//   docker cp FILE ─▶ headers: longer? ─▶ archive, shortened ─▶ docker cp
//
// Docker copies from and to containers that do not run, volumes and bind mounts included, with mode and
// owner.

import { Buffer } from "node:buffer";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { LabError } from "../../model/errors.ts";
import { run } from "../../runtime/command.ts";
import type { OnProgress } from "../../runtime/progress.ts";
import { forcedIn, type Forgotten } from "../disk/journal.ts";
import { archiveLength, type Entry, entryOf, HEAD, headersOf } from "./archive.ts";
import type { Cli } from "./cli.ts";
import { failureOf } from "./failures.ts";

/** A container that does not run. */
export interface Stopped {
  readonly cli: Cli;
  readonly service: string;
  readonly id: string;
  /** A private folder of this machine: it has one copy at a time, until the call returns. */
  readonly folder: string;
  readonly onProgress: OnProgress;
}

interface Copying extends Stopped {
  /** Where the archive of the file is that is copied now. */
  readonly archive: string;
}

/** Only as much as is looked at passes through the pipe; the daemon stops reading when it closes. */
const OUT = 'docker cp "$1" - | head -c "$2" >"$3"';
const IN = 'exec docker cp - "$1" <"$2"';
/** A segment has a GiB at most by default (`segment.bytes`). */
const COPY_MS = 600_000;
/** From this size on, a copy is announced. */
const LARGE = 100 << 20;
/** What docker says, in all its versions, of a file that is not there. */
const MISSING = /could not find the file|no such container:path|no such file or directory/i;

/**
 * Cuts what a killed container has written and not forced. Files outside of the folders are left alone, and
 * so is the journal: it is of the process that has ended.
 *
 * @param journal its path in the container
 * @throws LabError COMMAND_FAILED, NO_ENGINE, DISK_FULL
 */
export async function forget(
  container: Stopped,
  journal: string,
  folders: readonly string[],
): Promise<Forgotten> {
  const folder = await mkdtemp(path.join(container.folder, "forget-"));
  const copying: Copying = { ...container, archive: path.join(folder, "archive") };
  try {
    const text = await textOf(copying, journal);
    let [files, bytes] = [0, 0];
    for (const [file, length] of forcedIn(text, folders)) {
      const lost = await cut(copying, file, length);
      if (lost > 0) files++;
      bytes += lost;
    }
    return { files, bytes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function textOf(copying: Copying, file: string): Promise<string> {
  const entry = await copyOut(copying, file, HEAD);
  if (entry === undefined) return "";
  await copyOut(copying, file, entry.from + entry.size);
  return (await readFile(copying.archive)).toString("utf8", entry.from);
}

/** Returns how many bytes the file has lost. */
async function cut(copying: Copying, file: string, length: number): Promise<number> {
  const { service, archive, onProgress } = copying;
  const entry = await copyOut(copying, file, HEAD);
  if (entry === undefined || entry.size <= length) return 0; // deleted or renamed, or all of it is forced
  if (length > LARGE)
    onProgress(`copying ${Math.round(length / 1e6)} MB of ${service} out and in, which cuts ${file}`);
  if (entry.from + length > HEAD) await copyOut(copying, file, entry.from + length);
  await shorten(archive, entry, length);
  await copyIn(copying, path.posix.dirname(file));
  const now = await copyOut(copying, file, HEAD);
  if (now?.size !== length || now.owner !== entry.owner) throw cameBackOther(copying, file);
  return entry.size - length;
}

function cameBackOther({ service, id }: Copying, file: string): LabError {
  return new LabError(
    "COMMAND_FAILED",
    `Cannot cut ${file} of ${service} to what was forced: it came back with another owner, mode or length`,
    {
      command: `docker cp - ${id}:${path.posix.dirname(file)}`,
      hint:
        "Does something else than Docker run the containers? " +
        "The local engine needs no copy: LAB_ENGINE=local.",
    },
  );
}

/** Makes an archive, of which at least the beginning is there, one of a file of that length. */
async function shorten(archive: string, entry: Entry, length: number): Promise<void> {
  const file = await open(archive, "r+");
  try {
    const head = Buffer.alloc(entry.from);
    await file.read(head, 0, head.length, 0);
    await file.write(headersOf(head, entry, length), 0, head.length, 0);
    await file.truncate(entry.from + length);
    await file.truncate(archiveLength(entry, length)); // zeros fill it up
  } finally {
    await file.close();
  }
}

/** Copies the beginning of a file's archive; undefined where there is no such file. */
async function copyOut(copying: Copying, file: string, bytes: number): Promise<Entry | undefined> {
  const { cli, service, id, archive } = copying;
  const source = `${id}:${file}`;
  const argv = ["/bin/sh", "-c", OUT, "sh", source, String(bytes), archive];
  const { stderr, tookMs, exitCode } = await run(argv, { env: cli.env, timeoutMs: COPY_MS });
  const head = await beginningOf(archive);
  const entry = entryOf(head.content);
  if (entry === null || (head.size === 0 && MISSING.test(stderr))) return undefined;
  if (entry !== undefined && head.size >= Math.min(bytes, entry.from + entry.size)) return entry;
  const facts = {
    command: `docker cp ${source} -`,
    exitCode: exitCode || 1,
    stderr,
    tookMs: Math.round(tookMs),
  };
  throw failureOf(`read ${file} of ${service}`, facts);
}

async function beginningOf(archive: string): Promise<{ content: Buffer; size: number }> {
  const file = await open(archive, "r");
  try {
    const content = Buffer.alloc(HEAD);
    const { bytesRead } = await file.read(content, 0, HEAD, 0);
    return { content: content.subarray(0, bytesRead), size: (await file.stat()).size };
  } finally {
    await file.close();
  }
}

async function copyIn({ cli, service, id, archive }: Copying, folder: string): Promise<void> {
  const target = `${id}:${folder}`;
  const argv = ["/bin/sh", "-c", IN, "sh", target, archive];
  const { exitCode, stderr, tookMs } = await run(argv, { env: cli.env, timeoutMs: COPY_MS });
  if (exitCode === 0) return;
  const facts = { command: `docker cp - ${target}`, exitCode, stderr, tookMs: Math.round(tookMs) };
  throw failureOf(`write into ${folder} of ${service}`, facts);
}
