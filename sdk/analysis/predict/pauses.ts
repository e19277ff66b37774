// How long a client's retries last, as a distribution: for a race between the retries and the cluster.
//
//   kafkajs   pause₀ = initialRetryTime × u₀, pauseₖ₊₁ = min(2 × pauseₖ × uₖ₊₁, maxRetryTime), with u uniform
//             from 0.8 to 1.2 (retry/index.js)
//   sum       pause₀ × (1 + 2 u₁ (1 + 2 u₂ (1 + …))): each step inwards is a step of a one-dimensional
//             distribution
//
// A distribution is a list of equally probable values, without random numbers. kafkajs's default of five
// retries: median 9.2 s, 6.8 to 12.2 s for 80 %.

import type { KnownClient } from "./circumstances.ts";
import type { Odds, Span } from "../../model/prediction.ts";

/** Equally probable values, in order. */
export type Distribution = readonly number[];

const POINTS = 300;
const FACTORS: Distribution = Array.from({ length: 25 }, (_, i) => 0.8 + (0.4 * (i + 0.5)) / 25);

type Retries = Pick<KnownClient, "initialRetryTime" | "maxRetryTime" | "retries">;

/** What was computed last: a client's predictions ask for the same again, for each branch. */
let last: { key: string; sum: Distribution } | undefined;

/** Returns the sum of a client's pauses between its tries, in milliseconds. */
export function pausesOf(client: Retries): Distribution {
  const key = `${client.initialRetryTime} ${client.maxRetryTime} ${client.retries}`;
  if (last?.key !== key) last = { key, sum: computed(client) };
  return last.sum;
}

function computed({ initialRetryTime, maxRetryTime, retries }: Retries): Distribution {
  if (retries <= 0) return [0];
  const growing = Math.min(
    retries,
    Math.max(1, Math.ceil(Math.log2(Math.max(1, maxRetryTime / Math.max(1, initialRetryTime))))),
  );
  let inner: Distribution = [1];
  for (let step = 1; step < growing; step++)
    inner = evenly(inner.flatMap((x) => FACTORS.map((u) => 1 + 2 * u * x)));
  const grown = evenly(
    inner.flatMap((x) => FACTORS.map((u) => Math.min(maxRetryTime * growing, initialRetryTime * u * x))),
  );
  const rest = (retries - growing) * maxRetryTime;
  return grown.map((ms) => ms + rest);
}

function evenly(values: number[]): Distribution {
  values.sort((a, b) => a - b);
  if (values.length <= POINTS) return values;
  return Array.from({ length: POINTS }, (_, i) => values[Math.floor(((i + 0.5) * values.length) / POINTS)]!);
}

/** The value that a share of the distribution is below. */
export function quantile(distribution: Distribution, share: number): number {
  return distribution[Math.min(distribution.length - 1, Math.floor(share * distribution.length))]!;
}

/** Values spread evenly over a window. */
export function even({ fromMs, toMs }: Span): Distribution {
  if (toMs <= fromMs) return [fromMs];
  return Array.from({ length: 100 }, (_, i) => fromMs + ((toMs - fromMs) * (i + 0.5)) / 100);
}

/** How probable it is that one lasts at least as long as the other, each by itself. */
export function outlasts(one: Distribution, other: Distribution): Odds {
  let count = 0;
  for (const a of one) for (const b of other) if (a >= b) count++;
  return count / (one.length * other.length);
}

/**
 * The pause that is under way at a time, about; a send that fails for good is followed by one that begins
 * anew.
 */
export function pauseAt(
  {
    initialRetryTime,
    maxRetryTime,
    retries,
  }: Pick<KnownClient, "initialRetryTime" | "maxRetryTime" | "retries">,
  atMs: number,
): number {
  let pause = Math.max(1, initialRetryTime);
  let longest = pause;
  for (let [sum, count] = [0, 0]; sum < atMs && count < retries && pause < maxRetryTime; count++) {
    sum += pause;
    longest = pause;
    pause = Math.min(2 * pause, maxRetryTime);
  }
  return Math.min(maxRetryTime, Math.max(longest, pause < maxRetryTime || retries === 0 ? longest : pause));
}
