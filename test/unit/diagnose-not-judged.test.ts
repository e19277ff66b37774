// Nothing read is not nothing found: reduced inputs of which no rule can say anything, or only of a part.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { kafkaServices, parseCompose } from "../../sdk/compose/mod.ts";
import { diagnose, type DiagnoseOptions } from "../../sdk/analysis/diagnose/mod.ts";
import { refusal } from "./refusal.ts";
import { BITNAMI, COMPOSE, SPRING } from "./diagnose/bases.ts";

type Found = ReturnType<typeof diagnose>;

const of = (text: string, file = "compose.yml", options?: DiagnoseOptions): Found =>
  diagnose([{ file, text }], options);
const told = (found: Found): string[] =>
  found.map(({ rule, evidence: [first] }) => `${rule} ${first!.key}=${first!.value}`);

// ── images

for (const image of [
  "wurstmeister/kafka:2.13-2.8.1",
  "redpandadata/redpanda:v24.1.1",
  "docker.redpanda.com/redpandadata/redpanda",
  "confluentinc/confluent-local:7.5.0",
  "landoop/fast-data-dev",
  "quay.io/strimzi/kafka:0.45.0-kafka-3.9.0",
])
  test(`diagnose() names ${image} as not judged`, () => {
    assert.equal(told(of(`services: {k: {image: '${image}', environment: {A: b}}, ui: {image: kafka-ui}}`)), [
      `not-judged image=${image}`,
    ]);
  });
for (const [image, environment] of [
  [
    "confluentinc/cp-server:7.5.3",
    "KAFKA_ZOOKEEPER_CONNECT: 'z:2181', KAFKA_ADVERTISED_LISTENERS: 'A://k:1'",
  ],
  ["confluentinc/cp-enterprise-kafka:5.5.1", "KAFKA_ZOOKEEPER_CONNECT: 'z:2181'"],
] as const)
  test(`diagnose() reads ${image}`, () => {
    const found = of(`services: {k: {image: '${image}', environment: {${environment}}}}`);
    assert.ok(found.length > 0 && found.every(({ rule }) => rule !== "not-judged"));
  });
for (const image of [
  "provectuslabs/kafka-ui",
  "confluentinc/cp-kafka-connect:7.5.0",
  "obsidiandynamics/kafdrop",
])
  test(`diagnose() takes ${image} for no Kafka`, () => {
    assert.throws(() => of(`services: {k: {image: '${image}'}}`), refusal("BAD_COMPOSE", {}, image));
  });
test("diagnose() takes a tool in a Kafka image for no Kafka that it does not know", () => {
  const tool = "  topics: {image: 'apache/kafka:3.9.2', command: kafka-topics.sh --create}\n";
  assert.equal(of(`${COMPOSE}${tool}`), []);
});

// ── profiles

const OFF = BITNAMI.replaceAll("    image:", "    profiles: [cluster]\n    image:");

test("diagnose() names the profile that a Kafka has and nobody asks for", () => {
  const [found] = of(OFF);
  assert.equal([found!.rule, found!.evidence[0]!.value], ["not-judged", "cluster"]);
  assert.match(found!.fix, /COMPOSE_PROFILES=cluster/);
  assert.equal(of(OFF, "c.yml", { env: { COMPOSE_PROFILES: "cluster" } }), []);
});
test("kafkaServices() names images and profiles where it finds no broker", () => {
  const parse = (text: string): unknown => kafkaServices(parseCompose([{ file: "c.yml", text }]));
  assert.throws(() => parse(OFF), refusal("BAD_COMPOSE", {}, "COMPOSE_PROFILES=cluster", "kafka-1"));
  assert.throws(
    () => parse("services: {k: {image: 'wurstmeister/kafka'}}"),
    refusal("BAD_COMPOSE", {}, "wurstmeister/kafka", "cp-server"),
  );
});

// ── files of files

const read = (files: Readonly<Record<string, string>>): DiagnoseOptions => ({
  readFile: (name) => files[name],
});

test("diagnose() goes on past an unrelated service's env_file that is not there", () => {
  assert.equal(of(`${COMPOSE}  app: {image: app, env_file: .env.app}\n`), []);
});
test("diagnose() does not judge a node whose env_file is not there, and says so", () => {
  const text = "services: {k: {image: 'apache/kafka:3.9.2', env_file: kafka.env}}";
  assert.equal(told(of(text)), ["not-judged env_file=kafka.env"]);
});
test("diagnose() reads what is included, or goes on without it", () => {
  const including = `include: [db.yml]\n${COMPOSE}`;
  assert.equal(of(including), []);
  const bad = COMPOSE.replace("MIN_INSYNC_REPLICAS: 2", "MIN_INSYNC_REPLICAS: 3");
  const app = "include:\n  - path: kafka/compose.yml\nservices: {app: {image: app}}\n";
  const [found] = of(app, "compose.yml", read({ "kafka/compose.yml": bad }));
  assert.equal(
    [found!.rule, found!.evidence[0]!.file, found!.evidence[0]!.line],
    ["min-isr-equals-replicas", "kafka/compose.yml", 18],
  );
  assert.equal(told(of(app)), ["not-judged include=kafka/compose.yml"]);
});
test("diagnose() reads what is extended, or does not judge the service", () => {
  const base = "services: {base: {image: 'bitnami/kafka:3.9', environment: {KAFKA_CFG_NODE_ID: 1}}}";
  const text = "services: {k: {image: 'apache/kafka:3.9.2', extends: {file: base.yml, service: base}}}";
  assert.equal(told(of(text)), ["not-judged extends=base.yml"]);
  const own = "services: {k: {extends: {file: base.yml, service: base}}}";
  assert.equal(told(of(own)), ["not-judged extends=base.yml"]);
  assert.ok(
    told(of(own, "c.yml", read({ "base.yml": base }))).includes("image-gone image=bitnami/kafka:3.9"),
  );
});
test("diagnose() ends with includes that are a circle", () => {
  const files = read({ "a.yml": `include: [b.yml]\n${COMPOSE}`, "b.yml": "include: [a.yml]\n" });
  assert.equal(of("include: [a.yml]\n", "c.yml", files), []);
  assert.equal(told(of("include: [none.yml]\n")), ["not-judged include=none.yml"]);
});

// ── clients

test("diagnose() says that Spring Cloud Stream's binder is not read", () => {
  const text =
    "spring.cloud.stream.kafka.binder.brokers: a:9092\nspring.cloud.stream.bindings.x-in-0.group: g\n";
  const key = "spring.cloud.stream.kafka.binder.brokers=a:9092";
  assert.equal(told(of(text, "application.yml")), [`not-judged ${key}`]);
  assert.equal(told(of(text.replaceAll(": ", "="), "application.properties")), [`not-judged ${key}`]);
  assert.equal(told(of(`${SPRING}---\n${text}`, "application.yml")), [`not-judged ${key}`]);
});
test("diagnose() says that an application file has nothing for Kafka", () => {
  assert.equal(told(of("server.port: 80\n", "application.yml")), ["not-judged file=application.yml"]);
});
test("diagnose() says that a plain KafkaProducer's settings are not read", () => {
  const plain =
    "class C { Producer<String, String> p(Properties props) { return new KafkaProducer<>(props); } }";
  assert.equal(told(of(plain, "C.java")), ["not-judged file=C.java"]);
  assert.equal(told(of('val p = KafkaProducer<String, String>(mapOf("acks" to "all"))', "C.kt")), [
    "not-judged file=C.kt",
  ]);
  assert.equal(of('@KafkaListener(topics = "orders") void on(String s) { }', "C.java"), []);
});
test("diagnose() says that a client's file has no setting", () => {
  assert.equal(told(diagnose([{ file: "x.conf", text: "color=blue\n", kind: "java" }])), [
    "not-judged file=x.conf",
  ]);
});

test.run();
