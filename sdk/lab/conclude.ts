// The end of a run.
//
//   gather (heal, read back) ─▶ history ─▶ judge (check, compare, explain) ─▶ files ─▶ print ─▶ close

import process from "node:process";
import { check, type CheckOptions, exitCodeOf, mergeVerdicts, type Verdict } from "../analysis/check/mod.ts";
import {
  explain,
  type Explanation,
  groupPredictionChecks,
  predictionChecks,
  predictionVerdict,
} from "../analysis/explain/mod.ts";
import type { History, HistoryEvent } from "../model/history.ts";
import { printable } from "../model/printable.ts";
import { isNotebook } from "../notebook/notebook.ts";
import { show } from "../notebook/show.ts";
import {
  groupPredictionCheckLines,
  predictionCheckLines,
  explanationSummary,
  missingLines,
  strangerLines,
  timeline,
  verdictLines,
  verdictWords,
} from "../report/text/mod.ts";
import { type Picture, timelineOf } from "../report/svg/mod.ts";
import { print as printText } from "../runtime/print.ts";
import { toReader } from "../runtime/reader-folder.ts";
import type { ConcludeOptions, Conclusion } from "./conclusion.ts";
import { gather, type GatherParts } from "./gather.ts";
import { makeRunFiles } from "./run-files.ts";
import type { Run, SealableRun } from "./run.ts";

export interface ConcludeParts extends GatherParts {
  run: Run & Partial<Pick<SealableRun, "seal">>;
  close(): Promise<void>;
  /** Labels a replayed run; nothing is written to its folder then. */
  mark?: string;
}

/**
 * Sets the exit code 0 if the claim and the predictions are confirmed, 2 if one failed, 3 if inconclusive.
 *
 * @throws LabError DISK_FULL, COMMAND_FAILED if the run's files could not be written: after the verdict is
 *   printed
 */
export async function conclude(parts: ConcludeParts, options: ConcludeOptions): Promise<Conclusion> {
  const { run, progress } = parts;
  const {
    claim,
    holds = true,
    timeout = "60s",
    print = true,
    picture = isNotebook(),
    exitCode: setExitCode = !isNotebook(),
    ...checks
  } = options;
  try {
    await gather(parts, timeout);
    const { conclusion, own } = judge(parts, { claim, holds, checks });
    run.seal?.(); // the observer and the brokers' logs go on until the lab is closed
    const files = makeRunFiles(run.dir, { isReplay: parts.mark !== undefined });
    files.writeVerdict(conclusion, { asked: checks, holds: own });
    files.writeExplanation(conclusion.explanation, missingLines(run.history));
    const drawn = await draw(run.history, { explanation: conclusion.explanation, picture });
    files.writeTimeline(drawn);
    if (print) await printConclusion(conclusion, { drawn, mark: parts.mark, history: run.history });
    if (setExitCode) process.exitCode = conclusion.exitCode;
    if (files.failure !== undefined) throw files.failure;
    return conclusion;
  } finally {
    progress.end();
    await parts.close();
  }
}

interface Judging {
  claim: string | undefined;
  holds: NonNullable<ConcludeOptions["holds"]>;
  checks: CheckOptions;
}

/** What is claimed of a run unless its caller claims something. */
function defaultClaim(history: History): string {
  const has = (kind: HistoryEvent["kind"]): boolean => history.some((event) => event.kind === kind);
  return has("watch") && !has("send")
    ? "records of others arrive again after each fault, and stay"
    : "no acknowledged record is lost";
}

/** Judges the history; `own` is the scenario's own verdict. */
function judge(
  parts: ConcludeParts,
  { claim: asked, holds, checks }: Judging,
): { conclusion: Conclusion; own: Verdict } {
  const { history, dir } = parts.run;
  const judgement = check(history, checks);
  const own = typeof holds === "function" ? verdictOf(holds(judgement, history)) : holds;
  const predictions = attempt(parts, "compare the predictions", () => predictionChecks(history));
  const ofGroups = attempt(parts, "compare the groups' predictions", () => groupPredictionChecks(history));
  const explanation = attempt(parts, "explain the run", () => explain(history)) ?? {
    windows: [],
    groups: [],
  };
  const verdict = mergeVerdicts([
    judgement.verdict,
    own,
    ...[predictions, ofGroups].map((all) => (all === undefined ? "unknown" : predictionVerdict(all))),
  ]);
  const conclusion: Conclusion = {
    claim: asked ?? defaultClaim(history),
    verdict,
    judgement,
    predictionChecks: predictions ?? [],
    groupPredictionChecks: ofGroups ?? [],
    explanation,
    dir,
    exitCode: exitCodeOf(verdict),
  };
  return { conclusion, own };
}

/** @throws TypeError if a scenario's own part returns no verdict: it would count as confirmed */
function verdictOf(returned: unknown): Verdict {
  if (returned === true || returned === false || returned === "unknown") return returned;
  const what = typeof returned === "object" ? "an object" : String(returned);
  throw new TypeError(`Cannot conclude: holds() returned ${what}, expected true, false or "unknown"`);
}

/** The verdict is kept even if an analysis throws: a note in the history says what failed. */
function attempt<T>({ run, progress, mark }: ConcludeParts, what: string, analyse: () => T): T | undefined {
  try {
    return analyse();
  } catch (error) {
    const text = `Cannot ${what}: ${(error as Error).stack ?? String(error)}`;
    progress.say(text);
    if (mark === undefined) run.record({ kind: "note", atMs: run.now(), text });
    return undefined;
  }
}

/** The timeline as text, and if wanted as a picture. */
async function draw(
  history: History,
  { explanation, picture }: { explanation: Explanation; picture: boolean },
): Promise<Picture> {
  const columns = process.stdout.columns ?? 100;
  if (picture) return await timelineOf(history, { columns, explanation });
  return { text: timeline(history, { width: columns, explanation }) };
}

async function printConclusion(
  { claim, verdict, judgement, predictionChecks: predictions, explanation, dir, ...rest }: Conclusion,
  { drawn, mark, history }: { drawn: Picture; mark: string | undefined; history: History },
): Promise<void> {
  await show(isNotebook() ? drawn : ["", ...drawn.text]);
  const lines = [
    printable(`claim: ${claim}`),
    verdictWords(verdict),
    ...verdictLines(judgement),
    ...predictionCheckLines(predictions, { explanation }),
    ...groupPredictionCheckLines(rest.groupPredictionChecks),
    ...explanationSummary(explanation, { checks: predictions }),
    ...missingLines(history),
    ...strangerLines(history),
  ];
  const where = printable(`${mark ?? "run"}: ${toReader(dir)}`);
  printText(["", ...lines, where].join("\n"));
}
