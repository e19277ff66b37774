// The checkers over consumer groups: right histories, and what changes where one event of them does.

import process from "node:process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as face from "@kafka-failure-lab/sdk";
import { check } from "../../sdk/analysis/check/mod.ts";
import { GROUP_CHECKERS } from "../../sdk/analysis/check/groups/judged.ts";
import type { HistoryEvent } from "../../sdk/model/history.ts";
import { verdictLines } from "../../sdk/report/text/mod.ts";
import * as h from "./group-histories.ts";
import { many } from "./group-many.ts";
import { doubtful, judged, ofMember } from "./group-judged.ts";

/** Those of a group that writes to no other topic. */
const READING = GROUP_CHECKERS.filter((name) => name !== "transformedAll");

test("a group that processes each record once holds every claim, and is exactly-once as measured", () => {
  const found = judged(h.exactlyOnce());
  assert.equal(doubtful(h.exactlyOnce(), { semantics: "exactly-once", standstillLimit: "700ms" }), {});
  const [tally] = found.processedAll.facts.groups;
  assert.equal(
    [tally!.semantics, tally!.acknowledged, tally!.once, tally!.several, tally!.never, tally!.undecided],
    ["exactly-once", 20, 20, 0, 0, 0],
  );
  assert.equal(found.processedOnlySent.facts.groups[0]!.sent, 20);
  assert.equal(found.commitsForward.facts.groups[0]!.accepted, 4);
  assert.is(check(h.exactlyOnce()).verdict, true);
});

test("a take-over that reads on from the last commit is at-least-once, and no disorder", () => {
  const found = judged(h.takenOver());
  const [tally] = found.processedAll.facts.groups;
  assert.equal([tally!.semantics, tally!.once, tally!.several, tally!.most], ["at-least-once", 18, 2, 2]);
  assert.equal(
    tally!.examples.map(({ partition, offset, times }) => [partition, offset, times]),
    [
      [0, "5", 2],
      [0, "6", 2],
    ],
  );
  const [ordering] = found.processingOrder.facts.groups;
  assert.equal([ordering!.outOfOrder, ordering!.repeated, ordering!.rewinds], [0, 2, 1]);
  assert.equal(doubtful(h.takenOver()), {});
  assert.equal(doubtful(h.takenOver(), { semantics: "exactly-once" }), { processedAll: false });
  assert.equal(doubtful(h.takenOver(), { semantics: "at-most-once" }), { processedAll: false });
});

test("an offset that an unclean election has written anew is another record for the same member", () => {
  const given = h.delivered(3100, 1, 0, [9, 10]);
  const anew = [
    { ...given, records: given.records.map((one) => ({ ...one, value: "written anew" })) },
    h.processed(3110, 1, 0, [9, 10]),
  ];
  const repeatedIn = (more: readonly HistoryEvent[]): number =>
    judged(h.inTime([...h.exactlyOnce(), ...more])).processedAll.facts.groups[0]!.repeated;
  assert.is(repeatedIn(anew), 0);
  assert.is(repeatedIn([given, anew[1]!]), 1, "the same record is");
});

test("a history without a group has none of their checkers; asked for, they are unknown", () => {
  const without = h.exactlyOnce().filter((event) => !("group" in event));
  assert.equal(
    check(without).checks.map(({ checker }) => checker),
    ["noLostWrites", "noPhantomWrites", "duplicates", "order", "availability"],
  );
  for (const one of check(without, { checks: GROUP_CHECKERS }).checks) assert.is(one.verdict, "unknown");
  const alone = h.exactlyOnce().filter(({ kind }) => kind !== "send");
  assert.equal(
    check(alone).checks.map(({ checker }) => checker),
    READING,
  );
});

test("what was skipped is reported with the commit that did it", () => {
  const history = h.mutated(h.exactlyOnce(), "processed", ofMember(1, 0, 1600), () => []);
  const [skips] = judged(history).skipped.facts.groups;
  const line = history.findIndex((event) => event.kind === "commit" && event.member === "billing.1") + 1;
  assert.equal([skips!.records, skips!.delivered, skips!.undecided], [5, 5, 0]);
  assert.equal(skips!.ranges, [
    {
      ...{ group: h.GROUP, topic: h.TOPIC, partition: 0, fromOffset: "0", toOffset: "4", records: 5 },
      members: ["billing.1"],
      commit: { line, member: "billing.1", offset: "5", atMs: 1660, endedAtMs: 1662 },
    },
  ]);
  const [tally] = judged(history).processedAll.facts.groups;
  assert.equal([tally!.semantics, tally!.never, tally!.skipped], ["at-most-once", 5, 5]);
});

test("a commit that skipped, and was taken back by a reset, skipped nothing", () => {
  const history = h.mutated(h.exactlyOnce(), "processed", ofMember(1, 0, 1600), () => []);
  const [skips] = judged(h.inTime([...history, h.lag(3500, 0, null)])).skipped.facts.groups;
  assert.is(skips!.records, 0);
});

test("skipped and doubled together are none of Kafka's guarantees", () => {
  const history = h.mutated(h.takenOver(), "processed", ofMember(1, 0, 1600), () => []);
  assert.is(judged(history).processedAll.facts.groups[0]!.semantics, "none");
});

test("the standstill of a take-over is measured by partition, and whole where it overlaps a fault", () => {
  const history = h.inTime([...h.takenOver(), ...h.fault(2130, 2300)]);
  const [group] = judged(history).groupProgress.facts.groups;
  const [during] = group!.faults;
  const { gap, ...where } = during!.partitions[0]!;
  assert.equal(where, { topic: h.TOPIC, partition: 0 });
  // from the end of offset 6 to that of offset 5, processed again
  assert.equal([gap!.fromMs, gap!.toMs, gap!.ms, gap!.afterHealMs], [2120, 2510, 390, 210]);
  assert.equal([group!.gap!.fromMs, group!.gap!.ms], [1005, 605]);
  assert.is(during!.gap!.fromMs, 2150, "the other partition got on until then");
});

test("order by key is counted apart from order by partition", () => {
  const swapped = (offsets: readonly string[]) =>
    h.mutated(h.exactlyOnce(), "processed", ofMember(1, 0, 1600), (event) => [{ ...event, offsets }]);
  const of = (history: readonly HistoryEvent[]) => judged(history).processingOrder.facts.groups[0]!;
  const neighbours = of(swapped(["1", "0", "2", "3", "4"]));
  assert.equal([neighbours.outOfOrder, neighbours.outOfOrderByKey, neighbours.keys], [1, 0, 2]);
  const same = of(swapped(["2", "1", "0", "3", "4"]));
  assert.equal([same.outOfOrder, same.outOfOrderByKey], [2, 1]);
  assert.equal(same.examples[0]!.after.offset, "2");
});

test("records of other producers are foreign, not phantom", () => {
  const sends = h.SENDS.filter(({ value }) => value !== "probe-1-4");
  const history = h.exactlyOnce().filter((event) => event.kind !== "send" || sends.includes(event));
  const [origins] = judged(history).processedOnlySent.facts.groups;
  assert.equal([origins!.sent, origins!.foreign, origins!.neverSent], [19, 1, 0]);
});

test("groups, topics and clients are judged apart", () => {
  const other = h
    .exactlyOnce()
    .flatMap((event): HistoryEvent[] =>
      "group" in event && event.kind !== "processed" ? [{ ...event, group: "other" }] : [],
    );
  const both = h.inTime([...h.exactlyOnce(), ...other]);
  const { groups } = judged(both).processedAll.facts;
  assert.equal(
    groups.map(({ group, once, never }) => [group, once, never]),
    [
      ["billing", 20, 0],
      ["other", 0, 20],
    ],
  );
  assert.equal(doubtful(both, { group: "billing" }), {});
  assert.is(judged(both, { topic: "nowhere" }).processedAll.facts.groups[0]!.acknowledged, 0);
  assert.is(judged(both, { client: "nobody" }).processedAll.facts.groups[0]!.acknowledged, 0);
});

test("a standstill that the machine could have made is inconclusive", () => {
  const stall: HistoryEvent = { kind: "stall", atMs: 1100, tookMs: 450, thread: "clients" };
  const history = h.inTime([...h.exactlyOnce(), stall]);
  assert.equal(doubtful(history, { standstillLimit: "500ms" }), { groupProgress: "unknown" });
  assert.match(judged(history, { standstillLimit: "500ms" }).groupProgress.facts.groups[0]!.busy!, /stalled/);
});

test("wrong options are refused by the face", () => {
  const history = h.exactlyOnce();
  assert.throws(() => face.processedAll(history, { semantics: "twice" as "exactly-once" }), TypeError);
  assert.throws(() => face.groupProgress(history, { limit: -1 }), RangeError);
  assert.throws(() => face.skipped(history, { client: "probe" } as object), TypeError);
  assert.is(face.check(history, { semantics: "exactly-once", group: h.GROUP }).verdict, true);
});

test("the headline and the lines name the guarantee as measured", () => {
  const lines = verdictLines(check(h.takenOver()));
  assert.match(lines[0]!, /; billing at-least-once as measured: 2 processed again, 0 skipped$/);
  const history = h.mutated(h.exactlyOnce(), "processed", ofMember(1, 0, 1600), () => []);
  assert.match(
    verdictLines(check(history)).join("\n"),
    /line \d+: billing\.1 committed offset 5 of orders-0/,
  );
});

test("100,000 records of six members take well under a second of a processor", () => {
  const history = many(100_000, 6);
  const before = process.cpuUsage();
  const { checks } = check(history, { checks: READING });
  const { user, system } = process.cpuUsage(before);
  assert.equal(
    checks.map(({ verdict }) => verdict),
    READING.map(() => true),
  );
  // about 0.5 s of a processor, with the checkers over probes
  assert.ok(user + system < 2_000_000, `${Math.round((user + system) / 1000)} ms`);
});

test.run();
