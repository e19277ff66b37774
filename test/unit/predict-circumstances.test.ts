import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { refusal } from "./refusal.ts";
import { isReachableByBrokers, kafkaServices, parseCompose, votersOf } from "../../sdk/compose/mod.ts";
import { readCompose } from "../../sdk/compose/read.ts";
import { type ClusterFacts, circumstances, fromCompose, predict } from "../../sdk/analysis/predict/mod.ts";
import { resolveFault } from "../../sdk/faults/mod.ts";
import { writeOut } from "../../sdk/client/settings.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const project = (...names: string[]) =>
  readCompose(
    names.map((name) => `${root}compose/${name}.yml`),
    { env: {}, cwd: root },
  );
const kill = { kind: "kill", targets: [1] } as const;

test(
  "fromCompose() makes of a file what Kafka would: replicas after the leader, voters, the topic's " +
    "settings from the brokers'",
  () => {
    const { topic, voters, controller, kafka, client } = fromCompose(project("three-brokers"), {
      fault: { kind: "kill", targets: [2] },
    });
    assert.equal(
      [topic.state.leader, topic.state.replicas, topic.state.isr, topic.minIsr, topic.isAssumed],
      [2, [2, 3, 1], [2, 3, 1], 2, true],
    );
    assert.equal([voters, controller, kafka], [[1, 2, 3], null, "3.9.2"]);
    assert.equal(
      [client.bootstrap, client.requestTimeout, client.acks, client.dropHungConnections],
      [[1, 2, 3], 5000, -1, true],
    );
  },
);
test("fromCompose() keeps followers out of the ISR of a leader that advertises localhost to brokers", () => {
  const of = (...names: string[]) =>
    fromCompose(project("as-posted", "fix-replication", ...names), { fault: kill });
  assert.equal(
    [of().topic.state.isr, of().nodes.map(({ isReachable }) => isReachable)],
    [[1], [false, false]],
  );
  assert.equal(
    [of("fix-listeners").topic.state.isr, of("fix-listeners").nodes.map(({ isReachable }) => isReachable)],
    [
      [1, 2],
      [true, true],
    ],
  );
});
test("fromCompose() rejects brokers and replicas that the file does not have", () => {
  assert.throws(
    () => fromCompose(project("as-posted"), { fault: { kind: "kill", targets: [3] } }),
    refusal(RangeError, "3", "1, 2"),
  );
  assert.throws(
    () => fromCompose(project("as-posted"), { fault: kill, topic: { replicationFactor: 3 } }),
    refusal(RangeError, "3"),
  );
});
test("fromCompose() follows a change of the file's text into the prediction", () => {
  const text = (session: number, replicas: number): string => `
services:
${[1, 2, 3]
  .map(
    (n) => `  k${n}:
    image: apache/kafka:3.9.2
    environment:
      KAFKA_NODE_ID: ${n}
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@k1:9093,2@k2:9093,3@k3:9093
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_LISTENERS: PLAINTEXT://:9092,CONTROLLER://:9093
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://k${n}:9092
      KAFKA_DEFAULT_REPLICATION_FACTOR: ${replicas}
      KAFKA_BROKER_SESSION_TIMEOUT_MS: ${session}
`,
  )
  .join("")}`;
  const of = (session: number, replicas: number, change = (it: string): string => it) =>
    predict(
      fromCompose(parseCompose([{ file: "c.yml", text: change(text(session, replicas)) }], { env: {} }), {
        fault: kill,
        controller: 2,
      }),
    );
  const before = of(9000, 3);
  assert.equal([before.failsOver, before.served], [1, 1]);
  assert.is(of(12_000, 3).gap!.fromMs - before.gap!.fromMs, 3000);
  assert.is(of(9000, 1).served, 0);
  assert.is(
    of(9000, 3, (it) => it.replaceAll(/PLAINTEXT:\/\/k\d:9092/g, "PLAINTEXT://localhost:9092")).failsOver,
    0,
  );
  assert.is(of(9000, 3, (it) => it.replaceAll(",3@k3:9093", "")).failsOver, 0, "two voters");
});

const three = kafkaServices(project("three-brokers"));
const FACTS: ClusterFacts = {
  kafka: "3.9.2",
  engine: "local",
  nodes: three.map(({ service, broker, nodeId, roles, properties }) => ({
    service,
    broker,
    nodeId,
    roles,
    properties,
  })),
  description: {
    controller: 3,
    quorum: { nodeId: 3, voters: [1, 2, 3] },
    partitions: [
      {
        topic: "t",
        partition: 0,
        leader: 1,
        leaderEpoch: 4,
        replicas: [1, 2, 3],
        isr: [1, 2, 3],
        offline: [],
      },
    ],
  },
  topic: { topic: "t" },
  client: {
    name: "probe",
    settings: writeOut({}, ["localhost:29091", "elsewhere:1"]),
    brokerOf: (address) => (address === "localhost:29091" ? 1 : null),
  },
  fault: kill,
};
test("circumstances() are what the cluster tells of itself", () => {
  const { controller, topic, client, voters, nodes } = circumstances(FACTS);
  assert.equal(
    [
      controller,
      voters,
      topic.state.leaderEpoch,
      topic.minIsr,
      topic.isAssumed,
      client.bootstrap,
      nodes.length,
    ],
    [3, [1, 2, 3], 4, 2, false, [1], 3],
  );
  assert.equal(
    [
      circumstances({ ...FACTS, minIsr: 1 }).topic.minIsr,
      circumstances({ ...FACTS, description: { ...FACTS.description, quorum: null } }).controller,
    ],
    [1, null],
  );
  assert.throws(() => circumstances({ ...FACTS, topic: { topic: "t", partition: 1 } }), /t-1/);
});
test("circumstances() of a fault of one log directory need what lies in it, of each target", () => {
  const fault = resolveFault({ kind: "fail-disk", logDir: 2 }, [1, 2]);
  const row = (broker: number) => ({ broker, hasMetadataLog: false, replicas: [] });
  for (const directories of [undefined, [], [row(1)]])
    assert.throws(
      () => circumstances({ ...FACTS, fault, ...(directories && { directories }) }),
      refusal(RangeError, directories?.length === 1 ? "broker 2" : "broker 1", "directories"),
    );
  assert.is(circumstances({ ...FACTS, fault, directories: [row(1), row(2)] }).directories!.length, 2);
});
test("circumstances() with a smaller ISR predict no fail-over", () => {
  const [state] = FACTS.description.partitions;
  const alone = { ...FACTS, description: { ...FACTS.description, partitions: [{ ...state!, isr: [1] }] } };
  assert.equal([predict(circumstances(FACTS)).failsOver, predict(circumstances(alone)).failsOver], [1, 0]);
});
test("isReachableByBrokers() looks at the inter-broker listener, by name or by protocol", () => {
  const of = (properties: Record<string, string>) => isReachableByBrokers({ service: "k", properties });
  const two = {
    listeners: "IN://:1,OUT://:2,C://:3",
    "controller.listener.names": "C",
    "advertised.listeners": "IN://k:1,OUT://localhost:2",
  };
  assert.equal(
    [of({ ...two, "inter.broker.listener.name": "IN" }), of({ ...two, "inter.broker.listener.name": "OUT" })],
    [true, false],
  );
  assert.equal(
    [of({ "advertised.listeners": "PLAINTEXT://localhost:1" }), of({ listeners: "PLAINTEXT://k:1" })],
    [false, true],
  );
});
test("votersOf() leaves out what is no voter", () =>
  assert.equal(
    votersOf("1@a:1, 2@[::1]:2,x").map(({ id, host }) => [id, host]),
    [
      [1, "a"],
      [2, "::1"],
    ],
  ));
test("predict() counts voters that do not run as no part of a majority when brokers are stopped", () => {
  const named = [1, 2, 3, 4, 5].map((id) => `${id}@k${id}:9093`).join(",");
  const text = `services:\n${[1, 2, 3, 4, 5]
    .map(
      (n) => `  k${n}:
    image: apache/kafka:3.9.2
    environment:
      KAFKA_NODE_ID: ${n}
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_CONTROLLER_QUORUM_VOTERS: ${named}
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_LISTENERS: PLAINTEXT://:9092,CONTROLLER://:9093
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://k${n}:9092
      KAFKA_DEFAULT_REPLICATION_FACTOR: 3
`,
    )
    .join("")}`;
  const whole = fromCompose(parseCompose([{ file: "c.yml", text }], { env: {} }), {
    fault: { kind: "stop", targets: [1, 2] },
    controller: 3,
  });
  const running = (...ids: readonly number[]) =>
    predict({ ...whole, nodes: whole.nodes.filter(({ nodeId }) => ids.includes(nodeId)) }).failsOver;
  assert.equal([running(1, 2, 3, 4, 5), running(1, 2, 3, 4), running(1, 2, 3)], [1, 1, 0]);
});
test.run();
