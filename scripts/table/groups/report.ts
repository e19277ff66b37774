// The groups' table as rows of text, misses first: the same for a terminal and for the page.

import { readable } from "@kafka-failure-lab/sdk";
import { percent, WINDOWS_RIGHT } from "../compare.ts";
import { boundWords, compareGroup, type GroupComparison } from "./compare.ts";
import type { GroupTableData } from "./data.ts";
import type { MeasuredGroupRow } from "./measured.ts";
import { groupFaultWords, type GroupRow, groupWords, sceneWords } from "./row.ts";
import { GROUP_ROWS } from "./rows.ts";

/** A run, its row, and how it compares. */
export interface ComparedGroup {
  readonly row: GroupRow;
  readonly run: MeasuredGroupRow;
  readonly comparison: GroupComparison;
}

/** Puts each run beside its row, misses first; a run whose row is gone is left out. */
export function comparedGroups(
  { rows }: Pick<GroupTableData, "rows">,
  list: readonly GroupRow[] = GROUP_ROWS,
): ComparedGroup[] {
  const all = list.flatMap((row) =>
    rows
      .filter(({ id }) => id === row.id)
      .map((run): ComparedGroup => ({ row, run, comparison: compareGroup(run.prediction, run.facts) })),
  );
  const isMiss = ({ comparison }: ComparedGroup): boolean => comparison.misses.length > 0;
  return [...all.filter(isMiss), ...all.filter((one) => !isMiss(one))];
}

/** The head of the groups' table. */
export const GROUP_HEAD: readonly string[] = [
  "",
  "row",
  "fault",
  "group",
  "cluster",
  "predicted",
  "measured",
  "commits",
  "skipped",
  "processed again",
];

/** One run as a row of the groups' table. */
export function groupCells({ row, run: { prediction, facts }, comparison }: ComparedGroup): string[] {
  const { misses, open } = comparison;
  const { commits } = prediction;
  return [
    misses.length > 0 ? "MISS" : open.length > 0 ? "inconclusive" : "right",
    row.id,
    groupFaultWords(row),
    groupWords(row),
    sceneWords(row),
    predictedWords(prediction),
    measuredWords(comparison),
    commits === null ? "-" : `${oddsWords(commits)}; ${facts.commits > 0 ? "go on" : "none"}`,
    `${boundWords(prediction.skipped)}; ${facts.skipped}`,
    `${boundWords(prediction.repeated)}; ${facts.repeated}`,
  ];
}

/** What is wrong with each miss, a line each, and why as far as it is known. */
export function groupMissLines(
  all: readonly ComparedGroup[],
  why: Readonly<Record<string, string>>,
): string[] {
  return all.flatMap(({ row, comparison }) =>
    comparison.misses.map((miss) => `${row.id}: ${miss}. ${why[row.id] ?? "Open: not explained yet."}`),
  );
}

/** How many outcomes and windows came as predicted; what was not conclusive is not among them. */
export function groupTally(comparisons: readonly GroupComparison[]): {
  outcomes: number;
  outcomesRight: number;
  windows: number;
  windowsRight: number;
} {
  const outcomes = comparisons.flatMap((one) => one.outcomes).filter(({ verdict }) => verdict !== "unknown");
  const windows = comparisons
    .flatMap(({ window }) => window ?? [])
    .filter(({ verdict }) => verdict !== "unknown");
  return {
    outcomes: outcomes.length,
    outcomesRight: outcomes.filter(({ verdict }) => verdict === true).length,
    windows: windows.length,
    windowsRight: windows.filter(({ verdict }) => verdict === true).length,
  };
}

/** `outcomes right 300/300, windows 58/60 = 96.6 %`. */
export function groupCountLine(all: readonly ComparedGroup[]): string {
  const tally = groupTally(all.map(({ comparison }) => comparison));
  const share = percent(tally.windowsRight, tally.windows);
  return (
    `outcomes right ${tally.outcomesRight}/${tally.outcomes}, ` +
    `windows ${tally.windowsRight}/${tally.windows} = ${share}`
  );
}

/**
 * The exit code: 0 the table holds, 2 it does not, 3 nothing was measured, or not everything.
 *
 * @param failed how many rows were not measured
 */
export function groupExitCode(all: readonly ComparedGroup[], failed = 0): 0 | 2 | 3 {
  if (all.length === 0) return 3;
  const { outcomes, outcomesRight, windows, windowsRight } = groupTally(all.map((one) => one.comparison));
  if (outcomesRight < outcomes || windowsRight < windows * WINDOWS_RIGHT) return 2;
  return failed > 0 || all.some(({ comparison }) => comparison.open.length > 0) ? 3 : 0;
}

function oddsWords(odds: number): string {
  return odds === 0 ? "none" : odds === 1 ? "go on" : `at ${Math.round(odds * 100)} %`;
}

function predictedWords({ reads, standstill, rebalance }: MeasuredGroupRow["prediction"]): string {
  const share = reads === 1 ? "" : `, at ${Math.round(reads * 100)} %`;
  const reading =
    reads === 0 || standstill === null
      ? "never read"
      : `${readable(standstill.fromMs)} to ${readable(standstill.toMs)}${share}`;
  const joins =
    rebalance === 0
      ? "no rebalance"
      : rebalance === 1
        ? "rebalance"
        : `rebalance at ${Math.round(rebalance * 100)} %`;
  return `${reading}; ${joins}`;
}

function measuredWords({ window, outcomes }: GroupComparison): string {
  const came = (name: string): boolean => outcomes.find((one) => one.name === name)?.measured === "yes";
  const reading = window !== null && came("reads again") ? readable(window.measuredMs) : "never read";
  return `${reading}; ${came("rebalance") ? "rebalance" : "no rebalance"}`;
}
