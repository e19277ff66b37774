// Where moments and durations stand in a picture, and what is written at their axes.

/** A length of time as an axis says it: `250 ms`, `2.5 s`, `1 m 30 s`, `2 h`. */
export function tickText(ms: number): string {
  const short = (value: number): string => String(Number(value.toPrecision(6)));
  if (ms === 0) return "0";
  if (ms < 1000) return `${short(ms)} ms`;
  if (ms < 60_000) return `${short(ms / 1000)} s`;
  const parts = [
    [Math.floor(ms / 3_600_000), "h"],
    [Math.floor(ms / 60_000) % 60, "m"],
    [Math.round((ms % 60_000) / 1000), "s"],
  ] as const;
  return parts
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(" ");
}

const STEPS: readonly number[] = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000,
  600_000, 900_000, 1_800_000,
];

/** Round moments from 0 to the end, `atMost` of them. */
export function timeTicks(endMs: number, atMost: number): number[] {
  const rough = endMs / Math.max(1, atMost - 1);
  const step = STEPS.find((one) => one >= rough) ?? Math.ceil(rough / 3_600_000) * 3_600_000;
  return Array.from({ length: Math.floor(endMs / step) + 1 }, (_, i) => i * step);
}

/** The logarithmic scale of latencies. */
export interface LatencyScale {
  fromMs: number;
  toMs: number;
  /** Powers of ten within. */
  ticks: readonly number[];
}

/** A scale with room for these latencies, at least a decade; what takes less than 0.1 ms stands at 0.1 ms. */
export function latencyScale(latencies: Iterable<number>): LatencyScale {
  let [low, high] = [Infinity, 0];
  for (const ms of latencies) {
    low = Math.min(low, atLeast(ms));
    high = Math.max(high, atLeast(ms));
  }
  if (low > high) [low, high] = [1, 100];
  const fromMs = low / 1.3;
  const toMs = Math.max(high * 1.3, fromMs * 10);
  const ticks: number[] = [];
  for (let power = Math.ceil(Math.log10(fromMs)); 10 ** power <= toMs; power++)
    ticks.push(Number((10 ** power).toPrecision(1)));
  return { fromMs, toMs, ticks };
}

/** Nothing is drawn below it: a logarithm of 0 is nowhere. */
export function atLeast(ms: number): number {
  return Math.max(0.1, ms);
}
