// What is done is not done again: a file with one finished run a line, appended as it ends.

import { appendFileSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { isSame, type Plan } from "./cell.ts";
import { isMeasured, type Measured } from "./measured.ts";
import { makeFolders } from "@kafka-failure-lab/sdk/testing";

/**
 * Reads the runs of a file's text; a line that is no run, such as one that was cut off while it was written,
 * is passed over.
 */
export function parseDone(text: string): Measured[] {
  return text.split("\n").flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return isMeasured(value) ? [value] : [];
    } catch {
      return [];
    }
  });
}

/**
 * The newest run of a plan with this window, if there is one.
 *
 * A run of which nobody can tell whether it lost records does not count as done: it was cut short, or could
 * not be read back.
 */
export function findDone(done: readonly Measured[], plan: Plan, windowMs: number): Measured | undefined {
  return done.findLast(
    (one) =>
      isSame(one, plan) &&
      one.windowMs === windowMs &&
      Object.values(one.clients).every(({ lost }) => lost !== null),
  );
}

/**
 * How long the rest takes: the mean of the runs that are done, for each that is left; null where none is
 * done.
 */
export function timeLeftMs(done: readonly { tookMs: number }[], left: number): number | null {
  if (done.length === 0) return null;
  return Math.round((done.reduce((sum, { tookMs }) => sum + tookMs, 0) / done.length) * left);
}

/** Reads a file of runs; one that does not exist is empty. */
export function readDone(file: string): Measured[] {
  return existsSync(file) ? parseDone(readFileSync(file, "utf8")) : [];
}

/** Appends a run, on a line of its own also where the last one was cut off. */
export function appendDone(file: string, run: Measured): void {
  makeFolders(path.dirname(file), 0o777);
  const isCut = existsSync(file) && !/(^|\n)$/.test(readFileSync(file, "utf8"));
  appendFileSync(file, `${isCut ? "\n" : ""}${JSON.stringify(run)}\n`);
}
