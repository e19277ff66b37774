// Another process's wall clock on this one's monotonic clock.

import { performance } from "node:perf_hooks";

/**
 * Returns a function from milliseconds since the epoch to `performance.now()`.
 *
 * Waits, up to a millisecond and without yielding, for the wall clock's next tick: between ticks its time is
 * up to a millisecond old.
 */
export function wallClock(): (epochMs: number) => number {
  const before = Date.now();
  let now = before;
  while (now === before) now = Date.now();
  const zero = now - performance.now();
  return (epochMs) => epochMs - zero;
}
