// What a lane or a test file came to, as uvu's output and the process's end say.
//
// uvu reports success if a hook throws, a test throws no Error, or no test ran at all: all of that is red
// here.

import { table } from "@kafka-failure-lab/sdk";
import type { Ended } from "./groups.ts";

export interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
  tookMs: number;
  /** Why it is red, or why it was skipped. */
  why?: string;
}

export const NOTHING: Outcome = { passed: 0, failed: 0, skipped: 0, tookMs: 0 };
const FAILURE_LINES = 14;
const LINE_LENGTH = 400;

/** Reads uvu's closing lines; what it forgives is a failure here. */
export function verdictOf({ code, signal, output, tookMs }: Ended, deadlineMs: number): Outcome {
  const [total, passed, skipped] = [
    countIn(output, "Total"),
    countIn(output, "Passed"),
    countIn(output, "Skipped"),
  ] as const;
  const left = skippedIn(output).length; // uvu has counted them as passed
  const counts = {
    passed: Math.max((passed || 0) - left, 0),
    failed: Math.max((total || 0) - (passed || 0), 0),
    skipped: (skipped || 0) + left,
    tookMs,
  };
  const endedBy = (): string => {
    if (tookMs >= deadlineMs) return `not done after ${deadlineMs / 1000} s`;
    return total > 0 ? "its tests were over, and it did not end" : "ended";
  };
  const why =
    signal !== null
      ? `${endedBy()} (${signal})`
      : code !== 0
        ? `exit ${code}${total > 0 ? "" : " before its tests were over"}`
        : !(total > 0) && !(skipped > 0)
          ? "no test ran"
          : passed !== total
            ? "not all passed, although uvu exited with 0"
            : undefined;
  return why === undefined ? counts : { ...counts, failed: Math.max(counts.failed, 1), why };
}

/** A count of uvu's closing lines; NaN where they are not there: its tests have not come to their end. */
export function countIn(output: string, name: "Total" | "Passed" | "Skipped"): number {
  return Number(output.match(new RegExp(`^ {2}${name}: +(\\d+)`, "m"))?.[1] ?? NaN);
}

/** What tests that could not run have said (test/skip.ts). */
export function skippedIn(output: string): string[] {
  return output.split("\n").filter((line) => line.startsWith("skipped: "));
}

/** The first lines of each of uvu's failures; where there is none, the last lines of all. */
export function failureLines(title: string, output: string): string[] {
  const lines = output
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
  const starts = lines.flatMap((line, i) => (/^\s+FAIL\s/.test(line) ? [i] : []));
  const shown =
    starts.length === 0
      ? lines.slice(-FAILURE_LINES)
      : starts.flatMap((start, i) =>
          lines.slice(start, Math.min(start + FAILURE_LINES, starts[i + 1] ?? Infinity)),
        );
  return [`✘ ${title}`, ...shown.map((line) => `  ${line.slice(0, LINE_LENGTH)}`)];
}

/** One line for a test file. */
export function fileLine(file: string, { passed, failed, skipped, tookMs, why }: Outcome): string {
  const counts = [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(", ");
  const mark = why === undefined ? "✓" : "✘";
  return `${mark} ${file}: ${counts} (${seconds(tookMs)})${why === undefined ? "" : `: ${why}`}`;
}

export function sumOf(outcomes: readonly Outcome[]): string {
  const sum = (key: "passed" | "failed" | "skipped"): number =>
    outcomes.reduce((total, one) => total + one[key], 0);
  return `${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`;
}

/** The table of lanes. */
export function laneTable(results: readonly (readonly [name: string, outcome: Outcome])[]): string[] {
  const rows = results.map(([name, one]) => [
    name,
    String(one.passed),
    String(one.failed),
    String(one.skipped),
    seconds(one.tookMs),
    one.why ?? "",
  ]);
  return table([["lane", "passed", "failed", "skipped", "took", ""], ...rows]);
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
