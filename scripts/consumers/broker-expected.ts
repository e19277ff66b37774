// What is expected of a group that loses a broker, by what the broker was to it.
//
//   leader        the group reads again when there is a new leader and its client has heard of it
//   coordinator   its offsets have a new leader ─▶ found, loaded ─▶ commits again; who waits for a commit
//                 reads nothing meanwhile
//   one replica   the offsets topic has no other leader: no commit until the broker returns
//
// When another broker leads is predicted as for producers. Sources: ConsumerCoordinator.java (commitSync
// looks for the coordinator until default.api.timeout.ms), Fetcher.java, NetworkClient.java
// (request.timeout.ms, then the connection is closed); kafkajs src/consumer/runner.js,
// fetchManager.js, src/retry.

import { type GroupSettings, type Prediction, readable } from "@kafka-failure-lab/sdk";
import type { Window } from "./expected.ts";
import type { GroupRole } from "./roles.ts";

/** What decides, beside the group's own settings. */
export interface LossOptions {
  readonly how: "stop" | "kill" | "pause";
  /** Replicas of the topic of offsets. */
  readonly replicas: number;
  /** Of a producer that sends to a partition that the broker leads. */
  readonly prediction: Pick<Prediction, "parts">;
}

/** Looking up a broker, loading a group, the first fetch, and the pause before each: below a second each. */
const LOOKUP_MS = 3000;
/** What an ordinary poll may take. */
const POLL_MS = 1500;
const CLOCK_MS = 200;

type Settings = Pick<GroupSettings, "client" | "requestTimeout" | "maxWait">;

/** How long the partitions of a role stand still. */
export function brokerLoss(settings: Settings, role: GroupRole["role"], options: LossOptions): Window {
  const { client, requestTimeout, maxWait } = settings;
  const { how, replicas, prediction } = options;
  const moved = movedIn(prediction);
  const isCoordinator = role === "coordinator" || role === "both";
  const isLeader = role === "leader" || role === "both";
  // kafkajs waits for each commit, whatever the policy; Java's poll() looks for the coordinator first
  const waits = isCoordinator;
  if (waits && replicas === 1)
    return { fromMs: 0, toMs: Infinity, decidingTimer: "offsets.topic.replication.factor 1" };
  // a follower that is gone holds back the high watermark until it has left the ISR
  if (!isLeader && !waits && client === "java")
    return {
      fromMs: 0,
      toMs: (how === "stop" ? 0 : moved.toMs) + POLL_MS,
      decidingTimer: "no leader that it reads has moved",
    };
  const silentMs = how === "pause" ? requestTimeout : 0;
  // kafkajs reads no partition while it pauses between its tries, and each pause is twice the one before
  const pausesMs = client === "kafkajs" ? 1.5 * moved.toMs + silentMs : 0;
  const toMs = Math.max(moved.toMs, silentMs) + silentMs + pausesMs + LOOKUP_MS;
  const fromMs = isLeader && how !== "stop" ? Math.max(0, leastMs(how) - CLOCK_MS) : 0;
  function leastMs(kind: typeof how): number {
    return kind === "pause" ? Math.max(moved.fromMs, requestTimeout - maxWait) : moved.fromMs;
  }
  const timers = {
    stop: "controlled shutdown",
    kill: `a new leader after ${readable(moved.toMs)} at most`,
    pause: `request.timeout.ms ${readable(requestTimeout)}`,
  };
  return { fromMs, toMs, decidingTimer: timers[how] };
}

/** Until another broker leads: the parts of a producer's prediction that are not the producer's. */
function movedIn({ parts }: Pick<Prediction, "parts">): { fromMs: number; toMs: number } {
  const own = parts.filter(({ kind }) => kind === "detection" || kind === "election");
  return {
    fromMs: own.reduce((sum, { tookMs }) => sum + tookMs.fromMs, 0),
    toMs: own.reduce((sum, { tookMs }) => sum + tookMs.toMs, 0),
  };
}
