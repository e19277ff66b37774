// What the scenarios of consumer groups measure and expect, on histories made by hand.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Group, History, HistoryEvent, Lab, Member, PredictedPart } from "@kafka-failure-lab/sdk";
import { bringBackFailed } from "../../scripts/consumers/beside.ts";
import { brokerLoss } from "../../scripts/consumers/broker-expected.ts";
import { goesOnIn, handled, judgedTime, missLines } from "../../scripts/consumers/expected.ts";
import { hadGoneOn, handOf, inHand, waitingFor } from "../../scripts/consumers/in-hand.ts";
import { isWithin, type Outcome } from "../../scripts/consumers/report.ts";
import { groupName, offsetsPartition } from "../../scripts/consumers/roles.ts";
import { standstillOf } from "../../scripts/consumers/standstill.ts";

const own = { group: "billing", member: "billing.1" };
const at = { topic: "orders", partition: 0 };
const texts = (...offsets: number[]): string[] => offsets.map(String);
const processed = (atMs: number, ...offsets: number[]): HistoryEvent => ({
  ...{ kind: "processed", atMs, tookMs: 10, ...own, ...at, offsets: texts(...offsets) },
});
const delivered = (atMs: number, ...offsets: number[]): HistoryEvent => ({
  ...{ kind: "delivered", atMs, ...own, ...at },
  records: texts(...offsets).map((offset) => ({ offset, value: offset })),
});
const commit = (atMs: number, offset: number, error?: string): HistoryEvent => ({
  ...{ kind: "commit", atMs, tookMs: 1, ...own, offsets: [{ ...at, offset: String(offset) }] },
  ...(error !== undefined && { error }),
});
const assigned = (atMs: number): HistoryEvent => ({
  ...{ kind: "member", atMs, ...own, change: "assigned", partitions: [at] },
});

test("standstillOf() goes from the last record before the fault to the first behind it", () => {
  const history = [processed(0, 0), processed(90, 1), processed(5_000, 2), processed(5_100, 3)];
  const measured = standstillOf(history, { group: "billing", ...at, fromMs: 200, toMs: 9_000 });
  assert.equal(measured, { fromMs: 100, toMs: 5_010, ms: 4_910, isOpen: false });
});
test("standstillOf() is open where nothing was processed again, whatever others processed", () => {
  const other: HistoryEvent[] = [
    { ...processed(400, 2), group: "other" } as HistoryEvent,
    { ...processed(500, 2), partition: 1 } as HistoryEvent,
  ];
  const measured = standstillOf([processed(0, 0), ...other], {
    ...{ group: "billing", ...at, fromMs: 200, toMs: 9_000 },
  });
  assert.equal(measured, { fromMs: 10, toMs: 9_000, ms: 8_990, isOpen: true });
});
test("standstillOf() takes the longest of several, and ends behind the window where the record does", () => {
  const history = [processed(0, 0), processed(1_000, 1), processed(3_000, 2), processed(9_000, 3)];
  const window = { group: "billing", ...at, fromMs: 500 };
  assert.is(standstillOf(history, { ...window, toMs: 3_100 }).ms, 6_000);
  assert.is(standstillOf(history, { ...window, toMs: 2_900 }).ms, 2_000);
});

test("inHand(): commits before processing leave what is skipped", () => {
  const history = [assigned(0), delivered(1, 0, 1, 2, 3), commit(2, 4), processed(3, 0), processed(4, 1)];
  assert.equal(inHand(history, own), { batch: 4, done: 2, left: 2, skipped: 2, twice: 0 });
});
test("inHand(): without a commit behind it, what is done is processed again", () => {
  const history = [assigned(0), delivered(1, 0, 1, 2, 3), processed(3, 0), processed(4, 1)];
  assert.equal(inHand(history, own), { batch: 4, done: 2, left: 2, skipped: 0, twice: 2 });
  assert.equal(inHand([...history, commit(5, 1)], own).twice, 1);
  assert.equal(inHand([...history, commit(5, 2, "REBALANCE_IN_PROGRESS")], own).twice, 2);
});
test("inHand() counts since the last assignment, and handOf() all members", () => {
  const history = [assigned(0), delivered(1, 0, 1), processed(2, 0), assigned(3), delivered(4, 1, 2)];
  assert.equal(inHand(history, own), { batch: 2, done: 0, left: 2, skipped: 0, twice: 0 });
  const second = history.map((event) => ({ ...event, member: "billing.2" }) as HistoryEvent);
  const both = { name: "billing", size: 2 };
  assert.is(handOf([...history, ...second], both).left, 4);
  const paused: HistoryEvent = { kind: "member", atMs: 5, ...own, change: "paused" };
  assert.is(handOf([...history, ...second, paused], both).left, 2, "a frozen member processes nothing");
  const resumed: HistoryEvent = { ...paused, atMs: 6, change: "resumed" };
  assert.is(handOf([...history, ...second, paused, resumed], both).left, 4);
});

test("waitingFor() counts what is acknowledged and was given to no member", () => {
  const sent = [0, 1, 2].map((n) => ({ kind: "send", outcome: "ok", topic: "orders", value: String(n) }));
  const history = [...sent, delivered(4, 0)] as History;
  assert.is(waitingFor(history, { name: "billing", topic: "orders" }), 2);
  assert.is(waitingFor(history, { name: "other", topic: "orders" }), 3);
});

const timers = { sessionTimeout: 6_000, heartbeatInterval: 500, maxWait: 500, processMs: 10 };
const inBatch = { left: 100 };
test("goesOnIn(): a member that leaves is replaced by a heartbeat, a silent one by its session", () => {
  const [stop, kill, pause] = (["stop", "kill", "pause"] as const).map((how) =>
    goesOnIn(how, { client: "kafkajs", ...timers }, inBatch),
  );
  assert.equal([stop!.fromMs, stop!.toMs], [0, 2_500]);
  assert.equal([kill!.fromMs, kill!.toMs], [4_900, 8_000]);
  assert.equal(pause, kill);
  assert.match(kill!.decidingTimer, /session\.timeout\.ms/);
  assert.is(goesOnIn("stop", { client: "java", ...timers }, inBatch).toMs, 4_500, "behind its batch");
});
test("handled() and isWithin(): each policy has its own limit", () => {
  const hand = { batch: 10, done: 4, left: 6, skipped: 6, twice: 0 };
  assert.equal(handled("before", hand), { skipped: 6, twice: 0 });
  assert.equal(handled("auto", { ...hand, skipped: 0, twice: 4 }), { skipped: 0, twice: 10 });
  assert.is(handled("before", hand, 7).skipped, 13, "with those that wait");
  const outcome = (name: string, skippedOfAll: number, repeated: number, hasGoneOn = false): Outcome =>
    ({ name, most: handled(name, hand), hasGoneOn, tally: { skippedOfAll, repeated } }) as Outcome;
  assert.is(isWithin(outcome("before", 6, 0)), true);
  const others = [outcome("before", 7, 0), outcome("before", 0, 0), outcome("before", 1, 1)];
  assert.equal(others.map(isWithin), [false, false, false]);
  assert.is(isWithin(outcome("after", 0, 6)), true);
  assert.is(isWithin(outcome("after", 1, 0)), false);
  assert.is(isWithin(outcome("before", 7, 0, true)), "unknown", "that of another batch");
});
test("hadGoneOn(): what happened before the moment, and was not known", () => {
  const history = [assigned(0), delivered(1, 0, 1), processed(2, 0), commit(3, 2), delivered(4, 2)];
  const since = (seen: number, untilMs: number): boolean => hadGoneOn(history, own, { seen, untilMs });
  assert.equal([since(4, 4), since(4, 3), since(3, 3), since(5, 9)], [true, false, true, false]);
  assert.is(hadGoneOn(history, { ...own, member: "billing.2" }, { seen: 0, untilMs: 9 }), false);
});
test("bringBackFailed() starts a member anew whose client has given up, and no other", async () => {
  const failed: HistoryEvent = { kind: "member", atMs: 5, ...own, change: "failed", error: "no coordinator" };
  const on = async (history: HistoryEvent[], state: Member["state"]): Promise<[unknown, string[]]> => {
    const done: string[] = [];
    const note = (what: string) => (): Promise<never> => Promise.resolve(void done.push(what) as never);
    const member = {
      name: "billing.1",
      state,
      kill: note("kill"),
      start: note("start"),
    } as unknown as Member;
    const lab = { run: { history } } as unknown as Lab;
    return [await bringBackFailed(lab, { member: () => member } as unknown as Group, 1), done];
  };
  assert.equal(await on([failed], "running"), ["no coordinator", ["kill", "start"]]);
  assert.equal(await on([failed], "stopped"), ["no coordinator", ["start"]]);
  assert.equal(await on([failed, assigned(6)], "running"), [undefined, []]);
  assert.equal(await on([], "running"), [undefined, []]);
});

const expected = { fromMs: 1_000, toMs: 2_000, decidingTimer: "a timer" };
const judgedAs = (ms: number, isOpen = false, history: History = []): unknown =>
  judgedTime(history, "billing", { expected, measured: { fromMs: 0, toMs: ms, ms, isOpen } }).verdict;
test("judgedTime(): inside, too early, too late, and not ended", () => {
  assert.equal(
    [1_000, 2_000, 900, 2_100].map((ms) => judgedAs(ms)),
    [true, true, false, false],
  );
  assert.equal([judgedAs(1_500, true), judgedAs(2_500, true)], ["unknown", false]);
  const forAsLong = { ...expected, toMs: Infinity };
  const measured = { fromMs: 0, toMs: 5_000, ms: 5_000, isOpen: true };
  assert.is(judgedTime([], "billing", { expected: forAsLong, measured }).verdict, true);
});
test("judgedTime(): a machine that was busy makes it inconclusive, and missLines() says so", () => {
  const busy: HistoryEvent = { kind: "stall", atMs: 0, tookMs: 1_500, thread: "clients" } as HistoryEvent;
  assert.is(judgedAs(2_100, false, [busy]), "unknown");
  const measured = { fromMs: 0, toMs: 2_100, ms: 2_100, isOpen: false };
  const [line] = missLines([judgedTime([busy], "billing", { expected, measured })]);
  assert.match(line!, /^billing: .*2\.1 s.*inconclusive/);
  assert.equal(
    missLines([judgedTime([], "billing", { expected, measured: { ...measured, ms: 1_500 } })]),
    [],
  );
});

test("offsetsPartition(): Java's hash of the name, as Kafka takes it", () => {
  assert.is(offsetsPartition("my-group", 50), 12);
  assert.is(offsetsPartition("polygenelubricants", 50), 0, "a hash of Integer.MIN_VALUE");
});
test("groupName(): a name that falls on the same partition of offsets, or on another one", () => {
  for (const count of [2, 3, 50]) {
    const [auto, after] = ["auto", groupName("after", { like: "auto", count })];
    const other = groupName("other", { unlike: "auto", count });
    assert.is(offsetsPartition(after, count), offsetsPartition(auto, count));
    assert.is.not(offsetsPartition(other, count), offsetsPartition(auto, count));
  }
  assert.throws(() => groupName("other", { unlike: "auto", count: 1 }), RangeError);
});

const moves = (kind: "detection" | "metadata", fromMs: number, toMs: number): PredictedPart =>
  ({ kind, tookMs: { fromMs, toMs }, timers: [], what: "" }) as PredictedPart;
const prediction = { parts: [moves("detection", 1_300, 1_700), moves("metadata", 0, 60_000)] };
const reader = { client: "java", requestTimeout: 5_000, maxWait: 500 } as const;
test("brokerLoss(): a leader moves as for producers, and a frozen one costs a request timeout", () => {
  const three = { replicas: 3, prediction };
  const kill = brokerLoss(reader, "leader", { how: "kill", ...three });
  assert.ok(kill.fromMs > 1_000 && kill.fromMs < 1_300 && kill.toMs < 6_000, JSON.stringify(kill));
  assert.is(brokerLoss(reader, "leader", { how: "stop", ...three }).fromMs, 0);
  assert.ok(brokerLoss(reader, "leader", { how: "pause", ...three }).fromMs > 4_000);
});
test("brokerLoss(): with one replica of the offsets, who waits for commits waits for the broker", () => {
  const one = { how: "kill", replicas: 1, prediction } as const;
  assert.is(brokerLoss(reader, "coordinator", one).toMs, Infinity);
  assert.is(brokerLoss(reader, "both", one).toMs, Infinity);
  for (const role of ["leader", "neither"] as const)
    assert.ok(brokerLoss(reader, role, one).toMs < Infinity, role);
  for (const client of ["kafkajs", "java"] as const)
    assert.is(brokerLoss({ ...reader, client }, "coordinator", one).toMs, Infinity);
});

test.run();
