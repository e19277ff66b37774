// What was measured, as a file that is committed: one run a line, so that a difference is read at a glance.

import { writeFileSync } from "node:fs";
import path from "node:path";
import { LabError, predict, type Prediction } from "@kafka-failure-lab/sdk";
import { makeFolders, predictionShape, shape } from "@kafka-failure-lab/sdk/testing";
import { readTable, tableText } from "./file.ts";
import type { Facts, FailedRow, MeasuredRow } from "./measured.ts";

const {
  amount,
  anything,
  fields,
  flag,
  listOf,
  matching,
  moment,
  nullable,
  oneOf,
  optional,
  text,
  valuesOf,
  whole,
} = shape;

/** Everything that the report is made of. */
export interface TableData {
  /** The day, ISO 8601. */
  readonly date: string;
  readonly rows: readonly MeasuredRow[];
  /** Those that were not measured, and why. */
  readonly failed: readonly FailedRow[];
  /** Those that were left out, and why. */
  readonly skipped: readonly FailedRow[];
}

/** Writes the data as text. */
export function dataText({ date, rows, failed, skipped }: TableData): string {
  return tableText(date, { failed, rows, skipped });
}

/**
 * Several tables as one, such as those of two machines: a row that one of them has measured is neither failed
 * nor left out. The day is the last.
 */
export function merged(tables: readonly TableData[]): TableData {
  const rows = tables.flatMap((one) => one.rows);
  const missing = (of: (one: TableData) => readonly FailedRow[]): FailedRow[] => {
    const open = tables.flatMap(of).filter(({ id }) => !rows.some((row) => row.id === id));
    return open.filter(({ id }, i) => open.findIndex((other) => other.id === id) === i);
  };
  return {
    date: tables
      .map(({ date }) => date)
      .sort()
      .at(-1)!,
    rows,
    failed: missing(({ failed }) => failed),
    skipped: missing(({ skipped }) => skipped),
  };
}

/**
 * What was measured beside what would be said of it now.
 *
 * @throws LabError BAD_RUN where a row's circumstances are none
 */
export function predictedAgain(data: TableData): TableData {
  return { ...data, rows: data.rows.map((row) => ({ ...row, prediction: predictionOf(row) })) };
}

function predictionOf({ id, circumstances }: MeasuredRow): Prediction {
  try {
    return predict(circumstances);
  } catch (cause) {
    throw new LabError("BAD_RUN", `Cannot predict ${id} again: its circumstances are not what a lab wrote`, {
      cause,
      hint: "Was the file written by another version of the lab, or by hand?",
    });
  }
}

/** Writes a file, and the folders above it where they are not there. */
export function saveText(file: string, text: string): void {
  makeFolders(path.dirname(file), 0o777);
  writeFileSync(file, text);
}

/** Reads what `dataText` wrote. @throws LabError BAD_RUN where the file holds something else */
export function readData(file: string): TableData {
  return readTable<TableData>(file, TABLE, { what: "the table", writtenBy: "--write or --out" });
}

const day = matching(/^\d{4}-\d{2}-\d{2}$/, "a day such as 2026-03-01"); // it becomes a file's name
const facts = fields({
  failsOver: flag,
  served: flag,
  gapMs: nullable(amount),
  lost: nullable(whole),
  duplicates: whole,
  unknown: whole,
  failed: whole,
  acknowledged: whole,
  firstSend: nullable(
    fields({ outcome: oneOf("ok", "fail", "info"), tookMs: amount, error: optional(text) }),
  ),
} satisfies shape.Fields<Facts>);
const row = fields({
  id: text,
  prediction: predictionShape,
  circumstances: valuesOf(anything),
  facts,
  kafka: text,
  engine: oneOf("local", "docker"),
  bootMs: amount,
  watchedMs: amount,
  tookMs: amount,
  startedAt: moment,
} satisfies shape.Fields<MeasuredRow>);
const reasons = listOf(fields({ id: text, why: text }));
const TABLE = fields({
  date: day,
  rows: listOf(row),
  failed: reasons,
  skipped: reasons,
} satisfies shape.Fields<TableData>);
