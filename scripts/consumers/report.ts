// What became of groups of which a member went: as a table, as JSON, and as the figures of a notebook.

import { type Picture, type processedAll, readable, tableOf, type Verdict } from "@kafka-failure-lab/sdk";
import type { Figure } from "@kafka-failure-lab/sdk/scenario";
import { type Handled, type Judged, overWindow } from "./expected.ts";
import type { InHand } from "./in-hand.ts";
import type { Standstill } from "./standstill.ts";

/** One group, of which a member went. */
export interface Outcome {
  readonly name: string;
  /** How long the partition of that member stood still. */
  readonly time: Judged;
  /** How many records it may skip and process twice. */
  readonly most: Handled;
  /** Whether that member was at another batch than the one for which that was predicted. */
  readonly hasGoneOn: boolean;
  /** What the member had in hand. */
  readonly hand: InHand;
  /** What the group did with each record of the run. */
  readonly tally: ReturnType<typeof processedAll>["facts"]["groups"][number];
}

/** A row a group: predicted and measured. */
export function outcomeTable(outcomes: readonly Outcome[]): Picture {
  return tableOf(
    [
      ["group", "stood still", "predicted", "skipped", "at most", "twice", "at most", "as measured"],
      ...outcomes.map(({ name, time, most, tally }) => [
        name,
        stoodStill(time.measured),
        overWindow(time.expected),
        String(tally.skippedOfAll),
        String(most.skipped),
        String(tally.repeated),
        String(most.twice),
        tally.semantics,
      ]),
    ],
    { align: ["left", "right", "left", "right", "right", "right", "right", "left"] },
  );
}

/** A standstill in words: `6.1 s`, `at least 30 s`. */
export function stoodStill({ ms, isOpen }: Pick<Standstill, "ms" | "isOpen">): string {
  return `${isOpen ? "at least " : ""}${readable(ms)}`;
}

/**
 * Whether no more was skipped or processed twice than it may be, and something was skipped where commits come
 * before processing; of another batch than that of the prediction it says nothing.
 */
export function isWithin({ name, most, hasGoneOn, tally }: Outcome): Verdict {
  const isLeast = name !== "before" || tally.skippedOfAll > 0;
  if (isLeast && tally.skippedOfAll <= most.skipped && tally.repeated <= most.twice) return true;
  return hasGoneOn && "unknown";
}

/** As JSON. */
export function outcomeJson(outcome: Outcome): object {
  const { name, time, most, hand, hasGoneOn, tally } = outcome;
  const { expected, measured, verdict, busy } = time;
  return {
    name,
    ms: measured.ms,
    isOpen: measured.isOpen,
    expected,
    asPredicted: verdict,
    ...(busy !== undefined && { busy }),
    most,
    hand,
    hasGoneOn,
    isWithin: isWithin(outcome),
    skipped: tally.skippedOfAll,
    twice: tally.repeated,
    semantics: tally.semantics,
  };
}

/** What comes again in another run. */
export function outcomeFigures(outcomes: readonly Outcome[]): Record<string, Figure> {
  return Object.fromEntries(
    outcomes.flatMap(({ name, time, tally }): [string, Figure][] => [
      [`${name}: skips records`, { value: tally.skippedOfAll > 0 }],
      [`${name}: stands still`, timeFigure(time)],
    ]),
  );
}

/** A busy machine may double a time. */
export function timeFigure({
  expected,
  measured,
}: Pick<Judged, "expected"> & { measured: Pick<Standstill, "ms" | "isOpen"> }): Figure {
  const { ms, isOpen } = measured;
  return { ms: isOpen ? null : ms, within: [0, 2 * Math.max(ms, expected.toMs)] };
}
