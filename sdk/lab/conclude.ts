// The end of a run: heal, read everything back, judge, say it, write it, close.

import { writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { readBack } from "../client/readback.ts";
import type { WaitOptions } from "./verbs/cluster.ts";
import { cannotWrite } from "../runtime/disk.ts";
import { type Duration, toMs } from "../model/duration.ts";
import type { LabError } from "../model/errors.ts";
import type { OpenFaults } from "./faults/open-faults.ts";
import type { History } from "../model/history.ts";
import {
  check,
  type CheckOptions,
  exitCodeOf,
  type Judgement,
  mergeVerdicts,
  type Verdict,
} from "../analysis/check/mod.ts";
import { printable } from "../model/printable.ts";
import { isNotebook } from "../notebook/notebook.ts";
import { print as printText } from "../runtime/print.ts";
import type { Probe } from "./workload/probe.ts";
import type { ProgressReporter } from "../notebook/progress.ts";
import {
  type PredictionCheck,
  predictionChecks,
  predictionVerdict,
  explain,
  type Explanation,
} from "../analysis/explain/mod.ts";
import {
  predictionCheckLines,
  explanationLines,
  explanationSummary,
  timeline,
  verdictLines,
  verdictWords,
} from "../report/text/mod.ts";
import type { Run } from "./run.ts";
import { show } from "../notebook/show.ts";
import { type Picture, timelineOf } from "../report/svg/mod.ts";

/** Options of `lab.conclude`. */
export interface ConcludeOptions extends CheckOptions {
  /** The claim that the run tests. @default "no acknowledged record is lost" */
  claim?: string;
  /** A verdict of the scenario's own, merged with the checkers'. @default true */
  holds?: Verdict | ((judgement: Judgement, history: History) => Verdict);
  /** The longest time for healing, and for reading back. @default "60s" */
  timeout?: Duration;
  /** Prints the verdict and the timeline. @default true */
  print?: boolean;
  /**
   * Whether to draw the timeline as `timeline.svg` as well (half a second); a notebook shows it.
   *
   * @default in a notebook
   */
  picture?: boolean;
  /** Sets `process.exitCode`. @default true, except in a notebook */
  exitCode?: boolean;
}

/** The result of a run. */
export interface Conclusion {
  /** The claim that was tested. */
  claim: string;
  /** The merged verdict: checkers, predictions and `holds`. */
  verdict: Verdict;
  /** The checkers' results and counts. */
  judgement: Judgement;
  /** Each prediction beside the measured outcome; a wrong one makes the verdict false. */
  predictionChecks: readonly PredictionCheck[];
  /** Every time without an acknowledged send, cut into parts with their evidence. */
  explanation: Explanation;
  /** The run's folder. */
  dir: string;
  /** 0 claim and predictions confirmed, 2 not confirmed, 3 inconclusive. */
  exitCode: 0 | 2 | 3;
}

export interface ConcludeParts {
  run: Run;
  cluster: { waitFor(condition: "all alive", options: WaitOptions): Promise<unknown> };
  faults: Pick<OpenFaults, "healAll">;
  probes: Iterable<Probe>;
  endpoints: readonly string[];
  topics(): readonly string[];
  /** Takes into the history what the nodes logged elsewhere. */
  gatherLogs(): Promise<void>;
  close(): Promise<void>;
  progress: ProgressReporter;
  /** Says that the run is not of now; then nothing is written to its folder. */
  mark?: string;
  signal(): AbortSignal | undefined;
}

/**
 * A crash exits with 1 by itself; 0 held, 2 did not hold, 3 cannot tell.
 *
 * @throws LabError DISK_FULL, COMMAND_FAILED where the run's files could not be written: after the verdict is
 *   printed
 */
export async function conclude(parts: ConcludeParts, options: ConcludeOptions): Promise<Conclusion> {
  const { run, progress } = parts;
  const {
    claim = "no acknowledged record is lost",
    holds = true,
    timeout = "60s",
    print = true,
    picture = isNotebook(),
    exitCode: setExitCode = !isNotebook(),
    ...checks
  } = options;
  try {
    await gather(parts, timeout);
    const judgement = check(run.history, checks);
    const own = typeof holds === "function" ? verdictOf(holds(judgement, run.history)) : holds;
    const [agreed, explanation] = [
      tryReport(parts, "compare predictions with what came", () => predictionChecks(run.history)),
      tryReport(parts, "explain the run", () => explain(run.history)) ?? { windows: [] },
    ];
    const verdict = mergeVerdicts([
      judgement.verdict,
      own,
      agreed === undefined ? "unknown" : predictionVerdict(agreed),
    ]);
    const exitCode = exitCodeOf(verdict);
    const conclusion: Conclusion = {
      claim,
      verdict,
      judgement,
      predictionChecks: agreed ?? [],
      explanation,
      dir: run.dir,
      exitCode,
    };
    let failure: LabError | undefined;
    const write = (name: string, text: string): void => {
      const file = path.join(run.dir, name);
      try {
        if (parts.mark === undefined) writeFileSync(file, text, { mode: 0o600 });
      } catch (cause) {
        failure ??= cannotWrite(`write ${name}`, cause, { file, remedy: "run" });
      }
    };
    write(
      "verdict.json",
      jsonText({
        claim,
        verdict,
        exitCode,
        judgement,
        agreements: conclusion.predictionChecks,
        asked: checks,
        holds: own,
      }),
    );
    write("explanation.txt", `${explanationLines(explanation).join("\n")}\n`);
    const drawn = await draw(run, { explanation, picture, write });
    if (print) {
      await show(isNotebook() ? drawn : ["", ...drawn.text]);
      const lines = [
        printable(`claim: ${claim}`),
        verdictWords(verdict),
        ...verdictLines(judgement),
        ...predictionCheckLines(conclusion.predictionChecks, { explanation }),
        ...explanationSummary(explanation, { checks: conclusion.predictionChecks }),
      ];
      const where = printable(`${parts.mark ?? "run"}: ${path.relative(process.cwd(), run.dir)}`);
      printText(["", ...lines, where].join("\n"));
    }
    if (setExitCode) process.exitCode = exitCode;
    if (failure !== undefined) throw failure;
    return conclusion;
  } finally {
    progress.end();
    await parts.close();
  }
}

/** A file that a person may read on a terminal: a JSON text that is made printable is the same value. */
function jsonText(value: unknown): string {
  return `${printable(JSON.stringify(value, null, 2), { lines: true })}\n`;
}

/** @throws TypeError where a scenario's own part returns none: it would count as one that held */
function verdictOf(answer: unknown): Verdict {
  if (answer === true || answer === false || answer === "unknown") return answer;
  const what = typeof answer === "object" ? "an object" : String(answer);
  throw new TypeError(`Cannot conclude: holds() returned ${what}, expected true, false or "unknown"`);
}

/** What a run proves is not lost with what is told about it: where that cannot be told, a note says so. */
function tryReport<T>({ run, progress, mark }: ConcludeParts, what: string, render: () => T): T | undefined {
  try {
    return render();
  } catch (error) {
    const text = `Cannot ${what}: ${(error as Error).stack ?? String(error)}`;
    progress.say(text);
    if (mark === undefined) run.record({ kind: "note", atMs: run.now(), text });
    return undefined;
  }
}

/** Writes the timeline into the run's folder: as text, and as a picture where one is wanted. */
async function draw(
  run: Run,
  {
    explanation,
    picture,
    write,
  }: { explanation: Explanation; picture: boolean; write(name: string, text: string): void },
): Promise<Picture> {
  const columns = process.stdout.columns ?? 100;
  const drawn = picture
    ? await timelineOf(run.history, { columns, explanation })
    : { text: timeline(run.history, { width: columns, explanation }) };
  write("timeline.txt", `${drawn.text.join("\n")}\n`);
  if (drawn.svg !== undefined) write("timeline.svg", drawn.svg);
  return drawn;
}

/** What cannot be healed or read makes the verdict unknown; it is noted, not thrown. */
async function gather(
  { run, cluster, faults, probes, endpoints, topics, gatherLogs, progress, signal: signalNow }: ConcludeParts,
  timeout: Duration,
): Promise<void> {
  const signal = signalNow();
  const note = (error: unknown): void =>
    run.record({ kind: "note", atMs: run.now(), text: (error as Error).message });
  progress.begin("healing, and waiting until all brokers are alive");
  await faults.healAll().catch(note);
  signal?.throwIfAborted();
  await cluster.waitFor("all alive", { timeout }).catch((error: unknown) => {
    signal?.throwIfAborted();
    note(error);
  });
  for (const probe of probes) await probe.close();
  await gatherLogs().catch(note);
  for (const topic of topics()) {
    progress.begin(`reading ${topic} back`);
    const atMs = run.now();
    const { partitions, records, error } = await readBack(topic, endpoints, {
      timeoutMs: toMs(timeout),
      ...(signal && { signal }),
    });
    signal?.throwIfAborted();
    if (error !== undefined) note(new Error(`Cannot read ${topic} back: ${error}`));
    run.record({
      kind: "readback",
      atMs,
      tookMs: run.now() - atMs,
      client: "readback",
      topic,
      partitions,
      records,
    });
  }
  progress.end();
}
