// The timers of a group under the names that its client and its brokers have for them.

import type { Timer } from "../../../model/prediction.ts";
import type { KnownGroup } from "./circumstances.ts";

/** A timer of a member or of its coordinator. */
export type GroupTimer =
  | "session"
  | "heartbeat"
  | "poll"
  | "request"
  | "wait"
  | "commit"
  | "metadata"
  | "reconnect"
  | "retries"
  | "delay"
  | "api";

type Named = readonly [name: string, source: string];

const JAVA: Readonly<Record<GroupTimer, Named>> = {
  session: ["session.timeout.ms", "ConsumerConfig.java; GroupCoordinator: onExpireHeartbeat"],
  heartbeat: ["heartbeat.interval.ms", "ConsumerConfig.java; AbstractCoordinator.HeartbeatThread"],
  poll: ["max.poll.interval.ms", "ConsumerConfig.java; Heartbeat.pollTimeoutExpired; KIP-62"],
  request: ["request.timeout.ms", "ConsumerConfig.java; NetworkClient.handleTimedOutRequests"],
  wait: ["fetch.max.wait.ms", "ConsumerConfig.java; DelayedFetch"],
  commit: ["auto.commit.interval.ms", "ConsumerConfig.java; ConsumerCoordinator.maybeAutoCommitOffsetsAsync"],
  metadata: ["metadata.max.age.ms", "CommonClientConfigs.java; Metadata.timeToNextUpdate"],
  reconnect: ["reconnect.backoff.max.ms", "CommonClientConfigs.java; ClusterConnectionStates.java"],
  retries: ["retry.backoff.max.ms", "CommonClientConfigs.java; KIP-580"],
  delay: ["group.initial.rebalance.delay.ms", "GroupCoordinatorConfig.java; KIP-134: of an empty group"],
  api: ["default.api.timeout.ms", "ConsumerConfig.java; KafkaConsumer.commitSync; KIP-266"],
};

const KAFKAJS: Readonly<Record<GroupTimer, Named>> = {
  session: ["sessionTimeout", "kafkajs consumer/index.js; GroupCoordinator: onExpireHeartbeat"],
  heartbeat: ["heartbeatInterval", "kafkajs consumer/consumerGroup.js: sent between polls only"],
  poll: ["rebalanceTimeout", "kafkajs consumer/index.js"],
  request: ["requestTimeout", "kafkajs network/requestQueue"],
  wait: ["maxWaitTimeInMs", "kafkajs consumer/consumerGroup.js; DelayedFetch"],
  commit: ["autoCommitInterval", "kafkajs consumer/offsetManager"],
  metadata: ["metadataMaxAge", "kafkajs cluster/brokerPool.js"],
  reconnect: ["retries", "kafkajs retry/index.js"],
  retries: ["retries", "kafkajs consumer/runner.js, retry/index.js: the pauses grow from initialRetryTime"],
  delay: ["group.initial.rebalance.delay.ms", "GroupCoordinatorConfig.java; KIP-134: of an empty group"],
  api: ["retries", "kafkajs consumer/runner.js: a commit has no time of its own"],
};

/** With KIP-848 the brokers have both. */
const CONSUMER: Partial<Record<GroupTimer, Named>> = {
  session: ["group.consumer.session.timeout.ms", "GroupCoordinatorConfig.java; KIP-848"],
  heartbeat: ["group.consumer.heartbeat.interval.ms", "GroupCoordinatorConfig.java; KIP-848"],
};

/** Java's longest pause between two tries, and before it dials a broker again. */
export const JAVA_BACKOFF_MS = 1_000;

/** One timer of a group. */
export function groupTimer(group: KnownGroup, which: GroupTimer): Timer {
  return { ...namedTimer(group, which), ms: MS[which](group) };
}

/** A timer under the name that its owner has for it, and where that stands. */
export function namedTimer(
  { client, protocol }: Pick<KnownGroup, "client" | "protocol">,
  which: GroupTimer,
): Omit<Timer, "ms"> {
  const [name, source] =
    (protocol === "consumer" ? CONSUMER[which] : undefined) ?? (client === "java" ? JAVA : KAFKAJS)[which];
  return { name, owner: name.startsWith("group.") ? "broker" : "client", source };
}

/** Kafka's default of `default.api.timeout.ms`. */
const API_TIMEOUT_MS = 60_000;

const MS: Readonly<Record<GroupTimer, (group: KnownGroup) => number>> = {
  session: ({ sessionTimeout }) => sessionTimeout,
  heartbeat: ({ heartbeatInterval }) => heartbeatInterval,
  poll: ({ rebalanceTimeout }) => rebalanceTimeout,
  request: ({ requestTimeout }) => requestTimeout,
  wait: ({ maxWait }) => maxWait,
  commit: ({ autoCommitInterval }) => autoCommitInterval,
  metadata: ({ metadataMaxAge }) => metadataMaxAge,
  reconnect: ({ client, maxRetryTime }) => (client === "java" ? JAVA_BACKOFF_MS : maxRetryTime),
  retries: ({ client, maxRetryTime }) => (client === "java" ? JAVA_BACKOFF_MS : maxRetryTime),
  delay: ({ initialRebalanceDelay }) => initialRebalanceDelay,
  api: ({ client, apiTimeout = API_TIMEOUT_MS, maxRetryTime }) =>
    client === "java" ? apiTimeout : maxRetryTime,
};

/** That the offsets topic has one replica, as a setting that decides. */
export const ONE_OFFSETS_REPLICA: Timer = {
  name: "offsets.topic.replication.factor",
  ms: 1,
  owner: "broker",
  source: "GroupCoordinatorConfig.java: the offsets of the group are on one broker",
};
