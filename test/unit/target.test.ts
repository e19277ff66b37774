import { test } from "uvu";
import * as assert from "uvu/assert";
import { refusal } from "./refusal.ts";
import type { ErrorCode } from "../../sdk/model/errors.ts";
import { describeTarget, resolveTarget, type Situation, type Target } from "../../sdk/model/target.ts";

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
];
for (const [target, brokers] of cases) {
  test(`resolveTarget() takes ${describeTarget(target)} for ${brokers}`, () =>
    assert.equal(resolveTarget(target, situation), brokers));
}

const rejected: [Target, Partial<Situation>, ErrorCode, ...names: string[]][] = [
  [4, {}, "NO_SUCH_BROKER", "broker 4", "1, 2, 3"],
  [0, {}, "NO_SUCH_BROKER", "broker 0"],
  [[], {}, "NO_SUCH_BROKER"],
  ["controller", { controller: null }, "NO_CONTROLLER"],
  ["leader", { partition: { ...situation.partition!, leader: null } }, "NO_LEADER", "orders-0"],
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
test("resolveTarget() refuses an unknown role", () => {
  assert.throws(() => resolveTarget("follower" as Target, situation), TypeError);
});
test.run();
