// Kubernetes manifests as the input of predictions: the same cluster as in a compose file, and the same
// prediction.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { predictCommand } from "../../scripts/predict/command.ts";
import { fromCompose, fromManifests, predict } from "../../sdk/analysis/predict/mod.ts";
import { parseCompose } from "../../sdk/compose/mod.ts";
import type { ResolvedFault } from "../../sdk/model/fault.ts";
import { COMPOSE } from "./diagnose/bases.ts";
import { HEADLESS, statefulSet, type SetParts, strimzi } from "./diagnose/manifests.ts";
import { refusal } from "./refusal.ts";

const fault: ResolvedFault = { kind: "kill", targets: [1] };
const of = (text: string): { file: string; text: string }[] => [{ file: "kafka.yaml", text }];
const set = (parts?: SetParts): string => HEADLESS + statefulSet(parts);

test("fromManifests() predicts of a StatefulSet what fromCompose() predicts of the same cluster", () => {
  const compose = parseCompose([{ file: "c.yml", text: COMPOSE }]);
  const theirs = fromCompose(compose, { fault, kafka: "3.9.2" });
  const ours = fromManifests(of(set()), { fault, kafka: "3.9.2" });
  assert.equal(ours.topic, theirs.topic);
  assert.equal(ours.voters, [0, 1, 2]);
  assert.equal(
    ours.nodes.map(({ nodeId, broker }) => [nodeId, broker]),
    [
      [0, 1],
      [1, 2],
      [2, 3],
    ],
  );
  const [a, b] = [predict(ours), predict(theirs)];
  assert.equal([a.served, a.parts, a.gap], [b.served, b.parts, b.gap]);
});
test("fromManifests() takes versions, timers and replication from Strimzi's resource", () => {
  const config = { "broker.session.timeout.ms": "18000", "min.insync.replicas": "1" };
  const slow = fromManifests(of(strimzi({ config })), { fault });
  assert.equal([slow.kafka, slow.topic.minIsr, slow.topic.state.replicas], ["4.0.0", 1, [1, 2, 3]]);
  assert.equal(slow.voters, [3, 4, 5]);
  assert.equal(
    slow.nodes.map(({ broker }) => broker),
    [1, 2, 3, null, null, null],
  );
  const usual = predict(fromManifests(of(strimzi()), { fault }));
  assert.ok(predict(slow).gap!.fromMs > usual.gap!.fromMs);
});
test("fromManifests() says that followers do not reach brokers which advertise localhost", () => {
  const env = { KAFKA_ADVERTISED_LISTENERS: "PLAINTEXT://localhost:9092" };
  assert.equal(fromManifests(of(set({ env })), { fault }).topic.state.isr, [1]);
});
for (const [what, text, code] of [
  ["several clusters", strimzi() + strimzi({ name: "web" }), "BAD_CONFIGURATION"],
  ["a cluster without its node pools", strimzi({ pools: {} }), "BAD_CONFIGURATION"],
  [
    "a voter that is elsewhere",
    set({ replicas: 3 }).replaceAll("replicas: 3", "replicas: 2"),
    "BAD_CONFIGURATION",
  ],
  [
    "a value that Kafka refuses",
    strimzi({ config: { "broker.session.timeout.ms": "nine" } }),
    "BAD_CONFIGURATION",
  ],
  [
    "an id that is not known",
    set({ command: "export KAFKA_NODE_ID=$(cat /id); exec run" }),
    "BAD_CONFIGURATION",
  ],
  ["no Kafka", "apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n", "BAD_CONFIGURATION"],
  [
    "a cluster with ZooKeeper",
    set({ replicas: 1, command: "", env: { KAFKA_PROCESS_ROLES: "", KAFKA_BROKER_ID: "0" } }),
    "UNSUPPORTED",
  ],
] as const)
  test(`fromManifests() refuses ${what} by its code`, () => {
    assert.throws(() => fromManifests(of(text), { fault }), refusal(code, {}));
  });
test("fromManifests() refuses brokers and versions that there are not", () => {
  assert.throws(() => fromManifests(of(set()), { fault: { kind: "kill", targets: [4] } }), RangeError);
  assert.throws(() => fromManifests(of(set()), { fault, kafka: "no" }), RangeError);
});
test("predict takes manifests by their contents, and nothing beside them", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "manifests-"));
  try {
    writeFileSync(path.join(folder, "kafka.yaml"), strimzi());
    writeFileSync(path.join(folder, "a.properties"), "node.id=1\n");
    const place = { cwd: folder, env: {} };
    const { exitCode, out } = predictCommand(
      ["kafka.yaml", "--target", "2", "--timers", "fast", "--json"],
      place,
    );
    const { circumstances } = JSON.parse(out) as { circumstances: ReturnType<typeof fromManifests> };
    assert.equal([exitCode, circumstances.topic.state.leader], [0, 2]);
    assert.ok(Number(circumstances.nodes[0]!.properties["broker.session.timeout.ms"]) < 9000);
    assert.is(predictCommand(["kafka.yaml", "a.properties"], place).exitCode, 1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
