import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { LabError } from "../../sdk/model/errors.ts";
import { assertSupported, kafkaServices } from "../../sdk/compose/mod.ts";
import { readCompose } from "../../sdk/compose/read.ts";
import type { KafkaService } from "../../sdk/compose/mod.ts";

const cwd = fileURLToPath(new URL("../../compose/", import.meta.url));
const read = (files: string[], env = {}) => readCompose(files, { env, cwd });
const nodesOf = (files: string[], env = {}) => kafkaServices(read(files, env));
const column = (nodes: readonly KafkaService[], property: string) =>
  nodes.map(({ properties }) => properties[property]);

test("three-brokers.yml is what it says", () => {
  const nodes = nodesOf(["three-brokers.yml"]);
  assert.equal(
    nodes.map(({ broker, nodeId, service }) => [broker, nodeId, service]),
    [
      [1, 1, "kafka-1"],
      [2, 2, "kafka-2"],
      [3, 3, "kafka-3"],
    ],
  );
  assert.equal(nodes.map(({ image, version, clusterId }) => [image, version, clusterId])[0], [
    "apache/kafka:3.9.2",
    "3.9.2",
    "a2Fma2EtZmFpbHVyZWxhYg",
  ]);
  assert.is(Buffer.from(nodes[0]?.clusterId ?? "", "base64url").length, 16);
  assert.equal(nodes[1]?.properties, {
    "process.roles": "broker,controller",
    "node.id": "2",
    "controller.quorum.voters": "1@kafka-1:9093,2@kafka-2:9093,3@kafka-3:9093",
    "controller.listener.names": "CONTROLLER",
    listeners: "INTERNAL://:19092,EXTERNAL://:9092,CONTROLLER://:9093",
    "advertised.listeners": "INTERNAL://kafka-2:19092,EXTERNAL://localhost:29092",
    "listener.security.protocol.map": "INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name": "INTERNAL",
    "log.dirs": "/var/lib/kafka/data",
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    "offsets.topic.replication.factor": "3",
    "offsets.topic.num.partitions": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "transaction.state.log.num.partitions": "3",
    "group.initial.rebalance.delay.ms": "0",
    "replica.fetch.backoff.ms": "100",
    "metadata.max.idle.interval.ms": "100",
  });
  assert.equal(
    nodes.flatMap(({ ports }) => ports),
    [29091, 29092, 29093].map((published) => ({
      hostIp: "127.0.0.1",
      published,
      target: 9092,
      protocol: "tcp",
    })),
  );
  assert.equal(
    read(["three-brokers.yml"]).services.map(({ capAdd }) => capAdd),
    [["NET_ADMIN"], ["NET_ADMIN"], ["NET_ADMIN"]],
  );
});

test("one-broker.yml is three-brokers.yml with one of everything", () => {
  const [one, ...more] = nodesOf(["one-broker.yml"]);
  const [first] = nodesOf(["three-brokers.yml"]);
  assert.is(more.length, 0);
  const {
    "replica.fetch.backoff.ms": _,
    "metadata.max.idle.interval.ms": __,
    ...alike
  } = first?.properties ?? {}; // one broker has no followers
  assert.equal(Object.keys(one?.properties ?? {}).sort(), Object.keys(alike).sort());
  const differing = Object.entries(one?.properties ?? {}).filter(
    ([key, value]) => value !== first?.properties[key],
  );
  assert.equal(Object.fromEntries(differing), {
    "controller.quorum.voters": "1@kafka-1:9093",
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "1",
  });
  assert.equal(one?.ports, first?.ports);
});

test("the image of every file can be replaced", () => {
  assert.is(nodesOf(["three-brokers.yml"], { LAB_KAFKA_IMAGE: "lab:1" })[2]?.image, "lab:1");
  const posted = nodesOf(["as-posted.yml", "fix-quorum.yml"], { LAB_BITNAMI_IMAGE: "lab:2" });
  assert.equal(
    posted.map(({ image, convention }) => [image, convention]),
    [
      ["lab:2", "bitnami"],
      ["lab:2", "bitnami"],
      ["lab:2", "bitnami"],
    ],
  );
});

test("as-posted.yml is the posted file to the letter", () => {
  const [kafka, kafka2] = read(["as-posted.yml"]).services;
  assert.is(kafka?.image, "docker.io/bitnami/kafka:3.9");
  assert.equal(kafka?.environment, {
    KAFKA_CFG_NODE_ID: "0",
    KAFKA_CFG_PROCESS_ROLES: "controller,broker",
    KAFKA_CFG_CONTROLLER_QUORUM_VOTERS: "0@kafka:9093,1@kafka2:9093",
    KAFKA_KRAFT_CLUSTER_ID: "my-cluster-id",
    KAFKA_CFG_LISTENERS: "PLAINTEXT://kafka:9092,CONTROLLER://kafka:9093",
    KAFKA_CFG_ADVERTISED_LISTENERS: "PLAINTEXT://localhost:9092",
    KAFKA_CFG_LISTENER_SECURITY_PROTOCOL_MAP: "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    KAFKA_CFG_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
    KAFKA_CFG_INTER_BROKER_LISTENER_NAME: "PLAINTEXT",
  });
  assert.equal(kafka2?.environment, {
    ...kafka?.environment,
    KAFKA_CFG_NODE_ID: "1",
    KAFKA_CFG_LISTENERS: "PLAINTEXT://kafka2:9092,CONTROLLER://kafka2:9093",
    KAFKA_CFG_ADVERTISED_LISTENERS: "PLAINTEXT://localhost:9093",
  });
  assert.equal(
    [kafka?.ports[0]?.published, kafka2?.ports[0]?.published, kafka2?.ports[0]?.target],
    [9092, 9093, 9092],
  );
  assert.equal(
    [kafka?.mounts[0], kafka2?.mounts[0]].map((mount) => [mount?.source, mount?.target]),
    [
      ["kafka_data", "/bitnami"],
      ["kafka_data2", "/bitnami"],
    ],
  );
  assert.equal([kafka?.capAdd, kafka2?.capAdd], [["NET_ADMIN"], ["NET_ADMIN"]]);
});

/** What each fix decides on the two brokers, without it and with it. */
const fixes: Record<string, Record<string, [without: (string | undefined)[], with_: string[]]>> = {
  "fix-replication.yml": {
    "default.replication.factor": [
      [undefined, undefined],
      ["2", "2"],
    ],
    "offsets.topic.replication.factor": [
      ["1", "1"],
      ["2", "2"],
    ],
    "transaction.state.log.replication.factor": [
      ["1", "1"],
      ["2", "2"],
    ],
  },
  "fix-quorum.yml": {
    "controller.quorum.voters": [
      Array(2).fill("0@kafka:9093,1@kafka2:9093"),
      Array(2).fill("0@kafka:9093,1@kafka2:9093,2@kafka-quorum:9093"),
    ],
  },
  "fix-listeners.yml": {
    listeners: [
      ["PLAINTEXT://kafka:9092,CONTROLLER://kafka:9093", "PLAINTEXT://kafka2:9092,CONTROLLER://kafka2:9093"],
      [
        "INTERNAL://kafka:19092,PLAINTEXT://kafka:9092,CONTROLLER://kafka:9093",
        "INTERNAL://kafka2:19092,PLAINTEXT://kafka2:9092,CONTROLLER://kafka2:9093",
      ],
    ],
    "advertised.listeners": [
      ["PLAINTEXT://localhost:9092", "PLAINTEXT://localhost:9093"],
      [
        "INTERNAL://kafka:19092,PLAINTEXT://localhost:9092",
        "INTERNAL://kafka2:19092,PLAINTEXT://localhost:9093",
      ],
    ],
    "listener.security.protocol.map": [
      Array(2).fill("CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT"),
      Array(2).fill("INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT"),
    ],
    "inter.broker.listener.name": [
      ["PLAINTEXT", "PLAINTEXT"],
      ["INTERNAL", "INTERNAL"],
    ],
  },
};

const names = Object.keys(fixes);
for (let subset = 0; subset < 2 ** names.length; subset++) {
  const chosen = names.filter((_, i) => (subset >> i) & 1);
  for (const files of chosen.length < 2 ? [chosen] : [chosen, [...chosen].reverse()]) {
    test(`as-posted.yml with ${files.join(", ") || "no fix"}: each fix mends its cause and touches no other`, () => {
      const nodes = nodesOf(["as-posted.yml", ...files]);
      const brokers = nodes.filter(({ broker }) => broker !== null);
      assert.equal(
        brokers.map(({ broker, nodeId, service }) => [broker, nodeId, service]),
        [
          [1, 0, "kafka"],
          [2, 1, "kafka2"],
        ],
      );
      const decided = Object.entries(fixes).flatMap(([fix, properties]) =>
        Object.entries(properties).map(([key, values]) => ({
          key,
          expected: values[files.includes(fix) ? 1 : 0],
        })),
      );
      for (const { key, expected } of decided) assert.equal(column(brokers, key), expected, key);

      // Nothing else differs from the posted file.
      const keys = new Set(decided.map(({ key }) => key));
      const rest = (list: readonly KafkaService[]) =>
        list.map(({ properties }) =>
          Object.fromEntries(Object.entries(properties).filter(([key]) => !keys.has(key))),
        );
      assert.equal(rest(brokers), rest(nodesOf(["as-posted.yml"])));

      const quorum = nodes.filter(({ broker }) => broker === null);
      assert.equal(
        quorum.map(({ service, nodeId, roles, clusterId }) => [service, nodeId, roles, clusterId]),
        files.includes("fix-quorum.yml") ? [["kafka-quorum", 2, ["controller"], "my-cluster-id"]] : [],
      );
      assert.equal(
        column(quorum, "listeners"),
        quorum.map(() => "CONTROLLER://kafka-quorum:9093"),
      );
      assert.equal(
        column(quorum, "controller.quorum.voters"),
        quorum.map(() => column(brokers, "controller.quorum.voters")[0]),
      );
    });
  }
}

test("assertSupported() accepts every file of compose/ without a remark", () => {
  for (const files of [["three-brokers.yml"], ["one-broker.yml"], ["as-posted.yml", ...names]])
    assert.equal(assertSupported(read(files)), [], files.join());
});

test("readCompose() says which file is not there", () => {
  assert.throws(
    () => read(["three-brokers.yml", "no-such.yml"]),
    (error: unknown) =>
      error instanceof LabError && error.code === "BAD_COMPOSE" && error.facts.file === "no-such.yml",
  );
});

test.run();
