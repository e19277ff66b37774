// What was predicted for a consumer group beside what came, in words.

import type { GroupPredictionCheck, MeasuredGroup } from "../../analysis/explain/mod.ts";
import { readable } from "../../model/duration.ts";
import { namedMembers } from "../../model/member.ts";
import { partitionName } from "../../model/partition.ts";
import { printable } from "../../model/printable.ts";
import { plain, type PaintOptions } from "./paint.ts";
import { BUSY, WORDS } from "./prediction-check.ts";

/**
 * Returns three lines a prediction at most: what was predicted, what was measured, and in what they disagree.
 */
export function groupPredictionCheckLines(
  checks: readonly GroupPredictionCheck[],
  { paint = plain }: PaintOptions = {},
): string[] {
  return checks.flatMap((check) => {
    const { group, prediction, measured, verdict, disagreements, busy } = check;
    const predicted = printable(`predicted for group ${group}: ${prediction.sentence}`);
    if (measured === null)
      return [predicted, paint(printable(`    not measured: ${whyNotMeasured(check)}`), "dim")];
    return [
      predicted,
      `${printable(`measured for group ${group}: ${outcomeOf(measured)}`)}: ` +
        paint(
          busy === undefined ? WORDS[`${verdict}`] : BUSY,
          verdict === true ? "good" : verdict === false ? "bad" : "unsure",
        ),
      ...disagreements.map((text) => paint(printable(`    ${text}`), "dim")),
    ];
  });
}

function whyNotMeasured({ group, prediction, fault }: GroupPredictionCheck): string {
  if (fault !== null) return `the run has nothing of the group ${group}`;
  const { members, targets, resources } = prediction;
  const whom =
    members.length > 0
      ? `member ${members.join(", ")}`
      : namedMembers({ targets, ...(resources && { resources }) });
  return `no ${prediction.fault} of ${whom} followed`;
}

function outcomeOf({ partitions, rebalanced, skipped, repeated, isCut }: MeasuredGroup): string {
  const [first] = [...partitions].sort((a, b) => b.standstillMs - a.standstillMs);
  const stood =
    first === undefined || first.standstillMs === 0
      ? "nothing was sent"
      : `${partitionName(first)} stood still ${first.isOpen ? "for at least" : "for"} ` +
        `${readable(first.standstillMs)}${partitions.length > 1 ? ", the longest" : ""}`;
  return (
    `${stood}; ${rebalanced ? "a rebalance" : "no rebalance"}; ${skipped} skipped, ` +
    `${repeated} processed again${isCut ? " (another fault struck while it lasted)" : ""}`
  );
}
