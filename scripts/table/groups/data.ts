// What was measured of groups, as a file that is committed: one run a line.

import { groupPredictionShape, groupPredictionOf, shape } from "@kafka-failure-lab/sdk/testing";
import { readTable, tableText } from "../file.ts";
import type { FailedRow } from "../measured.ts";
import type { GroupFacts, MachineFacts, MeasuredGroupRow, PartitionFacts } from "./measured.ts";

const { amount, anything, fields, flag, listOf, matching, moment, oneOf, text, valuesOf, whole } = shape;

/** Everything that the groups' part of the page is made of. */
export interface GroupTableData {
  /** The day, ISO 8601. */
  readonly date: string;
  readonly rows: readonly MeasuredGroupRow[];
  /** Rows of which nothing conclusive was measured, and why. */
  readonly failed: readonly FailedRow[];
}

/** Writes the data as text. */
export function groupDataText({ date, rows, failed }: GroupTableData): string {
  return tableText(date, { failed, rows });
}

/** What was measured beside what would be said of it now. */
export function groupsPredictedAgain(data: GroupTableData): GroupTableData {
  return {
    ...data,
    rows: data.rows.map((row) => ({ ...row, prediction: groupPredictionOf(row.circumstances) })),
  };
}

/** Reads what `groupDataText` wrote. @throws LabError BAD_RUN where the file holds something else */
export function readGroupData(file: string): GroupTableData {
  return readTable<GroupTableData>(file, TABLE, {
    what: "the groups' table",
    writtenBy: "--groups with --write or --out",
  });
}

const machine = fields({ togetherMs: amount, isBusy: flag, text } satisfies shape.Fields<MachineFacts>);
const partition = fields({
  partition: whole,
  standstillMs: amount,
  isOpen: flag,
  usualMs: amount,
} satisfies shape.Fields<PartitionFacts>);
const facts = fields({
  partitions: listOf(partition),
  rebalanced: flag,
  commits: whole,
  skipped: whole,
  repeated: whole,
  perSecond: amount,
  lastedMs: amount,
  machine,
  machineBefore: machine,
} satisfies shape.Fields<GroupFacts>);
const row = fields({
  id: text,
  prediction: groupPredictionShape,
  circumstances: valuesOf(anything),
  facts,
  kafka: text,
  engine: oneOf("local", "docker"),
  slower: amount,
  startedAt: moment,
} satisfies shape.Fields<MeasuredGroupRow>);
const TABLE = fields({
  date: matching(/^\d{4}-\d{2}-\d{2}$/, "a day such as 2026-03-01"), // it becomes a file's name
  rows: listOf(row),
  failed: listOf(fields({ id: text, why: text })),
} satisfies shape.Fields<GroupTableData>);
