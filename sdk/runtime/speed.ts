// How fast this machine is, from a fixed piece of work. Of several short turns the shortest counts: on a busy
// machine, too, one of them is likely to pass without a pause.

import { performance } from "node:perf_hooks";

/** What was measured of the machine's speed. */
export interface Speed {
  /** The shortest turn, in milliseconds. */
  workMs: number;
  /** How many times as long as on the machine of the predictions' figures, to a tenth; 1 up to 1.3 times. */
  slower: number;
}

/** The shortest turn on the machine of the predictions' figures (2 processors, Node 20), in milliseconds. */
export const REFERENCE_MS = 0.37;
/** Runtimes and the moment differ by so much; it is not the machine. */
const SAME_UNTIL = 1.3;
const TURNS = 40;

/** Measures the machine's speed; blocks for some 20 ms on the reference machine. */
export function measureSpeed(referenceMs: number = REFERENCE_MS): Speed {
  const text = JSON.stringify(
    Array.from({ length: 1500 }, (_, n) => ({ n, name: `broker-${n}`, ok: n % 3 === 0 })),
  );
  let workMs = Infinity;
  for (let turn = 0; turn < TURNS; turn++) {
    const began = performance.now();
    JSON.stringify(JSON.parse(text));
    workMs = Math.min(workMs, performance.now() - began);
  }
  return { workMs: Math.round(workMs * 100) / 100, slower: slowerOf(workMs / referenceMs) };
}

/** To a tenth; what is not clearly slower is 1. */
export function slowerOf(times: number): number {
  return times <= SAME_UNTIL ? 1 : Math.round(times * 10) / 10;
}
