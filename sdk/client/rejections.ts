// kafkajs 2.2.4 starts promises that nobody holds (reconnects after a disconnect, rejections of requests
// already rejected). Node ends a program for such a rejection. While the lab holds any client of kafkajs, and
// for a moment after, those that come from kafkajs do not do so, and are reported to the client's owner;
// all others are treated as if the lab were not there.

import process from "node:process";

type Listener = (error: Error) => void;

const listeners = new Set<Listener>();
const AFTERMATH_MS = 50;

/** Begins to guard; the returned function ends it once what was under way has had its chance to reject. */
export function guardRejections(listener: Listener): () => Promise<void> {
  if (listeners.size === 0) process.on("unhandledRejection", judge);
  listeners.add(listener);
  let released: Promise<void> | undefined;
  return () => {
    released ??= new Promise((resolve) => {
      setTimeout(() => {
        listeners.delete(listener);
        if (listeners.size === 0) process.off("unhandledRejection", judge);
        resolve();
      }, AFTERMATH_MS);
    });
    return released;
  };
}

function judge(reason: unknown): void {
  if (isFromKafkajs(reason)) {
    for (const listener of listeners) listener(reason);
    return;
  }
  // with a listener in place Node no longer ends the program for a stranger's rejection: do what it would
  // have done
  if (process.listenerCount("unhandledRejection") === 1) {
    setImmediate(() => {
      throw reason;
    });
  }
}

function isFromKafkajs(reason: unknown): reason is Error {
  return (
    reason instanceof Error &&
    (reason.name.startsWith("KafkaJS") ||
      /[\\/]kafkajs[\\/]src[\\/]/.test(reason.stack ?? "") ||
      reason.message === "the probe was closed")
  );
}
