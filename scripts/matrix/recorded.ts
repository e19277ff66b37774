// The matrix as it was measured and committed, for a machine that cannot measure it.

import { readdirSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { LabError } from "@kafka-failure-lab/sdk";
import { MAX_JSON_BYTES, readText } from "@kafka-failure-lab/sdk/testing";
import { type Cell, FIXES, HOWS, type How, isSame, plansOf } from "./cell.ts";
import type { MatrixRun, MeasuredCell } from "./measured.ts";
import type { MatrixOptions } from "./options.ts";

/** A data file. */
interface Data {
  cells: readonly (MeasuredCell & Pick<MatrixRun, "broker" | "bootMs">)[];
  engine: "local" | "docker";
  from: string;
  kafka: string;
  /** The day of the last run, ISO 8601. */
  measured: string;
  timers: string;
  windowMs: Readonly<Record<How, number>>;
}

/** What was measured, and where it stands. */
export interface RecordedMatrix {
  runs: readonly MatrixRun[];
  cells: readonly MeasuredCell[];
  /** `as measured on 2026-03-01, Kafka 3.9.2, docker engine`. */
  mark: string;
  /** From the working directory. */
  file: string;
}

const FOLDER = fileURLToPath(new URL("./data/", import.meta.url));

/**
 * Takes the cells that were asked for from the data file with these timers and this Kafka; of two engines',
 * Docker's.
 *
 * @throws LabError NOT_RECORDED where there is no such file, BAD_RUN where one is no matrix
 */
export function recordedMatrix(
  { cells, kafka, timers }: Pick<MatrixOptions, "cells" | "kafka" | "timers">,
  remedy: string,
  folder: string = FOLDER,
): RecordedMatrix {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => path.join(folder, name));
  const fitting = files
    .map((file) => ({ file, data: read(file) }))
    .filter(({ data }) => data.timers === timers && (kafka === undefined || data.kafka.startsWith(kafka)));
  const found = fitting.find(({ data }) => data.engine === "docker") ?? fitting[0];
  if (found === undefined)
    throw new LabError(
      "NOT_RECORDED",
      `Cannot show the matrix with ${timers} timers${kafka === undefined ? "" : ` and Kafka ${kafka}`}: ` +
        "it was never saved",
      { hint: `To measure it needs a real cluster: ${remedy}` },
    );
  const { data } = found;
  const file = path.relative(process.cwd(), found.file);
  const asked = cells.flatMap((cell) => data.cells.find((other) => isSame(other, cell)) ?? []);
  return {
    runs: plansOf(asked).map((plan) => runOf(plan, data, file)),
    cells: asked,
    mark: `as measured on ${data.measured}, Kafka ${data.kafka}, ${data.engine} engine`,
    file,
  };
}

/** The whole matrix with Kafka's own timers, as committed. */
export function committedMatrix(cells: readonly Cell[]): RecordedMatrix {
  return recordedMatrix(
    { cells, kafka: undefined, timers: "default" },
    "`npx tsx scripts/02-four-causes.ts --save`",
  );
}

/** A run measured two cells: for clients with one bootstrap server, and with all. */
function runOf(
  plan: Cell,
  { cells, engine, from, kafka, measured, windowMs }: Data,
  file: string,
): MatrixRun {
  const [one, all] = [plan.fixes, [...plan.fixes, "bootstrap" as const]].map(
    (fixes) => cells.find((cell) => isSame(cell, { fixes, how: plan.how }))!,
  );
  const { leader, isr, controller, isrBackMs, broker, bootMs } = one!;
  return {
    fixes: plan.fixes.filter((fix) => fix !== "bootstrap"),
    how: plan.how,
    leader,
    isr,
    controller,
    isrBackMs,
    broker,
    bootMs,
    clients: { one: { backMs: one!.backMs }, all: { backMs: all!.backMs } },
    windowMs: windowMs[plan.how],
    engine,
    kafka,
    from,
    startedAt: measured,
    run: file,
  };
}

function read(file: string): Data {
  const text = readText(file, { code: "BAD_RUN", what: "read the matrix", limit: MAX_JSON_BYTES });
  const value = JSON.parse(text) as Partial<Data> | null;
  const isWhole =
    typeof value === "object" &&
    value !== null &&
    Array.isArray(value.cells) &&
    value.cells.every(isCell) &&
    [value.engine, value.from, value.kafka, value.measured, value.timers].every(
      (one) => typeof one === "string",
    ) &&
    HOWS.every((how) => typeof value.windowMs?.[how] === "number");
  if (!isWhole)
    throw new LabError("BAD_RUN", "Cannot read the matrix: the file is none that --save wrote", { file });
  return value as Data;
}

function isCell(value: unknown): value is MeasuredCell {
  const { fixes, how, warm, cold, leader, isr, controller } = value as Partial<MeasuredCell>;
  const isTime = (ms: unknown): boolean => ms === null || typeof ms === "number";
  return (
    Array.isArray(fixes) &&
    fixes.every((fix) => FIXES.includes(fix)) &&
    HOWS.some((one) => one === how) &&
    isTime(warm) &&
    isTime(cold) &&
    [leader, isr, controller].every((one) => typeof one === "object" && one !== null)
  );
}
