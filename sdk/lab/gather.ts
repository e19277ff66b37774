// Completes the history at the end of a run: heals, waits for the brokers, collects logs, reads topics back.

import { performance } from "node:perf_hooks";
import { readBack, type Readback } from "../client/readback.ts";
import { type Duration, toMs } from "../model/duration.ts";
import type { History } from "../model/history.ts";
import type { Security } from "../model/security.ts";
import type { ProgressReporter } from "../notebook/progress.ts";
import type { Run } from "./run.ts";
import type { WaitOptions } from "./verbs/cluster.ts";
import type { OpenFaults } from "./faults/open-faults.ts";
import type { TopicIds } from "./observe/topic-ids.ts";
import type { Groups } from "./groups/groups.ts";
import type { Watches } from "./workload/topic-watch.ts";
import type { Probe } from "./workload/probe.ts";

export interface GatherParts {
  run: Run;
  cluster: { waitFor(condition: "all alive", options: WaitOptions): Promise<unknown> };
  faults: Pick<OpenFaults, "healAll">;
  probes: Iterable<Probe>;
  /** What watches topics for what others send. @default nothing does */
  watches?: Pick<Watches, "finish">;
  /** The consumer groups. @default none */
  groups?: Pick<Groups, "finish">;
  endpoints: readonly string[];
  /** The lab's. */
  security?: Security | undefined;
  topics(): readonly string[];
  /** Reads into the history what nodes logged in files of their own. */
  gatherLogs(): Promise<void>;
  /** Resolves when it is known of every connection whose it is. @default at once */
  strangersKnown?(): Promise<void>;
  /** Called with the ids of the topics. @default not called */
  topicIds?: TopicIds;
  progress: ProgressReporter;
  signal(): AbortSignal | undefined;
}

/** How long groups may take to process what is there when the run ends. */
const GROUPS_MS = 30_000;
/** How long the markers of transactions that have ended may take to be written. */
const MARKERS_MS = 10_000;
const PAUSE_MS = 200;
/** How long watches may take to read what is there when the run ends. */
const WATCHES_MS = 10_000;

/** What cannot be healed or read is noted, not thrown; it makes the verdict unknown. */
export async function gather(parts: GatherParts, timeout: Duration): Promise<void> {
  const { run, cluster, faults, probes, watches, groups, topics, gatherLogs, progress } = parts;
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
  progress.begin("ending the clients");
  for (const probe of probes) await probe.close();
  await groups?.finish(GROUPS_MS).catch(note);
  await watches?.finish(WATCHES_MS).catch(note);
  await gatherLogs().catch(note);
  await parts.strangersKnown?.();
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
async function recordReadback(parts: GatherParts, reading: Reading): Promise<void> {
  const { run, topicIds } = parts;
  const { topic, note } = reading;
  const isOutput = run.history.some((event) => event.kind === "produced" && event.output === topic);
  const until = performance.now() + (isOutput ? MARKERS_MS : 0);
  let [atMs, found] = await readOnce(parts, reading);
  // a commit is answered before its markers are written (TransactionCoordinator.endTransaction)
  while (found.partitions.some(({ open }) => open !== undefined) && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    [atMs, found] = await readOnce(parts, reading);
  }
  if (found.error !== undefined) note(new Error(`Cannot read ${topic} back: ${found.error}`));
  if (found.topicId !== undefined) topicIds?.note(topic, found.topicId);
  else if (found.reason === "NO_TOPIC") topicIds?.note(topic, null);
  run.record({
    kind: "readback",
    atMs,
    tookMs: run.now() - atMs,
    client: "readback",
    topic,
    ...found,
  });
}

async function readOnce(
  { run, endpoints, security, progress }: GatherParts,
  { topic, timeout, signal }: Reading,
): Promise<[atMs: number, found: Readback]> {
  const atMs = run.now();
  const found = await readBack(topic, endpoints, {
    timeoutMs: toMs(timeout),
    security,
    since: run.startedAt,
    notAfter: firstAcknowledged(run.history, topic),
    onTrouble: (what) => progress.begin(`reading ${topic} back; ${what}`),
    ...(signal && { signal }),
  });
  signal?.throwIfAborted();
  return [atMs, found];
}

/** The lowest acknowledged offset of each partition. */
function firstAcknowledged(history: History, topic: string): Map<number, bigint> {
  const lowest = new Map<number, bigint>();
  for (const event of history) {
    if (event.kind !== "send" || event.topic !== topic) continue;
    const { partition, offset } = event;
    if (partition === undefined || offset === undefined) continue;
    const known = lowest.get(partition);
    if (known === undefined || BigInt(offset) < known) lowest.set(partition, BigInt(offset));
  }
  return lowest;
}
