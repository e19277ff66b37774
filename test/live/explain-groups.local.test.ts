// Why partitions of consumer groups stand still: a member, the partition's leader, the group's coordinator is
// killed, a member is frozen. Both clients read at the same time, from one cluster of three brokers.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ExplainedStandstill, Group, Lab, Load } from "@kafka-failure-lab/sdk";
import { startGroupLab } from "./group-lab.ts";
import { reportingFailure } from "./outside.ts";

const test = suite("explain-groups");
const runs = mkdtempSync(path.join(tmpdir(), "lab-explain-groups-test-"));
const settings = { sessionTimeout: "3s", heartbeatInterval: "500ms", requestTimeout: "3s" } as const;
const NAMES = ["kafkajs", "java"] as const;
/** How much of an outage has to be explained. */
const NAMED = 0.9;
let lab: Lab;
let load: Load;
let groups: readonly Group[];

test.before(
  reportingFailure(async () => {
    lab = await startGroupLab("explain-groups", runs, 3);
    load = lab.probe.start({ perSecond: 100 });
    groups = await Promise.all(
      NAMES.map((client) => lab.group(client, { client, commit: "after", members: 2, settings })),
    );
    await settled();
  }),
);
test.after(async () => {
  await lab?.close();
  rmSync(runs, { recursive: true, force: true });
});

/** Until both groups share the partitions, and read. */
async function settled(): Promise<void> {
  await Promise.all(groups.map((group) => group.settled()));
  await Promise.all(groups.map((group) => group.processed(20)));
}

/** The longest outage of each group since a moment; those that stood still no longer than usual have none. */
function outagesSince(atMs: number): ExplainedStandstill[] {
  const { groups: all } = lab.run.explain();
  return NAMES.flatMap((name) => {
    const own = all.filter(({ group, toMs }) => group === name && toMs > atMs);
    return own.sort((a, b) => b.tookMs - a.tookMs).slice(0, 1);
  });
}

function assertExplained(outages: readonly ExplainedStandstill[]): void {
  for (const { group, sentence, tookMs, unexplainedMs, parts } of outages) {
    assert.ok(unexplainedMs <= tookMs * (1 - NAMED), `${group}: ${sentence}`);
    assert.is(parts[0]!.fromMs + tookMs, parts.at(-1)!.toMs);
  }
}

const kindsOf = ({ parts }: ExplainedStandstill): string[] => parts.map(({ kind }) => kind);
const timersOf = ({ parts }: ExplainedStandstill): string[] =>
  parts.flatMap(({ evidence }) => evidence.flatMap((one) => (one.kind === "timer" ? one.timer.name : [])));

test("a member is killed: its session, join and sync", async () => {
  const sinceMs = lab.run.now();
  const killed = await Promise.all(groups.map((group) => group.member(1).kill()));
  await settled();
  const outages = outagesSince(sinceMs);
  assert.is(outages.length, 2);
  assertExplained(outages);
  for (const one of outages) {
    assert.ok(
      ["detection", "join", "sync"].every((kind) => kindsOf(one).includes(kind)),
      one.sentence,
    );
    assert.ok(
      timersOf(one).some((name) => /session.?timeout/i.test(name)),
      one.sentence,
    );
    assert.equal([one.lostBy, one.readBy], [`${one.group}.1`, `${one.group}.2`]);
  }
  await Promise.all(killed.map((one) => one.heal()));
  await settled();
});

for (const [what, target] of [
  ["the leader of a partition", { leaderOf: "orders-0" }],
  ["the coordinator of a group", { coordinatorOf: "kafkajs" }],
] as const)
  test(`${what} is killed`, async () => {
    const sinceMs = lab.run.now();
    const fault = await lab.cluster.kill(target);
    await Promise.all(groups.map((group) => group.processed(100, { timeout: "60s" })));
    await settled();
    // where nobody can send either, there is nothing to read: a group need not stand still
    assertExplained(outagesSince(sinceMs));
    await fault.heal();
    await lab.cluster.waitFor("full isr");
    await settled();
  });

test("a member is frozen: its session, as if it were dead", async () => {
  const sinceMs = lab.run.now();
  const paused = await Promise.all(groups.map((group) => group.member(2).pause()));
  await settled();
  const outages = outagesSince(sinceMs);
  assert.is(outages.length, 2);
  assertExplained(outages);
  for (const one of outages) assert.is(one.lostBy, `${one.group}.2`);
  await Promise.all(paused.map((one) => one.heal()));
  await settled();
});

test("conclude() explains what the groups did, and brokers' logs tell of each rebalance", async () => {
  await load.stop();
  const { explanation } = await lab.conclude({ print: false, exitCode: false });
  const facts = lab.run.history.flatMap((event) => (event.kind === "broker log" ? event.fact.what : []));
  for (const what of [
    "coordinatorElected",
    "offsetsLoaded",
    "rebalanceBegun",
    "generationFormed",
    "rebalanceEnded",
  ])
    assert.ok(facts.includes(what as (typeof facts)[number]), what);
  assert.ok(explanation.groups.length > 0);
});

test.run();
