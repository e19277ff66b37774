// A finished run, read from its folder: it can be judged and drawn again without a cluster.

import path from "node:path";
import type { History, RunEvent } from "../model/history.ts";
import {
  check,
  type CheckOptions,
  type Judgement,
  mergeVerdicts,
  type Verdict,
} from "../analysis/check/mod.ts";
import { type RunQueries, runQueries } from "../lab/run-queries.ts";
import { timeline, type TimelineOptions } from "../report/text/mod.ts";
import { LabError } from "../model/errors.ts";
import { groupPredictionChecks, predictionChecks, predictionVerdict } from "../analysis/explain/mod.ts";
import { wrongEvent } from "../model/history-schema.ts";
import { historyOf } from "./folder.ts";
import { readLines } from "./lines.ts";
import { renamedEvent } from "./renamed.ts";
import { differencesFrom, readVerdict } from "./verdict.ts";

/** A recorded run: its history, verdict, and ways to judge and draw it again. */
export interface RecordedRun extends RunQueries {
  /** The run's folder. */
  readonly dir: string;
  /** Every event. */
  readonly history: History;
  /** The scenario's name. */
  readonly scenario: string;
  /** Wall clock at the history's `atMs` 0. */
  readonly startedAt: Date;
  /** The engine that ran the brokers. */
  readonly engine: string;
  /** Kafka's version. */
  readonly kafka: string;
  /** The claim that the run tested; absent, like the verdict, if the run was not concluded. */
  readonly claim?: string;
  /** The recorded verdict; absent if the run did not conclude. */
  readonly verdict?: Verdict;
  /** What was incomplete in the files. */
  readonly notes: readonly string[];
  /** Runs the checkers over the history. @default options: the recorded run's */
  judge(options?: CheckOptions): Judgement;
  /**
   * Merges a judgement's verdict with the scenario's own part, as recorded, and with the prediction checks.
   */
  verdictWith(judgement: Judgement): Verdict;
  /**
   * How a judgement differs from the recorded one, a line each; empty if it does not, or if none was
   * recorded.
   */
  differences(judgement: Judgement): string[];
  /** Draws the run as text. */
  timeline(options?: TimelineOptions): string[];
}

/**
 * Opens the folder of any run: `.lab/runs/<scenario>/<time>/`, or a recording that is committed.
 *
 * An incomplete last line, of a run that was killed, is dropped; `notes` says so.
 *
 * @throws LabError NO_SUCH_RUN, BAD_RUN with file and line
 */
// a promise, so that runs can later be read from elsewhere than a local disk
export async function openRun(dir: string): Promise<RecordedRun> {
  return await Promise.resolve(readRun(dir));
}

/** Like `openRun`, synchronously. */
export function readRun(dir: string): RecordedRun {
  const { file, values, torn } = readLines(historyOf(dir), renamedEvent, wrongEvent);
  const history = values as unknown as History;
  const run = firstOf(history, file);
  const recorded = readVerdict(dir);
  return {
    dir: path.resolve(dir),
    history,
    scenario: run.scenario,
    startedAt: new Date(run.startedAt),
    engine: run.engine,
    kafka: run.kafka,
    ...(recorded && { claim: recorded.claim, verdict: recorded.verdict }),
    notes: [
      ...(torn
        ? [
            `dropped the incomplete last line, after ${values.length} complete ones: the run was ` +
              "killed while writing",
          ]
        : []),
      ...(recorded === undefined ? ["the run was not concluded: it has no verdict"] : []),
    ],
    judge: (options) =>
      options === undefined && recorded !== undefined
        ? asRecorded(history, recorded.asked, dir)
        : check(history, options),
    verdictWith: ({ verdict }) =>
      mergeVerdicts([
        verdict,
        recorded?.holds ?? true,
        predictionVerdict(predictionChecks(history)),
        predictionVerdict(groupPredictionChecks(history)),
      ]),
    differences: (judgement) => (recorded === undefined ? [] : differencesFrom(recorded, judgement)),
    timeline: (options) => timeline(history, options),
    ...runQueries(() => history),
  };
}

/** The options come from a file, so they may be invalid. */
function asRecorded(history: History, asked: CheckOptions, dir: string): Judgement {
  try {
    return check(history, asked);
  } catch (cause) {
    if (!(cause instanceof TypeError || cause instanceof RangeError)) throw cause;
    throw new LabError("BAD_RUN", `Cannot judge the run as recorded: ${cause.message}`, {
      file: path.join(dir, "verdict.json"),
      cause,
    });
  }
}

function firstOf([first]: History, file: string): RunEvent {
  if (first?.kind === "run") return first;
  throw new LabError(
    "BAD_RUN",
    "Cannot read the run: " +
      (first === undefined
        ? "its history is empty"
        : `its history begins with a ${first.kind} event, expected a run event`),
    { file, line: 1, hint: "Did it end before its brokers ran?" },
  );
}
