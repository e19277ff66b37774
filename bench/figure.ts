// What was measured, as one line of the report: the spread of the runs, and whether the target holds.

export type Unit = "ms" | "s" | "MB" | "sends" | "sends/s" | "records/s" | "µs" | "ratio";

/** A bound on one number of the spread. */
export interface Limit {
  statistic: "min" | "median" | "max";
  atMost?: number;
  atLeast?: number;
}

/** One measured quantity. */
export interface Figure {
  readonly what: string;
  readonly unit: Unit;
  readonly values: readonly number[];
  readonly min: number;
  readonly median: number;
  readonly max: number;
  /** What is asked of it, for a person; absent where it is printed for information only. */
  readonly target?: string;
  readonly holds?: boolean;
}

/** Says what is going on; a line for whatever takes over two seconds. */
export type Say = (line: string) => void;

/** The options of each part of the benchmark. */
export interface PartOptions {
  /** How often to measure; each part has its own default. */
  runs: number | undefined;
  /** A folder for the runs' files, removed at the end. */
  folder: string;
  say: Say;
}

/** Sums the runs up; without a single value no target holds. */
export function figure(
  what: string,
  unit: Unit,
  values: readonly number[],
  limits: readonly Limit[] = [],
): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  const spread = { min: sorted[0] ?? NaN, median: middle(sorted), max: sorted.at(-1) ?? NaN };
  const kept = (limit: Limit): boolean =>
    spread[limit.statistic] <= (limit.atMost ?? Infinity) &&
    spread[limit.statistic] >= (limit.atLeast ?? -Infinity);
  return {
    what,
    unit,
    values,
    ...spread,
    ...(limits.length === 0 ? {} : { target: limits.map(text).join(", "), holds: limits.every(kept) }),
  };
}

/** The ratios of runs that were made in pairs, one after the other. */
export function pairwise(values: readonly number[], others: readonly number[]): number[] {
  return values.map((value, index) => value / (others[index] ?? NaN));
}

/** The figure's cells of the report's table. */
export function cells({ what, unit, values, min, median, max, target = "", holds }: Figure): string[] {
  const verdict = holds === undefined ? "" : holds ? "holds" : "MISSED";
  return [
    what,
    ...[min, median, max].map((value) => written(value, unit)),
    unit === "ratio" ? "" : unit,
    String(values.length),
    target,
    verdict,
  ];
}

function middle(sorted: readonly number[]): number {
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? NaN) + upper) / 2;
}

function text({ statistic, atMost, atLeast }: Limit): string {
  const bounds = [
    ...(atLeast === undefined ? [] : [`≥ ${atLeast}`]),
    ...(atMost === undefined ? [] : [`≤ ${atMost}`]),
  ];
  return `${statistic} ${bounds.join(" and ")}`;
}

const DIGITS: Readonly<Record<Unit, number>> = {
  ms: 2,
  s: 2,
  MB: 0,
  sends: 0,
  "sends/s": 0,
  "records/s": 0,
  µs: 0,
  ratio: 3,
};

function written(value: number, unit: Unit): string {
  return Number.isFinite(value) ? value.toFixed(DIGITS[unit]) : value === Infinity ? "never" : "-";
}
