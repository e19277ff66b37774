// An explanation in words: a line a window, then a line a part, and what proves it beneath.
import { readable } from "../../model/duration.ts";
import type {
  PredictionCheck,
  Evidence,
  ExplainedStandstill,
  ExplainedWindow,
  Part,
  ShownExplanation,
} from "../../analysis/explain/mod.ts";
import { shortNames } from "../../model/member.ts";
import { partitionName } from "../../model/partition.ts";
import { printable } from "../../model/printable.ts";
import { windowOf } from "./prediction-check.ts";
import { plain, type Paint, type PaintOptions, type Tone } from "./paint.ts";
import { padded } from "./width.ts";

/**
 * Returns every window as text: `measured: 9.3 s = 8.6 s until broker 1 was fenced + …`, its parts, and the
 * evidence of each with its moment in the run.
 */
export function explanationLines(
  explanation: ShownExplanation,
  { paint = plain }: PaintOptions = {},
): string[] {
  const { windows, groups = [] } = explanation;
  const isShared = isSharedBy(windows);
  const none = groups.length > 0 ? [] : ["no time without an acknowledged send was long enough to explain"];
  return [
    ...(windows.length === 0 ? none : []),
    ...windows.flatMap((window) => withParts(headOf(window, isShared), window.parts, paint)),
    ...groups.flatMap((one) => withParts(headOfGroup(one, 0), one.parts, paint)),
  ];
}

function withParts(head: string, parts: readonly Part[], paint: Paint): string[] {
  return [paint(printable(head), "strong"), ...parts.flatMap((part) => partLines(part, paint))];
}

/**
 * How many windows a terminal is shown, of clients and of groups each; `explanation.txt` of the run has all
 * of them, with their evidence.
 */
const SHOWN = 6;

/**
 * Returns a line for each window that a fault was open in, the longest first, at most six, but for those that
 * a prediction's lines tell of; and for each time in which partitions of a group stood still.
 */
export function explanationSummary(
  explanation: ShownExplanation,
  { checks = [], paint = plain }: PaintOptions & { checks?: readonly PredictionCheck[] } = {},
): string[] {
  const { windows, groups = [] } = explanation;
  const known = new Set(checks.map((one) => windowOf(one, explanation)));
  const isShared = isSharedBy(windows);
  const wanted = longestFirst(windows.filter((window) => window.faults.length > 0 && !known.has(window)));
  const together = togetherIn(groups);
  const rest = Math.max(0, wanted.length - SHOWN) + Math.max(0, together.length - SHOWN);
  return [
    ...wanted.slice(0, SHOWN).map((window) => printable(headOf(window, isShared))),
    ...together.slice(0, SHOWN).map(({ longest, more }) => printable(headOfGroup(longest, more))),
    ...(rest > 0 ? [paint(`${rest} more in explanation.txt`, "dim")] : []),
  ];
}

function isSharedBy(windows: readonly ExplainedWindow[]): boolean {
  return new Set(windows.map(({ client, topic }) => `${client} ${topic}`)).size > 1;
}

function longestFirst<Window extends { tookMs: number }>(windows: readonly Window[]): Window[] {
  return [...windows].sort((a, b) => b.tookMs - a.tookMs);
}

interface Together {
  longest: ExplainedStandstill;
  /** How many more partitions of the group stood still meanwhile. */
  more: number;
}

/** Partitions of a group that stood still at the same time, by the longest of them. */
function togetherIn(groups: readonly ExplainedStandstill[]): Together[] {
  const found: Together[] = [];
  for (const one of longestFirst(groups)) {
    const same = found.find(
      ({ longest: { group, fromMs, toMs } }) => group === one.group && fromMs < one.toMs && toMs > one.fromMs,
    );
    if (same === undefined) found.push({ longest: one, more: 0 });
    else same.more++;
  }
  return found;
}

function headOf({ client, topic, sentence, fromMs, faults }: ExplainedWindow, isShared: boolean): string {
  const by = isShared ? ` by ${client} on ${topic}` : "";
  return `measured${by}: ${sentence}  (at ${when({ fromMs, faults })})`;
}

function headOfGroup(one: ExplainedStandstill, more: number): string {
  const { group, sentence, catchUpMs, waiting } = one;
  const others = more === 0 ? "" : `, and ${more} more partition${more === 1 ? "" : "s"}`;
  const after =
    catchUpMs === null || waiting === 0
      ? ""
      : `; ${waiting} records behind, caught up ${readable(catchUpMs)} later`;
  return `measured of ${group} on ${partitionName(one)}${others}: ${sentence}${after}  (at ${when(one)})`;
}

function when({ fromMs, faults }: Pick<ExplainedStandstill, "fromMs" | "faults">): string {
  const fault = faults[0];
  const why = fault === undefined ? "no fault" : `${fault.fault} ${shortNames(fault)}`;
  return `${readable(fromMs)}, ${why}`;
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
    case "event":
      return printable(`${at(evidence.atMs)}  ${evidence.source}  ${evidence.text}`);
    case "fault":
      return printable(`${at(evidence.atMs)}  fault  ${evidence.text}`);
    case "machine":
      return printable(`${at(evidence.atMs)}  machine  ${evidence.text}`);
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
