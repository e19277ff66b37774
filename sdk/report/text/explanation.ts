// An explanation in words: a line a window, then a line a part, and what proves it beneath.
import { readable } from "../../model/duration.ts";
import type {
  PredictionCheck,
  Evidence,
  ExplainedWindow,
  Explanation,
  Part,
} from "../../analysis/explain/mod.ts";
import { printable } from "../../model/printable.ts";
import { windowOf } from "./prediction-check.ts";
import { plain, type Paint, type PaintOptions, type Tone } from "./paint.ts";
import { padded } from "./width.ts";

/**
 * Returns every window as text: `measured: 9.3 s = 8.6 s until broker 1 was fenced + …`, its parts, and the
 * evidence of each with its moment in the run.
 */
export function explanationLines({ windows }: Explanation, { paint = plain }: PaintOptions = {}): string[] {
  if (windows.length === 0) return ["no time without an acknowledged send was long enough to explain"];
  const isShared = new Set(windows.map(({ client, topic }) => `${client} ${topic}`)).size > 1;
  return windows.flatMap((window) => [
    paint(printable(headOf(window, isShared)), "strong"),
    ...window.parts.flatMap((part) => partLines(part, paint)),
  ]);
}

/**
 * How many windows a terminal is shown; `explanation.txt` of the run has all of them, with their evidence.
 */
const SHOWN = 6;

/**
 * Returns a line for each window that a fault was open in, the longest first, at most six, but for those that
 * a prediction's lines tell of.
 */
export function explanationSummary(
  explanation: Explanation,
  { checks = [], paint = plain }: PaintOptions & { checks?: readonly PredictionCheck[] } = {},
): string[] {
  const { windows } = explanation;
  const known = new Set(checks.map((one) => windowOf(one, explanation)));
  const isShared = new Set(windows.map(({ client, topic }) => `${client} ${topic}`)).size > 1;
  const wanted = windows
    .filter((window) => window.faults.length > 0 && !known.has(window))
    .sort((a, b) => b.tookMs - a.tookMs);
  const rest = wanted.length - SHOWN;
  return [
    ...wanted.slice(0, SHOWN).map((window) => printable(headOf(window, isShared))),
    ...(rest > 0 ? [paint(`${rest} more in explanation.txt`, "dim")] : []),
  ];
}

function headOf({ client, topic, sentence, fromMs, faults }: ExplainedWindow, isShared: boolean): string {
  const fault = faults[0];
  const why = fault === undefined ? "no fault" : `${fault.fault} ${fault.targets.join(", ")}`;
  return (
    `measured${isShared ? ` by ${client} on ${topic}` : ""}: ${sentence}  (at ${readable(fromMs)}, ` +
    `${why})`
  );
}

function partLines({ kind, what, tookMs, evidence }: Part, paint: Paint): string[] {
  const tone: Tone = kind === "unexplained" ? "unsure" : "good";
  return [
    `${readable(tookMs).padStart(INDENT)}  ${paint(padded(kind, KIND), tone)}  ${printable(what)}`,
    ...evidence.map((one) => paint(`${" ".repeat(INDENT + 2)}${evidenceText(one)}`, "dim")),
  ];
}

function evidenceText(evidence: Evidence): string {
  switch (evidence.kind) {
    case "log":
      return printable(`${at(evidence.atMs)}  ${evidence.service}  ${evidence.text}`);
    case "view":
      return printable(`${at(evidence.atMs)}  seen  ${evidence.text}`);
    case "attempt":
      return printable(`${at(evidence.atMs)}  ${evidence.value}  ${evidence.text}`);
    case "fault":
      return printable(`${at(evidence.atMs)}  fault  ${evidence.text}`);
    case "timer":
      return printable(
        `${" ".repeat(MOMENT)}  ${evidence.text} (${evidence.timer.owner}; ${evidence.timer.source})`,
      );
    default:
      return evidence satisfies never;
  }
}

/** To the millisecond, as a log has it. */
function at(atMs: number): string {
  return `${(atMs / 1000).toFixed(3)} s`.padStart(MOMENT);
}

const INDENT = 10;
const KIND = 11;
const MOMENT = 10;
