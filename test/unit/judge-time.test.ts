import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertNames } from "./refusal.ts";
import type { HistoryEvent, Outcome } from "../../sdk/model/history.ts";
import {
  availability,
  check,
  firstAckAfter,
  progress,
  recovery,
  windows,
  type LongestAckGap,
  type Verdict,
} from "../../sdk/analysis/check/mod.ts";

type Sent = [value: string, client: string, atMs: number, tookMs: number, outcome: Outcome];

// a and b acknowledged, broker 1 stopped at 1000, one send hangs and one fails, then d again, healed at 4000,
// e
const base: Sent[] = [
  ["a", "warm", 100, 10, "ok"],
  ["b", "warm", 900, 10, "ok"],
  ["c", "warm", 1000, 1500, "info"],
  ["f", "warm", 2510, 90, "fail"],
  ["d", "warm", 2610, 390, "ok"],
  ["e", "warm", 4090, 10, "ok"],
];

const frame: HistoryEvent[] = [
  { kind: "step", atMs: 0, name: "normal" },
  { kind: "step", atMs: 950, name: "stopped" },
  { kind: "step", atMs: 4000, name: "again" },
  {
    kind: "fault",
    atMs: 980,
    tookMs: 60,
    effectAtMs: 1000,
    id: "f1",
    fault: "stop",
    targets: [1],
    asked: "leader",
    via: "SIGTERM",
  },
  {
    kind: "heal",
    atMs: 3970,
    effectAtMs: 4000,
    tookMs: 530,
    id: "f1",
    fault: "stop",
    targets: [1],
    via: "start",
  },
];

const asEvent = ([value, client, atMs, tookMs, outcome]: Sent, i: number): HistoryEvent => ({
  kind: "send",
  atMs,
  tookMs,
  client,
  value,
  topic: "orders",
  outcome,
  attempts: [],
  ...(outcome === "ok" ? { partition: 0, offset: String(i), broker: 1 } : {}),
});

const history = (sends: Sent[], events: HistoryEvent[] = frame): HistoryEvent[] => [
  ...sends.map(asEvent),
  ...events,
];

const brief = (gap: LongestAckGap | null | undefined): unknown =>
  gap && [gap.ms, gap.fromMs, gap.toMs, gap.after?.value ?? null, gap.before?.value ?? null];

const swapped = (value: string, change: (send: Sent) => Sent): Sent[] =>
  base.map((send) => (send[0] === value ? change(send) : send));
const without = (...values: string[]): Sent[] => base.filter(([value]) => !values.includes(value));

const gaps: [what: string, sends: Sent[], expected: { run: unknown; verdict?: Verdict }][] = [
  ["an outage", base, { run: [2000, 1000, 3000, "b", "d"] }],
  ["no send at all", [], { run: null, verdict: "unknown" }],
  [
    "no acknowledged send",
    base.map(([v, c, at, took]): Sent => [v, c, at, took, "info"]),
    { run: [null, 100, 4100, null, null], verdict: false },
  ],
  ["one acknowledged send", [["a", "warm", 100, 10, "ok"]], { run: [10, 100, 110, null, "a"] }],
  [
    "one failed send",
    [["a", "warm", 100, 10, "fail"]],
    { run: [null, 100, 110, null, null], verdict: false },
  ],
  ["the outage at the beginning", without("a", "b"), { run: [2000, 1000, 3000, null, "d"] }],
  ["the outage at the end", without("d", "e"), { run: [1600, 1000, 2600, "b", null] }],
  [
    "the outage at the end, longest though a shorter one was closed",
    [
      ["a", "warm", 0, 100, "ok"],
      ["b", "warm", 100, 300, "ok"],
      ["c", "warm", 400, 900, "fail"],
    ],
    { run: [900, 400, 1300, "b", null] },
  ],
  [
    "the acknowledgements removed from a window, the sends kept",
    base.map(
      ([v, c, at, took, outcome]): Sent => [v, c, at, took, v === "d" || v === "b" ? "info" : outcome],
    ),
    { run: [3200, 900, 4100, "a", "e"] },
  ],
  [
    "a pause in which nobody sends",
    [
      ["a", "warm", 0, 10, "ok"],
      ["b", "warm", 60_000, 20, "ok"],
    ],
    { run: [20, 60_000, 60_020, "a", "b"] },
  ],
  [
    "a pause between a failed send and the next",
    [
      ["a", "warm", 0, 10, "ok"],
      ["b", "warm", 1000, 10, "fail"],
      ["c", "warm", 5000, 10, "ok"],
    ],
    { run: [4010, 1000, 5010, "a", "c"] },
  ],
  [
    "a send that hangs while others are acknowledged",
    [
      ["a", "warm", 0, 100, "ok"],
      ["b", "warm", 200, 100, "ok"],
      ["c", "warm", 290, 100, "ok"],
      ["d", "warm", 50, 5000, "info"],
    ],
    { run: [4660, 390, 5050, "c", null] },
  ],
  [
    "sends recorded in another order than that of their ends",
    [...base].reverse(),
    { run: [2000, 1000, 3000, "b", "d"] },
  ],
  [
    "two equal gaps, of which the first is told",
    [
      ["a", "warm", 0, 50, "ok"],
      ["b", "warm", 100, 50, "ok"],
    ],
    { run: [50, 0, 50, null, "a"] },
  ],
  [
    "one client out and the other not",
    [...base, ["x", "cold", 1500, 10, "ok"]],
    { run: [1490, 1510, 3000, "x", "d"] },
  ],
];

for (const [what, sends, expected] of gaps) {
  test(`availability() measures the longest gap of a run with ${what}`, () => {
    const { verdict, facts, summary } = availability(history(sends));
    assert.equal({ run: brief(facts.run.gap), verdict }, { verdict: true, ...expected });
    assert.match(summary, /^[A-Z].*\.$/);
  });
}

test("availability() measures each client, each step and each fault", () => {
  const { facts } = availability(
    history([...base, ["x", "cold", 1500, 10, "ok"], ["y", "cold", 3500, 700, "fail"]]),
  );
  assert.equal(
    Object.entries(facts.run.clients).map(([client, gap]) => [client, brief(gap)]),
    [
      ["warm", [2000, 1000, 3000, "b", "d"]],
      ["cold", [700, 3500, 4200, "x", null]],
    ],
  );
  assert.equal(
    facts.steps.map(({ name, fromMs, toMs, gap, clients }) => [
      name,
      fromMs,
      toMs,
      brief(gap),
      brief(clients["warm"]),
      brief(clients["cold"]),
    ]),
    [
      ["normal", 0, 950, [10, 100, 110, null, "a"], [10, 100, 110, null, "a"], null],
      [
        "stopped",
        950,
        4000,
        [1490, 1510, 3000, "x", "d"],
        [2000, 1000, 3000, null, "d"],
        [500, 3500, 4000, "x", null],
      ],
      [
        "again",
        4000,
        4500,
        [100, 4000, 4100, null, "e"],
        [10, 4090, 4100, null, "e"],
        [null, 4000, 4200, null, null],
      ],
    ],
  );
  assert.equal(
    facts.faults.map(({ name, id, fromMs, toMs, healed, gap }) => [
      name,
      id,
      fromMs,
      toMs,
      healed,
      brief(gap),
    ]),
    [["stop 1", "f1", 1000, 4000, true, [1490, 1510, 3000, "x", "d"]]],
  );
});

test("availability() says never for a fault under which nothing was acknowledged", () => {
  const { facts } = availability(history(without("d")));
  assert.equal(
    facts.faults.map(({ gap }) => brief(gap)),
    [[null, 1000, 4000, null, null]],
  );
});

test("availability() shows the sends at both ends of a gap", () => {
  const gap = availability(history(base)).facts.run.gap;
  assert.equal(
    [gap?.after?.line, gap?.after?.offset, gap?.before?.line, gap?.before?.offset],
    [2, "1", 5, "4"],
  );
});

test("availability() judges every client against the limit", () => {
  const both = history([...base, ["x", "cold", 1500, 10, "ok"]]);
  const table: [limit: number | "2s" | "1s", client: string | undefined, verdict: Verdict, late: string[]][] =
    [
      ["2s", undefined, true, []],
      [1999, undefined, false, ["warm"]],
      ["1s", "cold", true, []],
      [5, undefined, false, ["warm", "cold"]],
    ];
  for (const [limit, client, verdict, late] of table) {
    const found = availability(both, client === undefined ? { limit } : { limit, client });
    assert.equal([found.verdict, found.facts.overLimit], [verdict, late], String(limit));
  }
  assertNames(availability(both, { limit: "1s" }).summary, ["2.0 s", "3.0 s", "of warm", "1.0 s"]);
});

test("availability() is false where one of two clients was never acknowledged", () => {
  const { verdict, facts, summary } = availability(history([...base, ["x", "cold", 1500, 10, "fail"]]));
  assert.equal([verdict, facts.overLimit, facts.run.clients["cold"]?.ms], [false, ["cold"], null]);
  assertNames(summary, ["cold"]);
});

test("firstAckAfter() returns the wait for the next acknowledgement", () => {
  const given = history([...base, ["x", "cold", 3000, 500, "ok"]]);
  const table: [atMs: number, client: string | undefined, expected: number | null][] = [
    [0, undefined, 110],
    [110, undefined, 0],
    [111, undefined, 799],
    [1000, undefined, 2000],
    [1000, "cold", 2500],
    [3500, "cold", 0],
    [3501, "cold", null],
    [4100, undefined, 0],
    [4100.5, undefined, null],
    [0, "nobody", null],
  ];
  for (const [atMs, client, expected] of table)
    assert.is(firstAckAfter(given, atMs, client), expected, `${atMs} ${client}`);
});

const faulty = (sends: Sent[], ...more: HistoryEvent[]): HistoryEvent[] =>
  history(sends, [...frame, ...more]);
const second: HistoryEvent = {
  kind: "fault",
  atMs: 4050,
  tookMs: 10,
  effectAtMs: 4055,
  id: "f2",
  fault: "kill",
  targets: [2, 3],
  asked: "followers",
  via: "SIGKILL",
};

const during: [
  what: string,
  given: HistoryEvent[],
  verdict: Verdict,
  tallies: [sent: number, acknowledged: number][],
][] = [
  ["an acknowledgement during the fault", faulty(base), true, [[3, 1]]],
  ["no acknowledgement during the fault", faulty(without("d")), false, [[2, 0]]],
  [
    "an acknowledgement only after the heal",
    faulty(swapped("d", ([v, c, at]) => [v, c, at, 1391, "ok"])),
    false,
    [[3, 0]],
  ],
  [
    "an acknowledgement as the heal takes effect",
    faulty(swapped("d", ([v, c, at]) => [v, c, at, 1390, "ok"])),
    true,
    [[3, 1]],
  ],
  [
    "an acknowledgement of a send that began before the fault",
    faulty([
      ["a", "warm", 990, 1000, "ok"],
      ["c", "warm", 1995, 5, "fail"],
    ]),
    false,
    [[1, 0]],
  ],
  ["nobody sending", faulty(without("c", "f", "d")), "unknown", [[0, 0]]],
  [
    "one client that is never acknowledged",
    faulty([...base, ["x", "cold", 1500, 10, "fail"]]),
    false,
    [[4, 1]],
  ],
  ["one client that only sends later", faulty([...base, ["x", "cold", 4200, 10, "fail"]]), true, [[3, 1]]],
  [
    "a send that began before the heal and ended after one that began after it",
    faulty([...base, ["x", "cold", 3900, 800, "info"], ["y", "warm", 4200, 10, "ok"]]),
    false,
    [[4, 1]],
  ],
  [
    "a fault that is never healed",
    faulty(base, second),
    true,
    [
      [3, 1],
      [1, 1],
    ],
  ],
  [
    "a second fault with nobody sending",
    faulty(without("e"), second),
    "unknown",
    [
      [3, 1],
      [0, 0],
    ],
  ],
  ["no fault", history(base, []), "unknown", []],
];

for (const [what, given, verdict, tallies] of during) {
  test(`progress() judges a run with ${what}`, () => {
    const found = progress(given);
    assert.equal(
      [found.verdict, found.facts.faults.map(({ sent, acknowledged }) => [sent, acknowledged])],
      [verdict, tallies],
    );
    assert.match(found.summary, /^[A-Z].*\.$/);
  });
}

test("progress() names the client without progress", () => {
  const { summary, facts } = progress(faulty([...base, ["x", "cold", 1500, 10, "fail"]]));
  assertNames(summary, ["stop 1", "cold"]);
  assert.equal(facts.faults[0]?.clients, {
    warm: { sent: 3, acknowledged: 1 },
    cold: { sent: 1, acknowledged: 0 },
  });
});

const heals: [
  what: string,
  given: HistoryEvent[],
  limit: number | undefined,
  verdict: Verdict,
  waits: (number | null)[],
][] = [
  ["an acknowledgement after the heal", faulty(base), undefined, true, [100]],
  ["an acknowledgement just within the limit", faulty(base), 100, true, [100]],
  ["an acknowledgement beyond the limit", faulty(base), 99, false, [100]],
  [
    "sends that never come back",
    faulty(swapped("e", ([v, c, at, took]) => [v, c, at, took, "info"])),
    undefined,
    false,
    [null],
  ],
  ["nobody sending after the heal", faulty(without("e")), undefined, "unknown", [null]],
  [
    "one client of two that never comes back",
    faulty([...base, ["x", "cold", 4200, 10, "fail"]]),
    undefined,
    false,
    [100],
  ],
  [
    "one client of two that did not send after the heal",
    faulty([...base, ["x", "cold", 1200, 10, "ok"]]),
    undefined,
    true,
    [100],
  ],
  ["one client of two beyond the limit", faulty([...base, ["x", "cold", 4200, 10, "ok"]]), 200, false, [100]],
  ["no heal", history(base, []), 99, "unknown", []],
];

for (const [what, given, limit, verdict, waits] of heals) {
  test(`recovery() judges a run with ${what}`, () => {
    const found = recovery(given, limit === undefined ? {} : { limit });
    assert.equal([found.verdict, found.facts.heals.map(({ ackAfterMs }) => ackAfterMs)], [verdict, waits]);
    assert.match(found.summary, /^[A-Z].*\.$/);
  });
}

test("recovery() says who waited how long", () => {
  const { summary, facts } = recovery(faulty([...base, ["x", "cold", 4200, 10, "ok"]]), { limit: "0.2s" });
  assertNames(summary, ["stop 1", "cold", "210 ms", "200 ms"]);
  assert.equal(facts.heals[0]?.clients, { warm: 100, cold: 210 });
});

test("windows() last until the next step, the heal or the end of the run", () => {
  const given = faulty(base, second);
  assert.is(windows(given).endMs, 4500);
  assert.equal(
    windows(given).steps.map(({ fromMs, toMs }) => [fromMs, toMs]),
    [
      [0, 950],
      [950, 4000],
      [4000, 4500],
    ],
  );
  assert.equal(
    windows(given).faults.map(({ name, fromMs, toMs, healed }) => [name, fromMs, toMs, healed]),
    [
      ["stop 1", 1000, 4000, true],
      ["kill 2, 3", 4055, 4500, false],
    ],
  );
});

test("windows() of faults end with the first heal of a fault", () => {
  const again: HistoryEvent = {
    kind: "heal",
    atMs: 4300,
    effectAtMs: 4300,
    tookMs: 1,
    id: "f1",
    fault: "stop",
    targets: [1],
    via: "start",
  };
  assert.equal(
    windows(faulty(base, again)).faults.map(({ toMs }) => toMs),
    [4000],
  );
});

test("check() carries the gap of the run and of each client", () => {
  const { gap, clients } = check(history([...base, ["x", "cold", 1500, 10, "ok"]]), { checks: [] });
  assert.equal(
    [brief(gap), clients.map((row) => [row.client, row.gap?.ms])],
    [
      [1490, 1510, 3000, "x", "d"],
      [
        ["warm", 2000],
        ["cold", 10],
      ],
    ],
  );
});

test.run();
