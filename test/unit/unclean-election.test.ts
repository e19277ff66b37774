// What scenario 12 derives and counts of an unclean election: what is lost, and what a group sees of it.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { expectedSkips } from "../../scripts/elections/group-loss.ts";
import { expectedLoss, type ExpectedLoss, lossOf, lossTable } from "../../scripts/elections/loss.ts";
import { endOfLog, rewritten } from "../../scripts/elections/rewritten.ts";
import type { BrokerLogFact, HistoryEvent } from "../../sdk/model/history.ts";
import { acked, log } from "./explain/histories.ts";

const test = suite("unclean elections");

const at = { topic: "my_topic", partition: 0 };
const group = { group: "billing", member: "billing.1", ...at };
const away = { ...at, fromMs: 1000, fromLatestMs: 1010, toMs: 3000, toLatestMs: 4000 };
const sent = (atMs: number, offset: number, broker: number, toMs = atMs + 5): HistoryEvent => ({
  ...acked(atMs, toMs, broker),
  offset: String(offset),
});
const commit = (atMs: number, offset: number): HistoryEvent & { kind: "commit" } => ({
  ...{ kind: "commit", atMs, tookMs: 1, group: group.group, member: group.member },
  offsets: [{ ...at, offset: String(offset) }],
});

test("expectedLoss() and endOfLog() bound what the replica that was away does not have", () => {
  const history = [
    sent(900, 9, 1),
    sent(990, 10, 1, 1500), // the replica may have it
    sent(1600, 11, 1),
    sent(2000, 12, 1),
    sent(2990, 13, 1, 3010), // the answer was under way when the leader was killed
    sent(2995, 11, 2, 4500), // by the elected replica itself
  ];
  assert.equal(expectedLoss(history, away), { least: 2, most: 4 });
  assert.equal(endOfLog(history.slice(0, 5), away), { least: 10, most: 11 });
  assert.equal(endOfLog(history.slice(0, 2), away), { least: 10, most: 11 });
});
test("expectedSkips() is what was committed behind the end of that log", () => {
  const history = [sent(900, 9, 1), sent(990, 10, 1, 1500), sent(1600, 11, 1), commit(2000, 12)];
  assert.equal(expectedSkips(history, away, "billing"), { least: 1, most: 2 });
  assert.equal(expectedSkips(history, away, "others"), { least: 0, most: 0 });
});

const fact = { nodeId: 1, leaderNodeId: 2, topic: "my_topic", partition: 0 } as const;
const follows: BrokerLogFact = { what: "becameFollower", ...fact, leaderEpoch: 2 };
const cut = (offset: string, atMs = 5010): HistoryEvent =>
  log(atMs, 1, { what: "truncated", ...fact, offset });
const kept =
  "[Broker id=1] Follower my_topic-0 starts at leader epoch 2 from offset 13 with partition epoch 5";
/** Offsets 10 to 12 are lost and written anew; the group had been given all, and had processed 10 and 11. */
const history: readonly HistoryEvent[] = [
  sent(900, 9, 1),
  sent(1600, 10, 1),
  sent(2000, 11, 1),
  sent(2050, 12, 1),
  {
    ...{ kind: "delivered", atMs: 2100, ...group },
    records: [
      { offset: "9", value: "probe-900" },
      { offset: "10", value: "probe-1600" },
      { offset: "11", value: "probe-2000" },
      { offset: "12", value: "probe-2050" },
    ],
  },
  { kind: "processed", atMs: 2110, tookMs: 5, ...group, offsets: ["9", "10", "11"] },
  commit(2200, 12),
  log(5000, 1, follows, kept),
  cut("10"),
  ...[10, 11, 12, 13].map((offset) => sent(5000 + 100 * offset, offset, 2)),
  {
    ...{ kind: "delivered", atMs: 6500, ...group },
    records: [
      { offset: "12", value: "probe-6200" },
      { offset: "13", value: "probe-6300" },
    ],
  },
  { kind: "processed", atMs: 6600, tookMs: 5, ...group, offsets: ["12", "13"] },
  commit(6700, 14),
  {
    ...{ kind: "readback", atMs: 7000, tookMs: 1, client: "readback", topic: "my_topic" },
    partitions: [{ partition: 0, from: "9", to: "14", complete: true }],
    records: [
      { value: "probe-900", partition: 0, offset: "9" },
      ...[10, 11, 12, 13].map((offset) => ({
        value: `probe-${5000 + 100 * offset}`,
        partition: 0,
        offset: String(offset),
      })),
    ],
  },
];
const expected: ExpectedLoss = {
  lost: { least: 3, most: 3 },
  skipped: { least: 2, most: 2 },
  sinceMs: 3000,
};
const asked = { ...at, group: "billing", expected };

test("lossOf() compares what is gone, thrown away and passed over with what the offsets say", () => {
  assert.equal(rewritten(history, at, 3000), { keptTo: 10, acknowledgedMs: 6005, lost: 3 });
  const { verdict, expected: _, ...loss } = lossOf(history, asked);
  assert.equal(loss, {
    acknowledged: 8,
    lost: { expected: 3, measured: 3 },
    truncated: [{ broker: 1, hadTo: 13, keptTo: 10 }],
    keptTo: 10,
    group: {
      committed: 12,
      gone: { expected: 2, measured: 2 },
      skipped: { expected: 2, measured: 2 },
    },
  });
  assert.is(verdict, true);
  assert.match(
    lossTable(lossOf(history, asked)).text.join("\n"),
    /never given to the group +2 +2 +written anew/,
  );
});

const without = (kind: HistoryEvent["kind"], atMs: number): HistoryEvent[] =>
  history.filter((event) => event.kind !== kind || event.atMs !== atMs);
const given = (...offsets: number[]): HistoryEvent => ({
  ...{ kind: "delivered", atMs: 6450, ...group },
  records: offsets.map((offset) => ({ offset: String(offset), value: `probe-${5000 + 100 * offset}` })),
});
for (const [what, changed, verdict] of [
  ["a group that is given one of the new records all the same", [...history, given(11)], false],
  ["one that goes back and is given all of them", [...history, given(10, 11)], false],
  ["one that is not given a record behind its commit", without("delivered", 6500), false],
  [
    "one that keeps less: the elected one had a record of another leader in front of its end",
    history.map((event) =>
      event.kind === "broker log" && event.fact.what === "truncated" ? cut("9") : event,
    ),
    true,
  ],
  ["a truncation before, when leaders changed cleanly", [...history, cut("11", 950)], true],
  [
    "a returning replica that keeps more than the elected one had",
    history.map((event) =>
      event.kind === "broker log" && event.fact.what === "truncated" ? cut("11") : event,
    ),
    false,
  ],
  [
    "a record that is lost though the elected one acknowledged it",
    history.map((event) =>
      event.kind === "readback" ? { ...event, records: event.records.slice(0, -1) } : event,
    ),
    false,
  ],
  [
    "a commit without an answer before the election",
    [...history.slice(0, 7), { ...commit(2300, 13), error: "TIMEOUT" }, ...history.slice(7)],
    "unknown",
  ],
  ["a commit that was refused", [{ ...commit(100, 13), error: "X", isRefused: true }, ...history], true],
  [
    "a group that had committed nothing of what is lost",
    [...without("commit", 2200), commit(2150, 10), given(10, 11)],
    "unknown",
  ],
  ["nobody elected", history.filter((event) => event.kind !== "send" || event.atMs < 3000), "unknown"],
] as const)
  test(`lossOf() of ${what}: ${verdict}`, () => {
    const ordered = [...changed].sort((a, b) => a.atMs - b.atMs);
    const loose = { ...expected, lost: { least: 0, most: 9 }, skipped: { least: 0, most: 9 } };
    assert.is(lossOf(ordered, { ...asked, expected: loose }).verdict, verdict);
  });
for (const [what, other] of [
  ["lost", { lost: { least: 4, most: 5 } }],
  ["skipped", { skipped: { least: 0, most: 1 } }],
] as const)
  test(`lossOf() of another number than was expected before the election: ${what}`, () => {
    assert.is(lossOf(history, { ...asked, expected: { ...expected, ...other } }).verdict, false);
  });

test("lossOf() of the recorded run", () => {
  const file = new URL("../../notebooks/recordings/12-unclean-election/1/history.jsonl.gz", import.meta.url);
  const recorded = gunzipSync(readFileSync(fileURLToPath(file)))
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as HistoryEvent);
  const kills = recorded.filter((event) => event.kind === "fault" && event.fault === "kill");
  const { atMs } = kills.at(-1)!;
  const [away] = kills;
  const at = { topic: "orders", partition: 0 };
  const left = {
    ...at,
    fromMs: away!.atMs,
    fromLatestMs: away!.atMs + 200,
    toMs: atMs,
    toLatestMs: atMs + 3000,
  };
  // the group that was kept: one whose coordinator would have been lost is closed again
  const { group } = recorded.findLast((event) => event.kind === "commit")!;
  const reads = { ...at, group };
  const before = recorded.filter((event) => event.atMs < atMs);
  const expects = {
    lost: expectedLoss(recorded, left),
    skipped: expectedSkips(before, left, group),
    sinceMs: atMs,
  };
  const loss = lossOf(recorded, { ...reads, expected: expects });
  assert.is(loss.verdict, true);
  assert.ok(loss.lost.measured > 0 && loss.group.skipped.measured === loss.group.gone.measured);
});
test.run();
