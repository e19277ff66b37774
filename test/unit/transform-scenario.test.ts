// What scenario 09 expects of transforms and of the readers of their outputs, on histories made by hand.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { GroupSettings, HistoryEvent } from "@kafka-failure-lab/sdk";
import { goesOn, judgedReader } from "../../scripts/consumers/readers.ts";
import { doubledBy, judgedOutputs, uncommittedOf } from "../../scripts/consumers/transforms.ts";
import * as h from "./group-histories.ts";
import { ONCE, OUTPUT, outputReadback, transforming, type Written } from "./transform-histories.ts";

const own = { group: h.GROUP, member: `${h.GROUP}.1` };
const produced = (atMs: number, ...offsets: number[]): HistoryEvent => ({
  ...{ kind: "produced", atMs, tookMs: 5, ...own, topic: h.TOPIC, partition: 0 },
  ...{ offsets: offsets.map(String), output: OUTPUT },
});
const transaction = (atMs: number, change: "begun" | "committed" | "aborted"): HistoryEvent => ({
  ...{ kind: "transaction", atMs, tookMs: 0, ...own, transactionalId: own.member, change },
});
const killedAt = (atMs: number) => ({ ...own, atMs });

test("uncommittedOf(): what was written behind the last commit, and since when a transaction is open", () => {
  const history = [
    transaction(0, "begun"),
    produced(10, 0, 1),
    transaction(20, "committed"),
    h.commit(20, 1, 0, 2),
    transaction(30, "begun"),
    produced(40, 2, 3),
    produced(50, 4),
  ];
  const left = uncommittedOf(history, killedAt(60));
  assert.equal(left, { written: 3, begunMs: 30 });
  assert.equal(doubledBy(left), { least: 3, most: 4 });
  assert.equal(uncommittedOf([...history, transaction(55, "aborted")], killedAt(60)).begunMs, undefined);
});

test("uncommittedOf(): refused writes and commits do not count, nor what a new process does", () => {
  const failed = { ...produced(20, 2), error: "TIMEOUT" } as HistoryEvent;
  const refused = h.commit(30, 1, 0, 2, { error: "UNKNOWN_MEMBER_ID", isRefused: true });
  const started = h.changed(70, 1, "started");
  const history = [produced(10, 0, 1), failed, refused, started, produced(80, 3)];
  assert.equal(uncommittedOf(history, killedAt(60)), { written: 2, begunMs: undefined });
});

const settings = {
  ...{ client: "kafkajs", sessionTimeout: 6_000, heartbeatInterval: 500, maxWait: 500, processMs: 10 },
} as GroupSettings;

test("goesOn: at once, with the next InitProducerId, and when the coordinator ends the transaction", () => {
  assert.equal([goesOn.atOnce(settings).fromMs, goesOn.atOnce(settings).toMs], [0, 1_500]);
  const kafkajs = goesOn.atInit(settings, settings, 100);
  assert.ok(kafkajs.fromMs > 4_000 && kafkajs.toMs > 8_000, "it waits for the dead member's session");
  const java = goesOn.atInit(settings, { ...settings, client: "java" }, 100);
  assert.equal([java.fromMs, java.toMs], [0, 6_600]);
  const timers = { timeoutMs: 20_000, cleanupMs: 1_000, openMs: 3_000 };
  const timeout = goesOn.atTimeout(settings, timers);
  assert.equal([timeout.fromMs, timeout.toMs], [16_900, 19_500]);
  assert.match(timeout.decidingTimer, /^transaction\.timeout\.ms 20/);
  assert.is(goesOn.atTimeout(settings, { ...timers, openMs: 30_000 }).fromMs, 0);
});

test("judgedReader(): inside, too early and too late", () => {
  const reader = { name: "reader", settings: { ...settings, isolation: "read_committed" } as GroupSettings };
  const expected = { fromMs: 1_000, toMs: 2_000, decidingTimer: "a timer" };
  const verdicts = [1_600, 1_000, 3_000].map(
    (givenMs) => judgedReader([], reader, { killedMs: 100, givenMs, expected }).verdict,
  );
  assert.equal(verdicts, [true, false, false]);
});

const again: Written[] = [5, 6].map((n) => ({ partition: 0, n }));
const outcome = (written: readonly Written[], isTransactional: boolean, more: readonly HistoryEvent[] = []) =>
  judgedOutputs(
    h.inTime([...transforming(h.exactlyOnce(), outputReadback(written), { isTransactional }), ...more]),
    { name: h.GROUP, left: { written: 2, begunMs: 0 }, killedMs: 1_000 },
  ).verdict;

test("judgedOutputs(): what was left is doubled, or aborted; more of it is not as predicted", () => {
  const aborted = again.map((one) => ({ ...one, transaction: "aborted" as const }));
  assert.is(outcome([...ONCE, ...again], false), true);
  assert.is(outcome([...aborted, ...ONCE], true), true);
  assert.is(outcome(ONCE, false), false, "nothing was doubled");
  assert.is(outcome(ONCE, true), false, "nothing was aborted");
  assert.is(outcome([...ONCE, ...again], true), false, "doubled in spite of transactions");
  assert.is(outcome([...ONCE, ...again, { partition: 1, n: 0 }], false), true, "one may be on its way");
  const more = [...ONCE, ...again, { partition: 1, n: 0 }, { partition: 1, n: 1 }];
  assert.is(outcome(more, false), false);
  const busy: HistoryEvent = { kind: "stall", atMs: 2_000, tookMs: 2_000, thread: "clients" };
  assert.is(outcome(more, false, [busy]), "unknown");
});

test("judgedOutputs(): an open transaction, and a group that writes nowhere", () => {
  assert.is(outcome([...ONCE, { partition: 0, n: 5, transaction: "open" }], true), "unknown");
  const nowhere = { name: h.GROUP, left: { written: 0, begunMs: undefined }, killedMs: 0 };
  assert.throws(() => judgedOutputs(h.exactlyOnce(), nowhere), TypeError);
});

test.run();
