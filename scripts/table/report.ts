// The table as rows of text, misses first: the same for a terminal and for the page.

import { readable } from "@kafka-failure-lab/sdk";
import { compare, type Comparison, percent, tally, type Tally } from "./compare.ts";
import type { TableData } from "./data.ts";
import type { MeasuredRow } from "./measured.ts";
import { clientWords, clusterWords, faultWords, type Row, targetWords } from "./row.ts";
import { ROWS } from "./rows.ts";

/** A run, its row, and how it compares. */
export interface Told {
  readonly row: Row;
  readonly run: MeasuredRow;
  readonly comparison: Comparison;
}

/**
 * Puts each run beside its row, misses first, then in the rows' order; a run whose row is gone is left out.
 */
export function told({ rows }: Pick<TableData, "rows">, list: readonly Row[] = ROWS): Told[] {
  const all = list.flatMap((row) =>
    rows
      .filter(({ id }) => id === row.id)
      .map(
        (run): Told => ({
          row,
          run,
          comparison: compare(run.prediction, { ...run.facts, watchedMs: run.watchedMs }),
        }),
      ),
  );
  const isMiss = ({ comparison }: Told): boolean => comparison.misses.length > 0;
  return [...all.filter(isMiss), ...all.filter((one) => !isMiss(one))];
}

/** The head of the table. */
export const HEAD: readonly string[] = [
  "",
  "row",
  "fault",
  "target",
  "cluster",
  "client",
  "predicted",
  "measured",
  "lost",
  "duplicates",
  "unknown",
];

/** One run as a row of the table. */
export function cells({ row, run: { prediction, facts }, comparison }: Told): string[] {
  return [
    comparison.misses.length > 0 ? "MISS" : "right",
    row.id,
    faultWords(row),
    targetWords(row),
    clusterWords(row),
    clientWords(row),
    predictedWords(prediction),
    measuredWords(facts),
    facts.lost === null ? "?" : String(facts.lost),
    String(facts.duplicates),
    String(facts.unknown),
  ];
}

/** What is wrong with each miss, a line each, and why as far as it is known. */
export function missLines(all: readonly Told[], why: Readonly<Record<string, string>>): string[] {
  return all.flatMap(({ row, comparison }) =>
    comparison.misses.map((miss) => `${row.id}: ${miss}. ${why[row.id] ?? "Open: not explained yet."}`),
  );
}

/** `outcomes right 210/210, windows 40/41 = 97.5 %`. */
export function countLine(all: readonly Told[]): string {
  const { outcomes, outcomesRight, windows, windowsRight }: Tally = tally(
    all.map(({ comparison }) => comparison),
  );
  const share = percent(windowsRight, windows);
  return `outcomes right ${outcomesRight}/${outcomes}, windows ${windowsRight}/${windows} = ${share}`;
}

function predictedWords({ failsOver, served, gap }: MeasuredRow["prediction"]): string {
  const moves =
    failsOver === 0 ? "stays" : failsOver === 1 ? "moves" : `moves at ${Math.round(failsOver * 100)} %`;
  if (served === 0 || gap === null) return `${moves}; never`;
  const share = served === 1 ? "" : `, at ${Math.round(served * 100)} %`;
  return `${moves}; ${readable(gap.fromMs)} to ${readable(gap.toMs)}${share}`;
}

function measuredWords({ failsOver, gapMs }: MeasuredRow["facts"]): string {
  return `${failsOver ? "moves" : "stays"}; ${gapMs === null ? "never" : readable(gapMs)}`;
}
