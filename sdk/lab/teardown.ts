// The end of a lab: everything that was opened is closed once, newest first, even if a part fails.

import { setMaxListeners } from "node:events";
import { rejectAfterClose } from "./closed.ts";

/** What is closed at the end, and whether that has begun. */
export interface Teardown {
  readonly hasBegun: boolean;
  /** Aborted with LAB_CLOSED when the end begins; ends every wait for the cluster. */
  readonly signal: AbortSignal;
  /**
   * Adds a closer; the newest is called first. One that is added during the end is also called.
   */
  add(closer: () => Promise<void> | void): void;
  /** Calls every closer, once; then rejects with the first failure, if any. */
  close(): Promise<void>;
  /** @throws LabError LAB_CLOSED if the end has begun */
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
          .catch(() => {}); // no caller is left
    },
    close: () => (closing ??= closeAll()),
    assertOpen() {
      if (state !== "open") throw rejectAfterClose("Cannot use the lab: it is closed");
    },
  };
}
