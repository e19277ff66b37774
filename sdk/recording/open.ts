// A run that is over, read from its folder: judged again and drawn again, without any cluster.

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
import { predictionChecks, predictionVerdict } from "../analysis/explain/mod.ts";
import { wrongEvent } from "../model/history-schema.ts";
import { historyOf } from "./folder.ts";
import { readLines } from "./lines.ts";
import { renamedEvent } from "./renamed.ts";
import { differencesFrom, readVerdict } from "./verdict.ts";

/** A recorded run: its history and its verdict, with queries on it. */
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
  /** The claim that the run tested; absent if the run did not conclude. */
  readonly claim?: string;
  /** The recorded verdict; absent if the run did not conclude. */
  readonly verdict?: Verdict;
  /** Remarks on the reading, such as a truncated last line. */
  readonly notes: readonly string[];
  /** Runs the checkers over the history. @default options: those of the run */
  judge(options?: CheckOptions): Judgement;
  /**
   * Merges a judgement's verdict with the scenario's own recorded verdict and with the prediction checks.
   */
  verdictWith(judgement: Judgement): Verdict;
  /**
   * Returns the differences between a judgement and the recorded one, one line each; none if they agree or if
   * none was recorded.
   */
  differences(judgement: Judgement): string[];
  /** Draws the run as text. */
  timeline(options?: TimelineOptions): string[];
}

/**
 * Opens the folder of any run: `.lab/runs/<scenario>/<time>/`, or a recording that is committed.
 *
 * The last line of a run that was killed while it wrote is dropped, and `notes` says so.
 *
 * @throws LabError NO_SUCH_RUN, BAD_RUN with file and line
 */
// a promise, so that a run may come from farther away than this machine's disk
export async function openRun(dir: string): Promise<RecordedRun> {
  return await Promise.resolve(readRun(dir));
}

/** As `openRun`, at once. */
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
            `the last line was cut off, behind ${values.length} whole ones, and is left out: the run was ended while it wrote`,
          ]
        : []),
      ...(recorded === undefined ? ["the run came to no verdict of its own"] : []),
    ],
    judge: (options) =>
      options === undefined && recorded !== undefined
        ? asRecorded(history, recorded.asked, dir)
        : check(history, options),
    verdictWith: ({ verdict }) =>
      mergeVerdicts([verdict, recorded?.holds ?? true, predictionVerdict(predictionChecks(history))]),
    differences: (judgement) => (recorded === undefined ? [] : differencesFrom(recorded, judgement)),
    timeline: (options) => timeline(history, options),
    ...runQueries(() => history),
  };
}

/** What was asked for was read from a file, so it may be anything. */
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
    `Cannot read the run: ${first === undefined ? "its history is empty" : `its history begins with a ${first.kind} event, expected the run's own`}`,
    { file, line: 1, hint: "Was it ended before its brokers ran?" },
  );
}
