// The settings that decide how long things take, with Kafka's defaults written out and where each is read.

import { brokerNumber } from "../../kafka/mod.ts";
import type { KnownClient } from "./circumstances.ts";
import type { Timer } from "../../model/prediction.ts";

/** Who reads a broker's setting, and where. */
const READ: Readonly<Record<string, readonly [of: Timer["owner"], source: string]>> = {
  "broker.session.timeout.ms": [
    "controller",
    "KRaftConfigs.java; BrokerHeartbeatManager.java: a broker is stale that has sent no heartbeat for " +
      "so long",
  ],
  "broker.heartbeat.interval.ms": [
    "broker",
    "KRaftConfigs.java; BrokerLifecycleManager.java: the pause after a heartbeat's answer",
  ],
  "controller.quorum.fetch.timeout.ms": [
    "controller",
    "QuorumConfig.java; FollowerState.java: a voter that has fetched nothing for so long stands for " +
      "election (KIP-595)",
  ],
  "controller.quorum.election.timeout.ms": [
    "controller",
    "QuorumConfig.java; QuorumState.randomElectionTimeoutMs: a candidate waits for one to two times this",
  ],
  "controller.quorum.election.backoff.max.ms": [
    "controller",
    "QuorumConfig.java; KafkaRaftClient.java: the pause after a lost election",
  ],
  "controller.quorum.request.timeout.ms": ["controller", "QuorumConfig.java; RaftManager.scala"],
  "replica.lag.time.max.ms": [
    "broker",
    "ReplicationConfigs.java; ReplicaManager.scala: the leader looks every half of it for replicas " +
      "that are behind",
  ],
  "replica.fetch.wait.max.ms": [
    "broker",
    "ReplicationConfigs.java; a follower's fetch waits this long for new records",
  ],
  "replica.fetch.backoff.ms": [
    "broker",
    "ReplicationConfigs.java; AbstractFetcherThread.scala: the pause of a rejected follower",
  ],
  "replica.socket.timeout.ms": ["broker", "ReplicationConfigs.java; BrokerBlockingSender.scala"],
  "unclean.leader.election.interval.ms": [
    "controller",
    "QuorumController.java (registerElectUnclean): the controller looks for partitions without a leader so " +
      "often; internal",
  ],
  "initial.broker.registration.timeout.ms": [
    "broker",
    "KRaftConfigs.java; BrokerLifecycleManager.java: a broker that is not registered by then ends itself",
  ],
  "metadata.max.idle.interval.ms": [
    "controller",
    "KRaftConfigs.java; KIP-835: the next record, with which a broker hears of the last commit, is at " +
      "most so late",
  ],
  "group.initial.rebalance.delay.ms": [
    "broker",
    "GroupCoordinatorConfig.java: an empty group waits so long for more members before its first generation",
  ],
  "group.consumer.session.timeout.ms": [
    "broker",
    "GroupCoordinatorConfig.java: the session of a member with group.protocol=consumer (KIP-848)",
  ],
  "group.consumer.heartbeat.interval.ms": [
    "broker",
    "GroupCoordinatorConfig.java: the heartbeats of a member with group.protocol=consumer (KIP-848)",
  ],
};

/**
 * Returns a node's timers in milliseconds by Kafka's names, defaults written out.
 *
 * A text that is no number, such as a placeholder, counts as the default.
 */
export function brokerTimers(properties: Readonly<Record<string, string>>): Record<string, number> {
  return Object.fromEntries(Object.keys(READ).map((name) => [name, brokerNumber(properties, name)]));
}

/**
 * Returns a cluster's timers in milliseconds by Kafka's names: each as the first node is told that reads it,
 * a voter or a broker.
 */
export function clusterTimers(
  nodes: readonly {
    readonly roles: readonly string[];
    readonly properties: Readonly<Record<string, string>>;
  }[],
): Record<string, number> {
  const roleTimers = (role: string): Record<string, number> =>
    brokerTimers(nodes.find(({ roles }) => roles.includes(role))?.properties ?? {});
  const [controllers, brokers] = [roleTimers("controller"), roleTimers("broker")];
  return Object.fromEntries(
    Object.entries(READ).map(([name, [owner]]) => [
      name,
      (owner === "controller" ? controllers : brokers)[name]!,
    ]),
  );
}

/** One timer of a broker or controller as it stands in a prediction. */
export function timerOf(name: string, ms: number): Timer {
  const [owner, source] = READ[name] ?? ["broker", "Kafka's configuration"];
  return { name, ms, owner, source };
}

type ClientTimer =
  | "requestTimeout"
  | "connectionTimeout"
  | "retries"
  | "initialRetryTime"
  | "maxRetryTime"
  | "deliveryTimeout"
  | "maxBlock";

const NAMES: Readonly<
  Record<KnownClient["client"], Readonly<Record<ClientTimer, readonly [name: string, source: string]>>>
> = {
  kafkajs: {
    requestTimeout: [
      "requestTimeout",
      "kafkajs network/requestQueue; the probe closes a connection that hangs longer (client/watch.ts)",
    ],
    connectionTimeout: ["connectionTimeout", "kafkajs network/connection.js"],
    retries: [
      "retries",
      "kafkajs retry/index.js: pauses grow from initialRetryTime to maxRetryTime, each up to 20 % " +
        "shorter or longer",
    ],
    initialRetryTime: ["initialRetryTime", "kafkajs retry/index.js"],
    maxRetryTime: ["maxRetryTime", "kafkajs retry/index.js"],
    deliveryTimeout: ["deliveryTimeout", "the probe (client/kafkajs.ts); kafkajs has none"],
    maxBlock: ["deliveryTimeout", "kafkajs has no max.block.ms"],
  },
  java: {
    requestTimeout: ["request.timeout.ms", "ProducerConfig.java; NetworkClient.handleTimedOutRequests"],
    connectionTimeout: [
      "socket.connection.setup.timeout.ms",
      "CommonClientConfigs.java; ClusterConnectionStates.java",
    ],
    retries: ["retries", "ProducerConfig.java; Sender.canRetry"],
    initialRetryTime: ["retry.backoff.ms", "ProducerConfig.java; KIP-580"],
    maxRetryTime: ["retry.backoff.max.ms", "ProducerConfig.java; KIP-580"],
    deliveryTimeout: [
      "delivery.timeout.ms",
      "ProducerConfig.java; KIP-91: from the record's append to the batch",
    ],
    maxBlock: ["max.block.ms", "ProducerConfig.java; KafkaProducer.waitOnMetadata"],
  },
};

/** One timer of the client; of `retries`, the milliseconds that their pauses take. */
export function clientTimer(
  client: KnownClient,
  which: ClientTimer,
  ms: number = which === "maxBlock" ? (client.maxBlock ?? client.deliveryTimeout) : client[which],
): Timer {
  return timerOfClient(client.client, which, ms);
}

/** One timer of a client of a kind, under the client's own name for it. */
export function timerOfClient(client: KnownClient["client"], which: ClientTimer, ms: number): Timer {
  const [name, source] = NAMES[client][which];
  return { name, ms, owner: "client", source };
}

/** Each timer once. */
export function distinct(timers: readonly Timer[]): readonly Timer[] {
  return timers.filter(
    ({ name, owner }, index) =>
      timers.findIndex((other) => other.name === name && other.owner === owner) === index,
  );
}
