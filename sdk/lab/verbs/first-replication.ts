// Whether the followers of a new topic replicate already, by what the brokers have logged.
//
//   follower  Added fetcher ─▶ fetches ─▶ refused ········ replica.fetch.backoff.ms ········▶ fetches again
//   leader               … does not know the topic yet … │ Created log
//                                                        └ no send with acks=all ends before the second fetch
//
// The broker beside the active controller learns of a topic first, and mostly follows. A send that began in
// this time measured the making of the topic: 0.8 s of 0.87 s with Kafka's default backoff of 1 s.

import { setTimeout as wait } from "node:timers/promises";
import type { Engine } from "../../engine/engine.ts";
import { stampMs } from "../../kafka/broker-log/mod.ts";
import { BROKER_DEFAULTS } from "../../kafka/defaults.ts";
import { sizeOf, tail } from "../../runtime/tail.ts";
import type { BrokerNode } from "./description.ts";

const BACKOFF = "replica.fetch.backoff.ms";
/** How long the lines are waited for: a broker may log in another form, or not to a file. */
const LINES_MS = 200;
const LOOK_MS = 10;
/** The second fetch and its answer. */
const FETCH_MS = 20;
/** Longer pauses between fetches are not waited for. */
const MOST_MS = 2_000;

/** What a broker has logged since the topic was asked for. */
export interface ReplicaLog {
  nodeId: number;
  text: string;
  /** Its replica.fetch.backoff.ms. */
  backoffMs: number;
}

/** How many there are of a topic. */
export interface Replicas {
  topic: string;
  partitions: number;
  replicationFactor: number;
}

/** Notes how long the brokers' logs are, and returns a wait for the replication of a topic made since. */
export function firstReplication(
  engine: Pick<Engine, "kind" | "logFile">,
  nodes: readonly BrokerNode[],
): (made: Replicas) => Promise<void> {
  // the containers' logs are not followed yet while the cluster starts
  if (engine.kind !== "local") return () => Promise.resolve();
  const logs = nodes.map(({ service, nodeId, properties }) => {
    const file = engine.logFile(service);
    const backoffMs = Number(properties[BACKOFF] ?? BROKER_DEFAULTS[BACKOFF]);
    return { nodeId, file, from: sizeOf(file), backoffMs };
  });
  return async (made) => {
    if (made.replicationFactor < 2) return;
    for (const began = Date.now(); Date.now() - began < LINES_MS; await wait(LOOK_MS)) {
      const until = replicatesAt(
        logs.map(({ file, from, ...one }) => ({ ...one, text: tail(file, from) })),
        made,
      );
      if (until === undefined) continue;
      await wait(Math.min(MOST_MS, Math.max(0, until - Date.now())));
      return;
    }
  };
}

/**
 * Returns the moment, in milliseconds since 1970, by which every follower that may have asked its leader too
 * early has asked again; 0 if none has, undefined as long as not every leader and follower has logged that it
 * is ready.
 */
export function replicatesAt(
  logs: readonly ReplicaLog[],
  { topic, partitions, replicationFactor }: Replicas,
): number | undefined {
  const created = new Map<string, number>();
  const followers: { partition: string; leader: string; atMs: number; backoffMs: number }[] = [];
  for (const { nodeId, text, backoffMs } of logs)
    for (const line of text.split("\n")) {
      const made = CREATED.exec(line);
      if (made !== null) created.set(`${nodeId} ${made[2]!}`, stampMs(made[1]!, "local"));
      const [, stamp = "", leader = "", added = ""] = ADDED.exec(line) ?? [];
      for (const [, partition = ""] of added.matchAll(/(\S+-\d+) -> InitialFetchState/g))
        if (partition.replace(/^.*\(/, "").replace(/-\d+$/, "") === topic)
          followers.push({
            partition: partition.replace(/^.*\(/, ""),
            leader,
            atMs: stampMs(stamp, "local"),
            backoffMs,
          });
    }
  if (followers.length < partitions * (replicationFactor - 1)) return undefined;
  let until = 0;
  for (const { partition, leader, atMs, backoffMs } of followers) {
    const readyMs = created.get(`${leader} ${partition}`);
    if (readyMs === undefined) return undefined;
    if (atMs <= readyMs) until = Math.max(until, readyMs + backoffMs + FETCH_MS);
  }
  return until;
}

/** LogManager, and ReplicaFetcherManager. */
const CREATED = /^\[([^\]]+)\] \w+ Created log for partition (\S+) /;
const ADDED =
  /^\[([^\]]+)\] \w+ \[ReplicaFetcherManager on .* Added fetcher to broker (\d+) for partitions (.*)/;
