// What was measured, as a file that is committed: one run a line, so that a difference is read at a glance.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { LabError, predict } from "@kafka-failure-lab/sdk";
import { MAX_JSON_BYTES } from "../../sdk/runtime/limits.ts";
import { readText } from "../../sdk/runtime/read-file.ts";
import type { FailedRow, MeasuredRow } from "./measured.ts";

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
  const list = (name: string, of: readonly unknown[]): string =>
    `  ${JSON.stringify(name)}: [${of.length === 0 ? "" : `\n${of.map((one) => `    ${JSON.stringify(one)}`).join(",\n")}\n  `}]`;
  return `{\n  "date": ${JSON.stringify(date)},\n${[list("failed", failed), list("rows", rows), list("skipped", skipped)].join(",\n")}\n}\n`;
}

/** Several tables as one, such as those of two machines: a row that one of them has measured is neither failed nor left out. The day is the last. */
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

/** What was measured beside what would be said of it now. */
export function predictedAgain(data: TableData): TableData {
  return { ...data, rows: data.rows.map((row) => ({ ...row, prediction: predict(row.circumstances) })) };
}

/** Writes a file, and the folders above it where they are not there. */
export function saveText(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Reads what `dataText` wrote. @throws LabError BAD_RUN where the file holds something else */
export function readData(file: string): TableData {
  const text = readText(file, { code: "BAD_RUN", what: "read the table", limit: MAX_JSON_BYTES });
  const value = JSON.parse(text) as Partial<TableData> | null;
  const isWhole =
    typeof value?.date === "string" &&
    [value.rows, value.failed, value.skipped].every(Array.isArray) &&
    value.rows!.every(isMeasured);
  if (!isWhole)
    throw new LabError("BAD_RUN", "Cannot read the table: the file is none that --write or --out wrote", {
      file,
    });
  return value as TableData;
}

function isMeasured(value: unknown): value is MeasuredRow {
  const { id, prediction, facts, circumstances } = value as Partial<MeasuredRow>;
  return (
    typeof id === "string" &&
    [prediction, facts, circumstances].every((one) => typeof one === "object" && one !== null)
  );
}
