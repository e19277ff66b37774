// What was predicted of a group beside what was measured: outcome by outcome, and the window of each
// partition's standstill. The rules are those of the producers' table.
//
//   certain (0, 1)     must come          race (between 0 and 1)   holds whatever comes
//   at most n          as many, or less   any number               holds whatever comes
//
// What the machine could have made is unknown: the row is measured again.

import {
  type GroupPrediction,
  type Odds,
  readable,
  type RecordBound,
  type Verdict,
} from "@kafka-failure-lab/sdk";
import { couldBeMachine } from "@kafka-failure-lab/sdk/testing";
import type { Comparison, Window } from "../compare.ts";
import type { GroupFacts, PartitionFacts } from "./measured.ts";

/** What is said of a fault beside the window. */
export type GroupOutcomeName = "reads again" | "rebalance" | "commits" | "skipped" | "processed again";

/** One outcome. */
export interface GroupOutcome {
  readonly name: GroupOutcomeName;
  readonly verdict: Verdict;
  readonly predicted: string;
  readonly measured: string;
}

/** A row's outcomes and windows. */
export interface GroupComparison extends Pick<Comparison, "misses"> {
  readonly outcomes: readonly GroupOutcome[];
  /** The partition furthest out of its window, else the one that stood longest; null: none is read again. */
  readonly window: (Omit<Window, "verdict"> & { readonly verdict: Verdict }) | null;
  /** What was not measured, a sentence each: the row is measured again. */
  readonly open: readonly string[];
}

/** Records are sent one after the other: by so much a standstill may be longer or shorter. */
export const SPACING_MS = 150;

/** Compares one run of a row with what was said before. */
export function compareGroup(prediction: GroupPrediction, facts: GroupFacts): GroupComparison {
  const outcomes: GroupOutcome[] = [
    readsOutcome(prediction, facts),
    certain("rebalance", prediction.rebalance, facts.rebalanced, facts),
    ...(prediction.commits === null
      ? []
      : [certain("commits", prediction.commits, facts.commits > 0, facts)]),
    bounded("skipped", prediction.skipped, facts.skipped),
    bounded("processed again", prediction.repeated, facts.repeated),
  ];
  const window = windowOf(prediction, facts);
  const wrong = outcomes.filter(({ verdict }) => verdict === false);
  const open = outcomes.filter(({ verdict }) => verdict === "unknown");
  return {
    outcomes,
    window,
    misses: [...wrong.map(outcomeText), ...(window?.verdict === false ? [windowText(window)] : [])],
    open: [
      ...open.map((one) => `${outcomeText(one)}; ${facts.machine.text}`),
      ...(window?.verdict === "unknown" ? [`${windowText(window)}; ${facts.machine.text}`] : []),
    ],
  };
}

function stoodToTheEnd({ isOpen, standstillMs }: PartitionFacts): boolean {
  return isOpen && standstillMs > 0;
}

function readsOutcome({ reads, partitions, reasons }: GroupPrediction, facts: GroupFacts): GroupOutcome {
  const late = facts.partitions.filter((one) => {
    const predicted = partitions.find(({ partition }) => partition === one.partition)?.standstill;
    return stoodToTheEnd(one) && one.standstillMs > (predicted?.toMs ?? 0) + SPACING_MS;
  });
  const came = late.length === 0;
  const predicted = oddsWords(reads);
  const verdict = ((): Verdict => {
    if (reads > 0 && reads < 1) return true;
    if (came === (reads === 1)) return true;
    // kafkajs reads between its tries: its longest standstill may lie in front of the last one
    if (came) return reasons.includes("kafkajs restarts") ? "unknown" : false;
    return couldBeMachine(facts.machine, 0) ? "unknown" : false;
  })();
  return { name: "reads again", verdict, predicted, measured: came ? "yes" : "no" };
}

function certain(name: GroupOutcomeName, odds: Odds, came: boolean, facts: GroupFacts): GroupOutcome {
  const isRight = (odds !== 0 && odds !== 1) || came === (odds === 1);
  return {
    name,
    verdict: isRight || (couldBeMachine(facts.machine, 0) ? "unknown" : false),
    predicted: oddsWords(odds),
    measured: came ? "yes" : "no",
  };
}

function bounded(name: GroupOutcomeName, bound: RecordBound, measured: number): GroupOutcome {
  return {
    name,
    verdict: bound === null || measured <= bound,
    predicted: boundWords(bound),
    measured: String(measured),
  };
}

/** The window of the partition that is furthest out of its own. */
function windowOf(prediction: GroupPrediction, facts: GroupFacts): GroupComparison["window"] {
  const windows = prediction.partitions.flatMap((one) => {
    const own = facts.partitions.find(({ partition }) => partition === one.partition);
    if (own === undefined || one.standstill === null || one.reads < 1 || stoodToTheEnd(own)) return [];
    const { fromMs, toMs } = one.standstill;
    const measuredMs = own.standstillMs;
    const outMs = Math.max(measuredMs - toMs - SPACING_MS, fromMs - SPACING_MS - measuredMs);
    return [
      { fromMs, toMs, measuredMs, outMs, verdict: windowVerdict(own, outMs, measuredMs > toMs, facts) },
    ];
  });
  const [worst] = windows.sort((a, b) => rank(a) - rank(b) || b.measuredMs - a.measuredMs);
  if (worst === undefined) return null;
  const { fromMs, toMs, measuredMs, verdict } = worst;
  return { fromMs, toMs, measuredMs, verdict };
}

function rank({ verdict }: { verdict: Verdict }): number {
  return verdict === false ? 0 : verdict === "unknown" ? 1 : 2;
}

function windowVerdict(
  { usualMs }: PartitionFacts,
  outMs: number,
  isLong: boolean,
  { machine, machineBefore }: GroupFacts,
): Verdict {
  if (outMs <= 0) return true;
  if (!isLong) return couldBeMachine({ ...machineBefore, isBusy: false }, outMs) ? "unknown" : false;
  // members that wait so long without a fault wait longer with one
  return outMs <= 2 * usualMs || couldBeMachine(machine, outMs) ? "unknown" : false;
}

function oddsWords(odds: Odds): string {
  return odds === 0 ? "no" : odds === 1 ? "yes" : `a race, ${Math.round(odds * 100)} %`;
}

/** A bound in words. */
export function boundWords(bound: RecordBound): string {
  return bound === null ? "any number" : bound === 0 ? "none" : `at most ${bound}`;
}

function outcomeText({ name, predicted, measured }: GroupOutcome): string {
  return `${name}: ${measured}, predicted ${predicted}`;
}

function windowText({ fromMs, toMs, measuredMs }: Omit<Window, "verdict">): string {
  const by =
    measuredMs < fromMs
      ? `${readable(fromMs - measuredMs)} too short`
      : `${readable(measuredMs - toMs)} too long`;
  const predicted = `${readable(fromMs)} to ${readable(toMs)}`;
  return `a partition stood still for ${readable(measuredMs)}, predicted ${predicted}: ${by}`;
}
