// Measures the groups' table scene by scene. What a file has already is not measured again, so that a run
// that was interrupted goes on where it was.

import { existsSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { type Duration, LabError, toMs } from "@kafka-failure-lab/sdk";
import { progressReporter } from "@kafka-failure-lab/sdk/scenario";
import { saveText } from "../data.ts";
import type { FailedRow } from "../measured.ts";
import { compareGroup } from "./compare.ts";
import { type GroupTableData, groupDataText, readGroupData } from "./data.ts";
import { type MeasureOptions, measureScene } from "./measure.ts";
import type { MeasuredGroupRow } from "./measured.ts";
import type { GroupRow, Scene } from "./row.ts";
import { SCENES } from "./rows.ts";

/** Why a row was not measured whose cluster was not begun. */
export const NO_TIME = "not yet";

export interface GroupRunOptions {
  readonly rows: readonly GroupRow[];
  /** A file that holds what has been measured so far, whenever a scene is done; what it has is kept. */
  readonly out: string | undefined;
  /** How often a scene is measured anew for rows that were not conclusive. */
  readonly again: number;
  /** After which no other cluster is begun. @default never */
  readonly within: Duration | undefined;
}

/** Measures the rows that are asked for and are not there. */
export async function measureGroups({ rows, out, again, within }: GroupRunOptions): Promise<GroupTableData> {
  const untilMs = performance.now() + (within === undefined ? Infinity : toMs(within));
  const progress = progressReporter(undefined, { prefix: "table" });
  const done: MeasuredGroupRow[] = out !== undefined && existsSync(out) ? [...readGroupData(out).rows] : [];
  const why = new Map<string, string>();
  const missing = (scene: Scene): GroupRow[] =>
    rows.filter((row) => row.scene === scene && !done.some(({ id }) => id === row.id));
  for (const scene of SCENES) {
    for (let turn = 0; turn <= again; turn++) {
      const todo = missing(scene);
      if (todo.length === 0 || performance.now() > untilMs) break;
      progress.say(`${scene.id}: ${todo.length} rows`);
      await tried(scene, todo, {
        isOver: () => performance.now() > untilMs,
        onMeasured: ({ rows: found, failed }) => {
          for (const { id, why: reason } of failed) why.set(id, reason);
          for (const one of found) {
            const { misses, open } = compareGroup(one.prediction, one.facts);
            // what the machine cannot have made is a miss, whatever else of the row it made
            if (open.length === 0 || misses.length > 0) done.push(one);
            else why.set(one.id, `inconclusive: ${open.join("; ")}`);
            const outcome = misses.length > 0 ? `MISS: ${misses.join("; ")}` : open[0];
            progress.say(`${one.id}: ${outcome === undefined ? "right" : outcome}`);
          }
          if (out !== undefined) saveText(out, groupDataText(soFar(rows, done, why)));
        },
      });
    }
  }
  return soFar(rows, done, why);
}

function soFar(
  rows: readonly GroupRow[],
  done: readonly MeasuredGroupRow[],
  why: ReadonlyMap<string, string>,
): GroupTableData {
  const failed = rows
    .filter(({ id }) => !done.some((one) => one.id === id))
    .map(({ id }): FailedRow => ({ id, why: why.get(id) ?? NO_TIME }));
  return { date: new Date().toISOString().slice(0, 10), rows: done, failed };
}

/** A port that another program holds is waited for; what else keeps a scene from being measured is data. */
async function tried(scene: Scene, rows: readonly GroupRow[], options: MeasureOptions): Promise<void> {
  const tries = 5;
  for (let turn = 1; ; turn++) {
    try {
      return await measureScene(scene, rows, options);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error instanceof LabError && error.code === "PORT_TAKEN" && turn < tries) await pause(10_000);
      else {
        const [why] = error.message.split("\n", 1);
        return options.onMeasured({ rows: [], failed: rows.map(({ id }) => ({ id, why: why! })) });
      }
    }
  }
}
