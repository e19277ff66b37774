// What many rows have in common: faults, clients, topics and clusters.

import type { FaultSpec } from "@kafka-failure-lab/sdk";
import type { Controller, Row, RowClient, RowTopic, Whom } from "./row.ts";

/** What a row must say. */
export type Given = Pick<Row, "id"> & {
  readonly does: FaultSpec;
  readonly to: readonly [Whom, Controller];
} & Partial<Omit<Row, "id" | "fault" | "whom" | "controller">>;

export const stop: FaultSpec = { kind: "stop" };
export const kill: FaultSpec = { kind: "kill" };
export const pause: FaultSpec = { kind: "pause" };

/** So that a client with fast brokers does not wait for a frozen one for longer than they do. */
export const QUICK: RowClient = { requestTimeout: "2s" };
/** kafkajs as it comes, without the lab's longer patience. */
export const OWN: RowClient = {
  requestTimeout: "30s",
  retries: 5,
  initialRetryTime: "300ms",
  maxRetryTime: "30s",
  dropHungConnections: false,
};
export const JAVA: RowClient = { client: "java", requestTimeout: "2s" };

export const MIN_1: RowTopic = { isCreated: true, config: { "min.insync.replicas": "1" } };
export const MIN_3: RowTopic = { isCreated: true, config: { "min.insync.replicas": "3" } };
export const RF_1: RowTopic = {
  isCreated: true,
  replicationFactor: 1,
  config: { "min.insync.replicas": "1" },
};
export const RF_2: RowTopic = {
  isCreated: true,
  replicationFactor: 2,
  config: { "min.insync.replicas": "1" },
};

type Cluster = Pick<Given, "compose" | "topic" | "kafka" | "engine" | "timers" | "client" | "watchFor">;

export const POSTED: Cluster = { compose: ["as-posted"], topic: { isCreated: false } };
export const TWO_VOTERS: Cluster = {
  compose: ["as-posted", "fix-replication", "fix-listeners"],
  topic: { isCreated: false },
};
export const FIXED: Cluster = {
  compose: ["as-posted", "fix-replication", "fix-listeners", "fix-quorum"],
  topic: { isCreated: false },
};
export const DEFAULT: Cluster = { timers: "default", client: {}, watchFor: "30s" };
export const FOUR: Cluster = { kafka: "4" };
export const DOCKER: Cluster = { engine: "docker", ...DEFAULT };
