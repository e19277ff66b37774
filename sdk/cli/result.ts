// What a scenario comes to, for a program: its last line with --json, what a notebook keeps beside its
// outputs, and how two of them are compared.

import { writeFileSync } from "node:fs";
import process from "node:process";
import { readable } from "../model/duration.ts";
import { LabError } from "../model/errors.ts";
import { printable } from "../model/printable.ts";
import { isNotebook } from "../notebook/notebook.ts";
import type { Verdict } from "../analysis/check/mod.ts";
import { print } from "../runtime/print.ts";

/**
 * One thing that was found: a value that comes again, or a time that comes again within bounds; `ms: null` is
 * never.
 */
export type Figure =
  | { value: string | number | boolean }
  | { ms: number | null; within: readonly [fromMs: number, toMs: number] };

/** A scenario's result: what `--json` prints, and what a notebook compares. */
export interface Result {
  /** The scenario's name. */
  scenario: string;
  /** The claim that was tested. */
  claim: string;
  /** Whether the claim holds. */
  verdict: Verdict;
  /** 0 confirmed, 2 not confirmed, 3 inconclusive. */
  exitCode: 0 | 2 | 3;
  /** By name, as a person would say it: `"warm, all: without an acknowledged send"`. */
  figures: Readonly<Record<string, Figure>>;
}

/**
 * Ends a scenario: sets the exit code (not in a notebook), prints the result as one line of JSON with `json`,
 * and writes it to the file that the environment variable LAB_RESULT names.
 */
export function finish(
  { json = false }: { json?: boolean },
  result: Result & Readonly<Record<string, unknown>>,
): void {
  const text = JSON.stringify(result);
  if (!isNotebook()) process.exitCode = result.exitCode;
  if (json) print(text);
  const file = process.env["LAB_RESULT"];
  if (file) save(file, `${text}\n`);
}

function save(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new LabError("COMMAND_FAILED", `Cannot write the result: ${(cause as Error).message}`, {
      file,
      cause,
      hint: "The environment variable LAB_RESULT names that file.",
    });
  }
}

/**
 * The differences between two results, a line each; empty if they behave alike. Times are compared with the
 * bounds of the first.
 */
export function compareResults(
  captured: Pick<Result, "verdict" | "figures">,
  now: Pick<Result, "verdict" | "figures">,
): string[] {
  const lines =
    captured.verdict === now.verdict ? [] : [`verdict: was ${captured.verdict}, is ${now.verdict}`];
  for (const name of new Set([...Object.keys(captured.figures), ...Object.keys(now.figures)])) {
    const [was, is] = [captured.figures[name], now.figures[name]];
    if (was === undefined || is === undefined)
      lines.push(`${name}: ${was === undefined ? `new: ${worded(is!)}` : `was ${worded(was)}, is missing`}`);
    else if (!isAlike(was, is)) lines.push(`${name}: was ${worded(was)}${boundsOf(was)}, is ${worded(is)}`);
  }
  return lines.map((line) => printable(line));
}

function boundsOf(figure: Figure): string {
  if ("value" in figure || figure.ms === null) return "";
  return ` (${readable(figure.within[0])} to ${readable(figure.within[1])})`;
}

function isAlike(was: Figure, now: Figure): boolean {
  if ("value" in was || "value" in now) return "value" in was && "value" in now && was.value === now.value;
  if (was.ms === null || now.ms === null) return was.ms === now.ms;
  return now.ms >= was.within[0] && now.ms <= was.within[1];
}

function worded(figure: Figure): string {
  if ("value" in figure) return String(figure.value);
  return figure.ms === null ? "never" : readable(figure.ms);
}
