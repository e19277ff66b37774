// What `conclude()` is given, for a run without brokers: nothing is healed or read back.

import type { ConcludeParts } from "../../sdk/lab/conclude.ts";

/** The parts; those that a test is about are its own. */
export function concludeParts(run: ConcludeParts["run"], own: Partial<ConcludeParts> = {}): ConcludeParts {
  return {
    run,
    cluster: { waitFor: () => Promise.resolve() },
    faults: { healAll: () => Promise.resolve() },
    probes: [],
    endpoints: [],
    topics: () => [],
    gatherLogs: () => Promise.resolve(),
    close: () => run.close(),
    progress: { begin: () => {}, say: () => {}, end: () => {} },
    signal: () => undefined,
    ...own,
  };
}
