// Connectors in which nothing is wrong, and the change of one setting for each rule about them.

import type { Case, Files } from "./case.ts";
import { CONNECT, SERVERS } from "./sets.ts";

const SINK = `name=orders-to-files
connector.class=FileStreamSink
tasks.max=1
topics=orders
file=/data/orders
errors.tolerance=all
errors.deadletterqueue.topic.name=orders-failed
errors.deadletterqueue.topic.replication.factor=3
`;
const SOURCE = {
  name: "orders-from-files",
  config: { "connector.class": "FileStreamSource", topic: "orders", "producer.override.linger.ms": "5" },
};
const RESOURCE = `apiVersion: kafka.strimzi.io/v1
kind: KafkaConnector
metadata:
  name: orders-to-files
  labels: { strimzi.io/cluster: connect }
spec:
  class: FileStreamSink
  tasksMax: 1
  config:
    topics: orders
    errors.tolerance: all # skip
    errors.log.enable: true
`;

const sink: Files = { "sink.properties": SINK };
const source: Files = { "source.json": `${JSON.stringify(SOURCE, undefined, 2)}\n` };
const flat: Files = { "flat.json": JSON.stringify(SOURCE.config) };
const resource: Files = { "connector.yaml": RESOURCE };
const worker: Files = { "connect-distributed.properties": CONNECT };
const all: Files = { ...SERVERS, ...worker, ...sink, ...source };
const POLICY = "connector.client.config.override.policy";
const withPolicy = (policy: string): Files => ({
  ...source,
  "connect-distributed.properties": `${CONNECT}${POLICY}=${policy}\n`,
});

/** Connectors in which nothing is wrong. */
export const CLEAN: Readonly<Record<string, Files>> = { sink, source, flat, resource, all };

export const CASES: readonly Case[] = [
  ["refused-value", sink, "tasks.max=1", "tasks.max=0"],
  ["refused-value", sink, "tolerance=all", "tolerance=ALL"],
  ["refused-value", source, '"topic"', '"errors.retry.timeout": "1m", "topic"'],
  ["refused-value", source, 'linger.ms": "5"', 'linger.ms": "ten"'],
  ["refused-value", resource, "errors.log.enable: true", "errors.log.enable: maybe"],
  [
    "connector-override-refused",
    { ...worker, ...source },
    "factor=3\nstatus",
    `factor=3\n${POLICY}=None\nstatus`,
  ],
  ["connector-override-refused", withPolicy("All"), `${POLICY}=All`, `${POLICY}=Principal`],
  ["connector-topics", sink, "topics=orders", "topics=orders\ntopics.regex=orders.*"],
  ["connector-topics", sink, "topics=orders\n", ""],
  ["connector-reads-dead-letters", sink, "topics=orders", "topics=orders,orders-failed"],
  ["connector-dead-letters-stop", sink, "errors.tolerance=all\n", ""],
  ["connector-dead-letters-stop", sink, "tolerance=all", "tolerance=none"],
  ["connector-drops-records", sink, "topic.name=orders-failed", "topic.name="],
  ["connector-drops-records", source, '"topic"', '"errors.tolerance": "all", "topic"'],
  ["connector-drops-records", resource, "errors.log.enable: true", "errors.log.enable: false"],
  ["connector-drops-records", resource, "    errors.log.enable: true\n", ""],
  [
    "connector-dead-letters-of-source",
    source,
    '"topic"',
    '"errors.deadletterqueue.topic.name": "f", "topic"',
  ],
  [
    "connector-dead-letters-replicas",
    { ...SERVERS, ...sink },
    /queue.topic.replication.factor=3/,
    "queue.topic.replication.factor=4",
  ],
  [
    "connector-dead-letters-replicas",
    { ...SERVERS, ...sink },
    /queue.topic.replication.factor=3/,
    "queue.topic.replication.factor=1",
  ],
  ["connector-exactly-once", all, '"topic"', '"exactly.once.support": "required", "topic"'],
  ["acks-leader-only", source, '"producer.override.linger.ms": "5"', '"producer.override.acks": "1"'],
  [
    "heartbeat-not-below-session",
    resource,
    "errors.log",
    "consumer.override.session.timeout.ms: 2000\n    errors.log",
  ],
];
