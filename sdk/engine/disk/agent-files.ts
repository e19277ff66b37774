// The two files through which the lab and the agent speak: what is wrong, and what was met.

import type { DiskFault } from "../../model/disk.ts";
import { LabError } from "../../model/errors.ts";
import type { DiskSight } from "./disk.ts";

/** How it was done, for the history. */
export const VIA = "an agent in the broker's JVM";
/** In what it differs from a disk of which the same is true. */
export const DIFFERS = "writes and fsyncs of the JVM meet it; reads and memory-mapped index files do not";

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

/** @throws LabError COMMAND_FAILED */
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
