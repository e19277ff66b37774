// The two files through which the lab and the agent speak: what is wrong, and what was met.

import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import type { DiskFault } from "../../model/disk.ts";
import { LabError } from "../../model/errors.ts";
import type { DiskSight } from "./disk.ts";

const LOOK_MS = 10;

/** How it was done, for the history. */
export const VIA = "an agent in the broker's JVM";
/** How it differs from a real disk with that fault. */
export const DIFFERS = "writes and fsyncs of the JVM meet it; reads and memory-mapped index files do not";

/** The same of a disk that forgets. */
export const FORGETS: string =
  "the worst case: of a file whatever was not forced since the fault began is lost, though a system writes " +
  "some of it back by itself; index files, which are mapped into memory, are kept";

/** The text of the fault's file: see Agent.java. */
export function faultText(
  { effect, addsMs = 0 }: DiskFault,
  { jars, folders }: { jars: string; folders: readonly string[] },
): string {
  return `${[effect, addsMs, jars, ...folders].join("\n")}\n`;
}

/**
 * The folders that a fault is in, of all log directories of a node.
 *
 * @throws LabError UNSUPPORTED where it has no directory of that number
 */
export function foldersOf(
  service: string,
  { logDir }: DiskFault,
  logDirs: readonly string[],
): readonly string[] {
  if (logDir === undefined) return logDirs;
  const one = logDirs[logDir - 1];
  if (one !== undefined) return [one];
  throw new LabError(
    "UNSUPPORTED",
    `Cannot break the log directory ${logDir} of ${service}: it has ${logDirs.length}`,
    { hint: "KAFKA_LOG_DIRS: /a,/b in the compose file gives a broker two of them." },
  );
}

/** Reads what the agent has written; undefined for what it cannot have written. */
export function readSight(text: string): DiskSight | undefined {
  try {
    const sight = JSON.parse(text) as DiskSight;
    return typeof sight.waiting === "number" ? sight : undefined;
  } catch {
    return undefined;
  }
}

/** A busy machine may take so long until the agent's thread has its turn. */
const TURN_MS = 20_000;
/** How long a wait is looked at: what goes on waiting so long hangs, or is slower than that. */
const WAITS_MS = 500;

/**
 * Waits until what the agent has seen shows whether the fault acts: its own use of the disk has ended, a
 * write of the broker has failed, or something has waited for a while.
 */
export async function untilShown(
  look: () => Promise<DiskSight | undefined>,
  isRunning: () => boolean,
): Promise<DiskSight | undefined> {
  const began = performance.now();
  let waitsSince: number | undefined;
  for (;;) {
    const sight = await look();
    const now = performance.now();
    if (sight !== undefined && sight.waiting > 0) waitsSince ??= now;
    const isShown = sight !== undefined && (sight.tried !== undefined || sight.failed > 0);
    const isLong = waitsSince !== undefined && now - waitsSince > WAITS_MS;
    if (isShown || isLong || now - began > TURN_MS) return sight;
    if (!isRunning()) return (await look()) ?? sight; // it may have written its last after this look
    await wait(LOOK_MS);
  }
}

/** When a change came, by `performance.now()`, not before `began`; now where the agent has not said it. */
export function momentOf(sight: DiskSight | undefined, began: number): number {
  const now = performance.now();
  const ago = sight?.atMs === undefined || sight.atMs === 0 ? 0 : Date.now() - sight.atMs;
  return Math.min(now, Math.max(began, now - ago));
}

/** The error where the JVM does not take the agent. */
export function refusedAgent(
  service: string,
  command: string,
  exitCode: number | null,
  said: string,
): LabError {
  return new LabError("COMMAND_FAILED", `Cannot load the agent into the JVM of ${service}`, {
    command,
    exitCode,
    stderr: said.trim().split("\n").at(-1) ?? "",
    hint: "Does the JVM run with -XX:+DisableAttachMechanism, or without the module java.instrument?",
  });
}
