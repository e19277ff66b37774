// A run's folder read back: what is taken, what is refused, and that the judgement follows what is in it.

import { Buffer } from "node:buffer";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertLabError, assertNames, refusal } from "./refusal.ts";
import { LabError, openRun } from "@kafka-failure-lab/sdk";
import { parseEvent, wrongEvent } from "../../sdk/model/history-schema.ts";
import { compressed } from "../../sdk/recording/lines.ts";
import { checkerName, renamedCall, renamedEvent } from "../../sdk/recording/renamed.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "lab-recording-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const run = {
  kind: "run",
  atMs: 0,
  startedAt: "2026-03-01T12:30:05.123Z",
  scenario: "01-broker-stops",
  engine: "local",
  kafka: "3.9.2",
  brokers: [{ broker: 1, nodeId: 1, service: "kafka-1" }],
};
const client = { kind: "client", atMs: 1, client: "warm", settings: { topic: "orders", idempotent: false } };
const first = {
  kind: "send",
  atMs: 10,
  tookMs: 5,
  client: "warm",
  value: "warm-1",
  topic: "orders",
  outcome: "ok",
  broker: 1,
  partition: 0,
  offset: "0",
  attempts: [{ atMs: 11, tookMs: 4, broker: 1, address: "localhost:29091", api: "Produce" }],
};
const second = {
  ...first,
  atMs: 40,
  value: "warm-2",
  offset: "1",
  attempts: [
    { atMs: 41, tookMs: 4, broker: null, address: "localhost:1", api: "Connect", error: "ECONNREFUSED" },
  ],
};
const stop = {
  kind: "fault",
  atMs: 20,
  tookMs: 3,
  effectAtMs: 21,
  id: "stop-1",
  fault: "stop",
  targets: [1],
  asked: "leader",
  via: "SIGTERM",
};
const heal = {
  kind: "heal",
  atMs: 30,
  tookMs: 3,
  effectAtMs: 31,
  id: "stop-1",
  fault: "stop",
  targets: [1],
  via: "start",
};
const view = {
  kind: "cluster",
  atMs: 2,
  controller: 1,
  controllerNodeId: 1,
  controllerEpoch: 3,
  alive: [1],
  partitions: [
    { topic: "orders", partition: 0, leader: null, leaderEpoch: 2, replicas: [1], isr: [1], offline: [] },
  ],
};
const readback = {
  kind: "readback",
  atMs: 60,
  tookMs: 5,
  client: "readback",
  topic: "orders",
  partitions: [{ partition: 0, from: "0", to: "2", complete: true }],
  records: [
    { value: "warm-1", partition: 0, offset: "0" },
    { value: "warm-2", partition: 0, offset: "1" },
  ],
};
const history = [run, client, view, first, stop, heal, second, readback];

const lines = (events: readonly unknown[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join("");

let count = 0;
/** A folder with these files. */
function made(files: Readonly<Record<string, string | Uint8Array>>): string {
  const dir = path.join(folder, "runs", String(++count));
  mkdirSync(dir, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(dir, name), content);
  return dir;
}

async function rejection(dir: string): Promise<LabError> {
  const error = await openRun(dir).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.instance(error, LabError);
  return error as LabError;
}

test("openRun() reads a history, judges it and draws it", async () => {
  const opened = await openRun(made({ "history.jsonl": lines(history) }));
  assert.equal(
    [opened.scenario, opened.engine, opened.kafka, opened.startedAt.toISOString()],
    ["01-broker-stops", "local", "3.9.2", run.startedAt],
  );
  assert.equal(opened.history as readonly unknown[], history);
  const judgement = opened.judge({ checks: ["noLostWrites", "order"] });
  assert.equal([judgement.verdict, judgement.counts.acknowledged, judgement.counts.lost], [true, 2, 0]);
  assert.match(opened.timeline().join("\n"), /stop 1[^]*warm[^]*heal +stop broker 1/);
  assert.equal(
    [opened.verdict, opened.claim, opened.notes, opened.differences(judgement)],
    [undefined, undefined, ["the run was not concluded: it has no verdict"], []],
  );
});

test("openRun() reads the same from a compressed history", async () => {
  const opened = await openRun(made({ "history.jsonl.gz": gzipSync(lines(history)) }));
  assert.equal(opened.history as readonly unknown[], history);
});

test("openRun() finds a lost record where an acknowledged one is taken out of the readback", async () => {
  const mutated = { ...readback, records: readback.records.slice(0, 1) };
  const recorded = JSON.stringify({
    claim: "nothing is lost",
    verdict: true,
    exitCode: 0,
    judgement: (await openRun(made({ "history.jsonl": lines(history) }))).judge(),
    asked: {},
    holds: true,
  });
  const whole = await openRun(made({ "history.jsonl": lines(history), "verdict.json": recorded }));
  assert.equal(
    [
      whole.claim,
      whole.verdict,
      whole.verdictWith(whole.judge()),
      whole.differences(whole.judge()),
      whole.notes,
    ],
    ["nothing is lost", true, true, [], []],
  );
  const opened = await openRun(
    made({
      "history.jsonl": lines(history.map((event) => (event === readback ? mutated : event))),
      "verdict.json": recorded,
    }),
  );
  const judgement = opened.judge();
  assert.equal(
    [judgement.verdict, judgement.counts.lost, opened.verdict, opened.verdictWith(judgement)],
    [false, 1, true, false],
  );
  const differences = opened.differences(judgement).join("\n");
  for (const line of [
    /^the checkers say false, recorded: true$/m,
    /^noLostWrites: .*Recorded: /m,
    /^lost: 1, recorded: 0$/m,
  ])
    assert.match(differences, line);
});

test("openRun() reads the names that checkers had before 0.6", async () => {
  const { judge } = await openRun(made({ "history.jsonl": lines(history) }));
  const judgement = judge({ checks: ["noLostWrites", "noPhantomWrites", "order"] });
  const old = (text: string): string =>
    text.replaceAll("noLostWrites", "survive").replaceAll("noPhantomWrites", "honest");
  const asked = { checks: ["noLostWrites", "noPhantomWrites", "order"] };
  const verdict = JSON.stringify({ claim: "c", verdict: true, judgement, asked, holds: true });
  const opened = await openRun(made({ "history.jsonl": lines(history), "verdict.json": old(verdict) }));
  assert.equal(opened.differences(opened.judge()), []);
  assert.equal(
    opened.judge().checks.map(({ checker }) => checker),
    asked.checks,
  );
});

test("openRun() keeps the scenario's own part of the verdict", async () => {
  const judgement = (await openRun(made({ "history.jsonl": lines(history) }))).judge({
    checks: ["noLostWrites"],
  });
  for (const [holds, recorded, expected] of [
    [false, false, false],
    [undefined, false, false],
    ["unknown", "unknown", "unknown"],
    [undefined, true, true],
  ] as const) {
    const opened = await openRun(
      made({
        "history.jsonl": lines(history),
        "verdict.json": JSON.stringify({
          claim: "c",
          verdict: recorded,
          judgement,
          ...(holds === undefined ? {} : { holds }),
        }),
      }),
    );
    assert.equal(
      opened.judge().checks.map(({ checker }) => checker),
      ["noLostWrites"],
      "asks what the run asked",
    );
    assert.is(opened.verdictWith(opened.judge()), expected);
  }
});

test("openRun() leaves out a last line that was cut off, and says so", async () => {
  const opened = await openRun(
    made({ "history.jsonl": lines(history) + JSON.stringify(second).slice(0, 40) }),
  );
  assert.is(opened.history.length, history.length);
  assertNames(opened.notes[0]!, ["8"]);
});

for (const [what, changed, ...names] of [
  ["an unknown kind", { ...first, kind: "sent" }, '"sent"'],
  ["no kind", { atMs: 1 }, "kind"],
  ["a list", [1], "kind"],
  [
    "an outcome of its own",
    { ...first, outcome: "maybe" },
    "send",
    "outcome",
    '"maybe"',
    '"ok", "fail", "info"',
  ],
  ["no value", { ...first, value: undefined }, "value"],
  ["a time as text", { ...first, atMs: "10" }, "atMs", '"10"', "number"],
  [
    "an attempt without its address",
    { ...first, attempts: [{ ...first.attempts[0], address: undefined }] },
    "attempts[0].address",
  ],
  [
    "an offset as a number",
    { ...readback, records: [{ value: "a", partition: 0, offset: 0 }] },
    "records[0].offset",
    "0",
  ],
  [
    "a partition without replicas",
    { ...view, partitions: [{ ...view.partitions[0], replicas: null }] },
    "partitions[0].replicas",
    "null",
  ],
  ["a fault without a proper name", { ...stop, fault: "Explode!" }, "fault", '"Explode!"'],
] as const) {
  test(`openRun() refuses an event with ${what}, with file and line`, async () => {
    const dir = made({ "history.jsonl": lines([run, changed, readback]) });
    assertLabError(
      await rejection(dir),
      "BAD_RUN",
      { file: path.join(dir, "history.jsonl"), line: 2 },
      names,
    );
  });
}

test(
  "openRun() refuses what is no JSON in the middle, an empty history, one without its beginning, and a " +
    "damaged file",
  async () => {
    for (const [files, facts, ...names] of [
      [
        { "history.jsonl": `${JSON.stringify(run)}\n{"kind":\n${JSON.stringify(first)}\n` },
        { file: "history.jsonl", line: 2 },
        "JSON",
      ],
      [{ "history.jsonl": "" }, { file: "history.jsonl" }, "history"],
      [{ "history.jsonl": lines([first, readback]) }, { file: "history.jsonl" }, "send", "run"],
      [{ "history.jsonl.gz": gzipSync(lines(history)).subarray(0, 60) }, { file: "history.jsonl.gz" }],
      [{ "history.jsonl": lines(history), "verdict.json": "{" }, { file: "verdict.json" }, "JSON"],
      [{ "history.jsonl": lines(history), "verdict.json": "{}" }, { file: "verdict.json" }, "claim"],
    ] as const) {
      const dir = made(files);
      assertLabError(await rejection(dir), "BAD_RUN", { ...facts, file: path.join(dir, facts.file) }, names);
    }
  },
);

const bom = "\uFEFF";
for (const [what, text] of [
  ["a byte order mark", bom + lines(history)],
  ["empty lines", `\n${lines(history).replaceAll("\n", "\n \n")}\n\n`],
  ["lines that end as on Windows", lines(history).replaceAll("\n", "\r\n")],
  ["a last line without an end", lines(history).trimEnd()],
] as const)
  test(`openRun() reads a history with ${what}`, async () => {
    for (const [name, content] of [
      ["history.jsonl", text] as const,
      ["history.jsonl.gz", gzipSync(text)] as const,
    ]) {
      const opened = await openRun(made({ [name]: content }));
      assert.equal(opened.history as readonly unknown[], history);
      assert.is(opened.notes.length, 1);
      assertNames(opened.notes[0]!, ["verdict"]);
    }
  });

test("openRun() counts empty lines where it names a line, and drops a cut one behind them", async () => {
  const error = await rejection(made({ "history.jsonl": `${bom}\n\n${lines([run])}\r\n{}\n` }));
  assert.equal([error.code, error.facts.line], ["BAD_RUN", 5]);
  const cut = await openRun(made({ "history.jsonl": `${lines(history)}\r\n\r\n{"kind":"se` }));
  assert.is(cut.history.length, history.length);
  assertNames(cut.notes[0]!, ["line"]);
});

test("openRun() refuses what is no file, and a file that is too large or never ends", async () => {
  const isFolder = made({});
  mkdirSync(path.join(isFolder, "history.jsonl"));
  const endless = made({});
  symlinkSync("/dev/zero", path.join(endless, "history.jsonl"));
  const pipe = made({});
  symlinkSync("/dev/zero", path.join(pipe, "history.jsonl.gz"));
  const bomb = made({ "history.jsonl.gz": gzipSync(Buffer.alloc(129 << 20), { level: 1 }) });
  const verdict = made({ "history.jsonl": lines(history) });
  mkdirSync(path.join(verdict, "verdict.json"));
  for (const [dir, file, name] of [
    [isFolder, "history.jsonl", "folder"],
    [endless, "history.jsonl", "device"],
    [pipe, "history.jsonl.gz", "device"],
    [bomb, "history.jsonl.gz", "128 MiB"],
    [verdict, "verdict.json", "folder"],
  ] as const)
    assertLabError(await rejection(dir), "BAD_RUN", { file: path.join(dir, file) }, [name]);
});

test("openRun() names the nearest runs where there is none", async () => {
  const dir = made({ "history.jsonl": lines(history) });
  const { facts } = assertLabError(await rejection(path.join(path.dirname(dir), "none")), "NO_SUCH_RUN");
  assert.match(facts.hint!, /runs/);
  assertLabError(await rejection(folder), "NO_SUCH_RUN", {}, ["history.jsonl"]);
});

test("wrongEvent() takes every kind of event, and knows nothing that history.ts does not", () => {
  const log = {
    kind: "log",
    atMs: 3,
    source: "java",
    level: "WARN",
    logger: "NetworkClient",
    text: "Connection could not be established",
  };
  const proof = {
    measured: [
      { broker: 1, path: "clients", expected: "slower", beforeMs: 1, afterMs: null, waitedMs: 1000 },
    ],
    counted: { 1: { text: "3 packets", acted: 3, dropped: 0 } },
    unmeasured: [],
  };
  const delay = {
    ...stop,
    fault: "delay",
    network: [{ kind: "delay", delayMs: 1, jitterMs: 0, broker: 1, path: "all", direction: "out" }],
    proof,
    differs: "a link",
  };
  for (const event of [
    ...history,
    log,
    delay,
    { ...heal, proof },
    { kind: "step", atMs: 1, name: "normal" },
    { kind: "note", atMs: 1, text: "so" },
    { kind: "read", atMs: 1, tookMs: 2, client: "warm", topic: "orders", records: [] },
    {
      ...first,
      outcome: "info",
      broker: undefined,
      partition: undefined,
      offset: undefined,
      error: "timed out",
    },
  ]) {
    assert.is(wrongEvent(event), undefined);
  }
});

const isolate = { kind: "isolate", how: "drop", broker: 1, path: "peers", direction: "both" };
const line = { atMs: 1, service: "kafka-1", broker: 1, nodeId: 1, level: "INFO", logger: "x", text: "y" };
const inTopic = { nodeId: 2, topic: "orders", partition: 0 };
const event = (fact: object): object => ({ kind: "broker log", ...line, fact });
for (const [what, value, ...names] of [
  ["nothing", undefined, "object"],
  ["a number", 5, "object"],
  ["a kind of its own", { kind: "nope" }, '"nope"'],
  ["a kind of every object", { kind: "constructor" }, '"constructor"'],
  ["a text that is none", { kind: "note", atMs: 1, text: 5 }, "text", "5"],
  ["a time that does not end", { kind: "step", atMs: Infinity, name: "a" }, "atMs", "null"],
  ["a negative duration", { ...first, tookMs: -1 }, "tookMs", "-1"],
  ["half a broker", { ...stop, targets: [1.5] }, "targets[0]", "1.5"],
  ["a broker that is text", { ...first, broker: "leader" }, "broker", '"leader"'],
  ["a word that no line tells", event({ what: "sleeps" }), "fact.what", '"sleeps"', '"fenced"'],
  ["a line without its node", event({ what: "fenced" }), "fact.nodeId"],
  ["a delay without its length", { ...stop, network: [{ ...isolate, kind: "delay" }] }, "network[0].delayMs"],
  [
    "a path that does not exist",
    { ...stop, network: [{ ...isolate, path: "moon" }] },
    "network[0].path",
    '"moon"',
  ],
  ["an offset that is too long", { ...first, offset: "1".repeat(20) }, "offset", "1".repeat(20)],
] as const)
  test(`parseEvent() refuses ${what}, and names the field`, () => {
    assert.throws(() => parseEvent(value), refusal(TypeError, ...names));
  });
test("parseEvent() gives back what is an event", () => {
  for (const one of [...history, event({ what: "fenced", nodeId: 0 }), { ...stop, network: [isolate] }])
    assert.is(parseEvent(one), one as unknown);
});

for (const [what, old, fact] of [
  ["a fact whose name is as before", { what: "fenced", nodeId: 2 }, { what: "fenced", nodeId: 2 }],
  ["let go", { what: "let go", nodeId: 2 }, { what: "controlledShutdownGranted", nodeId: 2 }],
  ["stands", { what: "stands", nodeId: 2 }, { what: "becameCandidate", nodeId: 2 }],
  [
    "quorum leader",
    { what: "quorum leader", nodeId: null, epoch: 4 },
    { what: "quorumLeader", nodeId: null, epoch: 4 },
  ],
  [
    "controller active",
    { what: "controller active", nodeId: 2, epoch: 4 },
    { what: "controllerActive", nodeId: 2, epoch: 4 },
  ],
  ["shutting down", { what: "shutting down", nodeId: 2 }, { what: "shuttingDown", nodeId: 2 }],
  ["shut down", { what: "shut down", nodeId: 2 }, { what: "shutDown", nodeId: 2 }],
  [
    "leads",
    { what: "leads", ...inTopic, leaderEpoch: 1, offset: "5", isr: [1] },
    { what: "becameLeader", ...inTopic, leaderEpoch: 1, offset: "5", isr: [1] },
  ],
  [
    "follows",
    { what: "follows", ...inTopic, leaderEpoch: 1, leaderNodeId: 3 },
    { what: "becameFollower", ...inTopic, leaderEpoch: 1, leaderNodeId: 3 },
  ],
  [
    "isr shrinks",
    { what: "isr shrinks", ...inTopic, from: [1, 2], to: [1] },
    { what: "isrShrinks", ...inTopic, from: [1, 2], to: [1] },
  ],
  [
    "a registration's `is`",
    { what: "registration", nodeId: 2, is: "unfenced" },
    { what: "registration", nodeId: 2, state: "unfenced" },
  ],
] as const)
  test(`openRun() reads a line that 0.5 wrote: ${what}`, async () => {
    const { history: read } = await openRun(
      made({ "history.jsonl": lines([run, { kind: "broker log", ...line, told: old }]) }),
    );
    assert.equal(read.slice(1), [event(fact)]);
  });

test("openRun() reads a prediction that 0.5 wrote, and a call's, with each timer's owner", async () => {
  const old = { name: "request.timeout.ms", ms: 2000, of: "client", source: "Kafka" };
  const now = { name: "request.timeout.ms", ms: 2000, owner: "client", source: "Kafka" };
  const predicted = (timer: object): object => ({
    fault: "stop",
    targets: [1],
    failsOver: 0,
    served: 0,
    gap: null,
    lost: "no",
    duplicates: "no",
    unknown: "no",
    why: "",
    sentence: "",
    timers: [timer],
    parts: [{ kind: "request", tookMs: { fromMs: 0, toMs: 5 }, timers: [timer], what: "until it ends" }],
    send: { ok: 0, tookMs: null, endedBy: timer },
    roundTrips: [{ api: "Produce", broker: "leader", delays: 1, atMs: 9, limit: timer, holds: 1 }],
  });
  const written = { kind: "prediction", atMs: 2, client: "warm", topic: "orders" };
  const { history: read } = await openRun(
    made({ "history.jsonl": lines([run, { ...written, prediction: predicted(old) }]) }),
  );
  assert.equal(read.slice(1), [{ ...written, prediction: predicted(now) }]);
  const call = { n: 1, path: "lab.predict", args: ["stop", 1], endMs: 3, events: 2 };
  assert.equal(renamedCall({ ...call, value: predicted(old) }), {
    ...call,
    value: { ...predicted(now), partitions: [] },
  });
});

test("names of files that 0.5 wrote: what is none of them stays as it is", () => {
  assert.is(checkerName("survive"), "noLostWrites");
  assert.is(checkerName("honest"), "noPhantomWrites");
  assert.is(checkerName("constructor"), "constructor");
  for (const value of [
    null,
    5,
    "x",
    [],
    { kind: "note", text: "told" },
    event({ what: "fenced", nodeId: 1 }),
  ])
    assert.is(renamedEvent(value), value);
  for (const value of [null, 5, { path: "cluster.stop", value: { of: 1 } }])
    assert.is(renamedCall(value), value);
  const torn = { kind: "prediction", prediction: null };
  assert.equal(renamedEvent(torn), torn);
  assert.equal(renamedEvent({ kind: "broker log", told: null }), { kind: "broker log", fact: null });
});

test("compressed() makes the same bytes of the same values, whatever the time and the system", () => {
  const bytes = compressed(["1", "2"]);
  assert.equal(
    [...bytes.subarray(0, 10)].filter((_, i) => i !== 8),
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 255],
  );
  const dir = made({ "history.jsonl.gz": compressed(history.map((event) => JSON.stringify(event))) });
  assert.equal(
    compressed(history.map((event) => JSON.stringify(event))),
    readFileSync(path.join(dir, "history.jsonl.gz")),
  );
});
test.run();
