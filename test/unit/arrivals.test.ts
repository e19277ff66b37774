// What a watched topic proves of an application that the lab knows nothing of.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { arrivals, check } from "../../sdk/analysis/check/mod.ts";
import type { Arrival, History, HistoryEvent } from "../../sdk/model/history.ts";
import { wrongEvent } from "../../sdk/model/history-schema.ts";

const TOPIC = "orders";
const START = { watch: "watch-1", topic: TOPIC } as const;

/** A record that was seen at `atMs`, after an answer without it at `notBeforeMs`. */
const record = (offset: number, atMs: number, more: Partial<Arrival> = {}): Arrival => ({
  partition: 0,
  offset: String(offset),
  value: `order ${offset}`,
  notBeforeMs: atMs - 5,
  atMs,
  ...more,
});

interface Told {
  records: readonly Arrival[];
  /** When the kill of broker 1 took effect; it is healed 5 s later. */
  killMs?: number;
  endMs?: number;
  /** What stands in the log at the end. @default what arrived */
  log?: readonly Arrival[] | null;
  complete?: boolean;
  others?: readonly HistoryEvent[];
  by?: "value" | "key";
}

function told({
  records,
  killMs,
  endMs = 12_000,
  log = records,
  complete = true,
  others = [],
  by = "value",
}: Told): History {
  const row = { partition: 0, from: "0", to: "99999", complete };
  const fault = { id: "f1", fault: "kill", targets: [1], via: "SIGKILL", tookMs: 1 } as const;
  const events: HistoryEvent[] = [
    { kind: "watch", atMs: 0, ...START, by, partitions: [{ partition: 0, from: "0" }] },
    ...records.map((one): HistoryEvent => ({ kind: "arrivals", atMs: one.atMs, ...START, records: [one] })),
    ...(killMs === undefined
      ? []
      : ([
          { kind: "fault", atMs: killMs, effectAtMs: killMs, asked: "1", ...fault },
          { kind: "heal", atMs: killMs + 5_000, effectAtMs: killMs + 5_000, ...fault },
        ] satisfies HistoryEvent[])),
    ...others,
    { kind: "watch end", atMs: endMs, ...START, partitions: [{ partition: 0, to: "99999", complete }] },
    ...(log === null
      ? []
      : ([
          {
            kind: "readback",
            atMs: endMs + 1,
            tookMs: 1,
            client: "readback",
            topic: TOPIC,
            partitions: [row],
            records: log.map(({ partition, offset, value }) => ({ partition, offset, value })),
          },
        ] satisfies HistoryEvent[])),
  ];
  for (const event of events) assert.is(wrongEvent(event), undefined);
  return events;
}

/** Every 100 ms from 100 ms on, but not between `from` and `to`. */
const paced = (endMs: number, from = Infinity, to = Infinity): Arrival[] =>
  Array.from({ length: Math.floor(endMs / 100) }, (_, i) => (i + 1) * 100)
    .filter((atMs) => atMs <= from || atMs >= to)
    .map((atMs, i) => record(i, atMs));

const one = (history: History, limit?: string): ReturnType<typeof arrivals> =>
  arrivals(history, limit === undefined ? {} : { limit: limit as "1s" });

test("an application that pauses for a kill: its longest gap, beside its own pace", () => {
  const { verdict, facts } = one(told({ records: paced(12_000, 3_000, 4_800), killMs: 3_050 }));
  const [watch] = facts.watches;
  assert.is(verdict, true);
  assert.equal([watch!.arrived, watch!.own, watch!.vanished, watch!.usualGapMs], [103, 0, 0, 100]);
  assert.equal(watch!.gap, { ms: 1_800, atLeastMs: 1_795, fromMs: 3_000, toMs: 4_800, isOpen: false });
  assert.equal(
    watch!.faults.map(({ name, gap, arrived }) => [name, gap?.ms, arrived]),
    [["kill 1", 1_800, 33]],
  );
  assert.equal(facts.unknowable, ["acknowledged", "never sent"]);
});
test("a gap beyond the limit is false where it is certain, unknown where only its end was seen late", () => {
  const records = paced(12_000, 3_000, 4_800);
  assert.is(one(told({ records, killMs: 3_050 }), "1.7s").verdict, false);
  assert.is(one(told({ records, killMs: 3_050 }), "1.9s").verdict, true);
  const late = records.map((each) => (each.atMs === 4_800 ? { ...each, notBeforeMs: 3_100 } : each));
  assert.is(one(told({ records: late, killMs: 3_050 }), "1.7s").verdict, "unknown");
});
test("what is not known of an application is unknown, never false", () => {
  const records = paced(12_000);
  for (const [what, history] of [
    ["nothing arrived", told({ records: [] })],
    ["nothing arrived after the kill", told({ records: paced(3_000), killMs: 3_050 })],
    ["it fell silent", told({ records: paced(6_000), endMs: 30_000 })],
    ["the watch did not reach the end", told({ records, complete: false })],
    ["the topic was not read back", told({ records, log: null })],
  ] as const)
    assert.is(one(history).verdict, "unknown", what);
  assert.is(one(told({ records })).verdict, true);
});
test("a record that had arrived and is gone at the end is lost, whoever sent it", () => {
  const records = paced(12_000);
  const cut = one(told({ records, log: records.slice(0, -3), killMs: 3_050 }));
  assert.equal([cut.verdict, cut.facts.watches[0]!.vanished], [false, 3]);
  const replaced = records.map((each, i) => (i === 7 ? { ...each, value: "another" } : each));
  assert.is(one(told({ records, log: replaced })).facts.watches[0]!.vanished, 1);
});
test("what retention and compaction removed has not vanished; with a deleted topic nothing is known", () => {
  const records = paced(2_000);
  const without = (row: object): History =>
    told({ records, log: records.slice(5) }).map((event) =>
      event.kind === "readback"
        ? { ...event, partitions: event.partitions.map((one) => ({ ...one, ...row })) }
        : event,
    );
  const vanished = (history: History): number | null => one(history).facts.watches[0]!.vanished;
  assert.is(vanished(without({})), 5);
  assert.is(vanished(without({ from: "5" })), 0);
  assert.is(vanished(without({ compacted: [{ from: "1", to: "5" }] })), 1);
  const others: HistoryEvent[] = [{ kind: "topic", atMs: 900, topic: TOPIC, id: "b", before: "a" }];
  assert.is(vanished(told({ records, others })), null);
});
test("duplicates are reported where contents tell records apart, and only there", () => {
  const copies = [...paced(6_000), record(60, 6_100, { value: "order 58" }), record(61, 6_200)];
  const counted = one(told({ records: copies, killMs: 5_850 })).facts.watches[0]!.duplicates;
  assert.equal([counted?.values, counted?.copies], [1, 1]);
  assert.equal(counted?.examples, [
    {
      content: "order 58",
      places: [
        { partition: 0, offset: "58" },
        { partition: 0, offset: "60" },
      ],
    },
  ]);
  const same = paced(6_000).map((each) => ({ ...each, value: "hello" }));
  assert.is(one(told({ records: same, killMs: 5_850 })).facts.watches[0]!.duplicates, null);
  assert.is(one(told({ records: paced(500) })).facts.watches[0]!.duplicates, null);
  const keyed = copies.map((each) => ({ ...each, value: "hello", key: each.value }));
  assert.is(one(told({ records: keyed, killMs: 5_850, by: "key" })).facts.watches[0]!.duplicates?.copies, 1);
});
test("the lab's own probes are judged by their sends, not as arrivals", () => {
  const others: HistoryEvent[] = [
    {
      kind: "send",
      atMs: 100,
      tookMs: 5,
      client: "probe",
      value: "order 3",
      topic: TOPIC,
      outcome: "ok",
      partition: 0,
      offset: "3",
      attempts: [],
    },
  ];
  const history = told({ records: paced(12_000), others });
  assert.equal([one(history).facts.watches[0]!.own, one(history).facts.watches[0]!.arrived], [1, 119]);
  assert.equal(
    check(history).checks.map(({ checker }) => checker),
    ["noLostWrites", "noPhantomWrites", "duplicates", "order", "availability", "arrivals"],
  );
});
test("check() of a run with a watch and no sends is about the arrivals, and no longer inconclusive", () => {
  const history = told({ records: paced(12_000, 3_000, 4_800), killMs: 3_050 });
  assert.equal(
    [check(history).verdict, check(history).checks.map(({ checker }) => checker)],
    [true, ["arrivals"]],
  );
  assert.is(check(history, { gapLimit: "1s" }).verdict, false);
  assert.is(check(history.filter(({ kind }) => !/watch|arrivals/.test(kind))).verdict, "unknown");
});
test.run();
