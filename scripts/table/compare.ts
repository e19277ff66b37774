// What was predicted of a row beside what was measured: outcome by outcome, and the window.
//
//   certain (0, 1, "no")   must come          race (between 0 and 1), "possible"   holds whatever comes

import { type Odds, type Possibility, type Prediction, readable, type Verdict } from "@kafka-failure-lab/sdk";
import type { Facts, MeasuredRow } from "./measured.ts";

/** What is said of a fault beside its window. */
export type OutcomeName = "fails over" | "served" | "lost" | "duplicates" | "unknown";

/** One outcome: whether it came as predicted; unknown where it could not be measured. */
export interface Outcome {
  readonly name: OutcomeName;
  readonly verdict: Verdict;
  readonly predicted: string;
  readonly measured: string;
}

/** The time without an acknowledged send beside its window; none where the client was never served. */
export interface Window {
  readonly verdict: boolean;
  readonly fromMs: number;
  readonly toMs: number;
  readonly measuredMs: number;
}

export interface Comparison {
  readonly outcomes: readonly Outcome[];
  readonly window: Window | null;
  /** A sentence for each that did not come as predicted. */
  readonly misses: readonly string[];
}

/**
 * Compares one run of a row with what was said before.
 *
 * @param facts.watchedMs how long the fault lasted: what was predicted for later is unknown
 */
export function compare(prediction: Prediction, facts: Facts & Pick<MeasuredRow, "watchedMs">): Comparison {
  const isEarly = prediction.gap !== null && facts.watchedMs < prediction.gap.toMs;
  const outcomes: Outcome[] = [
    certain("fails over", prediction.failsOver, facts.failsOver, isEarly),
    certain("served", prediction.served, facts.served, isEarly),
    counted("lost", prediction.lost, facts.lost),
    counted("duplicates", prediction.duplicates, facts.duplicates),
    counted("unknown", prediction.unknown, facts.unknown),
  ];
  const window = windowOf(prediction, facts);
  return {
    outcomes,
    window,
    misses: [...outcomes.flatMap(missOf), ...(window === null || window.verdict ? [] : [windowMiss(window)])],
  };
}

/** How many outcomes and windows of several runs came as predicted. */
export interface Tally {
  readonly outcomes: number;
  readonly outcomesRight: number;
  readonly windows: number;
  readonly windowsRight: number;
}

/** Counts; an outcome that could not be measured is not among them. */
export function tally(comparisons: readonly Comparison[]): Tally {
  const outcomes = comparisons.flatMap((one) => one.outcomes).filter(({ verdict }) => verdict !== "unknown");
  const windows = comparisons.flatMap(({ window }) => window ?? []);
  return {
    outcomes: outcomes.length,
    outcomesRight: outcomes.filter(({ verdict }) => verdict === true).length,
    windows: windows.length,
    windowsRight: windows.filter(({ verdict }) => verdict).length,
  };
}

/** What the table has to hold: no outcome wrong, and this share of the windows right. */
export const WINDOWS_RIGHT = 0.95;

/**
 * The exit code: 0 the table holds, 2 it does not, 3 nothing was measured.
 *
 * @param failed how many runs could not be made: with them, what holds for the others is not known for the
 *   table
 */
export function exitCodeOf(comparisons: readonly Comparison[], failed = 0): 0 | 2 | 3 {
  if (comparisons.length === 0) return 3;
  const { outcomes, outcomesRight, windows, windowsRight } = tally(comparisons);
  if (outcomesRight < outcomes || windowsRight < windows * WINDOWS_RIGHT) return 2;
  return failed > 0 ? 3 : 0;
}

/** A share in percent, rounded down: 94.9 is not 95. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? "-" : `${(Math.floor((part / whole) * 1000) / 10).toFixed(1)} %`;
}

function certain(name: OutcomeName, odds: Odds, came: boolean, isEarly: boolean): Outcome {
  const predicted = odds === 0 ? "no" : odds === 1 ? "yes" : `a race, ${Math.round(odds * 100)} %`;
  const isRight = (odds !== 0 && odds !== 1) || came === (odds === 1);
  return {
    name,
    verdict: isRight || (isEarly && !came ? "unknown" : false),
    predicted,
    measured: came ? "yes" : "no",
  };
}

function counted(name: OutcomeName, predicted: Possibility, came: number | null): Outcome {
  if (came === null)
    return { name, verdict: predicted === "possible" ? true : "unknown", predicted, measured: "?" };
  return { name, verdict: predicted === "possible" || came === 0, predicted, measured: String(came) };
}

function windowOf({ gap }: Prediction, { gapMs }: Facts): Window | null {
  if (gap === null || gapMs === null) return null;
  return {
    verdict: gapMs >= gap.fromMs && gapMs <= gap.toMs,
    fromMs: gap.fromMs,
    toMs: gap.toMs,
    measuredMs: gapMs,
  };
}

function missOf({ name, verdict, predicted, measured }: Outcome): string[] {
  if (verdict === true) return [];
  if (verdict === "unknown") {
    const why =
      measured === "?"
        ? "not everything could be read back"
        : "the fault did not last as long as was predicted";
    return [`${name}: predicted ${predicted}; inconclusive: ${why}`];
  }
  switch (name) {
    case "fails over":
      return [
        measured === "yes"
          ? "another broker became the leader, predicted that none does"
          : "no other broker became the leader, predicted that one does",
      ];
    case "served":
      return [
        measured === "yes"
          ? "the client was served again, predicted never"
          : "the client was never served again, predicted that it is",
      ];
    case "lost":
      return [`${measured} acknowledged records were lost, predicted none`];
    case "duplicates":
      return [`${measured} records were appended twice, predicted none`];
    case "unknown":
      return [`${measured} sends ended without anybody knowing, predicted none`];
  }
}

function windowMiss({ fromMs, toMs, measuredMs }: Window): string {
  const by =
    measuredMs < fromMs
      ? `${readable(fromMs - measuredMs)} too short`
      : `${readable(measuredMs - toMs)} too long`;
  const predicted = `${readable(fromMs)} to ${readable(toMs)}`;
  return `${readable(measuredMs)} without an acknowledged send, predicted ${predicted}: ${by}`;
}
