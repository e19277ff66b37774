// When a process has stopped. kill(2) returns before SIGSTOP acts: one thread takes it, when it is next given
// a core, and only then are the others told (`do_signal_stop` in Linux's kernel/signal.c). On a busy machine
// a broker serves requests for some milliseconds more.

import { performance } from "node:perf_hooks";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { statesOf } from "../../runtime/guardian/processes.mjs";

/** For how long it is looked at without a pause in between. */
const EAGER_MS = 5;

/**
 * Waits until no thread of a process runs any more after SIGSTOP, or until the process is gone.
 *
 * @returns whether that came within `timeoutMs`
 */
export async function untilFrozen(pid: number, timeoutMs: number): Promise<boolean> {
  const began = performance.now();
  while (!isFrozen(pid)) {
    const tookMs = performance.now() - began;
    if (tookMs > timeoutMs) return false;
    await (tookMs < EAGER_MS ? turn() : wait(1));
  }
  return true;
}

function isFrozen(pid: number): boolean {
  const states = statesOf(pid);
  // a thread that waits for a disk (D) stops before it is back from the kernel, once one has stopped for all
  return (
    states.every((state) => "TtDZX".includes(state)) &&
    (states.length === 0 || states.some((state) => "TtZX".includes(state)))
  );
}
