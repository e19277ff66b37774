// Consumer groups in the text timeline, and what both timelines draw of a group.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { BrokerLogFact, HistoryEvent, NodeId } from "../../sdk/model/history.ts";
import { groupLanes, memberLabel, namedPartitions } from "../../sdk/report/groups/mod.ts";
import { timeline } from "../../sdk/report/text/mod.ts";
import { changed, commit, lag, processed, takenOver } from "./group-histories.ts";
import { groupOutage } from "./group-outage.ts";

const inTime = (...events: HistoryEvent[]): HistoryEvent[] => events.sort((a, b) => a.atMs - b.atMs);
const END: HistoryEvent = { kind: "note", atMs: 10_000, text: "end" };
const view = (atMs: number, state: string | null, coordinator: 1 | 2 | null): HistoryEvent => ({
  kind: "group",
  atMs,
  group: "billing",
  state,
  coordinator,
  protocol: "classic",
  members: [],
});
/** What is reported beneath the chart, without the times. */
const told = (events: readonly HistoryEvent[], kind: "member" | "group" | "change"): string[] =>
  timeline(events).flatMap((line) => new RegExp(`^.{9}  ${kind} +(.*)`).exec(line)?.[1] ?? []);

const history = inTime(
  view(0, "Stable", 2),
  view(4000, null, null),
  view(5000, "Stable", 1),
  changed(500, 1, "started"),
  changed(1000, 1, "joined"),
  changed(1000, 1, "assigned", [0, 1]),
  { ...processed(2000, 1, 0, [0, 5]), tookMs: 0 },
  commit(3000, 1, 0, 5, { error: "NOT_COORDINATOR", isRefused: true }),
  { ...changed(6000, 1, "paused"), error: "SIGSTOP" } as HistoryEvent,
  changed(7000, 1, "resumed"),
  changed(7000, 1, "lost", [0, 1]),
  changed(7100, 1, "rebalancing"),
  changed(8000, 1, "joined"),
  changed(8000, 1, "assigned", [0]),
  { ...processed(8500, 1, 0, [4, 6]), tookMs: 0 },
  { ...changed(9000, 1, "ended"), error: "SIGKILL" } as HistoryEvent,
  lag(1000, 0, 10),
  lag(5000, 0, 0),
  lag(8600, 0, 6),
  END,
);

test("timeline() draws the coordinator, a member and the lag of a group on the scale of the run", () => {
  const lines = timeline(history, { width: 52 });
  // 256 ms a column
  assert.equal(lines.slice(1, 9), [
    "billing      2──────────────-───1───────────────────",
    "member 1        ····█···x···········░░░░░~~~~·▒·†",
    "lag billing     ▁▁▁▁▁▁▁▁▁▁▁▁▁   ███████████████▄▄▄▄▄",
    "             █ ok  ? info  x fail  · waiting",
    "             █ processed  ▒ processed again",
    "             · has partitions  ~ joins  ░ frozen",
    "             † ended or failed",
    "             x commit refused or processing failed",
  ]);
});

test("timeline() shows changes of members, rebalances, and who coordinates the group", () => {
  assert.equal(told(history, "change"), ["coordinator of billing: 2 to -", "coordinator of billing: - to 1"]);
  assert.equal(told(history, "member"), [
    "billing.1 started",
    "billing.1 joined: orders-0,1",
    "billing.1 is frozen",
    "billing.1 goes on",
    "billing.1 lost orders-0,1",
    "billing.1 joined: orders-0",
    "billing.1 ended: SIGKILL",
  ]);
  assert.equal(told(history, "group"), ["billing: rebalance, 1.0 s"]);
});

test("timeline() tells how long a partition stood still while there was something to read", () => {
  // partition 0 is taken over late: its records wait from 2.15 s on
  const late = takenOver().map((event) =>
    event.atMs === 2450 || event.atMs === 2500 ? { ...event, atMs: event.atMs + 4000 } : event,
  ) as HistoryEvent[];
  const stood = told(inTime(...late), "group").filter((line) => line.includes("stands still"));
  assert.equal(stood, ["billing: orders-0 stands still for 4.4 s while there is something to read"]);
  assert.equal(
    told(takenOver(), "group").filter((line) => line.includes("stands still")),
    [],
  );
});

test("timeline() keeps to the width with groups, members and topics of any name", () => {
  const names = [
    "b",
    "a-group-with-a-very-long-name",
    "two\nlines \u001b[31mred \u0007 <&>",
    "한국어 e\u0301",
  ];
  for (const name of names)
    for (const width of [40, 80, 200])
      for (const line of timeline(groupOutage({ group: name, topic: name }), { width })) {
        assert.ok([...line.normalize("NFC")].length <= width, `${width}: ${line}`);
        assert.not.match(line, /[\n\u001b\u0007]/);
        assert.is(line, line.trimEnd());
      }
});

test("timeline() names members with their group where there are several groups", () => {
  const two = inTime(...history, {
    ...changed(500, 1, "started"),
    group: "b",
    member: "b.1",
  } as HistoryEvent);
  const labels = timeline(two, { width: 60 }).map((line) => line.split("  ")[0]);
  assert.ok(labels.includes("billing.1") && labels.includes("b.1"), labels.join());
});

test("timeline() stays short with very many changes of members", () => {
  const turns = Array.from({ length: 5000 }, (_, i) =>
    changed(i, 1, i % 2 === 0 ? "assigned" : "revoked", [0]),
  );
  const lines = timeline(turns);
  assert.ok(lines.length < 120, `${lines.length} lines`);
  assert.ok(lines.some((line) => /and 4940 more changes of members/.test(line)));
});

const lanesOf = (...events: HistoryEvent[]) => groupLanes(inTime(...events, END))[0]!;
const states = (...events: HistoryEvent[]): unknown[] =>
  lanesOf(...events).members[0]!.states.map(({ state, fromMs, toMs }) => [state, fromMs, toMs]);

test("groupLanes() knows a member's states from its changes", () => {
  const begun = [changed(0, 1, "started"), changed(100, 1, "joined"), changed(100, 1, "assigned", [0, 1])];
  const first = [["starting", 0, 100]];
  for (const [what, changes, expected] of [
    ["nothing more", [], [["member", 100, 10_000]]],
    ["a partition is given back", [changed(500, 1, "revoked", [0])], [["member", 100, 10_000]]],
    [
      "all are, of a client that does not say that it joins anew",
      [changed(500, 1, "revoked", [0, 1]), changed(600, 1, "assigned", [1])],
      [
        ["member", 100, 500],
        ["rebalancing", 500, 600],
        ["member", 600, 10_000],
      ],
    ],
    [
      "all are, because it leaves",
      [changed(500, 1, "revoked", [0, 1]), changed(600, 1, "left"), changed(700, 1, "ended")],
      [
        ["member", 100, 500],
        ["gone", 600, 10_000],
      ],
    ],
    [
      "its client gives up, and everything with it",
      [changed(500, 1, "lost", [0, 1]), changed(501, 1, "failed")],
      [
        ["member", 100, 500],
        ["failed", 501, 10_000],
      ],
    ],
    [
      "all are lost, and its client gives up later",
      [changed(500, 1, "lost", [0, 1]), changed(900, 1, "failed")],
      [
        ["member", 100, 500],
        ["rebalancing", 500, 900],
        ["failed", 900, 10_000],
      ],
    ],
    [
      "frozen, and killed so",
      [changed(500, 1, "paused"), changed(600, 1, "ended"), changed(900, 1, "started")],
      [
        ["member", 100, 500],
        ["frozen", 500, 600],
        ["gone", 600, 900],
        ["starting", 900, 10_000],
      ],
    ],
    [
      "frozen in a rebalance, and resumed",
      [changed(500, 1, "rebalancing"), changed(600, 1, "paused"), changed(900, 1, "resumed")],
      [
        ["member", 100, 500],
        ["rebalancing", 500, 600],
        ["frozen", 600, 900],
        ["rebalancing", 900, 10_000],
      ],
    ],
    [
      "its client gives up",
      [changed(500, 1, "failed"), changed(600, 1, "ended")],
      [
        ["member", 100, 500],
        ["failed", 500, 600],
        ["gone", 600, 10_000],
      ],
    ],
  ] as const)
    assert.equal(states(...begun, ...changes), [...first, ...expected], what);
});

test("groupLanes() ends an assignment by what ended it", () => {
  const assigned = changed(100, 1, "assigned", [0, 1]);
  const ends = (...events: HistoryEvent[]): unknown[] =>
    lanesOf(assigned, ...events).members[0]!.assignments.map(({ partition, toMs, end }) => [
      partition,
      toMs,
      end,
    ]);
  assert.equal(ends(), [
    ["orders-0", 10_000, "open"],
    ["orders-1", 10_000, "open"],
  ]);
  assert.equal(ends(changed(500, 1, "revoked", [1])), [
    ["orders-0", 10_000, "open"],
    ["orders-1", 500, "revoked"],
  ]);
  assert.equal(ends(changed(500, 1, "lost", [0]), changed(700, 1, "ended")), [
    ["orders-0", 500, "lost"],
    ["orders-1", 700, "gone"],
  ]);
  assert.equal(ends(changed(900, 1, "revoked", [7])).length, 2, "what it did not have changes nothing");
});

test("groupLanes() takes as stale what another, later owner was given, at the one before", () => {
  const stale = (...events: HistoryEvent[]): unknown[] =>
    lanesOf(changed(100, 1, "assigned", [0]), ...events).members[0]!.assignments.map(
      (one) => one.staleFromMs,
    );
  assert.equal(stale(changed(500, 2, "assigned", [0])), [500]);
  assert.equal(stale(changed(500, 2, "assigned", [1])), [undefined]);
  assert.equal(stale(changed(400, 1, "revoked", [0]), changed(500, 2, "assigned", [0])), [undefined]);
  assert.equal(stale(changed(400, 1, "lost", [0]), changed(500, 1, "assigned", [0])), [undefined, undefined]);
});

test("groupLanes() has the lag of all partitions; of one that does not answer the one that it had", () => {
  const both = (atMs: number, ...committed: (number | null)[]): HistoryEvent => ({
    kind: "lag",
    atMs,
    group: "billing",
    partitions: committed.map((offset, partition) => ({
      ...{ topic: "orders", partition, committed: offset === null ? null : String(offset), end: "10" },
    })),
  });
  const { lag: points } = lanesOf(both(0, null, 4), both(100, 10), both(200, 10), both(300, 10, 10));
  assert.equal(points, [
    { atMs: 0, lag: 16 },
    { atMs: 100, lag: 6 },
    { atMs: 300, lag: 0 },
  ]);
});

test("groupLanes() joins what members and the coordinator say of one rebalance", () => {
  const { rebalances } = lanesOf(
    changed(0, 1, "assigned", [0]),
    changed(0, 2, "assigned", [1]),
    changed(1000, 1, "rebalancing"),
    view(1100, "PreparingRebalance", 1),
    changed(1300, 2, "rebalancing"),
    changed(1500, 1, "assigned", [0]),
    changed(1700, 2, "assigned", [1]),
    view(1800, "Stable", 1),
    view(9000, "Reconciling", 1),
  );
  assert.equal(rebalances, [
    { fromMs: 1000, toMs: 1800, isOver: true },
    { fromMs: 9000, toMs: 10_000, isOver: false },
  ]);
});

test("groupLanes() has a rebalance as long as the coordinator logged it, and its reason", () => {
  const logged = (atMs: number, fact: BrokerLogFact): HistoryEvent => ({
    ...{ kind: "broker log", atMs, service: "kafka-1", broker: 1, nodeId: 1 as NodeId, level: "INFO" },
    ...{ logger: "kafka.coordinator.group.GroupCoordinator", text: "", fact },
  });
  const of = { nodeId: 1 as NodeId, group: "billing", generation: 3 };
  const events = [
    changed(0, 1, "assigned", [0]),
    logged(2000, { what: "rebalanceBegun", ...of, reason: "a <member> joins" }),
    logged(2100, { what: "rebalanceBegun", ...of, group: "other", reason: "not this one" }),
    changed(2200, 1, "rebalancing"),
    changed(2300, 1, "assigned", [0]),
    logged(2900, { what: "rebalanceEnded", ...of }),
  ];
  assert.equal(lanesOf(...events).rebalances, [
    { fromMs: 2000, toMs: 2900, reason: "a <member> joins", isOver: true },
  ]);
  assert.equal(told(inTime(...events, END), "group"), ["billing: rebalance, 900 ms: a <member> joins"]);
});

test("memberLabel() leaves the group's name out, and namedPartitions() names a topic once", () => {
  assert.equal(
    [
      memberLabel("billing.2", "billing"),
      memberLabel("billing.x", "billing"),
      memberLabel("other.1", "billing"),
    ],
    ["member 2", "billing.x", "other.1"],
  );
  assert.is(namedPartitions(["a-10", "a-2", "b-c-0", "a-0"]), "a-0,2,10, b-c-0");
  assert.is(namedPartitions(Array.from({ length: 20 }, (_, i) => `a-${i}`)), "20 partitions");
});
test.run();
