// What an image does by its version: reduced configurations and what is true of each.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { imageRefusals, parseCompose, versionOf } from "../../sdk/compose/mod.ts";
import { conventionOf } from "../../sdk/compose/image.ts";
import { applyEdits, diagnose } from "../../sdk/analysis/diagnose/mod.ts";

type Found = ReturnType<typeof diagnose>;

const KRAFT =
  "KAFKA_NODE_ID: 1, KAFKA_PROCESS_ROLES: 'broker,controller', KAFKA_CONTROLLER_LISTENER_NAMES: " +
  "CONTROLLER, " +
  "KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093', " +
  "KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093', " +
  "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT', ";
const ADVERTISED = "KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://localhost:9092', ";
const FACTORS =
  "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1, KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1, " +
  "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1, ";
const ZOOKEEPER = "KAFKA_BROKER_ID: 1, KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181', ";
const CLUSTER_ID = "CLUSTER_ID: a2Fma2EtZmFpbHVyZWxhYg, ";
const BITNAMI = KRAFT.replaceAll("KAFKA_", "KAFKA_CFG_");

const service = (image: string, environment: string, keys = ""): string =>
  `services: {kafka: {image: '${image}', ports: ['9092:9092'], volumes: [data:/var/lib/kafka/data, ` +
  `data:/bitnami], ${keys} environment: {${environment}}}}`;
const of = (image: string, environment: string, keys = ""): Found =>
  diagnose([{ file: "c.yml", text: service(image, environment, keys) }]);
const told = (found: Found): string[] =>
  found.map(({ rule, severity, evidence: [first] }) => `${severity} ${rule} ${first!.key}`);

// ── versions

const VERSIONS: [image: string, version: string][] = [
  ["confluentinc/cp-server:7.5.3", "3.5"],
  ["confluentinc/cp-enterprise-kafka:5.5.1", "2.5"],
  ["confluentinc/cp-kafka:6.2.0", "2.8"],
  ["confluentinc/cp-kafka:6.0.1", "2.6"],
  ["confluentinc/cp-kafka:5.0.0", "2.0"],
  ["confluentinc/cp-kafka:4.1.2", "1.1"],
  ["confluentinc/cp-kafka:7.9.1", "3.9"],
  ["confluentinc/cp-kafka:8.1.0", "4.1"],
  ["docker.io/confluentinc/cp-kafka:7.4.0-1-ubi8", "3.4"],
];
for (const [image, version] of VERSIONS)
  test(`versionOf() ${image} holds Kafka ${version}`, () => {
    const [only] = parseCompose([{ file: "c.yml", text: service(image, "") }]).services;
    assert.is(conventionOf(only!), "confluent");
    assert.is(versionOf(image, "confluent"), version);
  });

// ── the images' own refusals

const REFUSED: [image: string, environment: string, keys: string, variables: string[]][] = [
  ["confluentinc/cp-kafka:7.9.1", KRAFT + ADVERTISED, "", ["CLUSTER_ID"]],
  ["confluentinc/cp-server:7.5.3", KRAFT + ADVERTISED, "", ["CLUSTER_ID"]],
  ["confluentinc/cp-kafka:7.9.1", KRAFT + ADVERTISED + CLUSTER_ID, "", []],
  ["confluentinc/cp-kafka:7.9.1", KRAFT + CLUSTER_ID, "", ["KAFKA_ADVERTISED_LISTENERS"]],
  ["confluentinc/cp-kafka:7.9.1", ZOOKEEPER + ADVERTISED, "", []],
  [
    "confluentinc/cp-kafka:7.9.1",
    "KAFKA_BROKER_ID: 1",
    "",
    ["KAFKA_ZOOKEEPER_CONNECT", "KAFKA_ADVERTISED_LISTENERS"],
  ],
  ["confluentinc/cp-kafka:7.3.0", ZOOKEEPER + ADVERTISED, "", []],
  ["confluentinc/cp-kafka:7.3.0", KRAFT + ADVERTISED, "", ["KAFKA_ZOOKEEPER_CONNECT"]],
  ["confluentinc/cp-kafka:7.3.0", KRAFT + ADVERTISED, "command: 'bash -c /tmp/update_run.sh',", []],
  ["confluentinc/cp-kafka:7.9.1", KRAFT + ADVERTISED, "command: 'sh -c \"export CLUSTER_ID=a; run\"',", []],
  ["confluentinc/cp-enterprise-kafka:5.5.1", ZOOKEEPER + ADVERTISED, "", []],
  ["confluentinc/cp-kafka:7.9.1", `${ZOOKEEPER}${ADVERTISED}KAFKA_PORT: 9092`, "", ["KAFKA_PORT"]],
  [
    "confluentinc/cp-kafka:7.9.1",
    `${ZOOKEEPER}KAFKA_ADVERTISED_LISTENERS: 'SASL_PLAINTEXT://kafka:9092'`,
    "",
    ["KAFKA_OPTS"],
  ],
  [
    "apache/kafka:3.9.2",
    `${KRAFT}KAFKA_ADVERTISED_LISTENERS: 'SSL://kafka:9092', KAFKA_SSL_KEYSTORE_FILENAME: k.jks`,
    "",
    ["KAFKA_SSL_KEY_CREDENTIALS", "KAFKA_SSL_KEYSTORE_CREDENTIALS"],
  ],
  [
    "confluentinc/cp-kafka:7.9.1",
    `${KRAFT}${CLUSTER_ID}KAFKA_ADVERTISED_LISTENERS: 'SSL://kafka:9092', ` +
      "KAFKA_SSL_KEYSTORE_FILENAME: k.jks, KAFKA_SSL_KEY_CREDENTIALS: k, " +
      "KAFKA_SSL_KEYSTORE_CREDENTIALS: k, KAFKA_SSL_CLIENT_AUTH: required",
    "",
    ["KAFKA_SSL_TRUSTSTORE_FILENAME", "KAFKA_SSL_TRUSTSTORE_CREDENTIALS"],
  ],
  ["apache/kafka:3.9.2", KRAFT + ADVERTISED, "", []],
  ["bitnamilegacy/kafka:3.6", "ALLOW_PLAINTEXT_LISTENER: 'yes'", "", ["KAFKA_CFG_PROCESS_ROLES"]],
  ["bitnamilegacy/kafka:3.4", "ALLOW_PLAINTEXT_LISTENER: 'yes'", "", []],
  ["bitnamilegacy/kafka:3.9", BITNAMI, "", []],
  [
    "bitnamilegacy/kafka:3.9",
    `${BITNAMI}KAFKA_CFG_ZOOKEEPER_CONNECT: 'zookeeper:2181'`,
    "",
    ["KAFKA_CFG_ZOOKEEPER_CONNECT"],
  ],
  ["bitnamilegacy/kafka:2.8", "KAFKA_CFG_ZOOKEEPER_CONNECT: 'z:2181'", "", ["ALLOW_PLAINTEXT_LISTENER"]],
  ["bitnamilegacy/kafka:3.9", "KAFKA_CFG_ZOOKEEPER_CONNECT: 'z:2181'", "", []],
  [
    "bitnamilegacy/kafka:3.9",
    `${BITNAMI.replace("CONTROLLER:PLAINTEXT'", "CONTROLLER:SASL_PLAINTEXT'")}`,
    "",
    ["KAFKA_CFG_SASL_MECHANISM_CONTROLLER_PROTOCOL"],
  ],
];
REFUSED.forEach(([image, environment, keys, variables], i) =>
  test(`imageRefusals() (${i + 1}) ${image} refuses ${variables.join(", ") || "nothing"}`, () => {
    const [only] = parseCompose([{ file: "c.yml", text: service(image, environment, keys) }]).services;
    const found = imageRefusals(only!, conventionOf(only!)!);
    assert.equal(
      found.map(({ variable }) => variable),
      variables,
    );
    const rules = of(image, environment, keys).map(({ rule }) => rule);
    assert.is(rules.includes("image-refuses"), variables.length > 0);
  }),
);

// ── the reading of what is refused

test("diagnose() reads the other settings of a cp-kafka without CLUSTER_ID", () => {
  assert.equal(told(of("confluentinc/cp-kafka:7.9.1", KRAFT + ADVERTISED + FACTORS)), [
    "error image-refuses CLUSTER_ID",
  ]);
});
test("diagnose() finds nothing in ZooKeeper's mode but that it is one", () => {
  for (const image of ["confluentinc/cp-kafka:7.3.0", "confluentinc/cp-server:7.5.3"])
    assert.equal(told(of(image, ZOOKEEPER + ADVERTISED + FACTORS)), [
      "note zookeeper-mode KAFKA_ZOOKEEPER_CONNECT",
    ]);
});
test("diagnose() of an image without a version that needs ZooKeeper tells that it does not start", () => {
  assert.equal(told(of("confluentinc/cp-kafka:latest", ZOOKEEPER + ADVERTISED + FACTORS)), [
    "error image-latest image",
  ]);
});

for (const image of ["apache/kafka:3.8.0", "apache/kafka:4.1.0", "confluentinc/cp-kafka:8.0.0"])
  test(`diagnose() of ${image} with one variable of a whole configuration`, () => {
    const kept = "volumes: [data:/var/lib/kafka/data],";
    const text =
      `services: {kafka: {image: '${image}', ${kept} environment: {${ADVERTISED}${FACTORS}` +
      "KAFKA_LOG_DIRS: /var/lib/kafka/data}}}";
    const inputs = [{ file: "c.yml", text }];
    const found = diagnose(inputs);
    assert.equal(told(found), ["error no-roles KAFKA_PROCESS_ROLES"]);
    assert.equal(diagnose(applyEdits(inputs, found[0]!.edits).files), []);
  });
test("diagnose() of an image with a command of its own, or of which no variable is a setting", () => {
  assert.equal(
    told(of("apache/kafka:4.1.0", ADVERTISED, "command: ./start.sh,")).includes("no-roles"),
    false,
  );
  const own = of("apache/kafka:4.1.0", "KAFKA_HEAP_OPTS: -Xmx1g");
  assert.equal(
    own.map(({ rule }) => rule),
    ["data-in-container"],
  );
});

const TAGS: [image: string, fix: string][] = [
  ["apache/kafka", "image: apache/kafka:4.1.0"],
  ["apache/kafka:latest", "image: apache/kafka:4.1.0"],
  ["apache/kafka-native", "image: apache/kafka-native:4.1.0"],
  ["confluentinc/cp-kafka:latest", "image: confluentinc/cp-kafka:8.0.0"],
  ["confluentinc/cp-server", "image: confluentinc/cp-server:8.0.0"],
  ["bitnamilegacy/kafka:latest", "image: bitnamilegacy/kafka:4.0.0"],
  ["registry.example/kafka:latest", "image: registry.example/kafka:VERSION"],
];
for (const [image, fix] of TAGS)
  test(`diagnose() recommends a tag that exists: ${fix}`, () => {
    const environment = image.startsWith("bitnami") ? BITNAMI : KRAFT + ADVERTISED + CLUSTER_ID;
    assert.is(of(image, environment).find(({ rule }) => rule === "image-latest")?.fix, fix);
  });
test("diagnose() recommends a tag that still has ZooKeeper mode where the node needs it", () => {
  const [found] = of("confluentinc/cp-kafka:latest", ZOOKEEPER + ADVERTISED + FACTORS);
  assert.equal(
    found?.edits.map((edit) => "image" in edit && edit.image),
    ["confluentinc/cp-kafka:7.9.1"],
  );
});
test("diagnose() tells once of an image that is gone", () => {
  const rules = of("bitnami/kafka:latest", BITNAMI).map(({ rule }) => rule);
  assert.equal(
    rules.filter((rule) => rule.startsWith("image-")),
    ["image-gone"],
  );
});

// ── what is set rightly elsewhere

test("diagnose() takes no setting for misspelt that is set under its right name, too", () => {
  const near = "KAFKA_MIN_INSYNC_REPLICA: 1, ";
  const base = KRAFT + ADVERTISED + FACTORS;
  const rules = (environment: string): string[] =>
    of("apache/kafka:3.9.2", environment).map(({ rule }) => rule);
  assert.ok(rules(base + near).includes("misspelt-broker-setting"));
  assert.not.ok(rules(`${base}${near}KAFKA_MIN_INSYNC_REPLICAS: 1`).includes("misspelt-broker-setting"));
  const both = `${base}KAFKA_CFG_NODE_ID: 1, KAFKA_CFG_LISTENERS: 'PLAINTEXT://:9092'`;
  assert.not.ok(rules(both).includes("variable-of-another-image"));
});

// ── min.insync.replicas above the replication factor (KAFKA-15583)

const MIN = "KAFKA_MIN_INSYNC_REPLICAS: 2, KAFKA_DEFAULT_REPLICATION_FACTOR: 1, ";
const minIsr = (image: string): string[] =>
  told(of(image, KRAFT + ADVERTISED + FACTORS + CLUSTER_ID + MIN)).filter((line) => line.includes("min-isr"));

test("diagnose() knows that before Kafka 3.7 a minimum above the factor refuses acks=all", () => {
  const refused = ["error min-isr-above-replicas KAFKA_MIN_INSYNC_REPLICAS"];
  assert.equal(minIsr("confluentinc/cp-kafka:7.6.0"), refused);
  assert.equal(minIsr("confluentinc/cp-kafka:7.7.0"), []);
  assert.equal(minIsr("apache/kafka:3.9.2"), []);
});
test("diagnose() knows that before Kafka 3.7 a transaction log wants its minimum literally", () => {
  const factors = FACTORS.replace("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1, ", "");
  const rules = (image: string): string[] => told(of(image, KRAFT + ADVERTISED + CLUSTER_ID + factors));
  assert.equal(rules("confluentinc/cp-kafka:7.6.0"), [
    "note transaction-log-min-isr KAFKA_TRANSACTION_STATE_LOG_MIN_ISR",
  ]);
  assert.equal(rules("confluentinc/cp-kafka:7.7.0"), []);
});

// ── a broker is a node with that role

const node = (id: number, roles: string, listeners: string): string => `
  kafka-${id}:
    image: apache/kafka:3.9.2
    volumes: [d${id}:/data]
    environment:
      KAFKA_NODE_ID: ${id}
      KAFKA_PROCESS_ROLES: '${roles}'
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka-1:9093,2@kafka-2:9093,3@kafka-3:9093
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_LISTENERS: '${listeners}'
      KAFKA_LOG_DIRS: /data
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: 1
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: COUNT`;
const mixed = `services:${node(1, "broker,controller", "PLAINTEXT://:9092,CONTROLLER://:9093")}${[2, 3]
  .map((id) => node(id, "controller", "CONTROLLER://:9093"))
  .join("")}\n`;

test("diagnose() counts one broker among three voters", () => {
  const with_ = (factor: number): string[] =>
    told(diagnose([{ file: "c.yml", text: mixed.replaceAll("COUNT", String(factor)) }]));
  assert.equal(with_(1), []);
  assert.equal(with_(3), ["error replicas-above-brokers KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR"]);
});

test("an image whose tag is a variable without a value is not taken for latest", () => {
  const text =
    "services: {kafka: {image: 'confluentinc/cp-server:${TAG}', environment: {KAFKA_BROKER_ID: 1, " +
    "KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181', KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092'}}}\n";
  const rules = diagnose([{ file: "compose.yml", text }]).map(({ rule }) => rule);
  assert.not.ok(rules.includes("image-latest"), rules.join());
});
test.run();
