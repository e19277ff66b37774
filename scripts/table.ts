#!/usr/bin/env -S npx tsx
// The table of scenarios: predictions against measurements on real brokers: `npm run table -- --help`.
//
//   rows ─▶ for each a cluster: predict, break, measure ─▶ compare ─▶ table, misses first ─▶ page, data
//                     └── --from FILE: measured earlier ──────▲

import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { doctor, LabError, printable, print as printJson, readable, table } from "@kafka-failure-lab/sdk";
import { output, progressReporter } from "@kafka-failure-lab/sdk/scenario";
import { runCommand, toReader } from "@kafka-failure-lab/sdk/testing";
import { exitCodeOf, tally } from "./table/compare.ts";
import { dataText, merged, predictedAgain, readData, saveText, type TableData } from "./table/data.ts";
import { measureRow } from "./table/measure.ts";
import type { FailedRow, MeasuredRow } from "./table/measured.ts";
import { MISSES } from "./table/misses.ts";
import { tableOptions, type TableOptions } from "./table/options.ts";
import { groupTable } from "./table/groups/command.ts";
import { dataFile, PAGE, pageOf } from "./table/newest.ts";
import { cells, countLine, HEAD, missLines, told } from "./table/report.ts";
import type { Row } from "./table/row.ts";
import { versionTable } from "./table/versions/command.ts";

const options = tableOptions();
const { print } = output(options);
await runCommand("npm run table --", "", async () => {
  if (options.versions !== undefined)
    return await versionTable({ versions: options.versions, rows: options.wanted }, print);
  if (options.groups !== undefined) return await groupTable({ ...options, groups: options.groups }, print);
  const data = options.from === undefined ? await measureAll(options) : before(options.from, options);
  const all = told(data);
  print(table([HEAD, ...all.map(cells)], { colours: false }).join("\n"));
  for (const line of missLines(all, MISSES)) print(printable(`miss: ${line}`));
  for (const { id, why } of data.failed) print(printable(`not measured: ${id}: ${why}`));
  for (const { id, why } of data.skipped) print(printable(`left out: ${id}: ${why}`));
  print(countLine(all));
  const comparisons = all.map(({ comparison }) => comparison);
  const exitCode = exitCodeOf(comparisons, data.failed.length);
  if (options.write) write(data);
  if (options.json)
    printJson(JSON.stringify({ exitCode, ...tally(comparisons), misses: missLines(all, MISSES), ...data }));
  return exitCode;
});

/**
 * Measures a row after the other: labs beside each other would share the machine, and the times would be
 * theirs.
 */
async function measureAll({ rows, repeat, out }: TableOptions): Promise<TableData> {
  const progress = progressReporter(undefined, { prefix: "table" });
  const noDocker = rows.some(({ engine }) => engine === "docker") ? await whyNoDocker() : undefined;
  const canRun = ({ engine }: Row): boolean => engine === "local" || noDocker === undefined;
  const skipped = rows
    .filter((row) => !canRun(row))
    .map(({ id }): FailedRow => ({ id, why: `docker cannot be used: ${noDocker ?? ""}` }));
  const todo = Array.from({ length: repeat }, () => rows.filter(canRun)).flat();
  const done: MeasuredRow[] = [];
  const failed: FailedRow[] = [];
  const soFar = (): TableData => ({
    date: new Date().toISOString().slice(0, 10),
    rows: done,
    failed,
    skipped,
  });
  for (const [i, row] of todo.entries()) {
    const which = `row ${i + 1} of ${todo.length}: ${row.id}`;
    try {
      const run = await tried(row);
      done.push(run);
      progress.say(
        `${which}: ${run.facts.gapMs === null ? "never" : readable(run.facts.gapMs)} (` +
          `${readable(run.tookMs)})`,
      );
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failed.push({ id: row.id, why: error.message.split("\n", 1)[0]! });
      progress.say(`${which}: not measured: ${error.message}`);
    }
    if (out !== undefined) saveText(out, dataText(soFar()));
  }
  return soFar();
}

/** What was measured before of the rows that are asked for. */
function before(files: readonly string[], { rows: asked, again }: TableOptions): TableData {
  const read = merged(files.map(readData));
  const isAsked = ({ id }: { id: string }): boolean => asked.some((row) => row.id === id);
  const { date, rows, failed, skipped } = again ? predictedAgain(read) : read;
  return {
    date,
    rows: rows.filter(isAsked),
    failed: failed.filter(isAsked),
    skipped: skipped.filter(isAsked),
  };
}

/** A port that another program holds for the moment is waited for. */
async function tried(row: Row): Promise<MeasuredRow> {
  const tries = 5;
  for (let turn = 1; ; turn++) {
    try {
      return await measureRow(row);
    } catch (error) {
      if (!(error instanceof LabError && error.code === "PORT_TAKEN") || turn === tries) throw error;
      await pause(10_000);
    }
  }
}

async function whyNoDocker(): Promise<string | undefined> {
  const { engines } = await doctor({ env: process.env });
  const docker = engines.find(({ engine }) => engine === "docker");
  return docker?.works === true ? undefined : (docker?.why ?? "there is none");
}

function write(measured: TableData): void {
  const file = dataFile("producers", measured.date);
  saveText(file, dataText(measured));
  saveText(PAGE, pageOf({ producers: measured }));
  print(`written: ${[PAGE, file].map((name) => toReader(name)).join(", ")}`);
}
