// Cases of the rules about consumers: what is changed in clean files, and sets in which nothing is wrong.

import { COMPOSE, CONSUMER, KAFKAJS, RD_CONSUMER, SERVER, SPRING } from "./bases.ts";
import type { Case, Files } from "./case.ts";
import { CONNECT, SERVERS } from "./sets.ts";

const consumer: Files = { "consumer.properties": CONSUMER };
const kafkajs: Files = { "kafkajs.json": KAFKAJS };
const rdConsumer: Files = { "consumer.json": RD_CONSUMER };
const spring: Files = { "application.yml": SPRING };
const server: Files = { "server.properties": SERVER };
const withSpring: Files = { "compose.yml": COMPOSE, ...spring };

/** Members of the group of KIP-848, on brokers that offer it. */
const NEW = CONSUMER.replace(/(session|heartbeat).*\n/g, "").replace(
  "group.id=g",
  "group.id=g\ngroup.protocol=consumer\ngroup.remote.assignor=uniform",
);
const withNew: Files = {
  "compose.yml": COMPOSE.replaceAll("apache/kafka:3.9.2", "apache/kafka:4.0.0"),
  "consumer.properties": NEW,
};
const rdNew: Files = {
  "consumer.json": RD_CONSUMER.replace('"session.timeout.ms": 45000', '"group.protocol": "consumer"'),
};

/** Two static members of a group. */
const STATIC: Files = Object.fromEntries(
  ["one", "two"].map((name) => [
    `consumer-${name}.properties`,
    `client.id=${name}\n${CONSUMER}group.instance.id=${name}\n`,
  ]),
);
/** Two members of a group, one in C. */
const MIXED: Files = {
  ...consumer,
  "consumer.json": RD_CONSUMER.replace("{", '{ "partition.assignment.strategy": "roundrobin,range",'),
};
const service = `${COMPOSE}  app:
    image: app
    environment:
      SPRING_KAFKA_BOOTSTRAP_SERVERS: kafka-1:19092,kafka-2:19092
      SPRING_KAFKA_CONSUMER_GROUP_ID: g
      SPRING_KAFKA_CONSUMER_PROPERTIES_GROUP_INSTANCE_ID: app-1
`;
const composed: Files = { "compose.yml": service };
const deployment = (replicas: number): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: app }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: app } }
  template:
    metadata: { labels: { app: app } }
    spec:
      containers:
        - name: app
          image: app
          env:
            - { name: SPRING_KAFKA_BOOTSTRAP_SERVERS, value: "kafka-1:9092,kafka-2:9092" }
            - { name: SPRING_KAFKA_CONSUMER_PROPERTIES_GROUP_INSTANCE_ID, value: app-1 }
`;
const pods: Files = { "app.yaml": deployment(1) };
const silent: Files = { "application.yml": SPRING.replace(/ {4}listener:\n.*\n/, "") };
const transactional: Files = {
  "application.yml": SPRING.replace(
    "    producer:",
    "    producer:\n      transaction-id-prefix: tx-",
  ).replace(
    "group-id: g",
    "group-id: g\n      isolation-level: read-committed\n      enable-auto-commit: false",
  ),
};
const kafkajsTransactional: Files = {
  "kafkajs.json": KAFKAJS.replace(
    '"maxInFlightRequests": 1',
    '"maxInFlightRequests": 1, "transactionalId": "t"',
  ).replace('"consumer"', '"run": { "autoCommit": false },\n  "consumer"'),
};

/** Sets in which nothing is wrong. */
export const CONSUMER_FILES: Readonly<Record<string, Files>> = {
  newProtocol: withNew,
  rdNew,
  static: STATIC,
  mixed: MIXED,
  composed,
  pods,
  transactional,
};

const CLASSES = "org.apache.kafka.clients.consumer";

export const CONSUMER_CASES: readonly Case[] = [
  // polls and rebalances
  ["poll-interval-short", consumer, "", "max.poll.interval.ms=1000"],
  ["poll-interval-short", spring, "session.timeout.ms: 45000", "max.poll.interval.ms: 1000"],
  ["poll-interval-short", rdConsumer, "45000", '6000, "max.poll.interval.ms": 6000'],
  ["poll-loop-too-slow", rdConsumer, "45000", '45000, "max.poll.interval.ms": 50000', { recordTime: "60s" }],
  ["rebalance-timeout-below-heartbeat", consumer, "", "max.poll.interval.ms=3000"],
  ["rebalance-timeout-below-heartbeat", kafkajs, "30000 }", '30000, "rebalanceTimeout": 4000 }'],
  ["session-long", consumer, "session.timeout.ms=45000", "session.timeout.ms=600000"],
  ["session-long", STATIC, "session.timeout.ms=45000", "session.timeout.ms=600000"],
  ["session-long", kafkajs, "30000 }", "600000 }"],
  ["session-above-maximum", kafkajs, "30000 }", "2000000 }"],
  // commits
  ["group-id-missing", consumer, "group.id=g\n", "enable.auto.commit=true\n"],
  ["group-id-missing", consumer, "group.id=g\n", "group.id=\n"],
  ["group-id-missing", kafkajs, '"groupId": "k"', '"groupId": ""'],
  ["auto-commit-interval-long", consumer, "", "auto.commit.interval.ms=300000"],
  ["auto-commit-interval-long", rdConsumer, "45000", '45000, "auto.commit.interval.ms": 90000'],
  ["auto-commit-beside-transactions", transactional, "enable-auto-commit: false", "enable-auto-commit: true"],
  ["auto-commit-beside-transactions", kafkajsTransactional, '"autoCommit": false', '"autoCommit": true'],
  ["api-timeout-below-request-timeout", consumer, "", "default.api.timeout.ms=10000"],
  ["api-timeout-below-request-timeout", consumer, "", "request.timeout.ms=90000"],
  ["request-timeout-below-commit-timeout", consumer, "", "request.timeout.ms=3000"],
  ["request-timeout-below-commit-timeout", rdConsumer, "45000", '45000, "socket.timeout.ms": 3000'],
  ["request-timeout-below-commit-timeout", kafkajs, "60000", "3000"],
  [
    "request-timeout-below-commit-timeout",
    { ...server, "consumer.properties": `${CONSUMER}request.timeout.ms=20000\n` },
    "process.roles",
    "offsets.commit.timeout.ms=30000\nprocess.roles",
  ],
  // offsets
  ["offset-reset-none", consumer, "earliest", "none"],
  ["offset-reset-none", rdConsumer, "45000", '45000, "auto.offset.reset": "none"'],
  ["offset-reset-none", rdConsumer, "45000", '45000, "auto.offset.reset": "error"'],
  ["offset-reset-new-partitions", consumer, "earliest", "latest"],
  ["offset-reset-new-partitions", rdConsumer, "45000", '45000, "auto.offset.reset": "end"'],
  ["offset-reset-new-partitions", spring, "group-id: g", "auto-offset-reset: latest"],
  ["offsets-expire-before-records", server, "", "offsets.retention.minutes=60"],
  ["offsets-expire-before-records", server, "", "log.retention.hours=720"],
  ["offsets-expire-before-records", server, "", "log.retention.ms=-1"],
  ["offsets-expire-before-records", server, "", "log.retention.minutes=20000"],
  // fetches
  ["fetch-limit-below-records", consumer, "", "max.partition.fetch.bytes=100000"],
  ["fetch-limit-below-records", consumer, "", "fetch.max.bytes=100000\nmax.partition.fetch.bytes=5000"],
  ["fetch-limit-below-records", kafkajs, "30000 }", '30000, "maxBytesPerPartition": 100000 }'],
  [
    "fetch-limit-below-records",
    { ...server, "consumer.properties": `${CONSUMER}max.partition.fetch.bytes=2000000\n` },
    "process.roles",
    "message.max.bytes=8000000\nprocess.roles",
  ],
  ["librdkafka-fetch-limits", rdConsumer, "45000", '45000, "fetch.max.bytes": 1000'],
  ["librdkafka-fetch-limits", rdConsumer, "45000", '45000, "receive.message.max.bytes": 1000000'],
  ["librdkafka-fetch-limits", rdConsumer, "45000", '45000, "fetch.wait.max.ms": 59500'],
  ["librdkafka-fetch-limits", rdConsumer, "45000", '45000, "socket.timeout.ms": 1000'],
  // assignors and static members
  ["assignor-unknown", consumer, "", "partition.assignment.strategy=range"],
  ["assignor-unknown", rdConsumer, "45000", '45000, "partition.assignment.strategy": "sticky"'],
  [
    "assignor-unknown",
    rdConsumer,
    "45000",
    `45000, "partition.assignment.strategy": "${CLASSES}.RoundRobinAssignor"`,
  ],
  [
    "assignors-eager-and-cooperative",
    consumer,
    "",
    `partition.assignment.strategy=${CLASSES}.CooperativeStickyAssignor,${CLASSES}.RangeAssignor`,
  ],
  [
    "assignors-eager-and-cooperative",
    rdConsumer,
    "45000",
    '45000, "partition.assignment.strategy": "cooperative-sticky,range"',
  ],
  ["assignors-not-in-common", MIXED, "roundrobin,range", "roundrobin"],
  [
    "assignors-not-in-common",
    STATIC,
    "client.id=two\n",
    `client.id=two\npartition.assignment.strategy=${CLASSES}.RoundRobinAssignor\n`,
  ],
  ["assignors-not-in-common", { ...consumer, ...kafkajs }, '"groupId": "k"', '"groupId": "g"'],
  ["group-instance-id-shared", STATIC, "instance.id=two", "instance.id=one"],
  ["group-instance-id-shared", composed, "image: app", "image: app\n    scale: 3"],
  ["group-instance-id-shared", composed, "image: app", "image: app\n    deploy: { replicas: 3 }"],
  ["group-instance-id-shared", pods, "replicas: 1", "replicas: 2"],
  // the protocol of KIP-848
  [
    "group-protocol-settings",
    rdNew,
    "{",
    '{ "session.timeout.ms": 10000, "group.protocol.type": "consumer",',
  ],
  [
    "group-protocol-not-offered",
    withNew,
    "KAFKA_LOG_DIRS",
    "KAFKA_GROUP_COORDINATOR_REBALANCE_PROTOCOLS: classic\n      KAFKA_LOG_DIRS",
  ],
  ["remote-assignor-in-classic", consumer, "", "group.remote.assignor=uniform"],
  ["remote-assignor-in-classic", rdConsumer, "45000", '45000, "group.remote.assignor": "uniform"'],
  ["remote-assignor-not-offered", withNew, "=uniform", "=sticky"],
  ["group-consumer-timers", server, "", "group.consumer.session.timeout.ms=30000"],
  ["group-consumer-timers", server, "", "group.consumer.heartbeat.interval.ms=20000"],
  ["group-consumer-timers", server, "", "group.consumer.min.session.timeout.ms=70000"],
  // kafkajs and librdkafka
  ["kafkajs-fetch-wait-against-session", kafkajs, "30000 }", '30000, "maxWaitTimeInMs": 40000 }'],
  ["kafkajs-fetch-wait-against-session", kafkajs, "30000 }", "10000 }"],
  [
    "kafkajs-auto-commit-without-effect",
    kafkajs,
    '"consumer"',
    '"run": { "autoCommit": false, "autoCommitInterval": 5000, "autoCommitThreshold": 10 }, "consumer"',
  ],
  [
    "kafkajs-batch-resolved-whole",
    kafkajs,
    '"consumer"',
    '"run": { "eachBatchAutoResolve": true }, "consumer"',
  ],
  ["kafkajs-consumer-without-retries", kafkajs, "30000 }", '30000, "retry": { "retries": 0 } }'],
  ["librdkafka-never-commits", rdConsumer, "45000", '45000, "auto.commit.interval.ms": 0'],
  // Connect and Spring
  [
    "connect-session-range",
    { ...SERVERS, "connect-distributed.properties": CONNECT },
    "",
    "session.timeout.ms=5000\nheartbeat.interval.ms=1000",
  ],
  [
    "spring-ack-mode-without-effect",
    {
      "application.yml": SPRING.replace("ack-mode: batch", "ack-mode: record").replace(
        "group-id: g",
        "enable-auto-commit: true",
      ),
    },
    "ack-mode: record",
    "async-acks: true",
  ],
  ["spring-ack-mode-without-effect", silent, "group-id: g", "enable-auto-commit: true"],
  ["spring-record-ack-of-batches", spring, "ack-mode: batch", "ack-mode: record\n      type: batch"],
  ["spring-concurrency-above-partitions", withSpring, "ack-mode: batch", "concurrency: 3"],
  ["spring-ignored-key", spring, "group-id: g", "session.timeout.ms: 1000"],
  ["spring-ignored-key", spring, "group-id: g", "max.poll.interval.ms: 1000"],
];
