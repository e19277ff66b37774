// Strimzi's resources: its examples' kinds without errors and warnings, and one planted cause each.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { diagnose } from "../../sdk/analysis/diagnose/mod.ts";
import { ofCluster, strimzi, type StrimziParts } from "./diagnose/manifests.ts";
import { PLANTED } from "./diagnose/planted-strimzi.ts";

type Found = ReturnType<typeof diagnose>;

const of = (text: string): Found => diagnose([{ file: "kafka.yaml", text }]);
const all = (found: Found): string[] =>
  found.map(({ rule, severity, evidence: [first] }) => `${severity} ${rule} ${first!.key}`).sort();
const flagged = (found: Found): string[] => all(found).filter((one) => !one.startsWith("note"));

const EPHEMERAL = "{ type: jbod, volumes: [{ id: 0, type: ephemeral, kraftMetadata: shared }] }";
const DUAL = { both: { roles: "controller, broker", replicas: 3 } };
const SINGLE = {
  "default.replication.factor": "1",
  "min.insync.replicas": "1",
  "offsets.topic.replication.factor": "1",
  "transaction.state.log.replication.factor": "1",
  "transaction.state.log.min.isr": "1",
};

// ── the kinds of Strimzi's own examples (examples/kafka, 8541da1e): true notes, nothing else

const EXAMPLES: readonly (readonly [name: string, parts: StrimziParts, notes: readonly string[]])[] = [
  ["kafka-persistent", {}, []],
  ["kafka-persistent in v1beta2", { api: "v1beta2" }, []],
  ["kafka-persistent without affinity", { kafka: [] }, ["note brokers-on-one-machine KafkaNodePool"]],
  [
    "kafka-ephemeral",
    {
      pools: {
        brokers: { roles: "broker", replicas: 3, storage: EPHEMERAL },
        controllers: { roles: "controller", replicas: 3, storage: EPHEMERAL },
      },
    },
    ["note data-in-pod storage"],
  ],
  [
    "kafka-single-node",
    { pools: { both: { roles: "controller, broker", replicas: 1 } }, config: SINGLE },
    [],
  ],
  ["kafka-with-dual-role-nodes", { pools: DUAL }, []],
];
for (const [name, parts, notes] of EXAMPLES)
  test(`diagnose() of the kind of ${name}`, () => {
    assert.equal(all(of(strimzi(parts))), [...notes]);
  });

// ── planted causes

for (const [what, text, expected] of PLANTED)
  test(`diagnose() of ${what}`, () => {
    assert.equal(flagged(of(text)), [...expected].sort());
  });

// ── nodes

test("node ids are given out by the names of the pools, or as annotated", () => {
  const ids = (text: string): string =>
    of(text).find(({ rule }) => rule === "two-voters")!.evidence[0]!.value;
  const pools = {
    brokers: { roles: "broker", replicas: 3 },
    controllers: { roles: "controller", replicas: 2 },
  };
  assert.match(ids(strimzi({ pools })), "3@shop-controllers-3.shop-kafka-brokers");
  const annotated = strimzi({ pools }).replace(
    "name: controllers\n",
    "name: controllers\n  annotations: { strimzi.io/next-node-ids: '[100-109]' }\n",
  );
  assert.match(ids(annotated), "100@shop-controllers-100.");
});
test("a cluster with ZooKeeper has its brokers in the Kafka resource", () => {
  const text =
    "apiVersion: kafka.strimzi.io/v1beta2\nkind: Kafka\nmetadata: { name: old }\nspec:\n  kafka:\n   " +
    " version: 3.6.0\n" +
    "    replicas: 3\n    storage: { type: ephemeral }\n    config: { default.replication.factor: 3, " +
    "min.insync.replicas: 3 }\n" +
    "  zookeeper: { replicas: 3 }\n";
  assert.equal(flagged(of(text)), ["warning min-isr-equals-replicas min.insync.replicas"]);
  assert.ok(of(text).some(({ rule }) => rule === "zookeeper-mode"));
});
test("a resource that is there twice is one, as the later file has it", () => {
  const earlier = strimzi({ config: { "min.insync.replicas": "3" } });
  assert.equal(all(of(earlier + strimzi())), []);
  assert.equal(flagged(of(strimzi() + earlier)), ["warning min-isr-equals-replicas min.insync.replicas"]);
});
test("two clusters of one file are judged apart", () => {
  const found = of(strimzi() + strimzi({ name: "web", config: { "min.insync.replicas": "3" } }));
  assert.equal(flagged(found), ["warning min-isr-equals-replicas min.insync.replicas"]);
  assert.is(found[0]!.evidence.length, 2);
});
test("what is a part of a cluster in another file is not judged", () => {
  for (const text of [ofCluster("KafkaTopic", "t", "{}"), strimzi({ pools: {} })])
    assert.equal(
      of(text).map(({ rule }) => rule),
      ["not-judged"],
    );
});
test("a cluster whose pools do not say how many nodes they have is not judged, and the pool is named", () => {
  const found = of(strimzi().replace("replicas: 3", "replicas: ${REPLICAS}"));
  assert.equal(
    found.map(({ rule, evidence: [first] }) => `${rule} ${first!.value}`),
    ["not-judged KafkaNodePool brokers"],
  );
});
test("voters that an operator writes are as many as its pool has controllers", () => {
  for (const replicas of [1, 2, 4]) {
    const pools = { a: { roles: "controller", replicas }, b: { roles: "broker", replicas: 3 } };
    const [found, ...others] = of(strimzi({ pools }));
    assert.equal(others, []);
    assert.match(found!.fix, /^replicas: 3 /);
  }
});

test.run();
