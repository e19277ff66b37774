import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ErrorCode } from "../../sdk/model/errors.ts";
import { refusal } from "./refusal.ts";
import { kafkaServices, otherServices, parseCompose } from "../../sdk/compose/mod.ts";
import type { KafkaService } from "../../sdk/compose/mod.ts";

const parse = (text: string) => parseCompose([{ file: "c.yml", text }]);
const ROLES = {
  apache: "KAFKA_PROCESS_ROLES: 'broker,controller', KAFKA_NODE_ID: 1",
  bitnami: "KAFKA_CFG_PROCESS_ROLES: 'broker,controller', KAFKA_CFG_NODE_ID: 1",
};

function node(image: string, environment: string): KafkaService {
  const [first] = kafkaServices(parse(`services: {k: {image: '${image}', environment: {${environment}}}}`));
  if (first === undefined) throw new Error("no node");
  return first;
}

const apache: [variable: string, property: string][] = [
  ["KAFKA_LOG_DIRS", "log.dirs"],
  ["KAFKA_VALID___PROPERTY__ALL_CASES", "valid-property_all.cases"],
  ["KAFKA_LISTENER_NAME_SASL__SSL_X", "listener.name.sasl_ssl.x"],
  ["KAFKA_JMX_PORT", "jmx.port"],
  ["KAFKA_broker_rack", "broker.rack"],
];

for (const [variable, property] of apache) {
  test(`kafkaServices() apache: ${variable} is ${property}`, () => {
    assert.is(node("apache/kafka:3.9.2", `${ROLES.apache}, ${variable}: v`).properties[property], "v");
  });
}

test("kafkaServices() apache: variables of the JVM and the logs are no properties, nor are others", () => {
  const names =
    "VERSION HEAP_OPTS LOG4J_OPTS OPTS JMX_OPTS JVM_PERFORMANCE_OPTS GC_LOG_OPTS " +
    "LOG4J_ROOT_LOGLEVEL LOG4J_LOGGERS TOOLS_LOG4J_LOGLEVEL JMX_HOSTNAME";
  const environment = names
    .split(" ")
    .map((name) => `KAFKA_${name}: v`)
    .join(", ");
  const { properties, java } = node(
    "apache/kafka:3.9.2",
    `${ROLES.apache}, CLUSTER_ID: c, OTHER: o, ${environment}`,
  );
  assert.equal(properties, { "process.roles": "broker,controller", "node.id": "1" });
  assert.equal(java, { heap: [], performance: [], more: [] }, "v is no flag");
});

test("kafkaServices() apache: a second KAFKA_ goes up to 3.9 and stays from 4.0 on", () => {
  const environment = `${ROLES.apache}, KAFKA_A_KAFKA_B: v`;
  assert.is(node("apache/kafka:3.9.2", environment).properties["a.b"], "v");
  assert.is(node("apache/kafka:4.1.2", environment).properties["a.kafka.b"], "v");
});

test("kafkaServices() apache: listeners come from the advertised ones unless given", () => {
  const advertised = "KAFKA_ADVERTISED_LISTENERS: 'A://localhost:1,B://kafka-1:2'";
  assert.is(
    node("apache/kafka", `${ROLES.apache}, ${advertised}`).properties["listeners"],
    "A://0.0.0.0:1,B://0.0.0.0:2",
  );
  assert.is(
    node("apache/kafka", `${ROLES.apache}, ${advertised}, KAFKA_LISTENERS: 'A://:1'`).properties["listeners"],
    "A://:1",
  );
});

test("kafkaServices() apache: with nothing set, the image's own single node", () => {
  const { properties, clusterId, bundled, broker, nodeId } = node("apache/kafka:3.9.2", "");
  assert.equal([bundled, broker, nodeId, clusterId], [true, 1, 1, "5L6g3nShT-eMCtK--X86sw"]);
  assert.is(Object.keys(properties).length, 22);
  assert.is(properties["controller.quorum.voters"], "1@localhost:9093");
  assert.is(properties["advertised.listeners"], "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093");
  assert.is(properties["offsets.topic.replication.factor"], "1");
});

test("kafkaServices() apache: one setting is enough to forget the image's own file", () => {
  const { properties, bundled } = node("apache/kafka:3.9.2", ROLES.apache);
  assert.is(bundled, false);
  assert.is(properties["offsets.topic.replication.factor"], undefined);
});

test("kafkaServices() bitnami: the distribution's file without node, listeners and group.initial", () => {
  const { properties, clusterId } = node(
    "bitnami/kafka:3.9",
    `${ROLES.bitnami}, KAFKA_CFG_NUM_PARTITIONS: 7, KAFKA_KRAFT_CLUSTER_ID: c`,
  );
  assert.equal(properties, {
    "num.network.threads": "3",
    "num.io.threads": "8",
    "socket.send.buffer.bytes": "102400",
    "socket.receive.buffer.bytes": "102400",
    "socket.request.max.bytes": "104857600",
    "num.partitions": "7",
    "num.recovery.threads.per.data.dir": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "log.retention.hours": "168",
    "log.retention.check.interval.ms": "300000",
    "log.dirs": "/bitnami/kafka/data",
    "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
    "process.roles": "broker,controller",
    "node.id": "1",
  });
  assert.is(clusterId, "c");
});

const bitnami: [variable: string, property: string, value: string | undefined][] = [
  ["KAFKA_CFG_LOG_DIRS: v", "log.dirs", "v"],
  ["KAFKA_CFG_A__B: v", "a..b", "v"],
  ["KAFKA_CFG_LISTENER_NAME_SASL_SSL_X: v", "listener.name.sasl_ssl.x", "v"],
  ["KAFKA_CFG_SASL_PLAINTEXT: v", "sasl_plaintext", "v"],
  ["KAFKA_NUM_PARTITIONS: v", "num.partitions", "v"],
  ["KAFKA_NUM_PARTITIONS: old, KAFKA_CFG_NUM_PARTITIONS: new", "num.partitions", "old"],
  ["KAFKA_MAX_MESSAGE_BYTES: v", "message.max.bytes", "v"],
  ["KAFKA_MIN_INSYNC_REPLICAS: v", "min.insync.replicas", undefined],
];

for (const [variables, property, value] of bitnami) {
  test(`kafkaServices() bitnami: ${variables} makes ${property} ${value}`, () => {
    assert.is(node("bitnami/kafka:3.9", `${ROLES.bitnami}, ${variables}`).properties[property], value);
  });
}

test("kafkaServices() bitnami: KAFKA_CLUSTER_ID is the newer name, and none is null", () => {
  assert.is(node("bitnami/kafka:4.0", `${ROLES.bitnami}, KAFKA_CLUSTER_ID: c`).clusterId, "c");
  assert.is(node("bitnami/kafka:4.0", ROLES.bitnami).clusterId, null);
});

test("kafkaServices() confluent: apache's rules, its own log.dirs and version numbers", () => {
  const { properties, version } = node(
    "confluentinc/cp-kafka:7.9.1",
    `${ROLES.apache}, CLUSTER_ID: c, KAFKA_ADVERTISED_LISTENERS: 'A://h:1'`,
  );
  assert.is(version, "3.9");
  assert.equal(properties, {
    "log.dirs": "/var/lib/kafka/data",
    "process.roles": "broker,controller",
    "node.id": "1",
    "advertised.listeners": "A://h:1",
    listeners: "A://0.0.0.0:1",
  });
});

const images: [image: string, convention: string, version: string][] = [
  ["apache/kafka", "apache", "latest"],
  ["apache/kafka:latest", "apache", "latest"],
  ["apache/kafka-native:4.1.2", "apache", "4.1.2"],
  ["docker.io/apache/kafka:3.9.2@sha256:0123", "apache", "3.9.2"],
  ["apache/kafka@sha256:0123", "apache", "latest"],
  ["localhost:5000/bitnami/kafka:3.9", "bitnami", "3.9"],
  ["localhost:5000/bitnami/kafka", "bitnami", "latest"],
  ["docker.io/bitnamilegacy/kafka:3.9.0-debian-12-r1", "bitnami", "3.9.0"],
];

for (const [image, convention, version] of images) {
  test(`kafkaServices() image ${image}`, () => {
    const found = node(image, convention === "bitnami" ? ROLES.bitnami : ROLES.apache);
    assert.equal([found.convention, found.version], [convention, version]);
  });
}

test("kafkaServices() an image of another name counts by its environment", () => {
  assert.is(node("my-lab:1", ROLES.apache).convention, "apache");
  assert.is(node("my-lab:1", ROLES.bitnami).convention, "bitnami");
});

test("kafkaServices() numbers brokers in file order, not controllers and others", () => {
  const project = parse(`
services:
  zookeeper: {image: zookeeper}
  c:
    image: apache/kafka
    environment: {KAFKA_PROCESS_ROLES: controller, KAFKA_NODE_ID: 9, KAFKA_ADVERTISED_LISTENERS: ""}
  z:
    image: apache/kafka
    environment: {KAFKA_PROCESS_ROLES: broker, KAFKA_NODE_ID: 5}
    container_name: zz
    hostname: z
    networks: {n: {aliases: [zzz]}}
  topics: {image: apache/kafka, command: kafka-topics.sh --create}
  a: {image: apache/kafka, environment: {KAFKA_PROCESS_ROLES: "broker, controller", KAFKA_NODE_ID: 0}}
  ui: {image: provectuslabs/kafka-ui, environment: {KAFKA_CLUSTERS_0_NAME: lab}}
`);
  const nodes = kafkaServices(project);
  assert.equal(
    nodes.map(({ service, broker, nodeId, roles }) => [service, broker, nodeId, roles.join("+")]),
    [
      ["c", null, 9, "controller"],
      ["z", 1, 5, "broker"],
      ["a", 2, 0, "broker+controller"],
    ],
  );
  assert.equal(nodes[1]?.hostNames, ["z", "zz", "zzz"]);
  assert.is(nodes[0]?.properties["advertised.listeners"], undefined);
  assert.equal(otherServices(project), ["zookeeper", "topics", "ui"]);
});

const bad: [services: string, code: ErrorCode, line: number | null, ...names: string[]][] = [
  ["a: {image: nginx}", "BAD_COMPOSE", null, "apache/kafka", "confluentinc/cp-kafka"],
  [
    "a: {image: apache/kafka, environment: {KAFKA_PROCESS_ROLES: controller, KAFKA_NODE_ID: 1}}",
    "BAD_COMPOSE",
    null,
    "broker",
  ],
  ["a: {image: apache/kafka, environment: {KAFKA_PROCESS_ROLES: broker}}", "BAD_COMPOSE", 1, "a", "node.id"],
  [
    "a: {image: apache/kafka, environment: {KAFKA_PROCESS_ROLES: broker, KAFKA_NODE_ID: x}}",
    "BAD_COMPOSE",
    1,
    "node.id",
    "x",
  ],
  [
    "a: {image: apache/kafka, environment: {KAFKA_PROCESS_ROLES: boss, KAFKA_NODE_ID: 1}}",
    "BAD_COMPOSE",
    1,
    "process.roles",
    '"boss"',
  ],
  [
    "a: {image: apache/kafka, environment: {KAFKA_ZOOKEEPER_CONNECT: z, KAFKA_BROKER_ID: 1}}",
    "UNSUPPORTED",
    1,
    "ZooKeeper",
  ],
  ["a: {image: bitnamilegacy/kafka}", "UNSUPPORTED", 1, "ZooKeeper"],
  [
    "a: {image: apache/kafka, environment: {KAFKA_PROCESS_ROLES: controller, " +
      "KAFKA_ADVERTISED_LISTENERS: 'A://b:1'}}",
    "BAD_COMPOSE",
    1,
    "controller",
  ],
  [
    "a: {image: confluentinc/cp-kafka, environment: {KAFKA_PROCESS_ROLES: broker, KAFKA_NODE_ID: 1}}",
    "BAD_COMPOSE",
    1,
    "CLUSTER_ID",
  ],
  ["a: {image: apache/kafka}, b: {image: apache/kafka}", "BAD_COMPOSE", 1, "b", "a", "node.id 1"],
];

for (const [services, code, line, ...names] of bad)
  test(`kafkaServices() refuses ${services}`, () => {
    const project = parse(`services: {${services}}`);
    assert.throws(
      () => kafkaServices(project),
      refusal(code, { file: "c.yml", line: line ?? undefined }, ...names),
    );
  });

test.run();
