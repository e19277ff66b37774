// Scenarios of elections and rolling restarts as a person runs them.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertConfirmed, fileOf, runOf } from "./scenarios.ts";
import { lastLine } from "./script.ts";

const test = suite("scenarios, elections");

interface Result {
  verdict: boolean | "unknown";
  exitCode: number;
}

interface Compared {
  expected: number;
  measured: number;
}
interface Unclean extends Result {
  loss: {
    lost: Compared;
    truncated: { broker: number; hadTo: number; keptTo: number }[];
    group: { gone: Compared; skipped: Compared };
    expected: { lost: { least: number } };
  };
}

for (const kafka of ["3.9", "4"])
  test(`12 with Kafka ${kafka}: what only the others had is lost, thrown away and passed over`, async () => {
    const args = ["--kafka", kafka, "--timers", "fast", "--json"];
    const ran = await runOf(fileOf("12-unclean-election"), ...args);
    const { loss, verdict } = lastLine<Unclean>(ran);
    assertConfirmed(ran, verdict);
    const { lost, truncated, group, expected } = loss;
    assert.ok(expected.lost.least > 0 && lost.measured >= expected.lost.least, "lost");
    const [returned] = truncated;
    assert.ok(returned !== undefined && returned.hadTo - returned.keptTo >= lost.measured, "thrown away");
    // exact, whatever the machine did
    for (const one of [lost, group.gone, group.skipped]) assert.is(one.measured, one.expected);
    assert.ok(group.skipped.measured > 0 && group.skipped.measured === group.gone.measured, "passed over");
  });

interface Rolls extends Result {
  rolls: { wait: string; least: number; asExpected: boolean | "unknown" }[];
  producers: { end: string; acknowledged: number; lost: number; unanswered: number }[];
}
test("11: with a wait no ISR is below the minimum, without one some is; killed producers owe records", async () => {
  const ran = await runOf(fileOf("11-rolling-restart"), "--timers", "fast", "--json");
  const { rolls, producers, verdict } = lastLine<Rolls>(ran);
  assertConfirmed(ran, verdict);
  for (const { end, acknowledged, lost } of producers)
    assert.ok(acknowledged >= 800 && lost === 0, `${end}: ${acknowledged} acknowledged, ${lost} lost`);
  if (verdict === "unknown") return; // a busy machine, or a broker that was back in time
  assert.equal(
    rolls.map(({ wait, least }) => [wait, least >= 2]),
    [
      ["full isr", true],
      ["none", false],
    ],
  );
  assert.equal(
    producers.map(({ end, unanswered }) => [end, unanswered > 0]),
    [
      ["SIGTERM", false],
      ["SIGKILL", true],
    ],
  );
});
interface Cuts extends Result {
  cuts: {
    name: string;
    leader: { before: number; after: number | null };
    leastIsr: number;
    acknowledged: number;
    ended: number;
    given: number;
    verdict: boolean | "unknown";
  }[];
}
test("13: cut off from clients alone a leader stays, and serves nobody", async () => {
  const ran = await runOf(fileOf("13-one-broker-unreachable"), "--timers", "fast", "--json");
  const { cuts, verdict } = lastLine<Cuts>(ran);
  assertConfirmed(ran, verdict);
  const [leader, follower, whole] = cuts;
  assert.equal([leader!.acknowledged, leader!.given], [0, 0]);
  assert.ok(leader!.ended > 0, "sends ended without an acknowledgement");
  for (const one of [follower!, whole!]) assert.ok(one.acknowledged > 0, one.name);
  assert.ok(follower!.given > 0, "the group reads on");
  if (verdict === "unknown") return; // a busy machine: who leads says nothing
  assert.equal(
    cuts.map((one) => one.leader.before === one.leader.after),
    [true, true, false],
  );
  assert.is(leader!.leastIsr, 3);
});

interface Steps extends Result {
  steps: {
    name: string;
    lost: "leader" | "controller";
    leader: { before: number; after: number | null };
    controller: { before: number; after: number; afterMs: number | null };
    meanwhile: number;
    createdMs: number | null;
    preferred: number | null;
  }[];
}
for (const kafka of ["3.9", "4"])
  test(`10 with Kafka ${kafka}: a leader is missed, the active controller is not`, async () => {
    const args = ["--kafka", kafka, "--timers", "fast", "--json"];
    const ran = await runOf(fileOf("10-leader-and-controller-election"), ...args);
    const { steps, verdict } = lastLine<Steps>(ran);
    assertConfirmed(ran, verdict);
    assert.equal(
      steps.map(({ name }) => name),
      ["leader, stop", "leader, kill", "controller, kill", "controller, pause"],
    );
    if (verdict === "unknown") return; // a busy machine
    for (const { lost, name, leader, controller, meanwhile, preferred } of steps) {
      assert.is(leader.after === leader.before, lost === "controller", name);
      if (lost === "leader") assert.is(preferred, leader.before, name);
      else assert.ok(controller.after !== controller.before && meanwhile > 0, name);
    }
  });
test.run();
