// Faults on members of consumer groups with real brokers: as values, in the history, healed; and that no
// member outlives its owner, in whatever state it was. One cluster of three brokers.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  type FaultEvent,
  faults,
  groupProgress,
  type HealEvent,
  type Lab,
  type MemberEvent,
  type ProcessedEvent,
} from "@kafka-failure-lab/sdk";
import { startGroupLab } from "./group-lab.ts";
import { javaClients, leftovers, reportingFailure, until } from "./outside.ts";
import { memberOwner } from "./owners.ts";

const test = suite("member faults");
const runs = mkdtempSync(path.join(tmpdir(), "lab-member-faults-test-"));
const settings = { sessionTimeout: 3_000, heartbeatInterval: 500 };
let lab: Lab;

test.before(
  reportingFailure(async () => {
    lab = await startGroupLab("member-faults", runs, 4);
    lab.probe.start({ perSecond: 50 });
  }),
);
test.after(async () => {
  await lab?.close();
  rmSync(runs, { recursive: true, force: true });
});

/** What a member of a group has processed. */
const processedBy = (member: string): ProcessedEvent[] =>
  lab.run.history.filter(
    (event): event is ProcessedEvent => event.kind === "processed" && event.member === member,
  );
const changesOf = (member: string): MemberEvent[] =>
  lab.run.history.filter((event): event is MemberEvent => event.kind === "member" && event.member === member);
const isStart = ({ change }: MemberEvent): boolean => change === "started";

/** The faults and heals on a group's members, as the history has them. */
const faultsOn = (group: string): (FaultEvent | HealEvent)[] =>
  lab.run.history.filter(
    (event): event is FaultEvent | HealEvent =>
      (event.kind === "fault" || event.kind === "heal") &&
      event.members?.some((one) => one.group === group) === true,
  );
const codeOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => "nothing",
    (error: Error & { code?: string }) => error.code ?? error.name,
  );

test("faults on members as values: one is slow for a while, the leader is killed for a second", async () => {
  const name = "valued";
  const group = await lab.group(name, { commit: "after", process: "1ms", settings });
  const { leader } = await group.settled();
  assert.is(group.member("leader").name, leader);
  const ofLeader = { group: name, member: "leader" } as const;
  const second = { group: name, member: 2 };
  assert.is(await codeOf(lab.predict(faults.kill(ofLeader))), "UNSUPPORTED");
  const slow = await lab.inject(faults.slow(second, { factor: 150 }));
  const member = `${name}.2`;
  assert.equal(
    [slow.kind, slow.targets, slow.members, slow.asked, slow.isOpen],
    ["slow", [], [{ group: name, member }], `member 2 of ${name}`, true],
  );
  assert.equal(
    slow.proof?.observed?.map(({ holds }) => holds),
    [true],
  );
  const took = (sinceMs: number, isSlow: boolean): boolean =>
    processedBy(member).some((one) => one.atMs > sinceMs && one.tookMs >= 150 === isSlow);
  await until("it takes 150 ms for a record", () => took(slow.sinceMs, true), 30_000);
  await slow.heal();
  const healedMs = lab.run.now();
  await until("it is as fast as before", () => took(healedMs, false), 30_000);
  const killed = await lab.inject(faults.kill(ofLeader, { lasts: "1s" }));
  assert.equal(killed.members, [{ group: name, member: leader }]);
  assert.is(await codeOf(lab.inject(faults.kill([{ group: name, member: 1 }, second]))), "COMMAND_FAILED");
  await until("it is healed by itself", () => !killed.isOpen, 10_000);
  await group.settled();
  assert.is(await codeOf(lab.inject(faults.pause({ group: name, member: 9 }))), "NO_SUCH_MEMBER");
  assert.is(await codeOf(lab.inject(faults.pause({ group: "nobodys" }))), "NO_SUCH_MEMBER");
  const paused = await group.member(1).pause();
  await group.close();
  assert.not.ok(paused.isOpen);
  const [first, ...rest] = faultsOn(name);
  assert.equal((first as FaultEvent).processing, { factor: 150, processMs: 150 });
  assert.equal(
    [first, ...rest].map((event) => `${event!.kind} ${event!.fault}`),
    ["fault slow", "heal slow", "fault kill", "heal kill", "fault pause", "heal pause"],
  );
  assert.is(rest.at(-1)?.via, "the group was closed");
  const during = groupProgress(lab.run.history, { group: name }).facts.groups[0]!.faults;
  assert.ok(during.some(({ name: of }) => of === `kill ${leader}`));
});

test("a rolling restart is one fault: each member in its turn, when the group has settled", async () => {
  const name = "rolled";
  const group = await lab.group(name, { commit: "after", settings });
  await group.settled();
  const pids = [1, 2].map((number) => group.member(number).pid);
  const rolled = await group.roll();
  assert.equal([rolled.kind, rolled.isOpen, rolled.members?.length], ["roll", false, 2]);
  const [fault, heal, ...others] = faultsOn(name);
  assert.equal([fault?.kind, heal?.kind, others], ["fault", "heal", []]);
  const moments = [1, 2].flatMap((number) => {
    const all = changesOf(`${name}.${number}`);
    const [ended, started] = [all.find(({ change }) => change === "ended"), all.findLast(isStart)];
    return [ended!.atMs, started!.atMs];
  });
  const all = [fault!.effectAtMs, ...moments, heal!.effectAtMs];
  assert.equal(
    all,
    [...all].sort((a, b) => a - b),
    `${all}`,
  );
  const { members, state } = await group.describe();
  assert.equal([members.length, state], [2, "Stable"]);
  assert.ok([1, 2].every((number) => group.member(number).pid !== pids[number - 1]));
  await group.close();
});
test("SIGKILL of the owner leaves no member behind, in whatever state", async () => {
  const { child, gone, said } = await memberOwner(lab.bootstrap, lab.topic);
  assert.match(said(), /at members/);
  assert.ok(javaClients(child.pid!).length >= 8, `${javaClients(child.pid!).length} members`);
  child.kill("SIGKILL");
  await gone;
  await until("the members are gone", () => leftovers(child.pid).length === 0, 30_000);
});

test.run();
