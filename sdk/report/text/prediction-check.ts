// What was predicted beside what came, in words.

import { namedMembers } from "../../model/member.ts";
import { readable } from "../../model/duration.ts";
import type { PredictionCheck, ExplainedWindow, ShownExplanation } from "../../analysis/explain/mod.ts";
import { counted } from "../../analysis/check/mod.ts";
import { partitionName } from "../../model/partition.ts";
import { printable } from "../../model/printable.ts";
import { plain, type PaintOptions } from "./paint.ts";

export interface PredictionCheckOptions extends PaintOptions {
  /** Of the same history: what was measured is then told with its parts. */
  explanation?: ShownExplanation;
}

/**
 * Returns three lines a prediction at most: what was predicted, what was measured, and in what they disagree.
 */
export function predictionCheckLines(
  checks: readonly PredictionCheck[],
  { paint = plain, explanation = { windows: [] } }: PredictionCheckOptions = {},
): string[] {
  return checks.flatMap((check) => {
    const { client, prediction, measured, verdict, disagreements, busy } = check;
    const where = isOnePartition(check) ? "" : ` on ${partitionName(check)}`;
    const predicted = printable(`predicted for ${client}${where}: ${prediction.sentence}`);
    const why = whyNotMeasured(check);
    if (measured === null || why !== undefined)
      return [predicted, paint(printable(`    not measured: ${why ?? "nothing was sent"}`), "dim")];
    return [
      predicted,
      `${printable(outcomeOf(check, measured, explanation))}: ` +
        paint(
          busy === undefined ? WORDS[`${verdict}`] : BUSY,
          verdict === true ? "good" : verdict === false ? "bad" : "unsure",
        ),
      ...disagreements.map((text) => paint(printable(`    ${text}`), "dim")),
    ];
  });
}

function whyNotMeasured(check: PredictionCheck): string | undefined {
  const { client, prediction, fault, measured } = check;
  if (fault === null) return `no ${prediction.fault} of ${namedMembers(prediction)} followed`;
  if (measured !== null) return undefined;
  const where = isOnePartition(check) ? "" : ` to ${partitionName(check)}`;
  return `${client} did not send${where} while it lasted`;
}

function outcomeOf(
  check: PredictionCheck,
  measured: NonNullable<PredictionCheck["measured"]>,
  explanation: ShownExplanation,
): string {
  const { client, prediction } = check;
  const where = isOnePartition(check) ? "" : ` on ${partitionName(check)}`;
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
  return (
    `measured for ${client}${where}: ${measured.failedOver ? "another broker leads; " : ""}` +
    `${gap}${from}; ${counts}`
  );
}

/**
 * Of a topic with one partition nobody has to be told which one it is; nor is it known in files before 0.7.
 */
function isOnePartition({ isOnlyPartition, partition }: PredictionCheck): boolean {
  return isOnlyPartition !== false || partition === undefined;
}

/** The shortest time that is worth its parts. */
const SHORT_MS = 100;

/**
 * The window of an explanation that is a prediction's measured gap: that client's, of that fault, and as
 * long.
 */
export function windowOf(check: PredictionCheck, { windows }: ShownExplanation): ExplainedWindow | undefined {
  const { client, fault, measured } = check;
  if (measured === null || measured.gapMs === null || measured.gapMs < SHORT_MS) return undefined;
  const { gapMs } = measured;
  return windows.find(
    (window) =>
      window.client === client &&
      (isOnePartition(check) || (window.topic === check.topic && window.partition === check.partition)) &&
      window.isOver &&
      window.faults.some(({ id }) => id === fault) &&
      Math.abs(window.tookMs - gapMs) < SHORT_MS,
  );
}

/** Said where the machine could have made a disagreement. */
export const BUSY = "inconclusive: the machine was busy";
/** What a comparison came to. */
export const WORDS: Readonly<Record<`${PredictionCheck["verdict"]}`, string>> = {
  true: "as predicted",
  false: "not as predicted",
  unknown: "inconclusive: too short, not the only fault, or not observed",
};
