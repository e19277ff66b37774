// Waits for a state that a history shows.

import { setTimeout as pause } from "node:timers/promises";
import { type History, type Lab, LabError, readable } from "@kafka-failure-lab/sdk";

/** What is waited for. */
export interface Awaited<Seen> {
  /** What the history shows now; undefined where it is not so yet. */
  readonly look: (history: History) => Seen | undefined;
  /** As in "waiting for …". */
  readonly what: string;
  readonly hint: string;
  readonly timeoutMs: number;
}

/**
 * Looks at a lab's history until it shows what is waited for.
 *
 * @throws LabError NOT_READY after `timeoutMs`
 */
export async function untilSeen<Seen>(
  { run }: Lab,
  { look, what, hint, timeoutMs }: Awaited<Seen>,
): Promise<Seen> {
  for (const began = performance.now(); performance.now() - began < timeoutMs; await pause(20)) {
    const seen = look(run.history);
    if (seen !== undefined) return seen;
  }
  throw new LabError("NOT_READY", `Timed out after ${readable(timeoutMs)} waiting for ${what}`, { hint });
}

/** Whether what is waited for comes before its timeout (NOT_READY); any other error is thrown. */
export async function comesInTime(waited: Promise<unknown>): Promise<boolean> {
  try {
    await waited;
    return true;
  } catch (error) {
    if (error instanceof LabError && error.code === "NOT_READY") return false;
    throw error;
  }
}
