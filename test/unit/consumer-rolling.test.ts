// What scenarios 07 and 08 count, on histories made by hand.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { HistoryEvent, MemberEvent } from "@kafka-failure-lab/sdk";
import { handsOf, rolledOf } from "../../scripts/consumers/rolling.ts";
import { judgedSlow, paceOf, roundsOf } from "../../scripts/consumers/slow.ts";

const topic = "orders";
const member = (
  atMs: number,
  number: number,
  change: MemberEvent["change"],
  ...partitions: number[]
): HistoryEvent => ({
  ...{ kind: "member", atMs, group: "eager", member: `eager.${number}`, change },
  ...(partitions.length > 0 && { partitions: partitions.map((partition) => ({ topic, partition })) }),
});
const span = { fromMs: 100, toMs: 900 };

test("handsOf(): a member that stays gives one up and gets it back; the other goes to somebody else", () => {
  const history = [
    member(10, 1, "revoked", 0),
    member(20, 1, "assigned", 0), // before the span
    member(200, 1, "revoked", 0, 1),
    member(300, 1, "assigned", 0),
    member(310, 2, "assigned", 1),
  ];
  assert.equal(handsOf(history, "eager", span), { moved: 1, forNothing: 1 });
  assert.equal(handsOf(history, "other", span), { moved: 0, forNothing: 0 });
});
test("handsOf(): what a member gets back after its restart is neither moved nor for nothing", () => {
  const history = [
    member(200, 1, "revoked", 0),
    member(210, 1, "left"),
    member(220, 1, "ended"),
    member(230, 1, "started"),
    member(300, 1, "assigned", 0),
  ];
  assert.equal(handsOf(history, "eager", span), { moved: 0, forNothing: 0 });
});
test("rolledOf() holds each protocol to what it promises", () => {
  const forNothing = [member(200, 1, "revoked", 0), member(300, 1, "assigned", 0)];
  const moves = [member(400, 1, "revoked", 0), member(500, 2, "assigned", 0)];
  const verdictOf = (name: "eager" | "cooperative" | "static", history: HistoryEvent[]): unknown =>
    rolledOf(
      history.map((event) => ({ ...event, group: name }) as HistoryEvent),
      { name, topic, partitions: 1, ...span },
    ).verdict;
  assert.equal(
    (["eager", "cooperative", "static"] as const).map((name) => [
      verdictOf(name, [...forNothing, ...moves]),
      verdictOf(name, moves),
      verdictOf(name, []),
    ]),
    [
      [true, false, false],
      [false, true, false],
      [false, false, true],
    ],
  );
});

const java: Parameters<typeof paceOf>[0] = {
  ...{ client: "java", processMs: 10, properties: {}, rebalanceTimeout: 3_000, sessionTimeout: 6_000 },
};
test("paceOf(): Java by a full poll and its poll interval, kafkajs by a record and its session", () => {
  assert.equal(paceOf(java), {
    ...{ betweenMs: 5_000, limitMs: 3_000, limit: "max.poll.interval.ms", isKept: false },
  });
  assert.is(paceOf({ ...java, properties: { "max.poll.records": "50" } }).isKept, true);
  assert.is(paceOf({ ...java, rebalanceTimeout: 60_000 }).isKept, true);
  const kafkajs = { ...java, client: "kafkajs", processMs: 7_000 } as const;
  assert.equal(paceOf(kafkajs), {
    ...{ betweenMs: 7_000, limitMs: 6_000, limit: "sessionTimeout", isKept: false },
  });
  assert.is(paceOf({ ...kafkajs, sessionTimeout: 30_000 }).isKept, true);
});

const own = { group: "slow", member: "slow.1" };
const processed = (...offsets: number[]): HistoryEvent => ({
  ...{ kind: "processed", atMs: 10, tookMs: 1, ...own, topic, partition: 0, offsets: offsets.map(String) },
});
const commit = (error?: string): HistoryEvent => ({
  ...{ kind: "commit", atMs: 20, tookMs: 1, ...own, offsets: [{ topic, partition: 0, offset: "2" }] },
  ...(error !== undefined && { error, isRefused: true }),
});
test("roundsOf() counts how often the first record was processed, and what became of commits", () => {
  const history = [processed(0, 1), commit("UNKNOWN_MEMBER_ID"), processed(0, 1), commit()];
  assert.equal(roundsOf(history, "slow"), {
    ...{ times: 2, processed: 2, accepted: 1, refused: ["UNKNOWN_MEMBER_ID"], ended: 0 },
  });
  assert.is(roundsOf(history, "other").times, 0);
});
test("judgedSlow(): an endless batch has no accepted commit; a kept member reads all once", () => {
  const group = (settings: object): Parameters<typeof judgedSlow>[1] =>
    ({ name: "slow", settings }) as Parameters<typeof judgedSlow>[1];
  const endless = [processed(0, 1), commit("UNKNOWN_MEMBER_ID"), processed(0, 1)];
  assert.is(judgedSlow(endless, group(java), false).verdict, true);
  assert.is(judgedSlow([...endless, commit()], group(java), false).verdict, false);
  assert.is(judgedSlow(endless, group(java), true).verdict, false);
  const kept = group({ ...java, rebalanceTimeout: 60_000 });
  assert.is(judgedSlow([processed(0, 1), commit()], kept, true).verdict, true);
  assert.is(judgedSlow(endless, kept, true).verdict, false);
  assert.is(judgedSlow([processed(0)], kept, false).verdict, false);
});
test.run();
