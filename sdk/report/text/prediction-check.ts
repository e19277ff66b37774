// What was predicted beside what came, in words.

import { readable } from "../../model/duration.ts";
import type { PredictionCheck, ExplainedWindow, Explanation } from "../../analysis/explain/mod.ts";
import { counted } from "../../analysis/check/mod.ts";
import { printable } from "../../model/printable.ts";
import { plain, type PaintOptions } from "./paint.ts";

export interface PredictionCheckOptions extends PaintOptions {
  /** Of the same history: what was measured is then told with its parts. */
  explanation?: Explanation;
}

/**
 * Returns three lines a prediction at most: what was predicted, what was measured, and in what they disagree.
 */
export function predictionCheckLines(
  checks: readonly PredictionCheck[],
  { paint = plain, explanation = { windows: [] } }: PredictionCheckOptions = {},
): string[] {
  return checks.flatMap((check) => {
    const { client, prediction, fault, measured, verdict, disagreements } = check;
    const predicted = printable(`predicted for ${client}: ${prediction.sentence}`);
    if (fault === null)
      return [
        predicted,
        paint(
          printable(
            `    not measured: no ${prediction.fault} of broker ${prediction.targets.join(", ")} followed`,
          ),
          "dim",
        ),
      ];
    if (measured === null)
      return [predicted, paint(printable(`    not measured: ${client} did not send while it lasted`), "dim")];
    const without =
      measured.gapMs === null
        ? `no acknowledged send for ${readable(measured.lastedMs)}`
        : `${readable(measured.gapMs)} without an acknowledged send`;
    const gap = windowOf(check, explanation)?.sentence ?? without;
    const counts =
      `${counted(measured.lost)} lost, ${counted(measured.duplicates, "duplicate")}` +
      `${measured.unknown > 0 ? `, ${counted(measured.unknown)} with unknown outcome` : ""}` +
      `${measured.isCut ? " (another fault struck while it lasted)" : ""}`;
    const isLate =
      measured.gapMs !== null &&
      prediction.gap !== null &&
      measured.gapMs < prediction.gap.fromMs &&
      measured.countedFromMs >= SHORT_MS;
    const from = isLate
      ? `, counted from ${readable(measured.countedFromMs)} after the ${prediction.fault} was asked for`
      : "";
    const outcome =
      `measured for ${client}: ${measured.failedOver ? "another broker leads; " : ""}${gap}${from}; ` +
      `${counts}`;
    return [
      predicted,
      `${printable(outcome)}: ` +
        `${paint(WORDS[`${verdict}`], verdict === true ? "good" : verdict === false ? "bad" : "unsure")}`,
      ...disagreements.map((text) => paint(printable(`    ${text}`), "dim")),
    ];
  });
}

/** The shortest time that is worth its parts. */
const SHORT_MS = 100;

/**
 * The window of an explanation that is a prediction's measured gap: that client's, of that fault, and as
 * long.
 */
export function windowOf(
  { client, fault, measured }: PredictionCheck,
  { windows }: Explanation,
): ExplainedWindow | undefined {
  if (measured === null || measured.gapMs === null || measured.gapMs < SHORT_MS) return undefined;
  const { gapMs } = measured;
  return windows.find(
    (window) =>
      window.client === client &&
      window.isOver &&
      window.faults.some(({ id }) => id === fault) &&
      Math.abs(window.tookMs - gapMs) < SHORT_MS,
  );
}

const WORDS: Readonly<Record<`${PredictionCheck["verdict"]}`, string>> = {
  true: "as predicted",
  false: "not as predicted",
  unknown: "inconclusive: too short, not the only fault, or not observed",
};
