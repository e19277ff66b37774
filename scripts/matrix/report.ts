// The matrix as rows for a terminal: what clients saw, a row for each combination of fixes; what the cluster
// did, a row a run.

import { type BeforeAfter, type Fix, readable } from "@kafka-failure-lab/sdk";
import { type Cell, COMBINATIONS, FIXES, HOWS, isSame, nameOf } from "./cell.ts";
import type { ClusterMeasured, MeasuredCell } from "./measured.ts";
import { missesOf } from "./verdict.ts";

/** What the clients of each cell saw; a `!` stands where that is not what was expected. */
export function clientRows(cells: readonly MeasuredCell[]): string[][] {
  const rows = COMBINATIONS.flatMap((fixes) => {
    const own = HOWS.map((how) => cells.find((cell) => isSame(cell, { fixes, how })));
    if (own.every((cell) => cell === undefined)) return [];
    const seen = own.flatMap((cell) =>
      cell === undefined
        ? ["", ""]
        : [gap(cell.warm), `${gap(cell.cold)}${missesOf(cell).length > 0 ? " !" : ""}`],
    );
    return [[...marks(fixes, FIXES), ...seen, sum(own, "lost"), sum(own, "duplicates")]];
  });
  return [[...FIXES, "stop: warm", "cold", "kill: warm", "cold", "lost", "duplicates"], ...rows];
}

/** What each cluster did. */
export function clusterRows(runs: readonly ClusterMeasured[]): string[][] {
  const fixes = FIXES.filter((fix) => fix !== "bootstrap");
  const rows = runs.map((run) => {
    const { leader, isr, controller, clients, isrBackMs } = run;
    const backs = Object.values(clients).map(({ backMs }) => backMs);
    const back = backs.includes(null) ? null : Math.max(...backs.map(Number));
    return [
      ...marks(run.fixes, fixes),
      run.how,
      change(leader),
      change({ before: isr.before.join(","), after: isr.after.join(",") }),
      change(controller),
      gap(back),
      gap(isrBackMs),
    ];
  });
  return [[...fixes, "", "leader", "ISR", "controller", "clients back", "ISR full"], ...rows];
}

/** The cells that are not as expected, a line each. */
export function missLines(cells: readonly MeasuredCell[]): string[] {
  return cells.flatMap((cell) => missesOf(cell).map((miss) => `${describeCell(cell)}: ${miss}`));
}

/** What was predicted and measured in each run that was made here, in words. */
export function outcomeLines(
  runs: readonly (ClusterMeasured & { outcomes?: readonly string[] })[],
): string[] {
  return runs.flatMap(({ fixes, how, outcomes = [] }) =>
    outcomes.length === 0 ? [] : [`${how}, ${nameOf(fixes)}`, ...outcomes.map((line) => `  ${line}`)],
  );
}

/** A cell in words: `kill, replication+listeners`. */
export function describeCell({ how, fixes }: Cell): string {
  return `${how}, ${nameOf(fixes)}`;
}

function marks(fixes: readonly Fix[], of: readonly Fix[]): string[] {
  return of.map((fix) => (fixes.includes(fix) ? "fixed" : "·"));
}

function gap(ms: number | null): string {
  return ms === null ? "never" : readable(ms);
}

function sum(cells: readonly (MeasuredCell | undefined)[], of: "lost" | "duplicates"): string {
  const values = cells.flatMap((cell) => (cell === undefined ? [] : [cell[of]]));
  return values.includes(null)
    ? "?"
    : String(values.reduce((total: number, value) => total + Number(value), 0));
}

function change({ before, after }: BeforeAfter<number | string | null>): string {
  return `${before ?? "none"} → ${after ?? "none"}`;
}
