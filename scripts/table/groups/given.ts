// The groups of which the rows are made, and the settings of their brokers.

import type { CommitPolicy, GroupOptions } from "@kafka-failure-lab/sdk";

/** Kafka's order of timers in a sixth of the time, as the brokers' fast ones. */
const CLASSIC = {
  sessionTimeout: "6s",
  heartbeatInterval: "1s",
  requestTimeout: "4s",
  autoCommitInterval: "1s",
} as const;
/** With KIP-848 session and heartbeat are the brokers'. */
const KIP_848 = { requestTimeout: "4s", autoCommitInterval: "1s" } as const;
export const BROKERS: Readonly<Record<string, string>> = { "group.min.session.timeout.ms": "1000" };
export const BROKERS_4: Readonly<Record<string, string>> = {
  ...BROKERS,
  "group.consumer.min.session.timeout.ms": "1000",
  "group.consumer.session.timeout.ms": "6000",
  "group.consumer.min.heartbeat.interval.ms": "500",
  "group.consumer.heartbeat.interval.ms": "1000",
};

export const kafkajs = (commit: CommitPolicy, more: GroupOptions = {}): GroupOptions => ({
  client: "kafkajs",
  commit,
  // it asks a silent broker again and again, for so long each
  settings: { ...CLASSIC, requestTimeout: "2s" },
  ...more,
});
export const java = (commit: CommitPolicy, more: GroupOptions = {}): GroupOptions => ({
  client: "java",
  commit,
  settings: CLASSIC,
  ...more,
});
export const kip848 = (commit: CommitPolicy): GroupOptions => ({
  client: "java",
  commit,
  protocol: "consumer",
  settings: KIP_848,
});
export const STATIC = { instanceIds: true } as const;
export const COOPERATIVE = { assignor: "cooperative-sticky" } as const;

export type Named = readonly [id: string, options: GroupOptions];
export const K_AUTO: Named = ["kafkajs-auto", kafkajs("auto")];
export const K_AFTER: Named = ["kafkajs-after", kafkajs("after")];
export const K_BEFORE: Named = ["kafkajs-before", kafkajs("before")];
export const J_AUTO: Named = ["java-auto", java("auto")];
export const J_AFTER: Named = ["java-after", java("after")];
export const J_BEFORE: Named = ["java-before", java("before")];
export const J_STATIC: Named = ["java-after-static", java("after", STATIC)];
export const J_COOPERATIVE: Named = ["java-after-cooperative", java("after", COOPERATIVE)];
/** It polls behind each record, which may take 4 s. */
export const J_ONE_BY_ONE: Named = [
  "java-one-by-one",
  java("after", {
    settings: { ...CLASSIC, rebalanceTimeout: "4s" },
    properties: { "max.poll.records": "1" },
  }),
];
export const N_AUTO: Named = ["kip848-auto", kip848("auto")];
export const N_AFTER: Named = ["kip848-after", kip848("after")];
