import { test } from "uvu";
import * as assert from "uvu/assert";
import { refusal } from "./refusal.ts";
import type { ErrorCode } from "../../sdk/model/errors.ts";
import { partitionName, readPartitionName } from "../../sdk/model/partition.ts";
import {
  describeTarget,
  needsSituation,
  resolveTarget,
  type Situation,
  type Target,
} from "../../sdk/model/target.ts";
import { led } from "./partition-states.ts";

const situation: Situation = {
  brokers: [1, 2, 3],
  controller: 3,
  partition: {
    topic: "orders",
    partition: 0,
    leader: 2,
    leaderEpoch: 4,
    replicas: [1, 2, 3],
    isr: [2, 3],
    offline: [],
  },
  partitions: [
    led("orders", 0, 2),
    led("orders", 3, 1),
    led("orders-3", 0, 3),
    led("orders-3", 12, 2),
    led("down", 0, null),
    led("__consumer_offsets", 0, 1),
  ],
  coordinators: new Map([
    ["billing", 2],
    ["shipping", 3],
    ["nobody's", null],
  ]),
};

const cases: [Target, number[]][] = [
  [1, [1]],
  ["leader", [2]],
  ["followers", [1, 3]],
  ["controller", [3]],
  [
    [3, 1],
    [3, 1],
  ],
  [
    ["leader", 2, "controller"],
    [2, 3],
  ],
  [{ leaderOf: "orders-3" }, [1]],
  [{ leaderOf: "orders-3-0" }, [3]],
  [{ leaderOf: "orders-3-12" }, [2]],
  [{ coordinatorOf: "billing" }, [2]],
  [
    ["leader", { coordinatorOf: "billing" }, { coordinatorOf: "shipping" }],
    [2, 3],
  ],
  [
    [{ leaderOf: "orders-3" }, "controller", { leaderOf: "orders-0" }],
    [1, 3, 2],
  ],
];
for (const [target, brokers] of cases) {
  test(`resolveTarget() takes ${describeTarget(target)} for ${brokers}`, () =>
    assert.equal(resolveTarget(target, situation), { targets: brokers }));
}

const quorum: Situation = {
  ...situation,
  controller: null,
  controllerNode: 3002,
  nodes: [
    { service: "kafka1", nodeId: 1001, broker: 1 },
    { service: "kafka2", nodeId: 1002, broker: 2 },
    { service: "control1", nodeId: 3001, broker: null },
    { service: "control2", nodeId: 3002, broker: null },
  ],
};
for (const [target, targets, controllers] of [
  ["controller", [], [3002]],
  [{ node: 3001 }, [], [3001]],
  [{ node: 1002 }, [2], undefined],
  [{ service: "control1" }, [], [3001]],
  [{ service: "kafka1" }, [1], undefined],
  [[2, "controller", { service: "control1" }, { node: 3002 }], [2], [3002, 3001]],
] as const)
  test(`resolveTarget() takes ${describeTarget(target)} with dedicated controllers`, () =>
    assert.equal(resolveTarget(target, quorum), { targets, ...(controllers && { controllers }) }));
for (const [target, ...names] of [
  [{ node: 7 }, "node 7", "1001, 1002, 3001, 3002"],
  [{ service: "kafka9" }, "service kafka9", "kafka1, kafka2, control1, control2"],
] as const)
  test(`resolveTarget() refuses ${describeTarget(target)}, which there is not`, () =>
    assert.throws(() => resolveTarget(target, quorum), refusal("NO_SUCH_BROKER", ...names)));

const rejected: [Target, Partial<Situation>, ErrorCode, ...names: string[]][] = [
  [4, {}, "NO_SUCH_BROKER", "broker 4", "1, 2, 3"],
  [0, {}, "NO_SUCH_BROKER", "broker 0"],
  [[], {}, "NO_SUCH_BROKER"],
  ["controller", { controller: null }, "NO_CONTROLLER"],
  ["leader", { partition: { ...situation.partition!, leader: null } }, "NO_LEADER", "orders-0"],
  [{ leaderOf: "down-0" }, {}, "NO_LEADER", "down-0"],
  [{ leaderOf: "orders-9" }, {}, "NO_SUCH_PARTITION", "orders-9", "partitions 0, 3"],
  [{ leaderOf: "ordres-0" }, {}, "NO_SUCH_PARTITION", "down, orders, orders-3", "Did you mean orders?"],
  [{ leaderOf: "down-1" }, {}, "NO_SUCH_PARTITION", "partition 0 only"],
  [{ leaderOf: "orders-3" }, { partitions: [] }, "NO_SUCH_PARTITION", "no topic"],
  [{ coordinatorOf: "nobody's" }, {}, "NO_COORDINATOR", "nobody's"],
  [{ coordinatorOf: "unknown" }, {}, "NO_COORDINATOR", "unknown"],
];
for (const [target, change, code, ...names] of rejected) {
  test(`resolveTarget() refuses ${describeTarget(target) || "an empty list"} with ${code}`, () => {
    assert.throws(() => resolveTarget(target, { ...situation, ...change }), refusal(code, ...names));
  });
}
test("resolveTarget() refuses the leader of a topic that does not exist", () => {
  assert.throws(
    () => resolveTarget("leader", { brokers: [1], controller: 1 }),
    (error: { code: string }) => error.code === "NO_LEADER",
  );
});
test("resolveTarget() says that no broker answered, not that a topic is missing", () => {
  const { partitions: _, ...silent } = situation;
  assert.throws(
    () => resolveTarget({ leaderOf: "orders-3" }, silent),
    refusal("NO_SUCH_PARTITION", "no broker answered"),
  );
});
for (const text of ["orders", "orders-", "-3", "orders-03", "orders-99999999999", "", "orders--1x"])
  test(`resolveTarget() refuses ${JSON.stringify(text)} as the name of a partition`, () => {
    assert.throws(() => resolveTarget({ leaderOf: text }, situation), TypeError);
  });
test("the last dash of a partition's name separates topic and number", () => {
  for (const one of [
    { topic: "a", partition: 0 },
    { topic: "orders-3", partition: 12 },
    { topic: "a.b_c-", partition: 2_147_483_647 },
  ])
    assert.equal(readPartitionName(partitionName(one)), one);
});
test("needsSituation() is true for whatever has to be looked up", () =>
  assert.equal(
    [1, [1, 2], { node: 3 }, { service: "a" }, "leader", { leaderOf: "a-0" }, [1, { leaderOf: "a-0" }]].map(
      needsSituation as never,
    ),
    [false, false, false, false, true, true, true],
  ));
test("resolveTarget() refuses an unknown role", () => {
  assert.throws(() => resolveTarget("follower" as Target, situation), TypeError);
});
test.run();
