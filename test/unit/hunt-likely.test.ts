// Which faults a failure is likely to come from.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { failedStretch, likelyFaults, mergedOrder, type Stretch } from "../../sdk/analysis/hunt/likely.ts";
import { check } from "../../sdk/analysis/check/mod.ts";
import type { HistoryEvent, SendEvent } from "../../sdk/model/history.ts";

const stretch = (fromMs: number, toMs: number): Stretch => ({ fromMs, toMs });

for (const [title, faults, failed, expected] of [
  [
    "those that were open, the latest first",
    [stretch(0, 90), stretch(50, 60), stretch(10, 20)],
    [40, 70],
    [1, 0, 2],
  ],
  ["those that had ended, the latest healed first", [stretch(0, 10), stretch(5, 30)], [40, 70], [1, 0]],
  ["those that began later are last", [stretch(80, 90), stretch(75, 90), stretch(0, 1)], [40, 70], [2, 1, 0]],
  ["one that was not injected is the very last", [undefined, stretch(80, 90)], [40, 70], [1, 0]],
  ["a moment that both have counts", [stretch(70, 80), stretch(0, 40)], [40, 70], [0, 1]],
  ["of equal ones the first", [stretch(0, 50), stretch(0, 50)], [40, 70], [0, 1]],
  ["nothing", [], [40, 70], []],
] as const)
  test(`likelyFaults(): ${title}`, () =>
    assert.equal(likelyFaults(faults, stretch(failed[0], failed[1])), expected));
test("likelyFaults() has no order where the time of the failure is unknown", () =>
  assert.equal(likelyFaults([stretch(0, 1)], undefined), []));

test("mergedOrder() goes by the sum of positions, and ignores runs without an order", () => {
  assert.equal(mergedOrder([]), []);
  assert.equal(mergedOrder([[], [2, 0, 1], []]), [2, 0, 1]);
  assert.equal(
    mergedOrder([
      [2, 0, 1],
      [0, 1, 2],
      [0, 2, 1],
    ]),
    [0, 2, 1],
  );
});

const sent = (value: string, atMs: number): SendEvent => ({
  ...{ kind: "send", atMs, tookMs: 5, client: "a", topic: "t", value, outcome: "ok" },
  ...{ partition: 0, offset: "0", attempts: [] },
});
const history: HistoryEvent[] = [
  sent("one", 10),
  sent("two", 20),
  {
    ...{ kind: "readback", atMs: 50, tookMs: 1, client: "readback", topic: "t" },
    partitions: [{ partition: 0, from: "0", to: "1", complete: true }],
    records: [{ partition: 0, offset: "0", value: "one" }],
  },
];
test("failedStretch() is when the first lost record was under way", () => {
  const { checks, verdict } = check(history, { checks: ["noLostWrites"] });
  assert.is(verdict, false, JSON.stringify(checks));
  assert.equal(failedStretch(checks), stretch(20, 25));
});
test("failedStretch() is unknown for a checker that names no record", () =>
  assert.is(failedStretch(check(history, { checks: ["availability"] }).checks), undefined));
test.run();
