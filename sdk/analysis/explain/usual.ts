// How long a time must be to be explained: much longer than those in which nothing happened.

interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Much longer than the median of these gaps, and than a least time, in milliseconds. */
export function longerThanUsual(usual: readonly Gap[]): (gap: Gap, leastMs: number) => boolean {
  const took = Float64Array.from(usual, ({ fromMs, toMs }) => toMs - fromMs).sort();
  const medianMs = took[took.length >> 1] ?? 0;
  return ({ fromMs, toMs }, leastMs) => toMs - fromMs > Math.max(TIMES * medianMs, leastMs);
}

const TIMES = 5;
