// Clients' defaults, and one word for what each client calls differently. Sources: ConfigDef of kafka-clients
// 3.9.2 and 4.4.0 (ProducerConfig, ConsumerConfig), asked of the jars; kafkajs 2.2.4 (src/index.js,
// src/producer, src/consumer, src/retry/defaults.js); librdkafka's CONFIGURATION.md (2.15).

import { JAVA_MAX_BLOCK } from "../../../kafka/defaults.ts";
import type { Client, ClientKind } from "../facts.ts";
import type { Setting } from "../setting.ts";

/** kafka-clients; where 3.9 and 4.x differ (linger.ms 0 and 5), 3.9's. */
export const JAVA_DEFAULTS: Readonly<Record<string, string>> = {
  "bootstrap.servers": "",
  acks: "all",
  retries: "2147483647",
  "retry.backoff.ms": "100",
  "retry.backoff.max.ms": "1000",
  "linger.ms": "0",
  "request.timeout.ms": "30000",
  "delivery.timeout.ms": "120000",
  "max.block.ms": String(JAVA_MAX_BLOCK),
  "max.request.size": "1048576",
  "max.in.flight.requests.per.connection": "5",
  "enable.idempotence": "true",
  "transaction.timeout.ms": "60000",
  "socket.connection.setup.timeout.ms": "10000",
  "socket.connection.setup.timeout.max.ms": "30000",
  "session.timeout.ms": "45000",
  "heartbeat.interval.ms": "3000",
  "max.poll.interval.ms": "300000",
  "max.poll.records": "500",
  "fetch.max.wait.ms": "500",
  "auto.offset.reset": "latest",
  "enable.auto.commit": "true",
  "isolation.level": "read_uncommitted",
  "group.protocol": "classic",
  "default.api.timeout.ms": "60000",
  "auto.commit.interval.ms": "5000",
  "max.partition.fetch.bytes": "1048576",
  "fetch.max.bytes": "52428800",
  "metadata.max.age.ms": "300000",
  "partition.assignment.strategy":
    "org.apache.kafka.clients.consumer.RangeAssignor," +
    "org.apache.kafka.clients.consumer.CooperativeStickyAssignor",
};

/** kafkajs 2.2.4; `timeout` and `acks` are arguments of send(). */
export const KAFKAJS_DEFAULTS: Readonly<Record<string, string>> = {
  brokers: "",
  connectionTimeout: "1000",
  requestTimeout: "30000",
  enforceRequestTimeout: "true",
  "retry.retries": "5",
  "retry.initialRetryTime": "300",
  "retry.maxRetryTime": "30000",
  "retry.factor": "0.2",
  "retry.multiplier": "2",
  acks: "-1",
  timeout: "30000",
  idempotent: "false",
  transactionTimeout: "60000",
  sessionTimeout: "30000",
  heartbeatInterval: "3000",
  rebalanceTimeout: "60000",
  maxWaitTimeInMs: "5000",
  fromBeginning: "false",
  readUncommitted: "false",
  metadataMaxAge: "300000",
  maxBytesPerPartition: "1048576",
  maxBytes: "10485760",
  autoCommit: "true",
  eachBatchAutoResolve: "true",
};

/** librdkafka 2.15. */
export const LIBRDKAFKA_DEFAULTS: Readonly<Record<string, string>> = {
  "bootstrap.servers": "",
  acks: "-1",
  retries: "2147483647",
  "retry.backoff.ms": "100",
  "retry.backoff.max.ms": "1000",
  "linger.ms": "5",
  "request.timeout.ms": "30000",
  "message.timeout.ms": "300000",
  "socket.timeout.ms": "60000",
  "max.in.flight.requests.per.connection": "1000000",
  "enable.idempotence": "false",
  "transaction.timeout.ms": "60000",
  "session.timeout.ms": "45000",
  "heartbeat.interval.ms": "3000",
  "max.poll.interval.ms": "300000",
  "auto.offset.reset": "largest",
  "enable.auto.commit": "true",
  "enable.auto.offset.store": "true",
  "isolation.level": "read_committed",
  "group.protocol": "classic",
  "auto.commit.interval.ms": "5000",
  "partition.assignment.strategy": "range,roundrobin",
  "fetch.wait.max.ms": "500",
  "fetch.max.bytes": "52428800",
  "message.max.bytes": "1000000",
  "receive.message.max.bytes": "100000000",
  "metadata.max.age.ms": "900000",
  "topic.metadata.refresh.interval.ms": "300000",
};

/** librdkafka's further names for one property. */
export const RD_ALIASES: Readonly<Record<string, string>> = {
  "metadata.broker.list": "bootstrap.servers",
  "request.required.acks": "acks",
  "message.send.max.retries": "retries",
  "queue.buffering.max.ms": "linger.ms",
  "delivery.timeout.ms": "message.timeout.ms",
  "max.in.flight": "max.in.flight.requests.per.connection",
  "fetch.message.max.bytes": "max.partition.fetch.bytes",
};

/** What a rule can ask of any client. */
export type Word =
  | "bootstrap"
  | "acks"
  | "retries"
  | "requestTimeout"
  | "deliveryTimeout"
  | "idempotent"
  | "transactionalId"
  | "transactionTimeout"
  | "inFlight"
  | "session"
  | "heartbeat"
  | "offsetReset"
  | "group"
  | "rebalance"
  | "metadataAge";

const WORDS: Readonly<Record<Word, readonly [java: string, kafkajs: string | null, librdkafka: string]>> = {
  bootstrap: ["bootstrap.servers", "brokers", "bootstrap.servers"],
  acks: ["acks", "acks", "acks"],
  retries: ["retries", "retry.retries", "retries"],
  requestTimeout: ["request.timeout.ms", "requestTimeout", "request.timeout.ms"],
  deliveryTimeout: ["delivery.timeout.ms", null, "message.timeout.ms"],
  idempotent: ["enable.idempotence", "idempotent", "enable.idempotence"],
  transactionalId: ["transactional.id", "transactionalId", "transactional.id"],
  transactionTimeout: ["transaction.timeout.ms", "transactionTimeout", "transaction.timeout.ms"],
  inFlight: [
    "max.in.flight.requests.per.connection",
    "maxInFlightRequests",
    "max.in.flight.requests.per.connection",
  ],
  session: ["session.timeout.ms", "sessionTimeout", "session.timeout.ms"],
  heartbeat: ["heartbeat.interval.ms", "heartbeatInterval", "heartbeat.interval.ms"],
  offsetReset: ["auto.offset.reset", "fromBeginning", "auto.offset.reset"],
  group: ["group.id", "groupId", "group.id"],
  rebalance: ["max.poll.interval.ms", "rebalanceTimeout", "max.poll.interval.ms"],
  metadataAge: ["metadata.max.age.ms", "metadataMaxAge", "topic.metadata.refresh.interval.ms"],
};

const COLUMN: Readonly<Record<ClientKind, 0 | 1 | 2>> = { java: 0, kafkajs: 1, librdkafka: 2 };

/** How a client calls it; null where it has nothing of the kind. */
export function keyFor(client: Client, word: Word): string | null {
  return WORDS[word][COLUMN[client.kind]];
}

/** The client's setting, given or by default; null where it has nothing of the kind. */
export function settingFor(client: Client, word: Word): Setting | null {
  const key = keyFor(client, word);
  if (key === null) return null;
  const { given } = client.settings;
  return given.get(key) ?? (key in DEFAULTS[client.kind] ? client.settings.of(key) : null);
}

/** By client. */
export const DEFAULTS: Readonly<Record<ClientKind, Readonly<Record<string, string>>>> = {
  java: JAVA_DEFAULTS,
  kafkajs: KAFKAJS_DEFAULTS,
  librdkafka: LIBRDKAFKA_DEFAULTS,
};

/** How the client writes acks=all. */
export function allAcks({ kind }: Client): string {
  return kind === "java" ? "all" : "-1";
}

/** True for acks=all, however it is written. */
export function isAll(acks: string): boolean {
  return acks.trim().toLowerCase() === "all" || acks.trim() === "-1";
}
