// An outage in one line: `9.3 s = 8.6 s until broker 1 was fenced + 0.1 s election of broker 2 + 0.6 s until the client refreshed its metadata`.

import type { Part } from "./explanation.ts";

/** Writes parts as a sum that adds up as written: parts too short to show are given to a neighbour, and roundings to the largest. */
export function sentenceOf(parts: readonly Part[], tookMs: number, isOver: boolean): string {
  const unit = tookMs < 1000 ? { ms: 1, digits: 0, name: "ms" } : { ms: 100, digits: 1, name: "s" };
  const total = Math.round(tookMs / unit.ms);
  const terms = shown(parts, Math.max(unit.ms / 2, tookMs / SMALLEST));
  const counts = rounded(terms.map((term) => term.tookMs / unit.ms), total);
  const written = (count: number): string => `${(count * unit.ms / (unit.name === "s" ? 1000 : 1)).toFixed(unit.digits)} ${unit.name}`;
  return `${written(total)}${isOver ? "" : " and not over"} = ${terms.map(({ what }, i) => `${written(counts[i] ?? 0)} ${what}`).join(" + ")}`;
}

/** A part under this fraction of the whole is not worth a term. */
const SMALLEST = 200;

interface Term {
  what: string;
  tookMs: number;
}

function shown(parts: readonly Part[], leastMs: number): Term[] {
  const terms: Term[] = [];
  for (const { what, tookMs } of parts) {
    const same = terms.find((term) => term.what === what);
    if (same === undefined) terms.push({ what, tookMs });
    else same.tookMs += tookMs;
  }
  while (terms.length > 1) {
    const i = terms.findIndex(({ tookMs }) => tookMs < leastMs);
    if (i === -1) break;
    const [{ tookMs } = { tookMs: 0 }] = terms.splice(i, 1);
    const [left, right] = [terms[i - 1], terms[i]];
    const heir = left === undefined || (right !== undefined && right.tookMs > left.tookMs) ? right : left;
    if (heir !== undefined) heir.tookMs += tookMs;
  }
  return terms;
}

/** Rounds down, then hands what is missing to those that lost most. */
function rounded(counts: readonly number[], total: number): number[] {
  const whole = counts.map(Math.floor);
  const order = counts.map((count, i) => ({ i, lost: count - Math.floor(count) })).sort((a, b) => b.lost - a.lost);
  const missing = total - whole.reduce((sum, one) => sum + one, 0);
  for (let n = 0; n < missing; n++) {
    const i = order[n % order.length]?.i;
    if (i !== undefined) whole[i] = (whole[i] ?? 0) + 1;
  }
  return whole;
}
