// Starts the clients' thread, and waits until it says that it runs.

import process from "node:process";
import { Worker } from "node:worker_threads";
import type { Clocks, Report } from "./messages.ts";

/** Starts the thread; rejects where the runtime cannot, or it does not answer within 20 s. */
export async function startWorker(): Promise<{ worker: Worker; itsClocks: Clocks }> {
  const worker = new Worker(entry(), { name: "kafka-failure-lab clients" });
  worker.unref();
  const { clocks } = await firstReport(worker);
  return { worker, itsClocks: clocks };
}

/** In the package; in the repository where the runtime reads TypeScript; and where tsx does it. */
function entry(): URL {
  if (!import.meta.url.endsWith(".ts")) return new URL("./entry.js", import.meta.url);
  const { features, versions } = process as {
    features: { typescript?: unknown };
    versions: { deno?: string };
  };
  const isRead = versions.deno !== undefined || Boolean(features.typescript);
  return new URL(isRead ? "./entry.ts" : "./from-source.mjs", import.meta.url);
}

const START_MS = 20_000;

function firstReport(worker: Worker): Promise<Extract<Report, { report: "ready" }>> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      worker.off("error", fail).off("exit", onExit).off("message", onMessage);
    };
    const fail = (error: unknown): void => {
      settle();
      worker.on("error", () => {}); // ended by itself, and heard of already
      void worker.terminate();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const onExit = (): void => fail(new Error("the clients' thread has ended"));
    const onMessage = (report: Report): void => {
      if (report.report !== "ready") return;
      settle();
      resolve(report);
    };
    const timer = setTimeout(() => fail(new Error("the clients' thread did not start")), START_MS);
    worker.once("error", fail).once("exit", onExit).on("message", onMessage);
  });
}
