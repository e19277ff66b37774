// What was measured of groups, as a file that is committed: one run a line.

import { LabError } from "@kafka-failure-lab/sdk";
import {
  groupPredictionShape,
  MAX_JSON_BYTES,
  groupPredictionOf,
  readText,
  shape,
} from "@kafka-failure-lab/sdk/testing";
import type { FailedRow } from "../measured.ts";
import type { GroupFacts, MachineFacts, MeasuredGroupRow, PartitionFacts } from "./measured.ts";

const { amount, anything, fields, flag, listOf, matching, moment, oneOf, text, valuesOf, whole, wrongIn } =
  shape;

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
  const list = (name: string, of: readonly unknown[]): string => {
    const lines = of.map((one) => `    ${JSON.stringify(one)}`).join(",\n");
    return `  ${JSON.stringify(name)}: [${of.length === 0 ? "" : `\n${lines}\n  `}]`;
  };
  return `{\n  "date": ${JSON.stringify(date)},\n${list("failed", failed)},\n${list("rows", rows)}\n}\n`;
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
  const written = readText(file, { code: "BAD_RUN", what: "read the groups' table", limit: MAX_JSON_BYTES });
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch (cause) {
    throw notATable(file, "it is no JSON", cause);
  }
  const wrong = wrongIn(TABLE, value);
  if (wrong !== undefined) throw notATable(file, wrong);
  return value as GroupTableData;
}

function notATable(file: string, why: string, cause?: unknown): LabError {
  return new LabError("BAD_RUN", `Cannot read the groups' table: ${why}`, {
    file,
    ...(cause !== undefined && { cause }),
    hint: "Is it a file that --groups with --write or --out wrote?",
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
