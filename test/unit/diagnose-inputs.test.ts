// Inputs of a diagnosis that are not one file of one program: .env files, sets of server.properties, folders,
// Connect and Streams beside brokers.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { diagnoseCommand } from "../../scripts/diagnose/command.ts";
import { diagnose, type DiagnoseOptions, diagnosisLines } from "../../sdk/analysis/diagnose/mod.ts";
import { APACHE_PROPERTIES } from "./diagnose/apache.ts";
import { COMPOSE } from "./diagnose/bases.ts";
import { CONNECT, LOCAL, SERVERS, STREAMS } from "./diagnose/sets.ts";
import { refusal } from "./refusal.ts";

type Files = Readonly<Record<string, string>>;
const of = (files: Files, options?: DiagnoseOptions): ReturnType<typeof diagnose> =>
  diagnose(
    Object.entries(files).map(([file, text]) => ({ file, text })),
    options,
  );
const rules = (files: Files, options?: DiagnoseOptions): string[] =>
  of(files, options).map(({ rule }) => rule);

// ── .env files

const BROKER = `# one node
export KAFKA_PROCESS_ROLES=broker,controller
KAFKA_NODE_ID=1
KAFKA_CONTROLLER_QUORUM_VOTERS=1@localhost:9093
KAFKA_CONTROLLER_LISTENER_NAMES=CONTROLLER
KAFKA_LISTENERS=PLAINTEXT://:9092,CONTROLLER://:9093
KAFKA_ADVERTISED_LISTENERS="PLAINTEXT://localhost:9092"
KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=1
KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR=1
KAFKA_TRANSACTION_STATE_LOG_MIN_ISR=1
APP_BOOTSTRAP_SERVERS=localhost:9092
`;

test("diagnose() takes a .env alone for the environment of a service, at the variables' lines", () => {
  for (const file of [".env", "kafka.env", "dir/.env.production"])
    assert.equal(rules({ [file]: BROKER }), []);
  const [found] = of({
    ".env": BROKER.replace("OFFSETS_TOPIC_REPLICATION_FACTOR=1", "OFFSETS_TOPIC_REPLICATION_FACTOR=3"),
  });
  assert.equal(
    [found!.rule, found!.evidence[0]!.key, found!.evidence[0]!.line],
    ["replicas-above-brokers", "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", 8],
  );
  assert.match(found!.fix, /^KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=1 /);
});
test("diagnose() judges clients of a .env: dialled addresses, Spring Boot, workers, Streams", () => {
  assert.equal(rules({ ".env": BROKER.replace("SERVERS=localhost:9092", "SERVERS=localhost:9093") }), [
    "bootstrap-not-a-broker",
  ]);
  const [acks] = of({ ".env": "SPRING_KAFKA_BOOTSTRAP_SERVERS=a:1,b:1\nSPRING_KAFKA_PRODUCER_ACKS=0\n" });
  assert.equal([acks!.rule, acks!.fix], ["acks-none", "SPRING_KAFKA_PRODUCER_ACKS=all"]);
  assert.equal(
    rules({ ".env": "CONNECT_BOOTSTRAP_SERVERS=a:1,b:1\nCONNECT_CONFIG_STORAGE_REPLICATION_FACTOR=1\n" }),
    ["connect-topic-one-replica"],
  );
  assert.equal(
    rules({
      ".env": "SPRING_KAFKA_STREAMS_BOOTSTRAP_SERVERS=a:1,b:1\nSPRING_KAFKA_STREAMS_REPLICATION_FACTOR=1\n",
    }),
    ["streams-topic-one-replica"],
  );
});
test("diagnose() says so where a .env has nothing to judge", () => {
  assert.equal(rules({ ".env": "TZ=UTC\n" }), ["not-judged"]);
  assert.equal(rules({ ".env": "APP_BOOTSTRAP_SERVERS=a:9092\n" }), ["not-judged"]);
  assert.equal(rules({ "compose.yml": COMPOSE, ".env": "TZ=UTC\n" }), ["not-judged"]);
});
test("diagnose() interpolates a compose file with the .env files beside it, the environment first", () => {
  const compose = COMPOSE.replace("MIN_INSYNC_REPLICAS: 2", "MIN_INSYNC_REPLICAS: ${MIN}");
  const files = (min: string): Files => ({ "compose.yml": compose, ".env": `MIN=${min}\n` });
  assert.equal(rules(files("2")), []);
  assert.equal(rules(files("3")), ["min-isr-equals-replicas"]);
  assert.equal(rules(files("3"), { env: { MIN: "2" } }), []);
  assert.equal(rules({ ...files("3"), "later.env": "MIN=2\n" }), []);
});
test("diagnose() takes a given file for the env_file of a service", () => {
  const compose = COMPOSE.replace("    ports:", "    env_file: kafka.env\n    ports:");
  const files = { "compose.yml": compose, "kafka.env": "KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE=true\n" };
  assert.equal(rules(files), ["unclean-leader-election"]);
});
test("diagnose() shows no secret of a .env, neither in findings nor in errors", () => {
  const secret = "hunter2-hunter2";
  const env = `DB_PASSWORD=${secret}\nX_SASL_JAAS_CONFIG='user ${secret};'\n`;
  const compose = COMPOSE.replace("MIN_INSYNC_REPLICAS: 2", "MIN_INSYNC_REPLICAS: ${DB_PASSWORD}");
  const found = of({ "compose.yml": compose, ".env": env });
  assert.equal(
    found.map(({ rule }) => rule),
    ["refused-value"],
  );
  assert.not.match(JSON.stringify(found) + diagnosisLines(found).join(), secret);
  assert.match(found[0]!.happens, /\(hidden\)/);
  const beside = diagnose([{ file: "compose.yml", text: compose }], { dotenv: env });
  assert.not.match(JSON.stringify(beside), secret);
  const wrong = COMPOSE.replace('"29091:9092"', '"${DB_PASSWORD}"');
  try {
    of({ "compose.yml": wrong, ".env": env });
    assert.unreachable();
  } catch (error) {
    refusal("BAD_COMPOSE", {})(error as Error);
    assert.not.match(String((error as Error).stack), secret);
  }
});
test("diagnose() hides what is secret by its name in any file", () => {
  const found = of({ "p.properties": "bootstrap.servers=a:1,b:1\nssl.keystore.passwords=hunter2\nacks=1\n" });
  assert.not.match(JSON.stringify(found), "hunter2");
  assert.ok(found.some(({ evidence: [first] }) => first!.key === "ssl.keystore.passwords"));
});

// ── sets

test("diagnose() takes Apache's controller.properties and broker.properties for one cluster", () => {
  const set = {
    "controller.properties": APACHE_PROPERTIES["kraft/controller.properties"]!,
    "broker.properties": APACHE_PROPERTIES["kraft/broker.properties"]!,
  };
  assert.equal(rules(set), []);
  const two = { ...set, "broker-2.properties": set["broker.properties"].replace("node.id=2", "node.id=3") };
  assert.equal(
    rules(two).filter((rule) => rule.endsWith("-another-node")),
    ["port-of-another-node", "folder-of-another-node"],
  );
});
test("diagnose() names the node of each file and counts brokers over all of them", () => {
  const [found] = of({
    ...LOCAL,
    "s.properties": STREAMS.replace(/servers=.*/, "servers=localhost:29092,localhost:39092"),
  });
  assert.equal([found!.rule, found!.evidence[0]!.file], ["streams-replicas-above-brokers", "s.properties"]);
  assert.match(found!.fix, /replication\.factor=2$/);
});

// ── Connect and Streams

const CONNECT_EXAMPLE = CONNECT.replaceAll("factor=3", "factor=1").replace(
  /servers=.*/,
  "servers=localhost:9092",
);
test("diagnose() is silent of Apache's example of a worker, alone and with Apache's one node", () => {
  const worker = { "connect-distributed.properties": CONNECT_EXAMPLE };
  assert.equal(rules(worker), []);
  assert.equal(rules({ ...worker, "server.properties": APACHE_PROPERTIES["kraft/server.properties"]! }), []);
});
test("diagnose() reads a connector's own file, as properties, as JSON and as Strimzi's resource", () => {
  const sink = "name=s\nconnector.class=FileStreamSink\ntopics=t\nerrors.tolerance=all\n";
  assert.equal(rules({ "sink.properties": sink }), ["connector-drops-records"]);
  const config = { "connector.class": "org.example.S3SinkConnector", topics: "t", "errors.tolerance": "all" };
  for (const json of [config, { name: "s", config }]) {
    const [found] = of({ "s3.json": JSON.stringify(json, undefined, 2) });
    assert.equal(
      [found!.rule, found!.evidence[0]!.line],
      ["connector-drops-records", json === config ? 4 : 6],
    );
  }
});
test("diagnose() judges services of Connect, and only the addresses of Schema Registry and ksqlDB", () => {
  const services = `  registry: {image: 'confluentinc/cp-schema-registry:7.9.0', environment: {
    SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: 'PLAINTEXT://kafka-1:19092,PLAINTEXT://kafka-2:19092'}}
  ksql: {image: 'confluentinc/cp-ksqldb-server:7.9.0', environment: {
    KSQL_BOOTSTRAP_SERVERS: 'kafka-1:19092', KSQL_KSQL_STREAMS_REPLICATION_FACTOR: 9}}
  connect: {image: 'confluentinc/cp-kafka-connect:7.9.0', environment: {
    CONNECT_BOOTSTRAP_SERVERS: 'kafka-1:19092,kafka-2:19092', CONNECT_CONFIG_STORAGE_REPLICATION_FACTOR: 3}}
`;
  assert.equal(rules({ "compose.yml": COMPOSE + services }), []);
  const wrong = services
    .replace("REPLICATION_FACTOR: 3", "REPLICATION_FACTOR: 4")
    .replace(": 'PLAINTEXT://kafka-1:19092", ": 'PLAINTEXT://kafka-1:9093");
  const found = of({ "compose.yml": COMPOSE + wrong });
  assert.equal(found.map(({ rule, evidence: [first] }) => `${rule} ${first!.key}`).sort(), [
    "bootstrap-not-a-broker SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS",
    "connect-replicas-above-brokers CONNECT_CONFIG_STORAGE_REPLICATION_FACTOR",
  ]);
});
test("diagnose() knows Debezium's variables, and that its image's file asks for one replica", () => {
  const service = (
    more: string,
  ): string => `  debezium: {image: 'quay.io/debezium/connect:3.0', environment: {
    BOOTSTRAP_SERVERS: 'kafka-1:19092,kafka-2:19092', GROUP_ID: 1, CONFIG_STORAGE_TOPIC: c,
    OFFSET_STORAGE_TOPIC: o${more}}}\n`;
  const factors = ["CONFIG", "OFFSET", "STATUS"].map(
    (store) => `, CONNECT_${store}_STORAGE_REPLICATION_FACTOR: 3`,
  );
  assert.equal(rules({ "compose.yml": COMPOSE + service(factors.join("")) }), []);
  const [found] = of({ "compose.yml": COMPOSE + service("") });
  assert.equal(
    [found!.rule, found!.evidence.map(({ origin }) => origin)],
    ["connect-topic-one-replica", ["image", "image", "image"]],
  );
  assert.match(found!.fix, /^CONNECT_CONFIG_STORAGE_REPLICATION_FACTOR: 3; /);
  assert.equal(rules({ "compose.yml": COMPOSE + service(", CONNECT_GROUP_ID: 2") }).length, 1);
});
test("diagnose() judges the Streams of Spring Boot", () => {
  const yaml = (factor: number): string => `spring:
  application: {name: shop}
  kafka:
    bootstrap-servers: localhost:29091,localhost:29092
    streams:
      replication-factor: ${factor}
      properties:
        processing.guarantee: exactly_once_v2
`;
  assert.equal(rules({ "compose.yml": COMPOSE, "application.yml": yaml(3) }), []);
  const [found] = of({ "compose.yml": COMPOSE, "application.yml": yaml(4) });
  assert.equal(
    [found!.rule, found!.fix],
    ["streams-replicas-above-brokers", "spring.kafka.streams.replication-factor: 3"],
  );
});

// ── folders and --env-file

const folder = mkdtempSync(path.join(tmpdir(), "inputs-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const written = (name: string, files: Files): string => {
  mkdirSync(path.join(folder, name), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(folder, name, file), text);
  return name;
};
const run = (...args: string[]): { exitCode: number; out: string; err: string } =>
  diagnoseCommand(args, { cwd: folder, env: {} });
const found = (...args: string[]): string[] =>
  (JSON.parse(run(...args, "--json").out) as { rule: string }[]).map(({ rule }) => rule);

test("diagnose FOLDER reads the Kafka files in it, and no others", () => {
  const clean = written("clean", {
    ...SERVERS,
    "log4j.properties": "log4j.rootLogger=INFO\n",
    "notes.txt": "x",
  });
  assert.equal(found(clean), []);
  const wrong = written("wrong", {
    ...SERVERS,
    "server-3.properties": SERVERS["server-3.properties"]!.replace("node.id=3", "node.id=2"),
  });
  assert.ok(found(wrong).includes("duplicate-node-id"));
  const composed = written("composed", {
    "compose.yml": COMPOSE.replace("MIN_INSYNC_REPLICAS: 2", "MIN_INSYNC_REPLICAS: ${MIN}"),
    ".env": "MIN=3\n",
  });
  assert.equal(found(composed), ["min-isr-equals-replicas"]);
});
test("diagnose FOLDER without a file of Kafka's is an error, not a clean result", () => {
  for (const files of [
    { "notes.txt": "x" },
    { "log4j.properties": "a=b\n" },
    { "compose.yml": "services: {web: {image: nginx}}" },
  ] as readonly Readonly<Record<string, string>>[])
    assert.is(run(written(`none-${Object.keys(files)[0]!}`, files)).exitCode, 1);
});
test("diagnose --env-file takes the place of the .env beside the compose file, the later one counts", () => {
  const name = written("env", {
    "compose.yml": COMPOSE.replace("MIN_INSYNC_REPLICAS: 2", "MIN_INSYNC_REPLICAS: ${MIN:-2}"),
    ".env": "MIN=3\n",
    "empty.env": "\n",
    "two.env": "MIN=2\n",
  });
  const file = path.join(name, "compose.yml");
  const env = (one: string): string[] => ["--env-file", path.join(name, one)];
  assert.equal(found(file), ["min-isr-equals-replicas"]);
  assert.equal(found(file, ...env("empty.env")), []);
  assert.equal(found(file, ...env(".env"), ...env("two.env")), []);
  assert.is(run(file, ...env("no-such.env")).exitCode, 1);
});

test.run();
