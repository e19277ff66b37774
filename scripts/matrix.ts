// The matrix behind scenario 02: which cells, what is expected of them, what was measured, and how that is
// told.
//
//   options ─▶ cells ─▶ plans ─▶ measure (real brokers) ─▶ done file ─▶ cells beside expected ─▶ report, data
//                        │            └── not for a plan that is done                    ▲
//                        └── replay: from the data that is committed ─────────────────────┘

import path from "node:path";
import process from "node:process";
import { LabError, print, readable, type Verdict } from "@kafka-failure-lab/sdk";
import {
  exitCodeOf,
  isNotebook,
  mergeVerdicts,
  printError,
  whyReplay,
} from "@kafka-failure-lab/sdk/scenario";
import { toReader } from "@kafka-failure-lab/sdk/testing";
import { isSame, nameOf, type Plan, plansOf } from "./matrix/cell.ts";
import { dataText, saveData } from "./matrix/data.ts";
import { appendDone, findDone, readDone, timeLeftMs } from "./matrix/done.ts";
import { measure } from "./matrix/measure.ts";
import {
  isMeasured,
  type MatrixRun,
  type Measured,
  type MeasuredCell,
  measuredCells,
} from "./matrix/measured.ts";
import type { MatrixOptions } from "./matrix/options.ts";
import { runProgress } from "./matrix/progress.ts";
import { recordedMatrix } from "./matrix/recorded.ts";
import { verdictOf } from "./matrix/verdict.ts";
import { engineOf } from "./matrix/where.ts";

export { cellsOf, COMBINATIONS, HOWS } from "./matrix/cell.ts";
export { expected } from "./matrix/expected.ts";
export { matrixOptions, type MatrixOptions } from "./matrix/options.ts";
export { clientTable, clusterTable, matrixPicture } from "./matrix/picture.ts";
export { committedMatrix } from "./matrix/recorded.ts";
export { describeCell, missLines, outcomeLines } from "./matrix/report.ts";

/** What was asked for, measured now or before. */
export interface Matrix {
  runs: readonly MatrixRun[];
  /** Those that were asked for; a run measures a second one beside each. */
  cells: readonly MeasuredCell[];
  /** How many of the runs were made now. */
  ran: number;
  verdict: Verdict;
  exitCode: 0 | 2 | 3;
  /** The file of runs that are done, or of the committed data. */
  file: string;
  /** Where nothing was measured here: `as measured on 2026-03-01, Kafka 3.9.2, docker engine`. */
  mark?: string;
}

/**
 * Measures what was asked for and is not done yet, a run after the other; each is written down as it ends.
 *
 * With LAB_REPLAY, or in a notebook where no engine works, the committed data take the place of measurements,
 * and `mark` says so.
 */
export async function measureMatrix(options: MatrixOptions): Promise<Matrix> {
  const reason = await whyReplay();
  if (reason !== undefined) {
    const { runs, cells, mark, file } = recordedMatrix(options, reason.remedy);
    // in a notebook it belongs to the cell's output
    (isNotebook() ? print : printError)(
      `${reason.why}: these are the runs ${mark} (${file}); nothing is measured.`,
    );
    return { runs, cells, ran: 0, ...verdictOn(cells), file, mark };
  }
  const engine = await engineOf(options.engine, process.env);
  const file = path.join(".lab", "matrix", `${engine}-${options.kafka ?? "posted"}-${options.timers}.jsonl`);
  const done = readDone(file);
  const plans = plansOf(options.cells);
  const kept = options.fresh
    ? []
    : plans.flatMap((plan) => findDone(done, plan, options.windowMs[plan.how]) ?? []);
  const todo = plans.filter((plan) => !kept.some((run) => isSame(run, plan)));
  const progress = runProgress();
  if (kept.length > 0) progress.say(`${kept.length} of ${plans.length} runs are done already (${file})`);
  const ran: Measured[] = [];
  for (const [i, plan] of todo.entries()) {
    progress.begin(
      announced(
        plan,
        `run ${kept.length + i + 1} of ${plans.length}`,
        timeLeftMs([...kept, ...ran], todo.length - i),
      ),
    );
    const run = await measure(plan, {
      engine,
      kafka: options.kafka,
      timers: options.timers,
      windowMs: options.windowMs[plan.how],
      onProgress: progress.onProgress,
    });
    appendDone(file, run);
    ran.push(run);
    progress.say(`  ${summary(run)}`);
  }
  progress.end(`${plans.length} of ${plans.length} runs are done, ${ran.length} of them now`);
  const runs = plans.flatMap((plan) => [...ran, ...kept].find((run) => isSame(run, plan)) ?? []);
  const measured = runs.flatMap(measuredCells);
  const cells = options.cells.flatMap((cell) => measured.find((other) => isSame(other, cell)) ?? []);
  return { runs, cells, ran: ran.length, ...verdictOn(cells), file };
}

function verdictOn(cells: readonly MeasuredCell[]): Pick<Matrix, "verdict" | "exitCode"> {
  const verdict = mergeVerdicts(cells.map(verdictOf));
  return { verdict, exitCode: exitCodeOf(verdict) };
}

/**
 * Writes the data file and returns its path.
 *
 * @throws RangeError where the runs do not belong together, LabError NOT_RECORDED where they were not made
 *   here
 */
export function saveMatrix({ runs, cells, mark }: Matrix, { timers }: MatrixOptions): string {
  if (mark !== undefined)
    throw new LabError("NOT_RECORDED", `Cannot save runs ${mark}: they were read from such a file`);
  const own = runs.filter(isMeasured);
  return toReader(saveData(dataText(own, cells, { timers }), own[0]!, timers));
}

function announced({ fixes, how }: Plan, which: string, leftMs: number | null): string {
  return `${which}: ${how}, ${nameOf(fixes)}${leftMs === null ? "" : `; about ${readable(leftMs)} left`}`;
}

function summary({ clients, tookMs }: Measured): string {
  const seen = Object.entries(clients).map(
    ([name, { gapMs }]) => `${name}: ${gapMs === null ? "never" : readable(gapMs)}`,
  );
  return `${seen.join("; ")} (${readable(tookMs)})`;
}
