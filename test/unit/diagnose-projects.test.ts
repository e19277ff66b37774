// What a compose project is: one cluster or several, all of it or a part, in networks of its own or the
// host's.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { diagnose, type DiagnoseOptions } from "../../sdk/analysis/diagnose/mod.ts";

type Found = ReturnType<typeof diagnose>;

const of = (text: string, more: Readonly<Record<string, string>> = {}, options?: DiagnoseOptions): Found =>
  diagnose(
    Object.entries({ "compose.yml": text, ...more }).map(([file, one]) => ({ file, text: one })),
    options,
  );
const told = (found: Found): string[] =>
  found
    .filter(({ severity }) => severity !== "note")
    .map(({ rule, severity, evidence: [first] }) => `${severity} ${rule} ${first!.key}`);

const FACTORS = `KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1`;
const combined = (name: string, voters: string, port: number, keys = ""): string => `  ${name}:
    image: apache/kafka:3.9.2
    ports: ["${port}:9092"]
    ${keys}
    environment:
      CLUSTER_ID: ${name === "west" ? "a2Fma2EtZmFpbHVyZWxhYg" : "5L6g3nShT-eMCtK--X86sw"}
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_CONTROLLER_QUORUM_VOTERS: ${voters}
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_LISTENERS: INTERNAL://:29092,EXTERNAL://:9092,CONTROLLER://:9093
      KAFKA_ADVERTISED_LISTENERS: INTERNAL://${name}:29092,EXTERNAL://localhost:${port}
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT
      KAFKA_INTER_BROKER_LISTENER_NAME: INTERNAL
      ${FACTORS}
`;
const zookeepers = (id: number, name: string, zookeeper: string, keys = ""): string => `  ${name}:
    image: confluentinc/cp-kafka:7.5.0
    ${keys}
    environment:
      KAFKA_BROKER_ID: ${id}
      KAFKA_ZOOKEEPER_CONNECT: ${zookeeper}
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://${name}:9092
      ${FACTORS}
`;
const ZOOKEEPERS = "  zookeeper: {image: zookeeper}\n  zookeeper-2: {image: zookeeper}\n";

// ── several clusters

test("diagnose() judges two KRaft clusters of one file by themselves", () => {
  const west = combined("west", "1@west:9093", 9091);
  assert.equal(told(of(`services:\n${west}${combined("east", "1@east:9093", 9092)}`)), []);
  assert.equal(told(of(`services:\n${west}${combined("east", "1@localhost:9093", 9092)}`)), []);
});
test("diagnose() judges two clusters with a ZooKeeper each by themselves, and one by one id each", () => {
  const two = (zookeeper: string): string[] =>
    told(
      of(`services:\n${zookeepers(1, "a", "zookeeper:2181")}${zookeepers(1, "b", zookeeper)}${ZOOKEEPERS}`),
    );
  assert.equal(two("zookeeper-2:2181"), []);
  assert.equal(two("zookeeper:2181/other"), []);
  assert.ok(two("zookeeper:2181").includes("error duplicate-node-id KAFKA_BROKER_ID"));
});
test("diagnose() judges a client against the cluster that it dials", () => {
  const text = `services:\n${combined("west", "1@west:9093", 9091)}${combined("east", "1@east:9093", 9092)}`;
  const app = "  app: {image: app, environment: {KAFKA_BOOTSTRAP_SERVERS: 'east:9092'}}\n";
  const [found] = of(`${text}${app}`);
  assert.equal([found!.rule, found!.fix], ["advertised-unreachable", "KAFKA_BOOTSTRAP_SERVERS: east:29092"]);
  const files = { "producer.properties": "bootstrap.servers=localhost:9091\nacks=1\n" };
  assert.equal(
    told(of(text, files)).filter((line) => line.includes("acks-leader-only")),
    ["warning acks-leader-only acks"],
  );
});

// ── the host's network

const HOSTS = [1, 2, 3]
  .map(
    (id) => `  kafka-${id}:
    image: confluentinc/cp-kafka:7.9.1
    network_mode: host
    environment:
      CLUSTER_ID: a2Fma2EtZmFpbHVyZWxhYg
      KAFKA_NODE_ID: ${id}
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@localhost:19093,2@localhost:29093,3@localhost:39093
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_LISTENERS: PLAINTEXT://localhost:${id}9092,CONTROLLER://localhost:${id}9093
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://localhost:${id}9092
      KAFKA_DEFAULT_REPLICATION_FACTOR: 3
      KAFKA_MIN_INSYNC_REPLICAS: 2
`,
  )
  .join("");

test("diagnose() lets nodes in the host's network find each other at localhost", () => {
  assert.equal(told(of(`services:\n${HOSTS}`)), []);
  assert.equal(
    told(
      of(`services:\n${HOSTS}`, {
        "producer.properties": "bootstrap.servers=localhost:19092,localhost:29092",
      }),
    ),
    [],
  );
  const apart = told(of(`services:\n${HOSTS.replaceAll("    network_mode: host\n", "")}`));
  for (const rule of ["voter-address", "inter-broker-localhost", "listener-on-loopback"])
    assert.ok(
      apart.some((line) => line.includes(rule)),
      rule,
    );
});

// ── a part of a project

test("diagnose() does not count the brokers of a file whose ZooKeeper is elsewhere", () => {
  const part = `services:\n${zookeepers(3, "c", "zookeeper:2181")}${zookeepers(4, "d", "zookeeper:2181")}`;
  const three = part.replaceAll("TOPIC_REPLICATION_FACTOR: 1", "TOPIC_REPLICATION_FACTOR: 3");
  const more = (text: string): boolean =>
    told(of(text)).some((line) => line.includes("replicas-above-brokers"));
  assert.not.ok(more(three));
  assert.ok(more(`${three}${ZOOKEEPERS}`));
});
test("diagnose() does not know the names of services in files that were not given", () => {
  const app = (keys: string): string =>
    `services:\n${combined("west", "1@west:9093", 9091)}  app: {image: app${keys}, environment: ` +
    "{KAFKA_BOOTSTRAP_SERVERS: 'east:9092'}}\n";
  assert.equal(told(of(app(", depends_on: [east]"))), []);
  assert.equal(told(of(app(""))), ["error bootstrap-not-a-broker KAFKA_BOOTSTRAP_SERVERS"]);
});
test("diagnose() reads a mount whose source is a variable that is not set", () => {
  const text = combined("west", "1@west:9093", 9091, "volumes: ['${SECRETS_DIR}:/etc/kafka/secrets']");
  assert.equal(told(of(`services:\n${text}`)), []);
});
test("diagnose() names a Kafka that is built, and no image that only has its name in it", () => {
  const built = "services: {kafka: {build: ., environment: {KAFKA_ADVERTISED_HOST_NAME: 10.0.0.1}}}";
  assert.equal(
    of(built).map(({ rule, evidence: [first] }) => `${rule} ${first!.key}`),
    ["not-judged build"],
  );
  const flink = "  flink: {image: 'cnfldemos/flink-kafka:1.19.1'}\n";
  assert.equal(told(of(`services:\n${combined("west", "1@west:9093", 9091)}${flink}`)), []);
  assert.not.ok(
    of(`services:\n${combined("west", "1@west:9093", 9091)}${flink}`).some(
      ({ rule }) => rule === "not-judged",
    ),
  );
});

test.run();
