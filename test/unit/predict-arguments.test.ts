// The forms in which `lab.predict` is called: for a client, for a consumer group, and as a recording keeps them.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Group } from "../../sdk/lab/groups/group.ts";
import { asValue, isOfGroup } from "../../sdk/lab/verbs/predict-arguments.ts";
import { plainArgs } from "../../sdk/recording/call.ts";
import { named } from "../../sdk/recording/record.ts";

const group = { name: "billing", settled: () => Promise.resolve() } as unknown as Group;
const member = { group: "billing", member: 1 } as const;

test("asValue() puts a kind, a target and options into a fault and the options of a group's prediction", () => {
  assert.equal(asValue(["kill", member, { group: "billing", perSecond: 5, lasts: "1s" }]), [
    { kind: "kill", target: member },
    { group: "billing", perSecond: 5, lasts: "1s" },
  ]);
  assert.equal(asValue(["slow", member, { group: "billing", process: "1s" }]), [
    { kind: "slow", target: member, process: "1s" },
    { group: "billing" },
  ]);
});

test("isOfGroup() is true where a group is named", () => {
  assert.equal(
    [{ group: "billing" }, { group }, { group: undefined }, {}, undefined, null, "group"].map(isOfGroup),
    [true, true, false, false, false, false, false],
  );
});

test("named() has a group's name in place of its handle, so that a replay finds the call", () => {
  const spec = { kind: "kill", target: member };
  const byHandle = named([spec, { group, perSecond: 5 }]);
  assert.equal(byHandle, [spec, { group: "billing", perSecond: 5 }]);
  assert.equal(plainArgs(byHandle), plainArgs(named([spec, { group: "billing", perSecond: 5 }])));
  assert.equal(named(["kill", member, { group }]), [spec, { group: "billing" }]);
});

test.run();
