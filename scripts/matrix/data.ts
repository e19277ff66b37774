// The measured matrix as a file that is committed: keys sorted, one cell a line, so that a difference is read
// at a glance.

import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { isSame } from "./cell.ts";
import { expected } from "./expected.ts";
import { type Measured, type MeasuredCell, measuredCells } from "./measured.ts";
import { verdictOf } from "./verdict.ts";
import { makeFolders } from "@kafka-failure-lab/sdk/testing";

/**
 * Writes the matrix as text.
 *
 * @throws RangeError where the runs are not of one engine and one Kafka: then --fresh measures all of them
 *   again
 */
export function dataText(
  runs: readonly Measured[],
  cells: readonly MeasuredCell[],
  { timers }: { timers: string },
): string {
  const only = (of: (run: Measured) => string | number): string | number => {
    const values = [...new Set(runs.map(of))];
    if (values.length !== 1)
      throw new RangeError(
        `Cannot save runs of different machines or versions as one matrix: ${values.join(", ")}`,
      );
    return values[0]!;
  };
  const head = {
    claim:
      "the leader's broker goes: who is served again, by which of the four causes are fixed; times in " +
      "ms, null for never within the window",
    cores: only(({ cores }) => cores),
    engine: only(({ engine }) => engine),
    from: only(({ from }) => from),
    kafka: only(({ kafka }) => kafka),
    measured: runs
      .map(({ startedAt }) => startedAt.slice(0, 10))
      .sort()
      .at(-1)!,
    runtime: only(({ runtime }) => runtime),
    timers,
    windowMs: {
      kill: only((run) => windowOf(runs, run, "kill")),
      stop: only((run) => windowOf(runs, run, "stop")),
    },
  };
  const lines = cells.map(
    (cell) =>
      `    ${line({ ...cell, expected: expected(cell), holds: verdictOf(cell), ...measuredIn(runs, cell) })}`,
  );
  return `{\n  "cells": [\n${lines.join(",\n")}\n  ],\n${Object.entries(head)
    .map(([key, value]) => `  ${JSON.stringify(key)}: ${line(value)}`)
    .join(",\n")}\n}\n`;
}

/** Writes the file for this engine, Kafka and timers, and returns its path. */
export function saveData(text: string, { engine, kafka }: Measured, timers: string): string {
  const file = fileURLToPath(
    new URL(`./data/${engine}-${kafka}${timers === "default" ? "" : `-${timers}`}.json`, import.meta.url),
  );
  makeFolders(path.dirname(file), 0o777);
  writeFileSync(file, text);
  return file;
}

function windowOf(runs: readonly Measured[], run: Measured, how: Measured["how"]): number {
  return (run.how === how ? run : runs.find((other) => other.how === how))?.windowMs ?? 0;
}

/** What is the run's, not the cell's. */
function measuredIn(runs: readonly Measured[], cell: MeasuredCell): Pick<Measured, "broker" | "bootMs"> {
  const { broker, bootMs } = runs.find((run) => measuredCells(run).some((other) => isSame(other, cell)))!;
  return { broker, bootMs };
}

/** JSON on one line with sorted keys and a space after each comma and colon. */
function line(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(line).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => `${JSON.stringify(key)}: ${line(one)}`)
    .join(", ")} }`;
}
