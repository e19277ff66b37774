// Each rule fires when one setting of a clean configuration is changed, and is silent before; its fix makes
// it silent again, and nothing new appears.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { diagnose, type DiagnoseOptions, RULES } from "../../sdk/analysis/diagnose/mod.ts";
import {
  BITNAMI,
  COMPOSE,
  CONSUMER,
  KAFKAJS,
  PRODUCER,
  RD_CONSUMER,
  RD_PRODUCER,
  SERVER,
  SPRING,
} from "./diagnose/bases.ts";
import { type Case, changed, type Files } from "./diagnose/case.ts";
import { CONSUMER_CASES, CONSUMER_FILES } from "./diagnose/consumer-cases.ts";
import { CASES as KUBERNETES_CASES, CLEAN as MANIFESTS } from "./diagnose/kubernetes-cases.ts";
import { SECURED_FILES, SECURITY_CASES } from "./diagnose/security-cases.ts";
import { fixed, FOR_READERS, PARTLY_FOR_READERS, whyNone } from "./diagnose/fixed.ts";
import { CASES as CONNECTOR_CASES, CLEAN as CONNECTORS } from "./diagnose/connectors.ts";
import { CASES as SET_CASES, CLEAN } from "./diagnose/sets.ts";

const compose: Files = { "compose.yml": COMPOSE };
/** One node by itself. */
const alone: Files = {
  "compose.yml": COMPOSE.replace(/ {2}kafka-2:[^]*/, "")
    .replace(/,2@kafka-2.*/, "")
    .replace(/(FACTOR|MIN_INSYNC_REPLICAS|MIN_ISR): \d/g, "$1: 1"),
};
const bitnami: Files = { "compose.yml": BITNAMI };
const server: Files = { "server.properties": SERVER };
const producer: Files = { "producer.properties": PRODUCER };
const consumer: Files = { "consumer.properties": CONSUMER };
const kafkajs: Files = { "kafkajs.json": KAFKAJS };
const rdProducer: Files = { "producer.json": RD_PRODUCER };
const rdConsumer: Files = { "consumer.json": RD_CONSUMER };
const spring: Files = { "application.yml": SPRING };
const withProducer: Files = { ...compose, ...producer };
const withConsumer: Files = { ...compose, ...consumer };
const withLatest: Files = { ...compose, "consumer.properties": CONSUMER.replace("earliest", "latest") };
const bean =
  "class C { @Bean ProducerFactory<String, String> f() { return new " +
  "DefaultKafkaProducerFactory<>(Map.of()); } }";
const mounted =
  'services: {kafka: {image: "apache/kafka:3.9.2", volumes: ["./conf:/mnt/shared/data"], environment: ' +
  "{KAFKA_LOG_DIRS: /mnt/shared/data}}}";

const CASES: readonly Case[] = [
  ...CONSUMER_CASES,
  ...KUBERNETES_CASES,
  ...SET_CASES,
  ...CONNECTOR_CASES,
  ...SECURITY_CASES,
  ["refused-value", compose, "MIN_INSYNC_REPLICAS: 2", "MIN_INSYNC_REPLICAS: two"],
  ["refused-value", bitnami, "MIN_INSYNC_REPLICAS=2", "MIN_INSYNC_REPLICAS=0"],
  ["refused-value", server, "", "broker.session.timeout.ms=9s"],
  ["refused-value", producer, "", "linger.ms=ten"],
  ["refused-value", consumer, "", "check.crcs=yes"],
  ["refused-value", spring, "group-id: g", "max-poll-records: 5s"],
  ["topic-name", kafkajs, "{", '{ "send": { "topic": "a/b" },'],
  [
    "auto-created-topic-one-replica",
    compose,
    "DEFAULT_REPLICATION_FACTOR: 3",
    "DEFAULT_REPLICATION_FACTOR: 1",
  ],
  ["auto-created-topic-one-replica", server, "default.replication.factor=3\n", ""],
  [
    "default-one-replica",
    compose,
    "DEFAULT_REPLICATION_FACTOR: 3",
    "DEFAULT_REPLICATION_FACTOR: 1\n      KAFKA_AUTO_CREATE_TOPICS_ENABLE: false",
  ],
  [
    "offsets-topic-one-replica",
    compose,
    "OFFSETS_TOPIC_REPLICATION_FACTOR: 3",
    "OFFSETS_TOPIC_REPLICATION_FACTOR: 1",
  ],
  ["offsets-topic-one-replica", bitnami, /.*OFFSETS_TOPIC.*\n/g, ""],
  ["transaction-log-one-replica", compose, "LOG_REPLICATION_FACTOR: 3", "LOG_REPLICATION_FACTOR: 1"],
  ["transaction-log-min-isr", compose, "LOG_MIN_ISR: 2", "LOG_MIN_ISR: 1"],
  ["transaction-log-min-isr", compose, "LOG_MIN_ISR: 2", "LOG_MIN_ISR: 3"],
  ["min-isr-equals-replicas", compose, "INSYNC_REPLICAS: 2", "INSYNC_REPLICAS: 3"],
  ["min-isr-above-replicas", compose, "INSYNC_REPLICAS: 2", "INSYNC_REPLICAS: 4"],
  ["min-isr-one", compose, "INSYNC_REPLICAS: 2", "INSYNC_REPLICAS: 1"],
  [
    "replicas-above-brokers",
    compose,
    "OFFSETS_TOPIC_REPLICATION_FACTOR: 3",
    "OFFSETS_TOPIC_REPLICATION_FACTOR: 4",
  ],
  ["unclean-leader-election", server, "", "unclean.leader.election.enable=true"],
  ["two-voters", server, ",3@c:9093", ""],
  ["even-voters", server, "3@c:9093", "3@c:9093,4@d:9093"],
  ["one-voter", compose, /VOTERS: .*/, "VOTERS: 1@kafka-1:9093"],
  ["voters-differ", bitnami, ",3@kafka-3:9093", ""],
  ["controller-not-a-voter", server, "node.id=1", "node.id=4"],
  ["broker-among-voters", server, "broker,controller", "broker"],
  ["no-voters", server, /controller.quorum.voters=.*/, ""],
  ["unreadable-voters", server, "1@a:9093", "a:9093"],
  ["no-node-id", server, "node.id=1\n", ""],
  ["duplicate-node-id", compose, "NODE_ID: 2", "NODE_ID: 1"],
  ["broker-id-differs", server, "", "broker.id=2"],
  ["voter-address", compose, "2@kafka-2:9093", "2@localhost:9093"],
  ["voter-address", compose, "2@kafka-2:9093", "2@kafka-2:9999"],
  ["inter-broker-localhost", compose, "BROKER_LISTENER_NAME: INTERNAL", "BROKER_LISTENER_NAME: EXTERNAL"],
  ["inter-broker-localhost", server, "//a:9092", "//localhost:9092"],
  ["advertised-wildcard", server, "//a:9092", "//0.0.0.0:9092"],
  ["listeners-not-advertised", compose, "KAFKA_ADVERTISED_LISTENERS", "OTHER_LISTENERS"],
  ["advertised-unknown-listener", server, "//a:9092", "//a:9092,OTHER://a:9094"],
  ["inter-broker-not-advertised", server, "", "inter.broker.listener.name=CONTROLLER"],
  [
    "inter-broker-named-twice",
    compose,
    "KAFKA_LOG_DIRS",
    "KAFKA_SECURITY_INTER_BROKER_PROTOCOL: PLAINTEXT\n      KAFKA_LOG_DIRS",
  ],
  ["no-controller-listener", server, "listener.names=CONTROLLER", "listener.names=OTHER"],
  [
    "controller-listener-on-broker",
    server,
    "process.roles=broker,controller\nnode.id=1",
    "process.roles=broker\nnode.id=7",
  ],
  ["listener-without-protocol", server, "CONTROLLER:PLAINTEXT,", ""],
  ["controller-listener-advertised", server, "//a:9092", "//a:9092,CONTROLLER://a:9093", { kafka: "3.8" }],
  ["listener-port-twice", server, "CONTROLLER://:9093", "CONTROLLER://:9092"],
  ["advertised-port-not-published", compose, '"29092:9092"', '"29099:9092"'],
  ["listener-not-bindable", compose, "INTERNAL://:19092", "INTERNAL://kafka-9:19092"],
  ["listener-not-bindable", compose, "EXTERNAL://:9092", "EXTERNAL://192.168.1.5:9092"],
  ["listener-on-loopback", compose, "EXTERNAL://:9092", "EXTERNAL://localhost:9092"],
  ["listener-on-loopback", bitnami, "CONTROLLER://:9093", "CONTROLLER://127.0.0.1:9093"],
  ["voter-address", compose, "2@kafka-2:9093", "2@broker-2:9093"],
  [
    "advertised-unreachable",
    { ...compose, ...producer },
    /EXTERNAL:\/\/localhost:2909/g,
    "EXTERNAL://kafka-1:2909",
  ],
  [
    "published-for-containers-only",
    { "compose.yml": COMPOSE.replace(/ +ports: \["29091:9092"\]\n/, "") },
    "volumes",
    'ports: ["19092:19092"]\n    volumes',
  ],
  ["image-latest", compose, "kafka:3.9.2", "kafka"],
  ["image-latest", compose, "kafka:3.9.2", "kafka:latest"],
  ["image-gone", bitnami, "bitnamilegacy", "docker.io/bitnami"],
  ["image-refuses", compose, "ROLES: broker,controller", "ROLES: controller"],
  [
    "image-refuses",
    compose,
    /apache\/kafka:3.9.2([^]*)CLUSTER_ID: \w+/,
    "confluentinc/cp-kafka:7.9.0$1OTHER_ID: a",
  ],
  ["cluster-id-unsupported", bitnami, /CLUSTER_ID=.*/g, "CLUSTER_ID=my-cluster-id"],
  ["cluster-ids-differ", bitnami, "a2Fma2EtZmFpbHVyZWxhYg", "5L6g3nShT-eMCtK--X86sw"],
  ["cluster-ids-differ", bitnami, /.*CLUSTER_ID=.*\n/g, ""],
  ["variable-of-another-image", compose, "KAFKA_MIN_INSYNC", "KAFKA_CFG_MIN_INSYNC"],
  ["variable-of-another-image", bitnami, "KAFKA_CFG_MIN_INSYNC", "KAFKA_MIN_INSYNC"],
  ["variable-of-another-image", compose, /^ +CLUSTER_ID/m, "      KAFKA_KRAFT_CLUSTER_ID"],
  ["data-in-container", compose, "LOG_DIRS: /data", "LOG_DIRS: /tmp/kafka"],
  ["data-in-container", compose, '["data-2:/data"]', '["/data"]'],
  ["configuration-elsewhere", { "compose.yml": mounted }, ":/mnt/shared/data", ":/mnt/shared/config"],
  ["port-clash", compose, '"29092:9092"', '"29091:9092"'],
  ["misspelt-broker-setting", server, "min.insync.replicas", "min.insync.replica"],
  ["broker-session-against-heartbeat", server, "", "broker.session.timeout.ms=3000"],
  ["replica-lag-against-fetch-wait", server, "", "replica.lag.time.max.ms=400"],
  ["replica-lag-against-fetch-wait", server, "", "replica.socket.timeout.ms=400"],
  ["replica-lag-short", server, "", "replica.lag.time.max.ms=1000"],
  ["group-session-range", server, "", "group.max.session.timeout.ms=5000"],
  ["zookeeper-in-kraft", server, "", "zookeeper.connect=z:2181"],
  ["no-roles", alone, / +KAFKA_(PROCESS|NODE|CONTROLLER)_.*\n/g, ""],
  ["zookeeper-with-kafka-4", server, /process.roles=.*/, "", { kafka: "4.0" }],
  ["zookeeper-mode", server, /process.roles=.*/, "zookeeper.connect=z:2181"],
  [
    "zookeeper-address",
    {
      "compose.yml":
        "services:\n  zk:\n    image: zookeeper\n  kafka:\n    image: confluentinc/cp-kafka:7.6.1\n" +
        "    environment:\n      KAFKA_ZOOKEEPER_CONNECT: zk:2181\n" +
        "      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092\n",
    },
    "zk:2181",
    "zk:2182",
  ],
  ["removed-in-kafka-4", server, "", "inter.broker.protocol.version=3.9", { kafka: "4.0" }],
  ["control-plane-in-kraft", server, "", "control.plane.listener.name=PLAINTEXT"],
  ["one-bootstrap-server", withProducer, "localhost:29091,localhost:29092\n", "localhost:29091\n"],
  ["one-bootstrap-server", producer, "localhost:29091,localhost:29092", "kafka.example:9092"],
  ["one-bootstrap-server", { ...compose, ...kafkajs }, ', "localhost:29092"]', "]"],
  ["one-bootstrap-server", { ...compose, ...rdConsumer }, ',localhost:29092",', '",'],
  [
    "one-bootstrap-server",
    { ...compose, ...spring },
    "localhost:29091,localhost:29092\n",
    "localhost:29091\n",
  ],
  ["bootstrap-not-a-broker", withProducer, "localhost:29091,", "localhost:9093,"],
  ["bootstrap-not-a-broker", withProducer, "localhost:29091,", "kafka-1:9093,"],
  ["max-block-against-delay", producer, "max.block.ms=60000", "max.block.ms=10000", { delay: "5s" }],
  ["request-timeout-against-delay", producer, "", "request.timeout.ms=4000", { delay: "5s" }],
  [
    "request-timeout-against-delay",
    kafkajs,
    '"requestTimeout": 60000',
    '"requestTimeout": 8000',
    { delay: "5s" },
  ],
  [
    "delivery-timeout-against-delay",
    producer,
    "",
    "delivery.timeout.ms=31000\nrequest.timeout.ms=20000",
    { delay: "15s" },
  ],
  [
    "connection-timeout-against-delay",
    producer,
    "",
    "socket.connection.setup.timeout.max.ms=4000",
    { delay: "5s" },
  ],
  ["acks-none", producer, "acks=all", "acks=0"],
  ["acks-none", kafkajs, '"maxInFlightRequests": 1', '"acks": 0'],
  ["acks-leader-only", producer, "acks=all", "acks=1"],
  ["acks-leader-only", rdProducer, '"enable.idempotence": true', '"request.required.acks": 1'],
  ["acks-against-min-isr", withProducer, "acks=all", "acks=1"],
  ["idempotence-conflict", producer, "acks=all", "acks=1\nenable.idempotence=true"],
  ["idempotence-conflict", producer, "", "retries=0\nenable.idempotence=true"],
  ["idempotence-conflict", rdProducer, '"linger.ms": 5', '"max.in.flight": 10'],
  ["too-many-in-flight", producer, "", "max.in.flight.requests.per.connection=6"],
  ["retries-reorder", producer, "", "enable.idempotence=false"],
  ["misspelt-client-setting", producer, "acks=all", "ack=all"],
  ["retries-reorder", kafkajs, '"maxInFlightRequests": 1', '"idempotent": false'],
  ["retries-reorder", rdProducer, "true", "false"],
  ["transactional-without-idempotence", producer, "", "transactional.id=t\nenable.idempotence=false"],
  [
    "transaction-timeout-above-maximum",
    producer,
    "transaction.timeout.ms=60000",
    "transactional.id=t\ntransaction.timeout.ms=1000000",
  ],
  [
    "transaction-timeout-above-maximum",
    { ...server, ...producer },
    /log.dirs=.*([^]*)/,
    "transaction.max.timeout.ms=10000$1",
    {},
  ],
  ["delivery-below-request", producer, "", "delivery.timeout.ms=20000"],
  ["delivery-below-request", producer, "", "request.timeout.ms=600000"],
  ["delivery-timeout-below-failover", producer, "", "delivery.timeout.ms=11000\nrequest.timeout.ms=5000"],
  ["delivery-timeout-below-failover", rdProducer, "60000", "10000"],
  ["retries-below-failover", producer, "", "retries=3"],
  ["retries-below-failover", rdProducer, '"linger.ms": 5', '"message.send.max.retries": 3'],
  ["request-timeout-below-replica-lag", withProducer, "acks=all", "request.timeout.ms=5000"],
  ["max-block-short", producer, "max.block.ms=60000", "max.block.ms=1500"],
  ["request-above-message-limit", withProducer, "acks=all", "max.request.size=2000000"],
  ["session-below-minimum", consumer, "session.timeout.ms=45000", "session.timeout.ms=5000"],
  ["session-below-minimum", kafkajs, "30000 }", "5000 }"],
  ["session-above-maximum", rdConsumer, "45000", "1800001"],
  [
    "session-above-maximum",
    withConsumer,
    "KAFKA_LOG_DIRS",
    "KAFKA_GROUP_MAX_SESSION_TIMEOUT_MS: 40000\n      KAFKA_LOG_DIRS",
  ],
  ["heartbeat-not-below-session", consumer, "heartbeat.interval.ms=3000", "heartbeat.interval.ms=45000"],
  ["heartbeat-over-third", consumer, "heartbeat.interval.ms=3000", "heartbeat.interval.ms=20000"],
  ["heartbeat-over-third", spring, "heartbeat-interval: 3s", "heartbeat-interval: 20s"],
  ["poll-interval-below-session", consumer, "", "max.poll.interval.ms=30000"],
  ["poll-interval-below-session", rdConsumer, "45000", "301000"],
  ["poll-loop-too-slow", consumer, "", "max.poll.interval.ms=45000", { recordTime: "100ms" }],
  ["poll-loop-too-slow", kafkajs, "30000 }", "10000 }", { recordTime: "20s" }],
  [
    "offset-reset-latest",
    withLatest,
    "OFFSETS_TOPIC_REPLICATION_FACTOR: 3",
    "OFFSETS_TOPIC_REPLICATION_FACTOR: 1",
  ],
  [
    "offset-reset-latest",
    withLatest,
    "KAFKA_LOG_DIRS",
    "KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE: true\n      KAFKA_LOG_DIRS",
  ],
  ["uncommitted-reads", { ...producer, ...consumer }, "acks=all", "transactional.id=t"],
  ["fetch-wait-above-request-timeout", consumer, "", "fetch.max.wait.ms=30000"],
  ["group-protocol-settings", consumer, "", "group.protocol=consumer"],
  [
    "group-protocol-not-offered",
    { ...compose, "consumer.properties": CONSUMER.replace(/(session|heartbeat).*\n/g, "") },
    "group.id=g",
    "group.id=g\ngroup.protocol=consumer",
  ],
  ["kafkajs-retries-below-failover", kafkajs, ', "retry": { "retries": 2147483647 }', ""],
  ["kafkajs-requests-never-end", kafkajs, '"requestTimeout": 60000', '"enforceRequestTimeout": false'],
  [
    "kafkajs-idempotent-retries",
    kafkajs,
    '"maxInFlightRequests": 1, "retry": { "retries": 2147483647 }',
    '"idempotent": true',
  ],
  ["kafkajs-idempotent-loses", kafkajs, '"maxInFlightRequests": 1', '"idempotent": true'],
  [
    "kafkajs-idempotent-loses",
    kafkajs,
    '"maxInFlightRequests": 1',
    '"maxInFlightRequests": 1, "transactionalId": "t"',
  ],
  ["kafkajs-ignored-key", kafkajs, '"requestTimeout": 60000', '"request.timeout.ms": 60000'],
  ["kafkajs-ignored-key", kafkajs, '"requestTimeout": 60000', '"requestTimeot": 60000'],
  ["kafkajs-ignored-key", kafkajs, '"requestTimeout": 60000', '"retries": 10'],
  ["librdkafka-unknown-property", rdProducer, '"linger.ms": 5', '"max.block.ms": 5'],
  ["librdkafka-unknown-property", rdProducer, '"linger.ms": 5', '"queue.buffering.max.mss": 5'],
  ["librdkafka-message-timeout", rdProducer, '"linger.ms": 5', '"linger.ms": 60000'],
  [
    "librdkafka-message-timeout",
    rdProducer,
    '"linger.ms": 5',
    '"transactional.id": "t", "transaction.timeout.ms": 30000',
  ],
  [
    "librdkafka-offset-before-processing",
    rdConsumer,
    '"enable.auto.offset.store": false',
    '"enable.auto.offset.store": true',
  ],
  ["misspelt-client-setting", producer, "max.block.ms", "max.blok.ms"],
  ["misspelt-client-setting", spring, "session.timeout.ms", "max.block.ms"],
  ["spring-ignored-key", spring, "acks: all", "request.timeout.ms: 5000"],
  ["spring-ignored-key", spring, "bootstrap-servers", "bootstrap.servers"],
  ["spring-own-factory", { ...spring, "Config.java": "class C { }" }, "class C { }", bean],
  [
    "spring-own-factory",
    { ...spring, "Config.java": bean.replace("Map.of()", "p.buildProducerProperties(null)") },
    "p.buildProducerProperties(null)",
    "Map.of()",
  ],
  ["not-judged", spring, "", "spring.cloud.stream.kafka.binder.brokers: a:9092"],
  ["spring-ack-mode-without-effect", spring, "group-id: g", "enable-auto-commit: true"],
  [
    "spring-ack-mode-without-effect",
    {
      "application.yml": SPRING.replace("ack-mode: batch", "ack-mode: record").replace(
        "group-id: g",
        "enable-auto-commit: true",
      ),
    },
    "record",
    "manual",
  ],
];

function rulesOf(files: Files, options: DiagnoseOptions | undefined): string[] {
  return diagnose(
    Object.entries(files).map(([file, text]) => ({ file, text })),
    options,
  ).map(({ rule }) => rule);
}

/** Rules without edits that FOR_READERS does not have. */
const withoutEdits = new Set<string>();

CASES.forEach(([rule, files, from, to, options], i) => {
  // the rule about transactions needs one in both
  const base =
    rule === "transaction-timeout-above-maximum" ? changed(files, "acks=all", "transactional.id=t") : files;
  test(
    `${rule} (${i + 1}): silent before, fires after ${String(from) || "+"} becomes ` +
      `${JSON.stringify(to)}`,
    () => {
      const after = changed(base, from, to);
      assert.not.equal(after, base, "the change must hit something");
      assert.not.ok(rulesOf(base, options).includes(rule), "before");
      assert.ok(rulesOf(after, options).includes(rule), `after: ${rulesOf(after, options).join(", ")}`);
    },
  );
  const none = whyNone(rule, files);
  const what = none === undefined ? "its fix mends it" : `a reader fixes it: ${none}`;
  test(`${rule} (${i + 1}): ${what}`, () => {
    const { edits, texts, ...rest } = fixed(rule, changed(base, from, to), options);
    if (none !== undefined) return assert.is(edits, 0);
    if (edits === 0) return void (PARTLY_FOR_READERS.has(rule) || withoutEdits.add(rule));
    assert.equal(rest, { skipped: [], isThere: false, added: [] }, texts.join("\n"));
  });
});
test("every other rule has a fix that a program makes in each of its cases", () =>
  assert.equal([...withoutEdits], []));
test("every rule that is left to readers is a rule", () => {
  const ids = new Set(RULES.map(({ id }) => id));
  assert.equal(
    [...Object.keys(FOR_READERS), ...PARTLY_FOR_READERS].filter((id) => !ids.has(id)),
    [],
  );
});
test("every rule has a case", () =>
  assert.equal(
    RULES.map(({ id }) => id).filter((id) => !CASES.some(([rule]) => rule === id)),
    [],
  ));
test("RULES have ids of their own in kebab-case, a title and a source", () => {
  assert.is(new Set(RULES.map(({ id }) => id)).size, RULES.length);
  assert.equal(
    RULES.filter(
      ({ id, title, source }) => !/^[a-z0-9]+(-[a-z0-9]+)+$/.test(id) || title === "" || source === "",
    ),
    [],
  );
});
for (const [name, files] of Object.entries({
  compose,
  bitnami,
  server,
  producer,
  consumer,
  kafkajs,
  rdProducer,
  rdConsumer,
  spring,
  ...MANIFESTS,
  ...CLEAN,
  ...CONNECTORS,
  ...CONSUMER_FILES,
  ...SECURED_FILES,
  all: {
    ...compose,
    ...producer,
    ...consumer,
    ...kafkajs,
    "rd-producer.json": RD_PRODUCER,
    "rd-consumer.json": RD_CONSUMER,
    ...spring,
  },
})) {
  test(`diagnose() is silent about a clean configuration: ${name}`, () =>
    assert.equal(rulesOf(files, undefined), []));
}
test.run();
