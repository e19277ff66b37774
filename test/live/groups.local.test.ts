// Consumer groups whose members are processes: who takes over, what is read twice or skipped, and what goes
// on without the coordinator. Both clients, one cluster of three brokers.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  attachLab,
  type Group,
  type GroupEvent,
  type GroupOptions,
  type HistoryEvent,
  type Lab,
  type Load,
  type MemberEvent,
  type ProcessedEvent,
  processedAll,
} from "@kafka-failure-lab/sdk";
import { startGroupLab } from "./group-lab.ts";
import { javaClients, reportingFailure, until } from "./outside.ts";

const test = suite("groups");
const runs = mkdtempSync(path.join(tmpdir(), "lab-groups-test-"));
const SESSION_MS = 3_000;
/** What a busy machine may add to a take-over. */
const SLACK_MS = 12_000;
const settings = { sessionTimeout: SESSION_MS, heartbeatInterval: 500 };
let lab: Lab;
let load: Load;

const eventsOf = <Kind extends HistoryEvent["kind"]>(
  kind: Kind,
  group: string,
): Extract<HistoryEvent, { kind: Kind }>[] =>
  lab.run.history.filter(
    (event): event is Extract<HistoryEvent, { kind: Kind }> =>
      event.kind === kind && "group" in event && event.group === group,
  );
const changesOf = (member: string): MemberEvent[] =>
  eventsOf("member", member.replace(/\.\d+$/, "")).filter((event) => event.member === member);
const partitionsOf = ({ partitions = [] }: Pick<MemberEvent, "partitions">): number[] =>
  partitions.map(({ partition }) => partition).sort();

/** How often each record of a topic with one partition was processed, by offset. */
function timesProcessed(group: string): Map<string, number> {
  const times = new Map<string, number>();
  for (const { offsets } of eventsOf("processed", group) as ProcessedEvent[])
    for (const offset of offsets) times.set(offset, (times.get(offset) ?? 0) + 1);
  return times;
}

test.before(
  reportingFailure(async () => {
    lab = await startGroupLab("groups", runs, 4);
    load = lab.probe.start({ perSecond: 50 });
  }),
);
test.after(async () => {
  await lab?.close();
  rmSync(runs, { recursive: true, force: true });
});

for (const client of ["kafkajs", "java"] as const)
  test(`${client}: two members share the partitions; one is killed, and the other takes over`, async () => {
    const name = `shared-${client}`;
    const group = await lab.group(name, { client, commit: "after", settings });
    const stable = await group.settled();
    assert.equal([stable.state, stable.protocol, stable.members.length], ["Stable", "classic", 2]);
    assert.equal([stable.protocolType, group.member("leader").name], ["consumer", stable.leader]);
    assert.is(stable.assignor, client === "java" ? "range" : "RoundRobinAssigner");
    const both = [group.member(1), group.member(2)];
    const all = both.flatMap(({ partitions }) => partitionsOf({ partitions })).sort();
    assert.equal(all, [0, 1, 2, 3]);
    assert.equal(
      both.map(({ partitions }) => partitions.length),
      [2, 2],
    );
    await group.processed(50);
    const killed = await group.member(1).kill();
    assert.equal([killed.kind, killed.via, killed.isOpen], ["kill", "SIGKILL", true]);
    assert.equal([group.member(1).state, group.member(1).pid], ["stopped", undefined]);
    const alone = await group.settled();
    assert.equal(
      alone.members.map(({ clientId, partitions }) => [clientId, partitions.length]),
      [[`${name}.2`, 4]],
    );
    const ended = changesOf(`${name}.1`).find(({ change }) => change === "ended")!;
    assert.is(ended.error, "SIGKILL");
    const taken = changesOf(`${name}.2`)
      .filter(({ change }) => change === "assigned")
      .at(-1)!;
    assert.equal(partitionsOf(taken), [0, 1, 2, 3]);
    const tookMs = taken.atMs - ended.atMs;
    // the session runs from the last heartbeat
    assert.ok(tookMs > SESSION_MS - 1_000 && tookMs < SESSION_MS + SLACK_MS, `${tookMs} ms`);
    assert.ok(changesOf(`${name}.2`).some(({ change }) => change === "revoked"));
    await killed.heal();
    await group.settled();
    assert.equal([killed.isOpen, group.member(1).state], [false, "running"]);
    const [seen] = (await lab.cluster.describe()).groups;
    assert.equal([seen?.name, seen?.state, seen?.members.length], [name, "Stable", 2]);
    await group.close();
    assert.is(changesOf(`${name}.2`).at(-1)?.change, "ended");
    assert.ok(changesOf(`${name}.2`).some(({ change }) => change === "left"));
    assert.is((await lab.cluster.describe()).groups.length, 0);
  });

/** A member that is killed while it processes a batch of 40 records, and is started again. */
async function killedInABatch(name: string, commit: GroupOptions["commit"]): Promise<Map<string, number>> {
  const topic = `${name}-records`;
  await lab.cluster.createTopic(topic);
  const probe = lab.probe({ name, topic });
  for (let n = 0; n < 40; n++) assert.is((await probe.send()).outcome, "ok");
  const group = await lab.group(name, { topic, members: 1, commit: commit!, process: "50ms", settings });
  await group.processed(10);
  const killed = await group.member(1).kill();
  await killed.heal();
  await group.lag({ atMost: 0 });
  await group.close();
  return timesProcessed(name);
}

test("commit after processing: killed in a batch, it reads that twice, and skips nothing", async () => {
  const times = await killedInABatch("after", "after");
  assert.is(times.size, 40);
  const twice = [...times.values()].filter((count) => count === 2).length;
  assert.ok(twice >= 10 && twice < 40, `${twice} read twice`);
  assert.ok([...times.values()].every((count) => count <= 2));
});

test("commit before processing: killed in a batch, it skips the rest, and reads nothing twice", async () => {
  const times = await killedInABatch("before", "before");
  assert.ok(times.size >= 10 && times.size < 40, `${times.size} of 40 were processed`);
  assert.ok([...times.values()].every((count) => count === 1));
});

test("commit by the application, a record that fails once, and a member that joins", async () => {
  const group = await lab.group("application", { members: 1, commit: "application", failAt: 3, settings });
  await group.processed(20);
  const failed = eventsOf("processed", "application").filter(({ error }) => error !== undefined);
  assert.is(failed.length, 1);
  assert.equal(eventsOf("commit", "application"), []);
  await group.commit();
  const [commit] = eventsOf("commit", "application");
  assert.is(commit?.error, undefined);
  assert.ok(commit!.offsets.length > 0);
  await group.add();
  const { members } = await group.settled();
  assert.equal([members.length, group.size], [2, 2]);
  await group.close();
});

test("a frozen member is thrown out, and joins again when it goes on", async () => {
  const group = await lab.group("frozen", { commit: "after", settings });
  await group.settled();
  const paused = await group.member(1).pause();
  assert.is(group.member(1).state, "paused");
  const { members } = await group.settled();
  assert.equal(
    members.map(({ clientId }) => clientId),
    ["frozen.2"],
  );
  await paused.heal();
  await group.settled();
  const changes = changesOf("frozen.1").map(({ change }) => change);
  assert.ok(
    changes.includes("paused") && changes.includes("resumed") && changes.includes("lost"),
    `${changes}`,
  );
  await group.close();
});

test("java: the coordinator is killed; reading goes on, and another broker coordinates", async () => {
  const group: Group = await lab.group("steady", { client: "java", commit: "after", settings });
  const { coordinator } = await group.settled();
  const fault = await lab.cluster.kill({ coordinatorOf: "steady" });
  assert.equal([fault.targets, fault.asked], [[coordinator], "coordinator of steady"]);
  await group.processed(100, { timeout: "30s" });
  await until(
    "another broker coordinates",
    () => {
      const last = eventsOf("group", "steady").at(-1) as GroupEvent;
      return last.state !== null && last.coordinator !== null && last.coordinator !== coordinator;
    },
    30_000,
  );
  await fault.heal();
  await lab.cluster.waitFor("full isr");
  await group.settled();
  assert.ok(eventsOf("lag", "steady").length > 0);
  await group.close();
});

test("attached: a group that is there is refused, and the lab's own is deleted when it closes", async () => {
  const topic = { name: lab.topic };
  const other = await attachLab({ bootstrap: lab.bootstrap, topic, runs, onProgress: false });
  const error = await other.group("after").catch((each: unknown) => each as { code?: string });
  assert.is((error as { code?: string }).code, "UNSUPPORTED");
  const group = await other.group("attached", { members: 1, commit: "after", settings });
  await group.processed(1);
  await other.close();
  const notes = other.run.history.flatMap((event) => (event.kind === "note" ? event.text : []));
  assert.ok(
    notes.some((text) => /deleted .*: attached$/.test(text)),
    notes.join("\n"),
  );
});

test("conclude() ends what is open, and no process of a member is left", async () => {
  await load.stop();
  const group = await lab.group("last", { commit: "after", settings });
  await group.settled();
  const pids = [group.member(1).pid!, group.member(2).pid!];
  assert.is(javaClients(process.pid).length, 2); // they have records, by which the guardian finds them
  const { judgement } = await lab.conclude({ print: false, exitCode: false });
  assert.is(judgement.counts.lost, 0);
  const measured = (name: string): unknown[] => {
    const { semantics, skippedOfAll, repeated } = processedAll(lab.run.history, { group: name }).facts
      .groups[0]!;
    return [semantics, skippedOfAll > 0, repeated > 0];
  };
  assert.equal(measured("after"), ["at-least-once", false, true]);
  assert.equal(measured("before"), ["at-most-once", true, false]);
  const { partitions } = eventsOf("lag", "last").at(-1)!;
  assert.ok(
    partitions.every(({ committed, end }) => committed === end || end === "0"),
    JSON.stringify(partitions),
  );
  assert.equal(javaClients(process.pid), []);
  for (const pid of pids) assert.throws(() => process.kill(pid, 0), /ESRCH/);
});

test.run();
