// The scenario table without a broker: its rows, where a topic has to lie, what is read from a history, and
// what counts as a miss.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { prediction } from "./predictions.ts";
import { refusal } from "./refusal.ts";
import type { HistoryEvent, SendEvent } from "../../sdk/model/history.ts";
import { type Circumstances, predict, type Prediction } from "../../sdk/analysis/predict/mod.ts";
import { toMs } from "../../sdk/model/duration.ts";
import { compare, type Comparison, exitCodeOf, percent, tally } from "../../scripts/table/compare.ts";
import { dataText, merged, predictedAgain, readData, type TableData } from "../../scripts/table/data.ts";
import { type Facts, factsOf, type MeasuredRow } from "../../scripts/table/measured.ts";
import { GROUP_ROWS } from "../../scripts/table/groups/rows.ts";
import { MISSES } from "../../scripts/table/misses.ts";
import { pageOf } from "../../scripts/table/newest.ts";
import { tableOptions } from "../../scripts/table/options.ts";
import { pageText } from "../../scripts/table/page.ts";
import { targetsOf } from "../../scripts/table/place.ts";
import { cells, countLine, HEAD, missLines, told } from "../../scripts/table/report.ts";
import { clientWords, clusterWords, faultWords, targetWords } from "../../scripts/table/row.ts";
import { ROWS } from "../../scripts/table/rows.ts";

const of = (id: string): (typeof ROWS)[number] => ROWS.find((row) => row.id === id)!;

test("ROWS are at least 40, each with an id of its own, and cover faults, targets, engines, clients, timers and versions", () => {
  assert.ok(ROWS.length >= 44, `${ROWS.length} rows`);
  assert.is(new Set(ROWS.map(({ id }) => id)).size, ROWS.length);
  assert.ok(ROWS.filter(({ engine }) => engine === "docker").length >= 6);
  const faults = new Set(ROWS.map((row) => `${row.fault.kind} ${row.whom} ${row.controller}`));
  for (const kind of ["stop", "kill", "pause"])
    for (const whom of ["leader spared", "leader hit", "follower spared", "follower hit"])
      assert.ok(faults.has(`${kind} ${whom}`), `${kind} ${whom}`);
  for (const has of [
    ({ timers }) => timers === "default",
    ({ kafka }) => kafka === "4",
    ({ client }) => client.client === "java",
    ({ start }) => start === "cold",
    ({ client }) => client.acks === 0,
    ({ client }) => client.idempotent === true,
  ] as ((row: (typeof ROWS)[number]) => boolean)[])
    assert.ok(ROWS.some(has), String(has));
});
test("ROWS have durations, and explanations of misses are of rows that are there", () => {
  for (const { watchFor } of ROWS) assert.ok(toMs(watchFor) >= 1000);
  assert.equal(
    Object.keys(MISSES).filter((id) => of(id) === undefined),
    [],
  );
});

const brokers = [1, 2, 3].map((broker) => ({ broker }));
const partition = {
  topic: "t",
  partition: 0,
  leader: 1,
  leaderEpoch: 0,
  replicas: [1, 2, 3],
  isr: [1, 2, 3],
  offline: [],
};
const TARGETS = [
  ["leader", "spared", 2, [1]],
  ["leader", "spared", 1, undefined],
  ["leader", "hit", 1, [1]],
  ["leader", "hit", null, undefined],
  ["leader", "any", 1, [1]],
  ["follower", "hit", 3, [3]],
  ["follower", "hit", 1, undefined],
  ["follower", "spared", 2, [3]],
  ["follower", "spared", null, [2]],
  ["followers", "spared", 1, [2, 3]],
  ["followers", "spared", 2, undefined],
  ["followers", "hit", 2, [2, 3]],
  ["bystander", "any", 1, undefined],
  ["all", "any", 1, [1, 2, 3]],
  ["topic", "any", 1, []],
] as const;
for (const [whom, controller, is, expected] of TARGETS) {
  test(`targetsOf() ${whom}, controller ${controller}, where it is ${is}: ${expected ?? "another topic is drawn"}`, () => {
    assert.equal(
      targetsOf({ whom, controller }, partition, { brokers, controller: is }),
      expected === undefined ? undefined : [...expected],
    );
  });
}
test("targetsOf() finds a bystander where one holds no replica", () => {
  assert.equal(
    targetsOf(
      { whom: "bystander", controller: "any" },
      { ...partition, replicas: [1], isr: [1] },
      { brokers, controller: 1 },
    ),
    [2],
  );
});

const cluster = (atMs: number, leader: number | null): HistoryEvent => ({
  kind: "cluster",
  atMs,
  controller: 3,
  controllerNodeId: 3,
  controllerEpoch: 1,
  alive: [1, 2, 3],
  partitions: [{ ...partition, leader }],
});
const send = (atMs: number, tookMs: number, value: string, more: Partial<SendEvent> = {}): SendEvent => ({
  kind: "send",
  atMs,
  tookMs,
  client: "warm",
  value,
  topic: "t",
  outcome: "ok",
  broker: 1,
  partition: 0,
  attempts: [],
  ...more,
});
const HISTORY: readonly HistoryEvent[] = [
  {
    kind: "run",
    atMs: 0,
    startedAt: "2026-01-01T00:00:00.000Z",
    scenario: "table",
    engine: "local",
    kafka: "3.9.2",
    brokers: [],
  },
  cluster(50, 1),
  send(100, 10, "a", { offset: "0" }),
  {
    kind: "fault",
    atMs: 200,
    tookMs: 5,
    effectAtMs: 203,
    id: "kill-1",
    fault: "kill",
    targets: [1],
    asked: "1",
    via: "SIGKILL",
  },
  send(202, 1, "never", { outcome: "info", error: "TIMEOUT" }),
  send(210, 1800, "b", { offset: "1" }),
  cluster(1900, 2),
  send(2020, 5, "c", { offset: "2" }),
  {
    kind: "heal",
    atMs: 5000,
    tookMs: 5,
    id: "kill-1",
    fault: "kill",
    targets: [1],
    via: "start",
    effectAtMs: 5003,
  },
  send(5100, 400, "late", { outcome: "info" }),
  {
    kind: "readback",
    atMs: 6000,
    tookMs: 5,
    client: "readback",
    topic: "t",
    partitions: [{ partition: 0, from: "0", to: "3", complete: true }],
    records: [
      { value: "a", partition: 0, offset: "0" },
      { value: "b", partition: 0, offset: "1" },
      { value: "c", partition: 0, offset: "2" },
    ],
  },
];
const asked = { topic: "t", client: "warm", givenUpMs: 5400 };

test("factsOf() reads gap, leader, losses and the first send of a history; what was given up at the end is not unknown", () => {
  assert.equal(factsOf(HISTORY, asked), {
    failsOver: true,
    served: true,
    gapMs: 1807,
    lost: 0,
    duplicates: 0,
    unknown: 1,
    failed: 0,
    acknowledged: 3,
    firstSend: { outcome: "ok", tookMs: 1800 },
  });
  assert.is(factsOf(HISTORY, { ...asked, givenUpMs: Infinity }).unknown, 2);
});

/** A history with its readback changed. */
function reading(
  change: (event: Extract<HistoryEvent, { kind: "readback" }>) => HistoryEvent,
): HistoryEvent[] {
  return HISTORY.map((event) => (event.kind === "readback" ? change(event) : event));
}
const MUTATIONS: readonly [string, readonly HistoryEvent[], Partial<Facts>][] = [
  [
    "without the new leader",
    HISTORY.filter((event) => !(event.kind === "cluster" && event.atMs > 100)),
    { failsOver: false },
  ],
  [
    "with a leader that comes back before the healing",
    [...HISTORY.slice(0, 7), cluster(4000, 1), ...HISTORY.slice(7)],
    { failsOver: true },
  ],
  [
    "with nobody as leader",
    HISTORY.map((event) => (event.kind === "cluster" && event.atMs > 100 ? cluster(1900, null) : event)),
    { failsOver: false },
  ],
  [
    "without acknowledgements after the fault",
    HISTORY.filter((event) => !(event.kind === "send" && ["b", "c"].includes(event.value))),
    { served: false, gapMs: null, acknowledged: 1 },
  ],
  [
    "with an acknowledged record that is not read",
    reading((event) => ({ ...event, records: event.records.slice(0, 2) })),
    { lost: 1 },
  ],
  [
    "with a record that is read twice",
    reading((event) => ({
      ...event,
      partitions: [{ partition: 0, from: "0", to: "4", complete: true }],
      records: [...event.records, { value: "b", partition: 0, offset: "3" }],
    })),
    { duplicates: 1 },
  ],
  [
    "with a readback that stopped",
    reading((event) => ({
      ...event,
      partitions: [{ partition: 0, from: "0", to: "3", complete: false }],
      records: event.records.slice(0, 1),
    })),
    { lost: null },
  ],
];
for (const [what, history, expected] of MUTATIONS) {
  test(`factsOf() of a history ${what}: ${JSON.stringify(expected)}`, () => {
    const facts = factsOf(history, asked);
    assert.equal({ ...facts, ...expected }, facts);
  });
}

const PREDICTION = prediction({ gap: { fromMs: 1300, toMs: 2500 } });
const FACTS: Facts & { watchedMs: number } = {
  failsOver: true,
  served: true,
  gapMs: 1800,
  lost: 0,
  duplicates: 0,
  unknown: 0,
  failed: 0,
  acknowledged: 300,
  firstSend: null,
  watchedMs: 5000,
};

test("compare() finds no miss where everything came as predicted, and nothing that is possible or a race is one", () => {
  const { outcomes, window, misses } = compare(PREDICTION, FACTS);
  assert.equal(
    [outcomes.map(({ verdict }) => verdict), window, misses],
    [Array(5).fill(true), { verdict: true, fromMs: 1300, toMs: 2500, measuredMs: 1800 }, []],
  );
  for (const came of [
    {},
    { failsOver: false, served: false, gapMs: null, lost: 3, duplicates: 2, unknown: 1 },
  ]) {
    assert.equal(
      compare(
        {
          ...PREDICTION,
          failsOver: 0.5,
          served: 0.5,
          lost: "possible",
          duplicates: "possible",
          unknown: "possible",
        },
        { ...FACTS, ...came },
      ).misses,
      [],
    );
  }
});
/** The outcomes and the window that are not as predicted: their verdict, and what was measured. */
const COMPARED: readonly [string, Partial<Prediction>, Partial<typeof FACTS>, ...miss: unknown[]][] = [
  ["a leader that stays", {}, { failsOver: false }, "fails over", false, "no"],
  ["a leader that moves", { failsOver: 0 }, {}, "fails over", false, "yes"],
  ["a client that is never served", {}, { served: false, gapMs: null }, "served", false, "no"],
  ["a client that is served", { served: 0, gap: null }, {}, "served", false, "yes"],
  ["a lost record", {}, { lost: 1 }, "lost", false, "1"],
  ["a record twice", {}, { duplicates: 2 }, "duplicates", false, "2"],
  ["a send of which nobody knows", {}, { unknown: 3 }, "unknown", false, "3"],
  ["a gap that is too short", {}, { gapMs: 1299 }, "window", false, 1299],
  ["a gap that is too long", {}, { gapMs: 2501 }, "window", false, 2501],
  ["losses that cannot be told", {}, { lost: null }, "lost", "unknown", "?"],
  [
    "a fault that was healed too early",
    {},
    { served: false, gapMs: null, watchedMs: 2000 },
    "served",
    "unknown",
    "no",
  ],
];
for (const [what, said, came, ...miss] of COMPARED) {
  test(`compare() calls ${what} a miss, and only that`, () => {
    const { misses, outcomes, window } = compare({ ...PREDICTION, ...said }, { ...FACTS, ...came });
    assert.is(misses.length, 1, misses.join("; "));
    const compared = [
      ...outcomes.map(({ name, verdict, measured }) => [name, verdict, measured]),
      ...(window === null ? [] : [["window", window.verdict, window.measuredMs]]),
    ];
    assert.equal(
      compared.filter(([, verdict]) => verdict !== true),
      [miss],
    );
  });
}
test("compare() takes both ends of a window as within it", () => {
  for (const gapMs of [1300, 2500]) assert.is(compare(PREDICTION, { ...FACTS, gapMs }).window?.verdict, true);
});

const right = compare(PREDICTION, FACTS);
const late = compare(PREDICTION, { ...FACTS, gapMs: 9999 });
const wrong = compare(PREDICTION, { ...FACTS, lost: 1 });
const many = (one: Comparison, n: number): Comparison[] => Array<Comparison>(n).fill(one);
const CODES: readonly [string, readonly Comparison[], number, 0 | 2 | 3][] = [
  ["all right", many(right, 20), 0, 0],
  ["one window of twenty", [...many(right, 19), late], 0, 0],
  ["one window of nineteen", [...many(right, 18), late], 0, 2],
  ["one outcome of a hundred", [...many(right, 99), wrong], 0, 2],
  ["nothing measured", [], 0, 3],
  ["a row that could not be", many(right, 20), 1, 3],
  ["a wrong outcome and a row that could not be", [wrong], 1, 2],
];
for (const [what, comparisons, failed, code] of CODES)
  test(`exitCodeOf() ${what}: ${code}`, () => assert.is(exitCodeOf(comparisons, failed), code));
test("tally() does not count what could not be measured, and percent() never rounds up", () => {
  assert.equal(tally([right, late, compare(PREDICTION, { ...FACTS, lost: null })]), {
    outcomes: 14,
    outcomesRight: 14,
    windows: 3,
    windowsRight: 2,
  });
  assert.equal(
    [percent(949, 1000), percent(9499, 10000), percent(19, 20), percent(0, 0)],
    ["94.9 %", "94.9 %", "95.0 %", "-"],
  );
});

/** Three brokers with Kafka's defaults; broker 1 leads, broker 3 is the controller. */
const CIRCUMSTANCES: Circumstances = {
  kafka: "3.9.2",
  engine: "local",
  controller: 3,
  voters: [1, 2, 3],
  nodes: [1, 2, 3].map((broker) => ({
    nodeId: broker,
    broker,
    roles: ["broker", "controller"],
    isReachable: true,
    properties: {},
  })),
  topic: { topic: "t", partition: 0, state: partition, minIsr: 2, uncleanElection: false, isAssumed: false },
  client: {
    name: "warm",
    client: "kafkajs",
    isWarm: true,
    bootstrap: [1, 2, 3],
    acks: -1,
    idempotent: false,
    requestTimeout: 5000,
    connectionTimeout: 1000,
    retries: 2_147_483_647,
    initialRetryTime: 100,
    maxRetryTime: 200,
    metadataMaxAge: 300_000,
    deliveryTimeout: 120_000,
    maxBlock: null,
    dropHungConnections: true,
  },
  fault: { kind: "kill", targets: [1] },
};
const run = (id: string, more: Partial<MeasuredRow> = {}, facts: Partial<Facts> = {}): MeasuredRow => ({
  id,
  prediction: PREDICTION,
  facts: { ...FACTS, ...facts },
  circumstances: CIRCUMSTANCES,
  kafka: "3.9.2",
  engine: "local",
  bootMs: 2500,
  watchedMs: 5000,
  tookMs: 10_000,
  startedAt: "2026-01-01T00:00:00.000Z",
  ...more,
});
const DATA: TableData = {
  date: "2026-01-01",
  rows: [run("stop-leader"), run("kill-leader", {}, { gapMs: 3000 }), run("pause-leader")],
  failed: [{ id: "kill-leader-4", why: "no jars" }],
  skipped: [{ id: "docker-stop-leader", why: "no daemon" }],
};

test("told() puts misses first, whatever the order of the rows", () => {
  assert.equal(
    told(DATA).map(({ row }) => row.id),
    ["kill-leader", "stop-leader", "pause-leader"],
  );
  assert.equal(
    told(DATA).map((one) => cells(one)[0]),
    ["MISS", "right", "right"],
  );
  for (const one of told(DATA)) assert.is(cells(one).length, HEAD.length);
});
test("missLines() tell why where that is written down, and else that it is open", () => {
  assert.equal(missLines(told(DATA), {}), [
    "kill-leader: 3.0 s without an acknowledged send, predicted 1.3 s to 2.5 s: 500 ms too long. " +
      "Open: not explained yet.",
  ]);
  assert.match(missLines(told(DATA), { "kill-leader": "Because." })[0]!, /too long\. Because\.$/);
  assert.is(countLine(told(DATA)), "outcomes right 15/15, windows 2/3 = 66.6 %");
});
test("words of a row tell what makes it another", () => {
  assert.is(faultWords(of("isolate-leader-clients-reset")), "isolate (clients, reset)");
  assert.is(faultWords(of("delay-clients-below")), "delay 1s (clients)");
  assert.is(targetWords(of("kill-leader-controller")), "leader, which is the controller");
  assert.is(clusterWords(of("kill-leader-rf-1-4")), "three-brokers, Kafka 4, RF 1, min.insync.replicas=1");
  assert.is(faultWords(of("min-isr-raised")), "reconfigure (min.insync.replicas=3)");
  assert.is(faultWords(of("elect-unclean")), "elect (unclean)");
  assert.is(targetWords(of("min-isr-raised")), "topic, after stop of the follower");
  assert.is(targetWords(of("power-cut-all")), "all brokers, after forget-disk of all brokers");
  assert.is(
    targetWords(of("elect-unclean")),
    "topic, after stop of the follower, kill of the leader, healing of the first",
  );
  assert.is(clientWords(of("kill-leader-idempotent")), "kafkajs, acks all, requestTimeout 2s, idempotent");
});
test("pageText() holds every run, what was left out, and each miss with its reason", () => {
  const page = pageText(DATA, { "kill-leader": "Because." });
  for (const text of [
    "| MISS | kill-leader |",
    "| right | stop-leader |",
    "too long. Because.",
    "- kill-leader-4: no jars",
    "- docker-stop-leader: no daemon",
    "windows 2/3 = 66.6 %",
    "Measured on 2026-01-01: local engine, Kafka 3.9.2.",
  ])
    assert.ok(page.includes(text), text);
  assert.ok(page.indexOf("| MISS |") < page.indexOf("| right |"));
});
test("readData() gives back what dataText() wrote, and refuses anything else", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "table-"));
  try {
    const file = path.join(folder, "data.json");
    writeFileSync(file, dataText(DATA));
    assert.equal(readData(file), JSON.parse(JSON.stringify(DATA)));
    for (const text of [
      "{}",
      "null",
      '{ "date": "x", "rows": [{ "id": "a" }], "failed": [], "skipped": [] }',
      "",
      "{",
      "\u0000\u0001",
      JSON.stringify({ ...DATA, date: "../../../x" }),
      JSON.stringify({ ...DATA, rows: [{ ...DATA.rows[0], facts: {} }] }),
      JSON.stringify({ ...DATA, rows: [{ ...DATA.rows[0], prediction: {} }] }),
      JSON.stringify({ ...DATA, failed: [5] }),
    ]) {
      writeFileSync(file, text);
      assert.throws(() => readData(file), refusal("BAD_RUN", { file }));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
test("merged() joins tables: what one of them measured is neither failed nor left out", () => {
  const other: TableData = {
    date: "2026-01-02",
    rows: [run("docker-stop-leader", { engine: "docker" })],
    failed: [{ id: "kill-leader-4", why: "no jars" }],
    skipped: [{ id: "stop-leader", why: "no Java" }],
  };
  const { date, rows, failed, skipped } = merged([DATA, other]);
  assert.equal([date, rows.length, failed, skipped], ["2026-01-02", 4, DATA.failed, []]);
});
test("predictedAgain() says of each run's circumstances what predict() says, whatever was said before", () => {
  const again = predictedAgain(DATA).rows[0]!;
  assert.equal(again, { ...DATA.rows[0]!, prediction: predict(CIRCUMSTANCES) });
  assert.ok(again.prediction.gap!.toMs > PREDICTION.gap!.toMs, "with Kafka's own timers it takes longer");
});

const folder = fileURLToPath(new URL("../../scripts/table/", import.meta.url));
const newest = existsSync(path.join(folder, "data"))
  ? readdirSync(path.join(folder, "data")).sort().at(-1)
  : undefined;
if (newest !== undefined) {
  const committed = readData(path.join(folder, "data", newest));
  test("the page is what the newest data come to", () => {
    assert.is(readFileSync(path.join(folder, "README.md"), "utf8"), pageOf({}));
  });
  test("predict() of the circumstances that were committed is right on every outcome, and its windows hold", () => {
    const all = told(predictedAgain(committed));
    assert.is(exitCodeOf(all.map(({ comparison }) => comparison)), 0, missLines(all, MISSES).join("\n"));
  });
  test("every miss that was committed has an explanation", () => {
    assert.equal(
      told(committed)
        .filter(({ row, comparison }) => comparison.misses.length > 0 && MISSES[row.id] === undefined)
        .map(({ row }) => row.id),
      [],
    );
  });
  test("the committed data name no folder and no address of the machine", () => {
    assert.not.match(
      readFileSync(path.join(folder, "data", newest), "utf8"),
      /\/tmp|\/home|\/root|localhost|127\.0\.0/,
    );
  });
}

test("tableOptions() choose rows by pattern and engine; the environment's engine is the default", () => {
  const ids = (argv: readonly string[], env = {}): string[] =>
    tableOptions(argv, env).rows.map(({ id }) => id);
  assert.equal(ids(["--rows", "^pause-leader$"]), ["pause-leader"]);
  assert.is(ids([]).length, ROWS.length);
  assert.equal(
    new Set(tableOptions([], { LAB_ENGINE: "local" }).rows.map(({ engine }) => engine)),
    new Set(["local"]),
  );
  assert.equal(
    new Set(tableOptions(["--engine", "docker"], { LAB_ENGINE: "local" }).rows.map(({ engine }) => engine)),
    new Set(["docker"]),
  );
  assert.is(tableOptions(["--repeat", "3"], {}).repeat, 3);
});
test("tableOptions() choose rows of groups with --groups, and none of them otherwise", () => {
  const ids = (argv: readonly string[]): string[] | undefined =>
    tableOptions(argv, {}).groups?.map(({ id }) => id);
  assert.is(ids([]), undefined);
  assert.equal(ids(["--groups", "--rows", "^member-kill-java-auto$"]), ["member-kill-java-auto"]);
  assert.is(ids(["--groups"])?.length, GROUP_ROWS.length);
  assert.is(tableOptions(["--groups", "--within", "4m"], {}).within, "4m");
});
test.run();
