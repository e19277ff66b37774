import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ExplainedWindow, Part } from "../../sdk/analysis/explain/explanation.ts";
import type { HistoryEvent, Outcome } from "../../sdk/model/history.ts";
import {
  check,
  type ClientGap,
  type ClientTally,
  counted,
  type FaultGaps,
  type GapsByFault,
  type Judgement,
  shareOf,
} from "../../sdk/analysis/check/mod.ts";
import {
  headline,
  outcomeSummary,
  table,
  timeline,
  verdictLines,
  type Paint,
} from "../../sdk/report/text/mod.ts";
import { led } from "./partition-states.ts";

const tagged: Paint = (text, tone) => `<${tone}>${text}</>`;
const red = (text: string): string => `\u001b[31m${text}\u001b[0m`;

test("table() aligns columns to the left or the right", () => {
  assert.equal(
    table(
      [
        ["client", "sent"],
        ["warm", "1,025"],
        ["c", "7"],
      ],
      { align: ["left", "right"] },
    ),
    ["client   sent", "warm    1,025", "c           7"],
  );
  assert.equal(
    table([
      ["a", "b"],
      ["ccc", "d"],
    ]),
    ["a    b", "ccc  d"],
  );
});

test("table() allows short rows, no rows, and text that a terminal counts otherwise", () => {
  assert.equal(table([]), []);
  assert.equal(table([["a"], ["bb", "c"], []]), ["a", "bb  c", ""]);
  assert.equal(
    table([
      ["é", "1"],
      ["e\u0301", "2"],
      ["👩‍🚒", "3"],
      ["ab", "4"],
    ]),
    ["é   1", "e\u0301   2", "👩‍🚒   3", "ab  4"],
  );
  assert.equal(
    table([
      [red("a"), "1"],
      ["bb", "2"],
    ]),
    [`${red("a")}   1`, "bb  2"],
  );
  assert.equal(table([["two\nlines\tand\u0007a bell", "1"]]), ["two lines and\\x07a bell  1"]);
});

test("counted() writes a number with its noun", () => {
  assert.equal(
    [counted(0, "duplicate"), counted(1, "duplicate"), counted(1025, "send"), counted(1_000_000)],
    ["0 duplicates", "1 duplicate", "1,025 sends", "1,000,000"],
  );
});

const counts = {
  sent: 1025,
  acknowledged: 1025,
  failed: 0,
  unknown: 0,
  underWay: 0,
  unknownFound: 0,
  lost: 0,
  undecided: 0,
  duplicates: 1,
  failedButPresent: 0,
  outOfOrder: 0,
  foreign: 0,
};
const gap = { ms: 9300, fromMs: 10_000, toMs: 19_300, after: null, before: null };
const gapOf = (
  client: string,
  ms: number | null,
  { toMs = 10_000 + (ms ?? 0), afterHealMs = 0 }: { toMs?: number; afterHealMs?: number } = {},
): ClientGap => ({ client, ms, fromMs: 10_000, toMs, afterHealMs });
const during = (name: string, clients: ClientGap[]): FaultGaps => ({
  id: name,
  name,
  targets: [3],
  fromMs: 10_000,
  toMs: 20_000,
  healed: true,
  clients,
});
const tally = (client: string): ClientTally => ({
  client,
  sent: 1,
  acknowledged: 1,
  failed: 0,
  unknown: 0,
  underWay: 0,
  gap,
});
const gaps: GapsByFault = { faults: [], before: [gapOf("warm", 9300)], after: [] };
const machine = shareOf({ stalls: [], samples: [] }, 0, 20_000);
const judgement: Judgement = {
  verdict: true,
  checks: [],
  counts,
  gap,
  gaps,
  clients: [tally("warm")],
  machine,
};
/** What a run with faults measured, in words. */
const inFaults = (given: Partial<GapsByFault>, names = ["p1", "p2", "p3"]): Judgement => ({
  ...judgement,
  gaps: { faults: [], before: [], after: [], ...given },
  clients: names.map(tally),
});

const headlines: [Judgement, string][] = [
  [judgement, "measured: 9.3 s without an acknowledged send; 1,025 acknowledged, 0 lost, 1 duplicate"],
  [
    { ...judgement, counts: { ...counts, lost: 3, duplicates: 0, unknown: 12 } },
    "measured: 9.3 s without an acknowledged send; 1,025 acknowledged, 3 lost, 0 duplicates, 12 with " +
      "unknown outcome",
  ],
  [
    { ...judgement, counts: { ...counts, undecided: 4 } },
    "measured: 9.3 s without an acknowledged send; 1,025 acknowledged, 0 lost, 1 duplicate, 4 not " +
      "known whether lost",
  ],
  [
    { ...judgement, counts: { ...counts, failedButPresent: 1, outOfOrder: 2 } },
    "measured: 9.3 s without an acknowledged send; 1,025 acknowledged, 0 lost, 1 duplicate, 1 failed " +
      "but present, 2 out of order",
  ],
  [
    { ...judgement, counts: { ...counts, underWay: 5 } },
    "measured: 9.3 s without an acknowledged send; 1,025 acknowledged, 0 lost, 1 duplicate, 5 under way at " +
      "the end",
  ],
  [
    inFaults({
      faults: [during("kill 3", [gapOf("p2", 1900), gapOf("p3", 1800)])],
      before: [gapOf("p1", 1400), gapOf("p2", 99)],
    }),
    "measured: during kill 3: p2 1.9 s, p3 1.8 s; before any fault: p1 1.4 s; 1,025 acknowledged, 0 lost, " +
      "1 duplicate",
  ],
  [
    inFaults(
      {
        faults: [
          during("kill 3", [
            gapOf("cold, one", 16_600, { afterHealMs: 6600 }),
            gapOf("warm, one", null, { toMs: 22_000 }),
          ]),
        ],
        after: [gapOf("warm, all", 300)],
      },
      ["cold, one"],
    ),
    "measured: during kill 3: cold, one 16.6 s (6.6 s of it after the heal); warm, one none in 12.0 s; " +
      "after it was healed: warm, all 300 ms; 1,025 acknowledged, 0 lost, 1 duplicate",
  ],
  [
    inFaults({
      faults: [
        during("stop 1", [gapOf("p1", 40)]),
        during("stop 2", [gapOf("p1", 400)]),
        during("kill 1", []),
        during(
          "kill 2",
          [4000, 3000, 2000, 1000, 500, 400].map((ms, i) => gapOf(`p${i}`, ms)),
        ),
      ],
      after: [gapOf("p1", 2000)],
    }),
    "measured: during stop 1: p1 40 ms; during stop 2: p1 400 ms; during kill 2: p0 4.0 s, p1 3.0 s, p2 " +
      "2.0 s, p3 1.0 s, 2 more clients; and 1 more fault; after faults were healed: p1 2.0 s; 1,025 " +
      "acknowledged, 0 lost, 1 duplicate",
  ],
  [
    inFaults({ faults: [during("kill 1", [])] }),
    "measured: during kill 1: nobody sent; 1,025 acknowledged, 0 lost, 1 duplicate",
  ],
  [
    inFaults({ before: [gapOf("p1", 1400), gapOf("p2", 200)] }, ["p1", "p2"]),
    "measured: without an acknowledged send: p1 1.4 s, p2 200 ms; 1,025 acknowledged, 0 lost, 1 duplicate",
  ],
  [
    {
      ...judgement,
      gaps: { ...gaps, before: [gapOf("warm", null, { toMs: 19_300 })] },
      counts: { ...counts, acknowledged: 0, duplicates: 0 },
    },
    "measured: no send was acknowledged in 9.3 s; 0 acknowledged, 0 lost, 0 duplicates",
  ],
  [
    { ...judgement, gap: null, counts: { ...counts, acknowledged: 0, duplicates: 0 } },
    "measured: nothing was sent; 0 acknowledged, 0 lost, 0 duplicates",
  ],
];

for (const [given, expected] of headlines) {
  test(`headline() writes "${expected.slice(10)}"`, () => assert.is(headline(given), expected));
}

type Sent = [value: string, client: string, atMs: number, tookMs: number, outcome: Outcome];

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

const sends: Sent[] = [
  ["a", "warm", 0, 100, "ok"],
  ["b", "warm", 1100, 100, "ok"],
  ["c", "warm", 3000, 3300, "info"],
  ["d", "warm", 6600, 100, "fail"],
  ["e", "warm", 7000, 100, "ok"],
  ["x", "cold", 8000, 100, "ok"],
];

const records = [
  ["a", "0"],
  ["e", "4"],
  ["b", "5"],
  ["b", "6"],
  ["d", "7"],
].map(([value = "", offset = ""]) => ({ value, partition: 0, offset }));

const history: HistoryEvent[] = [
  {
    kind: "run",
    atMs: 0,
    startedAt: "2025-01-01T00:00:00Z",
    scenario: "broker stops",
    engine: "local",
    kafka: "3.9.1",
    brokers: [],
  },
  { kind: "step", atMs: 0, name: "normal delivery" },
  {
    kind: "cluster",
    atMs: 0,
    controller: 3,
    controllerNodeId: 3,
    controllerEpoch: 1,
    alive: [1, 2, 3],
    partitions: [
      led("orders", 0, 1),
      led("orders", 1, 2),
      led("orders", 2, 1),
      led("__consumer_offsets", 0, 1),
    ],
  },
  { kind: "step", atMs: 2000, name: "the leader stops" },
  {
    kind: "fault",
    atMs: 2000,
    tookMs: 600,
    effectAtMs: 2500,
    id: "f1",
    fault: "stop",
    targets: [1],
    asked: "leader",
    via: "SIGTERM",
  },
  {
    kind: "cluster",
    atMs: 4000,
    controller: 3,
    controllerNodeId: 3,
    controllerEpoch: 1,
    alive: [2, 3],
    partitions: [led("orders", 0, null), led("orders", 1, 2), led("orders", 2, null)],
  },
  {
    kind: "cluster",
    atMs: 6000,
    controller: 3,
    controllerNodeId: 3,
    controllerEpoch: 1,
    alive: [2, 3],
    partitions: [led("orders", 0, 2), led("orders", 1, 2), led("orders", 2, 2)],
  },
  ...sends.map(asEvent),
  {
    kind: "heal",
    atMs: 7990,
    tookMs: 1500,
    id: "f1",
    fault: "stop",
    targets: [1],
    via: "start",
    effectAtMs: 8000,
  },
  {
    kind: "readback",
    atMs: 9500,
    tookMs: 500,
    client: "reader",
    topic: "orders",
    partitions: [{ partition: 0, from: "0", to: "8", complete: true }],
    records,
  },
];

test(
  "verdictLines() puts the headline first, then a line a checker, with examples beneath those that did " +
    "not hold",
  () => {
    assert.equal(
      verdictLines(
        check(history, {
          checks: [
            "noLostWrites",
            "noPhantomWrites",
            "duplicates",
            "order",
            "availability",
            "progress",
            "recovery",
          ],
          gapLimit: "1s",
        }),
      ),
      [
        "measured: during stop 1: warm 4.1 s; before any fault: warm 100 ms; after it was healed: cold " +
          "100 ms; 4 acknowledged, 1 lost, 1 duplicate, 1 with unknown outcome, 1 failed but present, " +
          "1 out of order",
        "did not hold  no lost writes     1 of 4 acknowledged records is lost, the first at orders-0 " +
          "offset 5, sent by cold at 8.0 s.",
        "    line 13: x by cold to orders-0 offset 5, 8.0 s to 8.1 s",
        "did not hold  no phantom writes  1 of 1 failed send is in the log all the same: the client was wrong.",
        "    line 11: d by warm to orders, 6.6 s to 6.7 s",
        "held          duplicates         1 duplicate of 1 value, as retries without idempotence may cause.",
        "did not hold  order              1 of 3 acknowledged records stands out of order; offset 5 was " +
          "acknowledged 5.8 s before offset 4 was sent.",
        "    line 9: b by warm to orders-0 offset 1, 1.1 s to 1.2 s, found at offset 5 behind line 12",
        "did not hold  availability       The longest time without an acknowledged send of warm was 4.1 s, " +
          "from 3.0 s to 7.1 s, during stop 1; warm waited longer than 1.0 s.",
        "held          progress           Sends were acknowledged during the fault.",
        "held          recovery           Sends were acknowledged again within 100 ms of the heal.",
      ],
    );
  },
);

test("verdictLines() shows every place of a duplicate that an idempotent client made", () => {
  const lines = verdictLines(
    check([{ kind: "client", atMs: 0, client: "warm", settings: { idempotent: true } }, ...history], {
      checks: ["duplicates"],
    }),
  );
  assert.equal(lines.slice(1), [
    "did not hold  duplicates  1 duplicate of 1 value, 1 of them from an idempotent client.",
    "    line 10: b by warm to orders-0 offset 1, 1.1 s to 1.2 s, at 0:5 and 0:6",
  ]);
});

test("verdictLines() paints by verdict and keeps its columns", () => {
  const withoutReadback = history.filter(({ kind }) => kind !== "readback");
  const lines = verdictLines(check(withoutReadback, { checks: ["noLostWrites", "availability"] }), {
    paint: tagged,
  });
  assert.match(lines[0] ?? "", /^<strong>measured: .*<\/>$/);
  assert.ok(lines[1]?.startsWith("<unsure>inconclusive</>  no lost writes  Cannot tell whether 4 of 4"));
  assert.ok(lines[2]?.startsWith("<dim>    line 8: a by warm"));
  assert.ok(lines.some((line) => line.startsWith("<good>held</>")));
  const coloured = verdictLines(check(history), { paint: (text) => red(text) }).map((line) =>
    line.replace(/\u001b\[[0-9;]*m/g, ""),
  );
  assert.equal(coloured, verdictLines(check(history)));
});

test("outcomeSummary() has a row a client", () => {
  assert.equal(outcomeSummary(check([...history, asEvent(["y", "late", 9000, 500, "fail"], 9)])), [
    "client  sent  acknowledged  failed  unknown  longest gap   from     to",
    "warm       5             3       1        1        4.1 s  3.0 s  7.1 s",
    "cold       1             1       0        0       100 ms  8.0 s  8.1 s",
    "late       1             0       1        0        never  9.0 s  9.5 s",
  ]);
  assert.equal(outcomeSummary({ ...judgement, clients: [] }), ["nothing was sent"]);
  assert.match(outcomeSummary(check(history), { paint: tagged })[0] ?? "", /^<dim>client .*<\/>$/);
});

test("timeline() draws steps, faults, clients and leaders on one scale, then tells what happened", () => {
  assert.equal(timeline(history, { width: 52 }), [
    "            0 ms           3.8 s          7.5 s",
    "steps       normal ░the leader stops░░░░░░░░░░░░░░░░",
    "stop 1                ░░░░░░░░░░░░░░░░░░░░░░░",
    "warm        █   █       ·············?x █",
    "cold                                        █",
    "controller  3───────────────────────────────────────",
    "orders-0,2  1───────────────-───────2───────────────",
    "orders-1    2───────────────────────────────────────",
    "            █ ok  ? info  x fail  · waiting",
    "            ░ step or fault lasts",
    "",
    "     0 ms  step    normal delivery",
    "    2.0 s  step    the leader stops",
    "    2.5 s  fault   stop broker 1 (leader), SIGTERM",
    "    4.0 s  change  orders-0,2: 1 to -",
    "    6.0 s  change  orders-0,2: - to 2",
    "    8.0 s  heal    stop broker 1, took 1.5 s",
  ]);
});

const part = (kind: Part["kind"], fromMs: number, toMs: number): Part => ({
  kind,
  fromMs,
  toMs,
  tookMs: toMs - fromMs,
  what: kind,
  evidence: [],
});
const why = (client: string, sentence: string, parts: readonly Part[]): ExplainedWindow => ({
  client,
  topic: "orders",
  partition: 0,
  fromMs: parts[0]!.fromMs,
  toMs: parts.at(-1)!.toMs,
  tookMs: parts.at(-1)!.toMs - parts[0]!.fromMs,
  isOver: true,
  faults: [],
  parts,
  unexplainedMs: 0,
  sentence,
});
const waited = why(
  "warm",
  "5.9 s = 3.8 s until broker 1 was fenced + 1.0 s election + 1.1 s until the client knew",
  [
    part("detection", 1200, 5000),
    part("election", 5000, 6000),
    part("metadata", 6000, 6010),
    part("unexplained", 6010, 7100),
  ],
);

test("timeline() draws beneath a client why it waited, a letter a part, and tells it where the waiting ends", () => {
  const lines = timeline(history, { width: 52, explanation: { windows: [waited] } });
  assert.equal(lines.slice(3, 6), [
    "warm        █   █       ·············?x █",
    "why warm        DDDDDDDDDDDDDDDDEEEEUUUUU",
    "cold                                        █",
  ]);
  assert.equal(lines.slice(9, 16), [
    "            █ ok  ? info  x fail  · waiting",
    "            ░ step or fault lasts",
    "            D detection  E election  M metadata",
    "            U unexplained",
    "            fenced: the controller counts the broker",
    "            as dead, so that it leads no partition",
    "",
  ]);
  assert.equal(lines.slice(-5), [
    "    6.0 s  change  orders-0,2: - to 2",
    "    7.1 s  why     warm: 5.9 s = 3.8 s until broker",
    "                     1 was fenced + 1.0 s election +",
    "                     1.1 s until the client knew",
    "    8.0 s  heal    stop broker 1, took 1.5 s",
  ]);
  for (const width of [1, 40, 80, 200])
    for (const line of timeline(history, {
      width,
      explanation: { windows: [{ ...waited, sentence: `${"x".repeat(300)} ${waited.sentence}` }] },
    }))
      assert.ok(line.length <= Math.max(40, width), line);
});

test("timeline() follows the explanation's parts", () => {
  const row = (...parts: Part[]): string | undefined =>
    timeline(history, { width: 52, explanation: { windows: [why("warm", "", parts)] } }).find((line) =>
      line.startsWith("why"),
    );
  assert.is(row(part("healing", 5000, 7500)), "why warm                        HHHHHHHHHH");
  assert.is(
    row(part("healing", 5000, 7500), part("request", 7500, 10_000)),
    "why warm                        HHHHHHHHHHRRRRRRRRRR",
  );
  assert.is(
    row(part("delay", 5000, 5001)),
    "why warm                        L",
    "a part is seen however short it is, where nothing else is",
  );
  assert.equal(timeline(history, { explanation: { windows: [] } }), timeline(history));
  assert.not.match(
    timeline(history, { explanation: { windows: [why("nobody", "?", [part("delay", 0, 1)])] } })
      .slice(0, 8)
      .join("\n"),
    /why/,
  );
});

test("timeline() lets the worst outcome of a bucket win", () => {
  const strip = (outcomes: Outcome[]): string | undefined =>
    timeline(
      [
        { kind: "note", atMs: 10_000, text: "end" },
        ...outcomes.map((outcome, i) => asEvent([`v${i}`, "warm", i, 1, outcome], i)),
      ],
      { width: 60 },
    ).find((line) => line.startsWith("warm"));
  const table: [Outcome[], string][] = [
    [["ok", "ok"], "█"],
    [["ok", "info", "ok"], "?"],
    [["fail", "ok"], "x"],
    [["info", "fail", "ok"], "x"],
  ];
  for (const [outcomes, mark] of table) assert.is(strip(outcomes), `warm    ${mark}`);
});

test("timeline() keeps to the width and leaves no trailing space", () => {
  const long: HistoryEvent[] = [
    ...history,
    {
      kind: "step",
      atMs: 4000,
      name:
        "a step whose name e\u0301 is much longer than any terminal is wide, and that goes on and on " +
        "and on\nover two lines",
    },
    asEvent(["z", "a client with a very long name", 5000, 10, "ok"], 9),
  ];
  for (const width of [1, 40, 52, 80, 200]) {
    for (const line of timeline(long, { width })) {
      assert.ok([...line.normalize("NFC")].length <= Math.max(40, width), `${width}: ${line}`);
      assert.is(line, line.trimEnd());
      assert.not.match(line, /\n/);
    }
  }
  assert.ok(timeline(long, { width: 80 }).some((line) => line.startsWith("a client with a v…  ")));
});

test("timeline() marks a note where it was made, and tells it whole", () => {
  const text = "restarted the proxy by hand, because it had stopped answering";
  const noted: HistoryEvent[] = [...history, { kind: "note", atMs: 5000, text }];
  const lines = timeline(noted, { width: 52 });
  assert.is(lines[2], "notes                           ▲");
  assert.is(lines[10], "            ░ step or fault lasts  ▲ note");
  const told = lines.findIndex((line) => line.startsWith("    5.0 s  note    "));
  assert.is(
    lines
      .slice(told, told + 3)
      .join(" ")
      .replace(/\s+/g, " "),
    ` 5.0 s note ${text}`,
  );
});

test("timeline() shows what a program notes at any time, and what the lab notes once it is up", () => {
  const note = (atMs: number, text: string, source?: "program"): HistoryEvent => ({
    kind: "note",
    atMs,
    text,
    ...(source && { source }),
  });
  const lines = timeline([
    note(1, "the nodes run"),
    note(2, "with the new image", "program"),
    ...history,
    note(9000, `kafka-1 exited unexpectedly: ${"x".repeat(4000)}`),
    ...Array.from({ length: 30 }, (_, i) => note(9100 + i, `note ${i}`)),
  ]);
  const told = lines.flatMap((line) => /^.{9} {2}note {4}(.*)/.exec(line)?.[1] ?? []);
  assert.equal(
    [told[0], told[1]?.slice(0, 28), told.length],
    ["with the new image", "kafka-1 exited unexpectedly:", 20],
  );
  assert.ok(lines.length < 60, `${lines.length} lines`);
});

test("timeline() draws what was under way at the end as waiting, and trace words say so", () => {
  const end = { ...asEvent(["z", "late", 8500, 1500, "info"], 9), isUnderWay: true } as HistoryEvent;
  const row = timeline([...history, end], { width: 52 }).find((line) => line.startsWith("late"));
  assert.match(row ?? "", /^late +·+$/);
});

test("timeline() names a controller that is no broker by its node id, and none by a dash", () => {
  const seen = (atMs: number, controllerNodeId: number | null): HistoryEvent => ({
    kind: "cluster",
    atMs,
    controller: null,
    controllerNodeId,
    controllerEpoch: 1,
    alive: [1],
    partitions: [],
  });
  const lines = timeline([seen(0, 100), seen(5000, null), seen(10_000, 101)], { width: 42 });
  assert.is(lines[1], "controller  n100───────────-─────────────n");
  assert.equal(lines.slice(-2), [
    "    5.0 s  change  controller: n100 to -",
    "   10.0 s  change  controller: - to n101",
  ]);
});

test("timeline() draws an empty history and one of a single moment", () => {
  assert.equal(timeline([], { width: 40 }), [
    "        0 ms           0.5 ms",
    "        █ ok  ? info  x fail  · waiting",
  ]);
  assert.ok(
    timeline([{ kind: "step", atMs: 0, name: "only" }]).some((line) => line.includes("step    only")),
  );
});

test("timeline() paints outcomes by their meaning and leaves the text as it is", () => {
  const painted = timeline(history, { width: 52, paint: tagged });
  assert.ok(
    painted.includes(
      "warm        <good>█</>   <good>█</>       <dim>·············</><unsure>?</><bad>x</> <good>█</>",
    ),
  );
  assert.ok(painted.includes("<bad>    2.5 s  fault   stop broker 1 (leader), SIGTERM</>"));
  assert.equal(
    painted.map((line) => line.replace(/<\/?\w*>/g, "")),
    timeline(history, { width: 52 }),
  );
});

test.run();
