// The life of one record, and the records worth a look: literal histories, and what changes where one event
// of them does.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertNames } from "./refusal.ts";
import { openRun } from "@kafka-failure-lab/sdk";
import { traceCommand } from "../../scripts/trace/command.ts";
import type {
  Broker,
  BrokerLogEvent,
  ClusterEvent,
  HistoryEvent,
  Outcome,
  ReadbackEvent,
  SendEvent,
} from "../../sdk/model/history.ts";
import { type RecordTrace, recordTrace, type RecordFate, anomalies } from "../../sdk/analysis/check/mod.ts";
import { nearestValue } from "../../sdk/analysis/check/trace/nearest.ts";
import { recordTraceLines, anomalyLines, anomalyTable, table } from "../../sdk/report/text/mod.ts";

const view = (
  atMs: number,
  leader: Broker | null,
  leaderEpoch: number,
  isr: readonly Broker[],
): ClusterEvent => ({
  kind: "cluster",
  atMs,
  controller: 2,
  controllerNodeId: 12,
  controllerEpoch: 1,
  alive: [1, 2, 3],
  partitions: [{ topic: "orders", partition: 0, leader, leaderEpoch, replicas: [1, 2, 3], isr, offline: [] }],
});
const sent = (value: string, atMs: number, tookMs: number, outcome: Outcome, offset?: string): SendEvent => ({
  kind: "send",
  atMs,
  tookMs,
  client: "warm",
  value,
  topic: "orders",
  outcome,
  attempts: [],
  ...(offset !== undefined && { broker: 1, partition: 0, offset }),
});

const moved: SendEvent = {
  ...sent("warm-2", 2000, 500, "ok", "2"),
  broker: 3,
  attempts: [
    {
      atMs: 2001,
      tookMs: 60,
      broker: 1,
      address: "localhost:29091",
      api: "Produce",
      error: "NOT_LEADER_OR_FOLLOWER",
    },
    { atMs: 2200, tookMs: 2, broker: 1, address: "localhost:29091", api: "Connect", error: "ECONNREFUSED" },
    { atMs: 2210, tookMs: 0, broker: 1, address: "localhost:29091", api: "Connect", error: "BACKOFF" },
    { atMs: 2230, tookMs: 2, broker: 1, address: "localhost:29091", api: "Connect", error: "ECONNREFUSED" },
    { atMs: 2400, tookMs: 90, broker: 3, address: "localhost:29093", api: "Produce" },
  ],
};
const before = view(100, 1, 4, [1, 2, 3]);
const after = view(2300, 3, 5, [2, 3]);
const records = [
  ["warm-1", "0"],
  ["warm-2", "1"],
  ["warm-2", "2"],
  ["warm-3", "3"],
  ["warm-4", "4"],
] as const;
const readback: ReadbackEvent = {
  kind: "readback",
  atMs: 9000,
  tookMs: 20,
  client: "readback",
  topic: "orders",
  partitions: [{ partition: 0, from: "0", to: "5", complete: true }],
  records: records.map(([value, offset]) => ({ value, partition: 0, offset })),
};

const history: readonly HistoryEvent[] = [
  {
    kind: "run",
    atMs: 0,
    startedAt: "2026-03-01T12:30:05.123Z",
    scenario: "by-hand",
    engine: "local",
    kafka: "3.9.2",
    brokers: [
      { broker: 1, nodeId: 11, service: "a" },
      { broker: 2, nodeId: 12, service: "b" },
      { broker: 3, nodeId: 13, service: "c" },
    ],
  },
  before,
  sent("warm-1", 1000, 5, "ok", "0"),
  {
    kind: "read",
    atMs: 1500,
    tookMs: 30,
    client: "reader",
    topic: "orders",
    records: [{ value: "warm-1", partition: 0, offset: "0" }],
  },
  {
    kind: "fault",
    atMs: 1990,
    tookMs: 400,
    effectAtMs: 2050,
    id: "stop-1",
    fault: "stop",
    targets: [1],
    asked: "leader",
    via: "SIGTERM",
  },
  after,
  moved,
  {
    kind: "heal",
    atMs: 3000,
    tookMs: 20,
    effectAtMs: 3010,
    id: "stop-1",
    fault: "stop",
    targets: [1],
    via: "start",
  },
  { ...sent("warm-3", 4000, 30, "info"), error: "TIMEOUT" },
  { ...sent("warm-4", 4100, 30, "fail"), error: "NOT_ENOUGH_REPLICAS" },
  { ...sent("warm-5", 4200, 30, "fail"), error: "NOT_ENOUGH_REPLICAS" },
  readback,
];

/** The history with one event changed, or without it. */
const changed = (event: HistoryEvent, to?: HistoryEvent): HistoryEvent[] =>
  history.flatMap((one) => (one === event ? (to ?? []) : [one]));
const readingBack = (...found: (readonly [value: string, offset: string])[]): HistoryEvent[] =>
  changed(readback, {
    ...readback,
    records: found.map(([value, offset]) => ({ value, partition: 0, offset })),
  });
const leaderOf = ({ attempts }: RecordTrace, n: number): unknown => {
  const { leader, leaderEpoch, isr } = attempts[n]!.then.partition!;
  return { leader, leaderEpoch, isr };
};

test("recordTrace() tells when a record was sent, tried and acknowledged, and what was so at each moment", () => {
  const life = recordTrace(history, "warm-2");
  assert.equal(
    [life.client, life.topic, life.line, life.timesSent, life.partition, life.outcome],
    ["warm", "orders", 7, 1, 0, "ok"],
  );
  assert.equal(life.acknowledged, { atMs: 2500, broker: 3, partition: 0, offset: "2" });
  assert.equal(
    [life.sent.atMs, life.ended.atMs, life.ended.tookMs, life.ended.error],
    [2000, 2500, 500, null],
  );
  assert.equal(
    life.attempts.map(({ broker, api, error }) => [broker, api, error]),
    moved.attempts.map(({ broker, api, error }) => [broker, api, error]),
  );
  assert.equal(leaderOf(life, 0), { leader: 1, leaderEpoch: 4, isr: [1, 2, 3] });
  assert.equal(leaderOf(life, 4), { leader: 3, leaderEpoch: 5, isr: [2, 3] });
  assert.equal([life.sent.then.controller, life.sent.then.faults], [2, []], "the fault took effect later");
  assert.equal(
    life.attempts[0]!.then.faults,
    [{ id: "stop-1", fault: "stop", targets: [1], name: "stop 1" }],
    "it struck within the attempt",
  );
});

test("recordTrace() names every offset at which a record was seen, and who read it when", () => {
  assert.equal(recordTrace(history, "warm-1").places, [
    {
      partition: 0,
      offset: "0",
      isThereAtTheEnd: true,
      readBy: [
        { client: "reader", kind: "read", atMs: 1500, tookMs: 30 },
        { client: "readback", kind: "readback", atMs: 9000, tookMs: 20 },
      ],
    },
  ]);
  assert.equal(
    recordTrace(history, "warm-2").places.map(({ offset }) => offset),
    ["1", "2"],
  );
  const [place] = recordTrace(readingBack(["warm-2", "2"]), "warm-1").places;
  assert.equal(
    [place!.offset, place!.isThereAtTheEnd, place!.readBy.length],
    ["0", false, 1],
    "read once, and cut off the log since",
  );
  assert.is(recordTrace(changed(readback), "warm-1").places[0]!.isThereAtTheEnd, null);
});

const fates: [
  what: string,
  value: string,
  events: readonly HistoryEvent[],
  words: RecordFate[],
  doubt: string | null,
][] = [
  ["kept", "warm-1", history, ["kept"], null],
  ["a duplicate", "warm-2", history, ["kept", "duplicate"], null],
  [
    "no duplicate without its second place",
    "warm-2",
    readingBack(["warm-1", "0"], ["warm-2", "2"]),
    ["kept"],
    null,
  ],
  ["lost where the reading back has it no more", "warm-1", readingBack(["warm-2", "2"]), ["lost"], null],
  [
    "a duplicate where the reading back has it twice",
    "warm-1",
    readingBack(["warm-1", "0"], ["warm-1", "1"]),
    ["kept", "duplicate"],
    null,
  ],
  [
    "not known whether lost where the partition was not read to its end",
    "warm-1",
    changed(readback, {
      ...readback,
      partitions: [{ partition: 0, from: "0", to: "5", complete: false }],
      records: [],
    }),
    ["not known whether lost"],
    "partition not read to its end",
  ],
  [
    "not known whether lost without a reading back",
    "warm-1",
    changed(readback),
    ["not known whether lost"],
    "no readback",
  ],
  ["unknown, and in the log", "warm-3", history, ["unknown outcome", "in the log"], null],
  [
    "unknown, and not in the log",
    "warm-3",
    readingBack(["warm-1", "0"]),
    ["unknown outcome", "not in the log"],
    null,
  ],
  ["unknown without a reading back", "warm-3", changed(readback), ["unknown outcome"], "no readback"],
  ["failed but present", "warm-4", history, ["failed but present"], null],
  ["failed", "warm-5", history, ["failed"], null],
];
for (const [what, value, events, words, doubt] of fates) {
  test(`recordTrace() calls a record ${what}`, () => {
    const life = recordTrace(events, value);
    assert.equal([life.words, life.doubt], [words, doubt]);
  });
}

test("recordTrace() takes an attempt's leader and ISR from what was observed by then", () => {
  assert.equal(leaderOf(recordTrace(changed(after, view(2300, 3, 5, [3])), "warm-2"), 4), {
    leader: 3,
    leaderEpoch: 5,
    isr: [3],
  });
  assert.equal(
    leaderOf(recordTrace(changed(after, view(2450, 3, 5, [2, 3])), "warm-2"), 4),
    { leader: 1, leaderEpoch: 4, isr: [1, 2, 3] },
    "it was observed later than the attempt began",
  );
  assert.equal(
    leaderOf(recordTrace(changed(after, view(2300, 3, 3, [2, 3])), "warm-2"), 4),
    { leader: 1, leaderEpoch: 4, isr: [1, 2, 3] },
    "an older epoch is an older view",
  );
  assert.is(
    recordTrace(changed(before), "warm-2").attempts[0]!.then.partition,
    null,
    "nothing was observed by then",
  );
});

test("recordTrace() takes what a leader logs, which is earlier than what the cluster is seen to say", () => {
  const logged = (fact: BrokerLogEvent["fact"], atMs: number): BrokerLogEvent => ({
    kind: "broker log",
    atMs,
    service: "c",
    broker: 3,
    nodeId: 13,
    level: "INFO",
    logger: "state.change.logger",
    text: "",
    fact,
  });
  const leads = logged(
    {
      what: "becameLeader",
      nodeId: 13,
      topic: "orders",
      partition: 0,
      leaderEpoch: 5,
      offset: "1",
      isr: [13],
    },
    2150,
  );
  const life = recordTrace(
    [
      ...history,
      leads,
      logged({ what: "isr", nodeId: 13, topic: "orders", partition: 0, isr: [13, 12] }, 2220),
    ],
    "warm-2",
  );
  assert.equal(
    [0, 1, 3, 4].map((n) => leaderOf(life, n)),
    [
      { leader: 1, leaderEpoch: 4, isr: [1, 2, 3] },
      { leader: 3, leaderEpoch: 5, isr: [3] },
      { leader: 3, leaderEpoch: 5, isr: [3, 2] },
      { leader: 3, leaderEpoch: 5, isr: [3, 2] },
    ],
  );
  assert.is(life.attempts[1]!.then.partition!.source, "broker log");
  assert.equal(
    leaderOf(
      recordTrace(
        [...history, { ...leads, fact: { ...leads.fact, topic: "others" } as BrokerLogEvent["fact"] }],
        "warm-2",
      ),
      1,
    ),
    { leader: 1, leaderEpoch: 4, isr: [1, 2, 3] },
  );
});

test("recordTrace() finds the partition of a send that does not know it: where it stands, or the topic's only one", () => {
  assert.is(recordTrace(history, "warm-5").partition, 0);
  const two = changed(before, {
    ...before,
    partitions: [before.partitions[0]!, { ...before.partitions[0]!, partition: 1 }],
  });
  assert.equal(
    [
      recordTrace(two, "warm-3").partition,
      recordTrace(two, "warm-5").partition,
      recordTrace(two, "warm-5").sent.then.partition,
    ],
    [0, null, null],
  );
});

test("recordTrace() refuses a value that was not sent, and names the nearest", () => {
  const message = (events: readonly HistoryEvent[], value: string): string => {
    try {
      recordTrace(events, value);
    } catch (error) {
      assert.instance(error, RangeError);
      return (error as RangeError).message;
    }
    return "nothing thrown";
  };
  assertNames(message(history, "warn-33"), ['"warn-33"', '"warm-5"']);
  assertNames(message([], "a"), ['"a"']);
  assertNames(message(readingBack(["foreign", "7"]), "foreign"), ['"foreign"', "orders-0", "7"]);
});

const nearests: [wanted: string, among: string[], nearest: string | null][] = [
  ["warm-12", ["cold-12", "warm-3", "warm-9"], "warm-9"],
  ["wram-3", ["cold-3", "warm-4", "warm-3"], "warm-3"],
  ["", ["a"], "a"],
  ["a", [], null],
];
for (const [wanted, among, nearest] of nearests)
  test(`nearestValue() of ${JSON.stringify(wanted)} among ${among.join(", ") || "none"} is ${nearest}`, () =>
    assert.is(nearestValue(among, wanted), nearest));

test("anomalies() lists the worst first, and what is slow by the run's own measure", () => {
  const found = anomalies(history);
  assert.equal(
    found.rows.map(({ value, words }) => [value, ...words]),
    [
      ["warm-4", "failed but present"],
      ["warm-2", "kept", "duplicate", "slow"],
      ["warm-3", "unknown outcome", "in the log"],
    ],
  );
  assert.equal([found.leftOut, found.slowerThanMs, found.notReadBack], [0, 100, []]);
  assert.equal(found.counts, {
    lost: 0,
    "failed but present": 1,
    duplicate: 1,
    "unknown outcome": 1,
    "not known whether lost": 0,
    slow: 1,
  });
  assert.equal(
    anomalies(readingBack(["warm-2", "2"])).rows[0]!.value,
    "warm-1",
    "a lost record is the worst",
  );
});

test("anomalies() says how many it leaves out, and takes what is slow as told", () => {
  const found = anomalies(history, { limit: 1, slowerThan: "20ms" });
  assert.equal([found.rows.length, found.leftOut, found.counts.slow], [1, 3, 4]);
  assert.equal([anomalies(history, { limit: 0 }).leftOut, anomalies([]).slowerThanMs], [3, null]);
  assert.throws(() => anomalies(history, { limit: -1 }), RangeError);
  assert.throws(() => anomalies(history, { slowerThan: "soon" as "1s" }), RangeError);
});

test("anomalies() calls slow what took ten times the fastest quarter, so that an outage of half of all sends does not hide itself", () => {
  const half = Array.from({ length: 100 }, (_, i) =>
    sent(`warm-${i}`, i * 10, i < 50 ? 30 : 9000, "ok", String(i)),
  );
  assert.equal([anomalies(half).slowerThanMs, anomalies(half).counts.slow], [300, 50]);
});

test("anomalies() does not list every record of a topic that was never read back, and says so", () => {
  const found = anomalies(changed(readback));
  assert.equal(
    found.rows.map(({ value, words }) => [value, ...words]),
    [
      ["warm-3", "unknown outcome"],
      ["warm-2", "slow"],
    ],
  );
  assert.equal(found.notReadBack, ["orders"]);
});

test("anomalies() looks through 100,000 sends within a second, and recordTrace() finds one of them", () => {
  const many: HistoryEvent[] = [before];
  for (let i = 0; i < 100_000; i++)
    many.push({
      ...sent(
        `warm-${i}`,
        i,
        i % 50 === 0 ? 900 : 5,
        i % 100 === 1 ? "info" : "ok",
        i % 100 === 1 ? undefined : String(i),
      ),
      client: `client-${i % 4}`,
    });
  many.push({
    ...readback,
    atMs: 200_000,
    partitions: [{ partition: 0, from: "0", to: "100000", complete: true }],
    records: Array.from({ length: 100_000 }, (_, i) => ({
      value: `warm-${i}`,
      partition: 0,
      offset: String(i),
    })).filter((_, i) => i % 1000 !== 7),
  });
  const found = anomalies(many);
  const life = recordTrace(many, "warm-99999");
  assert.equal(
    [found.counts.lost, found.counts["unknown outcome"], found.counts.slow, found.leftOut],
    [100, 1000, 2000, 3080],
  );
  assert.equal(life.words, ["kept"]);
});

test("recordTraceLines() has a row for each thing that happened; equal attempts are one while nothing changes around them", () => {
  assert.equal(recordTraceLines(recordTrace(history, "warm-2")), [
    "warm-2 to orders by warm, sent at 2.0 s: acknowledged after 500 ms; kept, duplicate",
    "     at  what                        took  answer                                     leader       ISR      controller  faults",
    "      0  sent                                                                         1 (epoch 4)  1, 2, 3  2",
    "  +1 ms  Produce to broker 1        60 ms  NOT_LEADER_OR_FOLLOWER                     1 (epoch 4)  1, 2, 3  2           stop 1",
    "+200 ms  Connect to broker 1               ECONNREFUSED 2 times, the last at +230 ms  1 (epoch 4)  1, 2, 3  2           stop 1",
    "+210 ms  Connect to broker 1         0 ms  BACKOFF                                    1 (epoch 4)  1, 2, 3  2           stop 1",
    "+400 ms  Produce to broker 3        90 ms  ok                                         3 (epoch 5)  2, 3     2           stop 1",
    "+500 ms  acknowledged by broker 3  500 ms  orders-0 offset 2                          3 (epoch 5)  2, 3     2           stop 1",
    " +7.0 s  read back                         orders-0 offset 1",
    " +7.0 s  read back                         orders-0 offset 2",
  ]);
});

test("recordTraceLines() says what proves nothing, what was not acknowledged, and where a record stands no more", () => {
  const [headline, doubt, head] = recordTraceLines(recordTrace(changed(readback), "warm-3"), {
    paint: (text, tone) => `<${tone}>${text}</>`,
  });
  assert.is(
    headline,
    "<unsure>warm-3 to orders by warm, sent at 4.0 s: given up after 30 ms, " +
      "the outcome was unknown (TIMEOUT); unknown outcome</>",
  );
  assert.is(doubt, "<unsure>its absence from the log is inconclusive: no readback</>");
  assert.match(head!, /^<dim> +at {2}what/);
  assert.match(
    recordTraceLines(recordTrace(history, "warm-5")).join("\n"),
    /failed after 30 ms \(NOT_ENOUGH_REPLICAS\); failed\n[^]*\+30 ms +failed +30 ms +NOT_ENOUGH_REPLICAS/,
  );
  assert.match(
    recordTraceLines(recordTrace(readingBack(["warm-2", "2"]), "warm-1")).join("\n"),
    /lost\n[^]*read by reader +orders-0 offset 0, where it is no more at the end/,
  );
  assert.match(
    recordTraceLines(recordTrace(readingBack(["other", "0"]), "warm-1")).at(-1)!,
    /^ *\+8\.0 s {2}read back, not found +orders-0 offset 0 holds other$/,
  );
  assert.match(
    recordTraceLines(recordTrace([...history, sent("warm-1", 5000, 5, "ok", "9")], "warm-1"))[1]!,
    /sent 2 times; this is the first/,
  );
});

test("anomalyTable() has a heading and a row a record, as table() takes them", () => {
  assert.equal(table(anomalyTable(anomalies(history))), [
    "what became of it            value   client  sent at  took    attempts  place              error",
    "failed but present           warm-4  warm    4.1 s    30 ms   0         orders-0 offset 4  NOT_ENOUGH_REPLICAS",
    "kept, duplicate, slow        warm-2  warm    2.0 s    500 ms  5         orders-0 offset 2",
    "unknown outcome, in the log  warm-3  warm    4.0 s    30 ms   0         orders-0 offset 3  TIMEOUT",
  ]);
});

test("anomalyLines() begins with the counts, and ends with how many were left out", () => {
  const lines = anomalyLines(anomalies(history, { limit: 1 }));
  assert.is(
    lines[0],
    "1 failed but present, 1 duplicate, 1 unknown outcome, 1 slow (slow: more than 100 ms)",
  );
  assert.is(lines.at(-1), "and 2 more");
  assert.equal(anomalyLines(anomalies([])), ["no anomalous record"]);
  assert.match(anomalyLines(anomalies(changed(readback)))[1]!, /orders was never read back/);
});

const folder = mkdtempSync(path.join(os.tmpdir(), "lab-trace-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** A folder with two runs, of which the later one has the history. */
function runs(): string {
  const cwd = mkdtempSync(path.join(folder, "cwd-"));
  const files: [run: string, events: readonly HistoryEvent[]][] = [
    ["a/2026-03-02T00-00-00.000-1", history],
    ["b/2026-03-01T00-00-00.000-1", history.slice(0, 3)],
  ];
  for (const [run, events] of files) {
    const dir = path.join(cwd, ".lab", "runs", run);
    mkdirSync(dir, { recursive: true });
    writeFileSync(
      path.join(dir, "history.jsonl"),
      events.map((event) => `${JSON.stringify(event)}\n`).join(""),
    );
  }
  mkdirSync(path.join(cwd, ".lab", "runs", "b", "2026-03-03T00-00-00.000-1")); // ended before it wrote
  return cwd;
}

test("openRun() gives a run that can be asked for record traces", async () => {
  const run = await openRun(path.join(runs(), ".lab/runs/a/2026-03-02T00-00-00.000-1"));
  assert.equal(run.recordTrace("warm-2"), recordTrace(history, "warm-2"));
  assert.equal(run.anomalies({ limit: 1 }), anomalies(history, { limit: 1 }));
});

test("trace.ts takes the newest run, or the folder that it is given, and a value", async () => {
  const cwd = runs();
  const [newest, value, given, both] = [
    await traceCommand([], cwd),
    await traceCommand(["warm-2"], cwd),
    await traceCommand([".lab/runs/b/2026-03-01T00-00-00.000-1"], cwd),
    await traceCommand([".lab/runs/a/2026-03-02T00-00-00.000-1", "warm-5", "--json"], cwd),
  ];
  assert.match(
    newest.out,
    /^by-hand of 2026-03-01T12:30:05.123Z, Kafka 3.9.2, local engine: \.lab\/runs\/a\/2026-03-02[^]*failed but present/,
  );
  assert.is(value.out, recordTraceLines(recordTrace(history, "warm-2")).join("\n"));
  assert.match(given.out, /no anomalous record/);
  assert.is((JSON.parse(both.out) as RecordTrace).value, "warm-5");
  assert.equal(
    [newest, value, given, both].map(({ exitCode }) => exitCode),
    [0, 0, 0, 0],
  );
  assert.is(
    (JSON.parse((await traceCommand(["--json", "--limit", "1"], cwd)).out) as { leftOut: number }).leftOut,
    2,
  );
});

test("trace.ts exits with 1 where it cannot tell, and names what is wrong", async () => {
  const cwd = runs();
  const cases: [args: string[], ...names: string[]][] = [
    [["warm-99"], '"warm-99"', '"warm-5"'],
    [["./no-such"], "NO_SUCH_RUN"],
    [["a", "b", "c"], "3"],
    [["--limit", "few"], "few"],
    [["--slower-than", "soon"], "--slower-than", '"soon"'],
    [["--poem"], "--poem"],
  ];
  for (const [args, ...names] of cases) {
    const { exitCode, out, err } = await traceCommand(args, cwd);
    assert.equal([exitCode, out], [1, ""], args.join(" "));
    assertNames(err, names);
  }
  assertNames((await traceCommand([], folder)).err, ["NO_SUCH_RUN", ".lab/runs"]);
  assert.match((await traceCommand(["--help"], cwd)).out, /RUN_FOLDER/);
});
test.run();
