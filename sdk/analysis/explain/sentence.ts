// An outage in one line: `9.3 s = 8.6 s until broker 1 was fenced + 0.1 s election of broker 2 + 0.6 s until
// the client refreshed its metadata`.

import type { Part } from "./explanation.ts";

/**
 * Writes parts as a sum that adds up as written: parts too short to show are given to a neighbour, and
 * roundings to the largest.
 */
export function sentenceOf(parts: readonly Part[], tookMs: number, isOver: boolean): string {
  const unit =
    tookMs < 1000
      ? { ms: 1, written: (n: number) => `${n} ms` }
      : { ms: 100, written: (n: number) => `${(n / 10).toFixed(1)} s` };
  const total = Math.round(tookMs / unit.ms);
  let terms = termsOf(parts);
  let counts = rounded(
    terms.map((term) => term.tookMs / unit.ms),
    total,
  );
  for (let least = leastOf(terms, counts, total); least !== -1; least = leastOf(terms, counts, total)) {
    terms = without(terms, least);
    counts = rounded(
      terms.map((term) => term.tookMs / unit.ms),
      total,
    );
  }
  return (
    `${unit.written(total)}${isOver ? "" : " and not over"} = ` +
    `${terms.map(({ what }, i) => `${unit.written(counts[i] ?? 0)} ${what}`).join(" + ")}`
  );
}

/** A term under this fraction of the whole is not worth its words. */
const SMALLEST = 200;
/** More are not read as a sum. */
const MOST_TERMS = 6;
/** Unexplained time from here on has its term. */
const SAID_MS = 100;

interface Term {
  what: string;
  tookMs: number;
  isUnexplained: boolean;
}

/** A term for what is said alike, and one for late answers that follow each other. */
function termsOf(parts: readonly Part[]): Term[] {
  const terms: Term[] = [];
  const delays = parts.filter(({ kind }) => kind === "delay");
  for (const { kind, what, tookMs } of parts) {
    const said =
      kind === "delay" && delays.length > 1
        ? `in late answers: ${delays.map((part) => part.what.split(/[ ,]/)[0]).join(", ")}`
        : what;
    const same = terms.find((term) => term.what === said);
    if (same === undefined) terms.push({ what: said, tookMs, isUnexplained: kind === "unexplained" });
    else same.tookMs += tookMs;
  }
  return terms;
}

/** The smallest of those that are too small or too many; -1 for none. What is unexplained is always said. */
function leastOf(terms: readonly Term[], counts: readonly number[], total: number): number {
  if (counts.length < 2) return -1;
  const sizes = counts.map((count, i) =>
    terms[i]?.isUnexplained === true && (terms[i]?.tookMs ?? 0) >= SAID_MS ? Infinity : count,
  );
  const least = Math.min(...sizes);
  return least < Infinity && (counts.length > MOST_TERMS || least === 0 || least < total / SMALLEST)
    ? sizes.indexOf(least)
    : -1;
}

/** Gives a term's time to the longer of its neighbours. */
function without(terms: readonly Term[], i: number): Term[] {
  const [left, right] = [terms[i - 1]?.tookMs ?? -1, terms[i + 1]?.tookMs ?? -1];
  const neighbour = left >= right ? i - 1 : i + 1;
  return terms
    .map((term, n) => (n === neighbour ? { ...term, tookMs: term.tookMs + (terms[i]?.tookMs ?? 0) } : term))
    .filter((_, n) => n !== i);
}

/** Rounds down, then hands what is missing to those that lost most. */
function rounded(counts: readonly number[], total: number): number[] {
  const whole = counts.map(Math.floor);
  const order = counts
    .map((count, i) => ({ i, lost: count - Math.floor(count) }))
    .sort((a, b) => b.lost - a.lost);
  const missing = total - whole.reduce((sum, one) => sum + one, 0);
  for (let n = 0; n < missing; n++) {
    const i = order[n % order.length]?.i;
    if (i !== undefined) whole[i] = (whole[i] ?? 0) + 1;
  }
  return whole;
}
