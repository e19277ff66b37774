// One finding for one cause: the same setting of several services, and two rules with one fix.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { diagnose } from "../../sdk/analysis/diagnose/mod.ts";
import { APACHE_COMPOSE } from "./diagnose/apache.ts";
import { BITNAMI } from "./diagnose/bases.ts";

type Found = ReturnType<typeof diagnose>;

const of = (text: string): Found => diagnose([{ file: "compose.yml", text }]);
const serious = (found: Found): Found => found.filter(({ severity }) => severity !== "note");

/** Apache's three controllers and three brokers, with replicas. */
const SIX = APACHE_COMPOSE["cluster/isolated"]!.replaceAll("REPLICATION_FACTOR: 1", "REPLICATION_FACTOR: 3")
  .replaceAll("LOG_MIN_ISR: 1", "LOG_MIN_ISR: 2")
  .replaceAll(
    "      CLUSTER_ID",
    "      KAFKA_DEFAULT_REPLICATION_FACTOR: 3\n      KAFKA_MIN_INSYNC_REPLICAS: 2\n      CLUSTER_ID",
  );

test("diagnose() has nothing serious to say of the six nodes", () => assert.equal(serious(of(SIX)), []));
test("diagnose() tells two faults of six nodes in two findings, with every line", () => {
  const found = serious(
    of(
      SIX.replaceAll("@controller-2:9093", "@controller-2:9095").replace(/"(\d)9092:9092"/g, '"$19099:9092"'),
    ),
  );
  assert.equal(found.map(({ rule, evidence }) => `${rule} ${evidence.length}`).sort(), [
    "advertised-port-not-published 3",
    "voter-address 6",
  ]);
  const [voters, ports] = ["voter-address", "advertised-port-not-published"].map(
    (rule) => found.find((one) => one.rule === rule)!,
  );
  assert.match(voters!.happens, /The same holds for .*kafka-3\.$/);
  assert.is(voters!.fix, "2@controller-2:9093");
  assert.match(ports!.fix, /kafka-1: ports: \["29092:9092"\].*kafka-3: ports: \["49092:9092"\]/);
});
test("diagnose() takes a list that three services write out for one setting", () => {
  const found = of(BITNAMI.replaceAll("INTERNAL://:19092,", "INTERNAL://localhost:19092,"));
  assert.equal(
    found.map(({ rule, evidence }) => [rule, evidence.length]),
    [["listener-on-loopback", 3]],
  );
});
test("diagnose() tells of one setting once: what acks=1 loses, reorders, and keeps from starting", () => {
  const found = (more: string): Found =>
    diagnose([{ file: "producer.properties", text: `bootstrap.servers=a:9092,b:9092\nacks=1\n${more}` }]);
  const [alone, ...others] = found("");
  assert.equal([alone!.rule, others], ["acks-leader-only", []]);
  assert.match(alone!.happens, /are lost\. .*may overtake it\.$/);
  for (const more of ["transactional.id=orders", "enable.idempotence=true"])
    assert.equal(
      found(`${more}\n`).map(({ severity }) => severity),
      ["error"],
    );
});
test("diagnose() keeps different faults of one rule apart", () => {
  const text = BITNAMI.replace("MIN_INSYNC_REPLICAS=2", "MIN_INSYNC_REPLICAS=two").replace(
    "DEFAULT_REPLICATION_FACTOR=3",
    "DEFAULT_REPLICATION_FACTOR=three",
  );
  assert.is(of(text).filter(({ rule }) => rule === "refused-value").length, 2);
});
test("diagnose() tells of min.insync.replicas above one replica with the replicas", () => {
  const text = BITNAMI.replaceAll("DEFAULT_REPLICATION_FACTOR=3", "DEFAULT_REPLICATION_FACTOR=1");
  const found = of(text.replaceAll(":3.8", ":3.9"));
  assert.equal(
    found.map(({ rule }) => rule),
    ["auto-created-topic-one-replica"],
  );
  assert.ok(found[0]!.evidence.some(({ key }) => key === "KAFKA_CFG_MIN_INSYNC_REPLICAS"));
});
test("diagnose() tells a missing port of three application services once", () => {
  const apps = [1, 2, 3]
    .map((i) => `  app-${i}: {image: app, environment: {KAFKA_BOOTSTRAP_SERVERS: 'kafka-1:9999'}}\n`)
    .join("");
  const found = of(`${BITNAMI}${apps}`);
  assert.equal(
    found.map(({ rule, evidence }) => [rule, evidence.length]),
    [["bootstrap-not-a-broker", 3]],
  );
});
test("diagnose() puts more replicas than brokers into one finding with all fixes", () => {
  const text =
    "services: {k: {image: 'apache/kafka:3.9.2', volumes: ['data:/data'], environment: {KAFKA_NODE_ID: 1, " +
    "KAFKA_PROCESS_ROLES: 'broker,controller', KAFKA_CONTROLLER_QUORUM_VOTERS: '1@k:9093', " +
    "KAFKA_LISTENERS: " +
    "'PLAINTEXT://:9092,CONTROLLER://:9093', KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER, " +
    "KAFKA_LOG_DIRS: /data}}}";
  const found = of(text);
  assert.equal(
    found.map(({ rule }) => rule),
    ["replicas-above-brokers"],
  );
  assert.match(
    found[0]!.fix,
    /OFFSETS_TOPIC_REPLICATION_FACTOR: 1.*TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1/,
  );
});

test.run();
