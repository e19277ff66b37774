// When an event loop stood still: a timer that comes late.

import { performance } from "node:perf_hooks";

/** How often the loop is tried, in milliseconds: a wake-up costs some 20 µs. */
const TICK_MS = 25;
/** A shorter stall is what garbage collection and JSON take. */
const STALL_MS = 50;

/** A time in which no timer fired, from when one was due; milliseconds, `beganMs` by `performance.now()`. */
export interface Stall {
  beganMs: number;
  tookMs: number;
}

/** Watches this thread's event loop; returns what ends it. It keeps no program alive. */
export function stallsOf(onStall: (stall: Stall) => void): () => void {
  let dueMs = performance.now() + TICK_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - dueMs >= STALL_MS) onStall({ beganMs: dueMs, tookMs: now - dueMs });
    dueMs = now + TICK_MS;
  }, TICK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
