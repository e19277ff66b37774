// Random choices that a seed determines.

/** Draws values; the same seed gives the same draws. */
export interface Dice {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number, both ends included. */
  whole(least: number, most: number): number;
  /** A value whose logarithm is evenly distributed, with two significant digits. */
  scale(least: number, most: number): number;
  /** One of these. */
  one<T>(values: readonly T[]): T;
  /** One of these, each as often as its weight. */
  weighted<T>(values: readonly (readonly [weight: number, value: T])[]): T;
}

/** Makes dice from a seed (mulberry32). */
export function dice(seed: number): Dice {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    whole,
    scale: (least, most) => Math.min(most, Math.max(least, twoDigits(least * (most / least) ** next()))),
    one: (values) => values[whole(0, values.length - 1)]!,
    weighted(values) {
      let left = next() * values.reduce((sum, [weight]) => sum + weight, 0);
      return (values.find(([weight]) => (left -= weight) < 0) ?? values.at(-1)!)[1];
    },
  };
}

/** A whole number with two significant digits: 6382 is 6400. */
export function twoDigits(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.round(value / unit) * unit;
}
