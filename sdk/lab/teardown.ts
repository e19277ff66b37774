// The end of a lab: whatever was opened is closed once, newest first, and what fails keeps nothing else open.

import { setMaxListeners } from "node:events";
import { rejectAfterClose } from "./closed.ts";

/** What has to be done at the end, and whether that has begun. */
export interface Teardown {
  readonly hasBegun: boolean;
  /** Aborted with LAB_CLOSED when the end begins, for whatever still waits for the cluster. */
  readonly signal: AbortSignal;
  /**
   * Has this done at the end, before everything that was added earlier; what is opened while the end is under
   * way is closed, too.
   */
  add(closer: () => Promise<void> | void): void;
  /** Does everything, once; rejects with the first failure after all is done. */
  close(): Promise<void>;
  /** @throws LabError LAB_CLOSED where the end has begun */
  assertOpen(): void;
}

/** @param onBegin is called before anything is closed */
export function makeTeardown(onBegin: () => void): Teardown {
  const closers: (() => Promise<void> | void)[] = [];
  let state: "open" | "closing" | "closed" = "open";
  let closing: Promise<void> | undefined;
  const begun = new AbortController();
  setMaxListeners(0, begun.signal);

  async function closeAll(): Promise<void> {
    state = "closing";
    begun.abort(rejectAfterClose("Cannot use the lab: it was closed"));
    onBegin();
    const failures: unknown[] = [];
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) {
      try {
        await closer();
      } catch (error) {
        failures.push(error);
      }
    }
    state = "closed";
    if (failures.length > 0) throw failures[0];
  }

  return {
    get hasBegun() {
      return state !== "open";
    },
    signal: begun.signal,
    add(closer) {
      if (state !== "closed") closers.push(closer);
      else
        void Promise.resolve()
          .then(closer)
          .catch(() => {}); // nobody is left to be told
    },
    close: () => (closing ??= closeAll()),
    assertOpen() {
      if (state !== "open") throw rejectAfterClose("Cannot use the lab: it is closed");
    },
  };
}
