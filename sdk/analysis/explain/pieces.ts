// An outage is cut from its begin to its end: each piece says where it ends, and begins where the one before
// it ended.

import type { Evidence, Part } from "./explanation.ts";

/** A part that does not know yet where it begins. */
export interface Piece {
  readonly kind: Part["kind"];
  readonly toMs: number;
  readonly what: string;
  readonly evidence: readonly Evidence[];
}

/**
 * Lays pieces end to end. One that ends before it begins is left out; what no piece covers is unexplained.
 * The parts add up to the whole by construction.
 */
export function laid(pieces: readonly Piece[], fromMs: number, toMs: number): Part[] {
  const parts: Part[] = [];
  let cursor = fromMs;
  for (const { kind, toMs: endsMs, what, evidence } of [
    ...pieces,
    { kind: "unexplained", toMs, what: UNKNOWN, evidence: [] } satisfies Piece,
  ]) {
    const end = Math.min(endsMs, toMs);
    if (!(end > cursor)) continue;
    const before = parts.at(-1);
    if (before !== undefined && before.kind === kind && before.what === what)
      parts[parts.length - 1] = {
        ...before,
        toMs: end,
        tookMs: end - before.fromMs,
        evidence: few([...before.evidence, ...evidence]),
      };
    else parts.push({ kind, fromMs: cursor, toMs: end, tookMs: end - cursor, what, evidence: few(evidence) });
    cursor = end;
  }
  return parts;
}

/** What is said of a stretch that nothing tells of. */
export const UNKNOWN = "unexplained";

/** In order of time, timers last; of much alike the first and the last suffice. */
function few(evidence: readonly Evidence[]): Evidence[] {
  const known = new Set<string>();
  const once = evidence.filter((one) => {
    const key = `${one.kind} ${one.text} ${"atMs" in one ? one.atMs : ""}`;
    return known.has(key) ? false : known.add(key);
  });
  const [timers, moments] = [
    once.filter((one) => one.kind === "timer"),
    once.filter((one) => one.kind !== "timer").sort((a, b) => a.atMs - b.atMs),
  ];
  return [
    ...(moments.length <= MOST ? moments : [...moments.slice(0, MOST / 2), ...moments.slice(-MOST / 2)]),
    ...timers,
  ];
}

const MOST = 6;
