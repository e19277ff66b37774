// Watches what arrives on a topic, whoever sends it: an application that the lab knows nothing of.
//
//   observer ─▶ leaders ─▶ a follower for each partition (client/follow-partition.ts) ─▶ history: arrivals

import { performance } from "node:perf_hooks";
import { arrivalsOf, type WatchTally } from "../../analysis/check/mod.ts";
import { followPartition, type PartitionFollower } from "../../client/follow-partition.ts";
import { type Duration, toMs } from "../../model/duration.ts";
import type { Security } from "../../model/security.ts";
import type { Broker, WatchEndEvent } from "../../model/history.ts";
import type { Observer } from "../observe/observe.ts";
import { anySignal } from "../../runtime/signal.ts";
import type { Run } from "../run.ts";
import { arrivalOf, counter } from "./arrival-records.ts";
import { endOf, endsOf, followLeaders, type Leaders } from "./topic-leaders.ts";

/** Options of `lab.watch`. */
export interface WatchOptions {
  /** The topic. @default the topic of the lab */
  topic?: string;
  /** What tells records apart, so that duplicates can be told: their value or their key. @default "value" */
  by?: "value" | "key";
  /** The longest time until every partition of the topic has a leader; then NOT_READY. @default "30s" */
  timeout?: Duration;
}

/** A topic that is watched: what arrives on it, whoever sends it. */
export interface TopicWatch {
  /** `watch-1`. */
  readonly name: string;
  readonly topic: string;
  readonly by: "value" | "key";
  /** What has arrived so far. Records of the lab's own probes do not count. */
  summary(): WatchTally;
  /**
   * Resolves when `count` more records have arrived since the call.
   *
   * @throws LabError NOT_READY after `timeout` (default 60 s)
   */
  arrived(count: number, options?: { timeout?: Duration; signal?: AbortSignal }): Promise<void>;
  /** Ends the watch and returns what has arrived. `conclude` does it, too. */
  stop(): Promise<WatchTally>;
}

/** Watches a topic. */
export type WatchTopic = (options?: WatchOptions) => Promise<TopicWatch>;

export interface WatchParts {
  run: Run;
  observer: Observer;
  /** `host:port` where the lab itself reaches a broker, also while faults of the network are open. */
  addressOf(broker: Broker): string | undefined;
  /** The topic of the lab. */
  topic: string;
  note(text: string): void;
  assertOpen(): void;
  signal(): AbortSignal | undefined;
  /** How the brokers are dialled. @default plainly */
  security?: Security | undefined;
}

/** The watches of one lab. */
export interface Watches {
  watch: WatchTopic;
  topics(): readonly string[];
  /** Waits until each has read its topic to its end, at most `timeoutMs` in all, and ends them. */
  finish(timeoutMs: number): Promise<void>;
  close(): void;
}

export function makeWatches(parts: WatchParts): Watches {
  const made: OpenWatch[] = [];
  return {
    async watch(options = {}) {
      parts.assertOpen();
      const one = await openWatch(parts, `watch-${made.length + 1}`, options);
      made.push(one);
      return one.handle;
    },
    topics: () => [...new Set(made.map(({ handle }) => handle.topic))],
    async finish(timeoutMs) {
      const until = performance.now() + timeoutMs;
      for (const one of made) await one.finish(Math.max(0, until - performance.now()));
    },
    close: () => made.forEach((one) => one.close()),
  };
}

interface OpenWatch {
  readonly handle: TopicWatch;
  finish(timeoutMs: number): Promise<void>;
  close(): void;
}

const STOP_MS = 5_000;
const PAUSE_MS = 50;

/** One watch while it runs. */
interface WatchState {
  readonly parts: WatchParts;
  readonly name: string;
  readonly leaders: Leaders;
  readonly followers: Map<number, PartitionFollower>;
  readonly arrivals: ReturnType<typeof counter>;
  isEnded: boolean;
}

async function openWatch(
  parts: WatchParts,
  name: string,
  { topic = parts.topic, by = "value", timeout = "30s" }: WatchOptions,
): Promise<OpenWatch> {
  const { run, signal } = parts;
  const leaders = followLeaders(parts, topic);
  const state: WatchState = {
    parts,
    name,
    leaders,
    followers: new Map(),
    arrivals: counter(name),
    isEnded: false,
  };
  try {
    const ends = await endsOf(leaders, { timeoutMs: toMs(timeout), signal: signal() });
    const partitions = ends.map(({ partition, end }) => ({ partition, from: String(end) }));
    run.record({ kind: "watch", atMs: run.now(), watch: name, topic, by, partitions });
    for (const { partition, end } of ends) state.followers.set(partition, followOne(state, partition, end));
  } catch (error) {
    leaders.stop();
    throw error;
  }
  return { handle: handleOf(state, by), finish: (ms) => finish(state, ms), close: () => end(state) };
}

function followOne(state: WatchState, partition: number, from: bigint): PartitionFollower {
  const { parts, name, leaders, arrivals } = state;
  const { run } = parts;
  const { topic } = leaders;
  return followPartition({
    topic,
    partition,
    security: leaders.security,
    from,
    leader: () => leaders.of(partition),
    onTrouble: () => leaders.hurry(),
    onJump: (text) => parts.note(`${name}: ${text}`),
    onRead(read) {
      if (state.isEnded) return;
      const records = read.records.map((record) => arrivalOf(run, partition, record, read));
      run.record({ kind: "arrivals", atMs: run.at(read.at), watch: name, topic, records });
      arrivals.count(records.length);
    },
  });
}

function handleOf(state: WatchState, by: TopicWatch["by"]): TopicWatch {
  const { parts, name, leaders, arrivals: counted } = state;
  const summary = (): WatchTally => arrivalsOf(parts.run.history, name)!;
  return {
    name,
    topic: leaders.topic,
    by,
    summary,
    async arrived(count, how = {}) {
      const ends = anySignal(how.signal, parts.signal());
      await counted.arrived(count, { ...how, ...(ends === undefined ? {} : { signal: ends }) });
    },
    async stop() {
      await finish(state, STOP_MS);
      return summary();
    },
  };
}

function end(state: WatchState): void {
  state.isEnded = true;
  for (const one of state.followers.values()) one.stop();
  state.leaders.stop();
}

/** Ends a watch when it has read what is there by now. */
async function finish(state: WatchState, timeoutMs: number): Promise<void> {
  if (state.isEnded) return;
  const { parts, name, leaders } = state;
  const { run } = parts;
  const partitions = await caughtUp(state, timeoutMs);
  if (state.isEnded) return;
  end(state);
  run.record({ kind: "watch end", atMs: run.now(), watch: name, topic: leaders.topic, partitions });
}

/** Waits until every follower stands at the end of its partition as it is now. */
async function caughtUp(
  { followers, leaders }: WatchState,
  timeoutMs: number,
): Promise<WatchEndEvent["partitions"]> {
  const until = performance.now() + timeoutMs;
  const one = async (partition: number, follower: PartitionFollower): Promise<PartitionEnd> => {
    let atEnd = await endOf(leaders, partition);
    for (;;) {
      const to = follower.next();
      if (typeof atEnd === "bigint" && to >= atEnd) return { partition, to: String(to), complete: true };
      if (performance.now() > until) {
        const error = typeof atEnd === "string" ? atEnd : (follower.error() ?? "TIMEOUT");
        return { partition, to: String(to), complete: false, error };
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      if (typeof atEnd === "string") atEnd = await endOf(leaders, partition);
    }
  };
  return await Promise.all([...followers].map(([partition, follower]) => one(partition, follower)));
}

type PartitionEnd = WatchEndEvent["partitions"][number];
