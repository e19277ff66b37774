// Predictions for consumer groups against real brokers and members: a member is killed, the coordinator is
// killed, the leader of a partition is frozen, brokers are restarted one by one, leaders are elected.
// One cluster; a group of kafkajs and one of Kafka's own client.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  type FaultSpec,
  faults,
  type Group,
  type GroupPrediction,
  type GroupPredictionCheck,
  type Lab,
} from "@kafka-failure-lab/sdk";
import { startGroupLab } from "./group-lab.ts";
import { reportingFailure, until } from "./outside.ts";

const test = suite("predictions for groups");
const runs = mkdtempSync(path.join(tmpdir(), "lab-predict-groups-test-"));
const settings = {
  sessionTimeout: "3s",
  heartbeatInterval: "500ms",
  requestTimeout: "2s",
  autoCommitInterval: "1s",
} as const;
let lab: Lab;
let groups: readonly Group[];

test.before(
  reportingFailure(async () => {
    lab = await startGroupLab("predict-groups", runs, 4);
    groups = await Promise.all(
      (["kafkajs", "java"] as const).map((client) => lab.group(client, { client, settings })),
    );
    await Promise.all(groups.map((group) => group.settled({ timeout: "2m" })));
    lab.probe.start({ perSecond: 100 });
    await Promise.all(groups.map((group) => group.processed(300)));
  }),
);
test.after(async () => {
  await lab?.close();
  rmSync(runs, { recursive: true, force: true });
});

/** The check of a group's last prediction. */
const lastOf = ({ name }: Group): GroupPredictionCheck =>
  lab.run.groupPredictionChecks().findLast(({ group }) => group === name)!;
/** Predicts for a group, injects, and waits until it is known what came. */
async function measured(
  of: readonly Group[],
  specOf: (group: Group) => FaultSpec,
): Promise<readonly GroupPrediction[]> {
  const predictions = await Promise.all(of.map((group) => lab.predict(specOf(group), { group })));
  const specs = new Map(of.map((group) => [JSON.stringify(specOf(group)), specOf(group)]));
  const open = await Promise.all([...specs.values()].map((spec) => lab.inject(spec)));
  // of each the first: a healed fault cuts a gap short that is open, and then its length is not known
  const judged = new Map<Group, GroupPredictionCheck>();
  const isJudged = (group: Group): boolean => {
    const one = lastOf(group);
    if (!judged.has(group) && (one.verdict !== "unknown" || one.busy !== undefined)) judged.set(group, one);
    return judged.has(group);
  };
  await until("there is a verdict for each", () => of.filter(isJudged).length === of.length, 120_000);
  await Promise.all(open.map((fault) => fault.heal()));
  for (const [group, { verdict, busy, disagreements, measured: came }] of judged) {
    assert.ok(
      verdict === true || busy !== undefined,
      `${group.name}: ${disagreements.join("; ")}\n${JSON.stringify(came)}`,
    );
  }
  await lab.cluster.waitFor("full isr");
  await Promise.all(of.map((group) => group.settled({ timeout: "2m" })));
  await Promise.all(of.map((group) => group.lag({ atMost: 200, timeout: "2m" })));
  await Promise.all(of.map((group) => group.processed(300)));
  return predictions;
}

test("a member is killed: its partitions stand still until its session has ended", async () => {
  const predictions = await measured(groups, ({ name }) => faults.kill({ group: name, member: 1 }));
  for (const [
    i,
    { members, role, rebalance, reads, standstill, skipped, partitions },
  ] of predictions.entries()) {
    const { name } = groups[i]!;
    assert.equal([members, role, rebalance, reads, skipped], [[`${name}.1`], null, 1, 1, 0]);
    assert.ok(standstill!.toMs >= 3_000 && standstill!.fromMs <= 3_000, JSON.stringify(standstill));
    assert.equal(
      [...new Set(partitions.map(({ member }) => member))].sort(),
      [`${name}.1`, `${name}.2`],
      "who reads which partition is known",
    );
  }
});

test("the coordinator is killed: kafkajs starts anew, Kafka's own client finds the new one", async () => {
  const [first] = groups;
  const coordinator = (await first!.describe()).coordinator!;
  const predictions = await measured(groups, () => faults.kill(coordinator));
  const [kafkajs, java] = predictions;
  assert.equal([kafkajs?.targets, java?.targets], [[coordinator], [coordinator]]);
  assert.ok(["coordinator", "both"].includes(kafkajs!.role!), kafkajs!.role!);
  assert.is(kafkajs?.rebalance, 1);
  assert.ok(kafkajs!.reasons.includes("kafkajs restarts") && !java!.reasons.includes("kafkajs restarts"));
});

test("the leader of a partition is frozen: members wait for their requests, and for another leader", async () => {
  const { partitions } = await lab.cluster.describe();
  const coordinators = await Promise.all(groups.map((group) => group.describe()));
  const leads = partitions.filter(({ topic }) => topic === lab.topic).map(({ leader }) => leader);
  const leader =
    leads.find((one) => coordinators.every(({ coordinator }) => coordinator !== one)) ?? leads[0]!;
  const [, java] = await measured(groups, () => faults.pause(leader));
  assert.ok(java!.timers.some(({ name }) => name === "request.timeout.ms"));
});

/** Predicts for each group what is over when it was carried out, injects it, and waits until all read on. */
async function carriedOut(spec: FaultSpec): Promise<readonly GroupPrediction[]> {
  await lab.cluster.waitFor("full isr", { timeout: "2m" });
  await Promise.all(groups.map((group) => group.settled({ timeout: "2m" })));
  const predictions = await Promise.all(groups.map((group) => lab.predict(spec, { group })));
  await lab.inject(spec);
  await lab.cluster.waitFor("full isr");
  await Promise.all(groups.map((group) => group.settled({ timeout: "2m" })));
  await Promise.all(groups.map((group) => group.processed(300)));
  for (const { verdict, disagreements, measured: came, group } of groups.map(lastOf)) {
    // a member may read again behind the fault's end: then it is not known how long it would have stood
    assert.ok(
      verdict !== false && came !== null,
      `${group}: ${disagreements.join("; ")}\n${JSON.stringify(came)}`,
    );
    assert.ok(came.partitions.length > 0 && came.skipped === 0);
  }
  return predictions;
}

test("brokers are restarted one by one: Java reads on without a rebalance, kafkajs joins again", async () => {
  const [kafkajs, java] = await carriedOut(faults.roll([1, 2, 3]));
  assert.equal([java!.repeated, java!.reads, java!.role], [0, 1, "both"]);
  // on a slow machine sessions of 3 s may end before the new coordinator is found
  assert.ok(java!.rebalance < kafkajs!.rebalance, `${java!.rebalance} ${kafkajs!.rebalance}`);
  assert.ok(kafkajs!.standstill!.toMs > java!.standstill!.toMs);
});

test("preferred leaders are elected: all move at once, kafkajs joins with its coordinator", async () => {
  const before = (await lab.cluster.describe()).partitions;
  assert.ok(
    before.some(({ leader, preferred }) => leader !== preferred),
    "the roll has moved leaders",
  );
  const [kafkajs, java] = await carriedOut(faults.elect("preferred"));
  assert.equal([java!.repeated, java!.reads, java!.role], [0, 1, null]);
  // else the old leader answers it as a follower
  assert.is(kafkajs!.rebalance, kafkajs!.reasons.includes("kafkajs rejoins") ? 1 : 0);
});

test("conclude() prints each prediction beside what came, and keeps them", async () => {
  for (const group of groups) {
    const events = lab.run.history.filter(
      (event) => event.kind === "group prediction" && event.group === group.name,
    );
    assert.is(events.length, 5, "an event for each prediction");
    assert.ok(events.every((event) => event.kind === "group prediction" && (event.perSecond ?? 0) > 0));
  }
  const { groupPredictionChecks: checks, verdict } = await lab.conclude({ print: false, exitCode: false });
  assert.is(checks.length, 10);
  assert.not.ok(checks.some((one) => one.verdict === false) || verdict === false);
});

test.run();
