// Completes the history at the end of a run: heals, waits for the brokers, collects logs, reads topics back.

import { readBack } from "../client/readback.ts";
import { type Duration, toMs } from "../model/duration.ts";
import type { ProgressReporter } from "../notebook/progress.ts";
import type { Run } from "./run.ts";
import type { WaitOptions } from "./verbs/cluster.ts";
import type { OpenFaults } from "./faults/open-faults.ts";
import type { Probe } from "./workload/probe.ts";

export interface GatherParts {
  run: Run;
  cluster: { waitFor(condition: "all alive", options: WaitOptions): Promise<unknown> };
  faults: Pick<OpenFaults, "healAll">;
  probes: Iterable<Probe>;
  endpoints: readonly string[];
  topics(): readonly string[];
  /** Reads into the history what nodes logged in files of their own. */
  gatherLogs(): Promise<void>;
  progress: ProgressReporter;
  signal(): AbortSignal | undefined;
}

/** What cannot be healed or read is noted, not thrown; it makes the verdict unknown. */
export async function gather(parts: GatherParts, timeout: Duration): Promise<void> {
  const { run, cluster, faults, probes, topics, gatherLogs, progress } = parts;
  const signal = parts.signal();
  const note = (error: unknown): void =>
    run.record({ kind: "note", atMs: run.now(), text: (error as Error).message });
  progress.begin("healing, and waiting until all brokers are alive");
  await faults.healAll().catch(note);
  signal?.throwIfAborted();
  await cluster.waitFor("all alive", { timeout }).catch((error: unknown) => {
    signal?.throwIfAborted();
    note(error);
  });
  for (const probe of probes) await probe.close();
  await gatherLogs().catch(note);
  for (const topic of topics()) {
    progress.begin(`reading ${topic} back`);
    await recordReadback(parts, { topic, timeout, signal, note });
  }
  progress.end();
}

interface Reading {
  topic: string;
  timeout: Duration;
  signal: AbortSignal | undefined;
  note(error: unknown): void;
}

/** Reads a topic back into the history. */
async function recordReadback(
  { run, endpoints }: GatherParts,
  { topic, timeout, signal, note }: Reading,
): Promise<void> {
  const atMs = run.now();
  const { partitions, records, error } = await readBack(topic, endpoints, {
    timeoutMs: toMs(timeout),
    ...(signal && { signal }),
  });
  signal?.throwIfAborted();
  if (error !== undefined) note(new Error(`Cannot read ${topic} back: ${error}`));
  run.record({
    kind: "readback",
    atMs,
    tookMs: run.now() - atMs,
    client: "readback",
    topic,
    partitions,
    records,
  });
}
