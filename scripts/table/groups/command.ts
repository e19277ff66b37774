// `npm run table -- --groups`: measures, or reads what was measured, compares, prints, writes.

import { print as printJson, printable, table } from "@kafka-failure-lab/sdk";
import { toReader } from "@kafka-failure-lab/sdk/testing";
import { saveText } from "../data.ts";
import { dataFile, PAGE, pageOf } from "../newest.ts";
import type { TableOptions } from "../options.ts";
import { type GroupTableData, groupDataText, groupsPredictedAgain, readGroupData } from "./data.ts";
import { GROUP_MISSES } from "./misses.ts";
import {
  comparedGroups,
  GROUP_HEAD,
  groupCells,
  groupCountLine,
  groupExitCode,
  groupMissLines,
  groupTally,
} from "./report.ts";
import { measureGroups, NO_TIME } from "./run.ts";
import type { GroupRow } from "./row.ts";

type GroupTableOptions = Omit<TableOptions, "rows" | "groups"> & { readonly groups: readonly GroupRow[] };

/** Runs the groups' part of the table, and returns the exit code. */
export async function groupTable(options: GroupTableOptions, print: (text: string) => void): Promise<number> {
  const { groups: rows, from, repeat, out, within } = options;
  const data =
    from === undefined
      ? await measureGroups({ rows, out, again: repeat - 1, within })
      : before(from, options);
  const all = comparedGroups(data);
  print(table([[...GROUP_HEAD], ...all.map(groupCells)], { colours: false }).join("\n"));
  const misses = groupMissLines(all, GROUP_MISSES);
  for (const line of misses) print(printable(`miss: ${line}`));
  for (const { id, why } of data.failed) print(printable(`not measured: ${id}: ${why}`));
  print(groupCountLine(all));
  const exitCode = groupExitCode(all, data.failed.length);
  if (options.write) write(data, print);
  if (options.json) {
    const tally = groupTally(all.map(({ comparison }) => comparison));
    printJson(JSON.stringify({ exitCode, ...tally, misses, ...data }));
  }
  return exitCode;
}

/** What was measured before of the rows that are asked for; of a row in several files, what the last has. */
function before(files: readonly string[], { groups, again }: GroupTableOptions): GroupTableData {
  const read = files.map(readGroupData);
  const isAsked = ({ id }: { id: string }): boolean => groups.some((row) => row.id === id);
  const rows = [...new Map(read.flatMap((one) => one.rows).map((row) => [row.id, row])).values()];
  const reasons = new Map(read.flatMap((one) => one.failed).map(({ id, why }) => [id, why]));
  const data: GroupTableData = {
    date: read
      .map(({ date }) => date)
      .sort()
      .at(-1)!,
    rows: rows.filter(isAsked),
    failed: groups
      .filter(({ id }) => !rows.some((row) => row.id === id))
      .map(({ id }) => ({ id, why: reasons.get(id) ?? NO_TIME })),
  };
  return again ? groupsPredictedAgain(data) : data;
}

function write(data: GroupTableData, print: (text: string) => void): void {
  const file = dataFile("groups", data.date);
  saveText(file, groupDataText(data));
  saveText(PAGE, pageOf({ groups: data }));
  print(`written: ${[PAGE, file].map((name) => toReader(name)).join(", ")}`);
}
