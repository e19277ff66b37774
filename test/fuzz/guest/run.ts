// A recorded run in the folder `run`: opened, then judged, explained and drawn in every way there is.

import {
  check,
  openRun,
  outage,
  type Picture,
  predictionChecks,
  type RecordedRun,
  tableOf,
  timelineOf,
} from "@kafka-failure-lab/sdk";
import {
  anomalyLines,
  anomalyTable,
  explanationLines,
  explanationSummary,
  headline,
  outcomeSummary,
  groupPredictionCheckLines,
  predictionCheckLines,
  recordTraceLines,
  verdictLines,
} from "@kafka-failure-lab/sdk/report";
import { exitCodeOf, verdictWords } from "@kafka-failure-lab/sdk/scenario";
import type { Job, Problem } from "../job.ts";
import { judgeError, judgeSvg, judgeText } from "./oracle.ts";

type Step = readonly [name: string, run: () => unknown];

/** Every way in which a run is told; each is tried, whatever became of the others. */
export async function run(job: Job): Promise<readonly Problem[]> {
  const given = JSON.stringify(job.files);
  let opened: RecordedRun;
  try {
    opened = await openRun("run");
  } catch (error) {
    return judgeError(error, given);
  }
  const problems: Problem[] = judgeText(opened.notes.join("\n"), given);
  for (const [name, render] of steps(opened)) {
    try {
      const output = await render();
      if (typeof output === "string") problems.push(...named(name, judgeText(output, given)));
    } catch (error) {
      problems.push(...named(name, judgeError(error, given)));
    }
  }
  if (job.argv?.includes("pictures")) problems.push(...(await pictures(opened, given)));
  return problems;
}

function steps(run: RecordedRun): readonly Step[] {
  const lines = (of: readonly string[]): string => of.join("\n");
  const { history } = run;
  const values = new Set(history.flatMap((event) => (event.kind === "send" ? [event.value] : [])));
  const options = { gapLimit: "1s", recoveryLimit: "1s", checks: ["progress", "recovery"] } as const;
  return [
    ["timeline", () => lines(run.timeline({ explanation: run.explain() }))],
    ["timeline", () => lines(run.timeline({ width: 40 }))],
    ["verdictLines", () => lines(verdictLines(run.judge()))],
    ["verdictLines", () => lines(verdictLines(check(history, options)))],
    ["headline", () => String(headline(run.judge()))],
    ["verdictWords", () => verdictWords(run.verdictWith(run.judge()))],
    ["exitCodeOf", () => exitCodeOf(run.verdictWith(run.judge()))],
    ["differences", () => lines(run.differences(run.judge()))],
    ["explanationLines", () => lines(explanationLines(run.explain()))],
    [
      "explanationSummary",
      () => lines(explanationSummary(run.explain(), { checks: run.predictionChecks() })),
    ],
    [
      "predictionCheckLines",
      () => lines(predictionCheckLines(predictionChecks(history), { explanation: run.explain() })),
    ],
    ["groupPredictionCheckLines", () => lines(groupPredictionCheckLines(run.groupPredictionChecks()))],
    ["anomalyLines", () => lines(anomalyLines(run.anomalies()))],
    ...[...values]
      .slice(0, 3)
      .map((value): Step => ["recordTraceLines", () => lines(recordTraceLines(run.recordTrace(value)))]),
    ["outage", () => outage(history, { topic: "my_topic" })],
    ["outcomeSummary", () => lines(outcomeSummary(run.judge()))],
  ];
}

async function pictures(run: RecordedRun, given: string): Promise<Problem[]> {
  const problems: Problem[] = [];
  const draws: readonly (readonly [string, () => Picture | Promise<Picture>])[] = [
    ["timelineOf", () => timelineOf(run.history, { explanation: run.explain() })],
    ["tableOf", () => tableOf(anomalyTable(run.anomalies()))],
  ];
  for (const [name, draw] of draws) {
    try {
      const { svg, text } = await draw();
      problems.push(
        ...named(name, [...judgeText(text.join("\n"), given), ...(svg === undefined ? [] : judgeSvg(svg))]),
      );
      // numbers that are none are drawn nowhere, and nobody sees it
      if (svg !== undefined) problems.push(...named(name, judgeText(svg.replace(/>[^<]*</g, "><"), given)));
    } catch (error) {
      problems.push(...named(name, judgeError(error, given)));
    }
  }
  return problems;
}

function named(name: string, problems: readonly Problem[]): Problem[] {
  return problems.map(({ kind, detail }) => ({ kind: `${name}: ${kind}`, detail }));
}
