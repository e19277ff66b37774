// A lab that answers from a recording, written out by hand: no broker, no waits, and nothing that was not
// recorded.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertLabError, assertNames, refusal } from "./refusal.ts";
import { type Lab, LabError, type LabOptions, startLab } from "@kafka-failure-lab/sdk";
import { chooseRecording } from "../../sdk/recording/choose.ts";
import { makeTape } from "../../sdk/recording/tape.ts";
import { askedToReplay, lacking } from "../../sdk/recording/why.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "lab-replay-"));
const exitCode = process.exitCode;
test.after(() => {
  rmSync(folder, { recursive: true, force: true });
  delete process.env["LAB_REPLAY"];
  process.exitCode = exitCode;
});

const options = {
  compose: ["three-brokers"],
  engine: "auto",
  kafka: null,
  timers: "fast",
  properties: {},
  topic: { name: "orders", create: true },
};
const facts = {
  scenario: "01-broker-stops",
  startedAt: "2026-03-01T12:30:05.123Z",
  differs: ["one listener less"],
  bootstrap: ["localhost:29091"],
  topic: "orders",
  bootMs: 2300,
  options,
  engine: {
    kind: "local",
    kafka: "3.9.2",
    from: "pinned jars",
    nodes: [
      {
        service: "kafka-1",
        broker: 1,
        nodeId: 1,
        roles: ["broker"],
        client: "localhost:29091",
        observed: null,
        controller: null,
      },
    ],
  },
};
const send = (n: number, atMs: number): object => ({
  kind: "send",
  atMs,
  tookMs: 5,
  client: "warm",
  value: `warm-${n}`,
  topic: "orders",
  outcome: "ok",
  broker: 1,
  partition: 0,
  offset: String(n - 1),
  attempts: [],
});
const fault = {
  kind: "fault",
  atMs: 20,
  tookMs: 3,
  effectAtMs: 21,
  id: "stop-1",
  fault: "stop",
  targets: [2],
  asked: "leader",
  via: "SIGTERM",
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
const history = [
  {
    kind: "run",
    atMs: 0,
    startedAt: facts.startedAt,
    scenario: facts.scenario,
    engine: "local",
    kafka: "3.9.2",
    brokers: [],
  },
  { kind: "step", atMs: 1, name: "normal" },
  send(1, 10),
  fault,
  send(2, 25),
  {
    kind: "heal",
    atMs: 30,
    tookMs: 3,
    effectAtMs: 31,
    id: "stop-1",
    fault: "stop",
    targets: [2],
    via: "start",
  },
  readback,
];
const LOAD = 'probe("warm").load(1)';
/** In the order of their ends. */
const calls = [
  { n: 1, path: "lab.step", args: ["normal"], endMs: 1, events: 2 },
  {
    n: 2,
    path: "probe",
    args: [{ name: "warm" }],
    endMs: 2,
    events: 2,
    value: { name: "warm", topic: "orders", settings: { client: "kafkajs" } },
    handle: 'probe("warm")',
  },
  {
    n: 3,
    path: 'probe("warm").send',
    args: [],
    endMs: 15,
    events: 3,
    value: { outcome: "ok", tookMs: 5, value: "warm-1", attempts: [] },
  },
  { n: 4, path: "run.now", args: [], endMs: 16, events: 3, value: 15.5 },
  {
    n: 6,
    path: "cluster.waitFor",
    args: ["function", { timeout: "9s" }],
    endMs: 18,
    events: 3,
    value: { controller: 3 },
  },
  {
    n: 5,
    path: 'probe("warm").send',
    args: [],
    endMs: 30,
    events: 5,
    value: { outcome: "ok", tookMs: 5, value: "warm-2", attempts: [] },
  },
  {
    n: 7,
    path: "cluster.stop",
    args: ["leader"],
    endMs: 31,
    events: 5,
    value: {
      id: "stop-1",
      kind: "stop",
      targets: [2],
      asked: "leader",
      via: "SIGTERM",
      differs: [],
      sinceMs: 21,
      tookMs: 3,
      exits: {},
    },
    handle: 'fault("stop-1")',
  },
  { n: 8, path: 'fault("stop-1").isOpen', args: [], endMs: 31, events: 5, value: true },
  {
    n: 9,
    path: "cluster.pause",
    args: [9],
    endMs: 32,
    events: 5,
    error: {
      name: "LabError",
      code: "NO_SUCH_BROKER",
      message: "Cannot find broker 9: there are 1, 2, 3",
      facts: { broker: 9, hint: "Is it a node id?" },
    },
  },
  {
    n: 10,
    path: "net.delay",
    args: ["leader", "soon"],
    endMs: 32,
    events: 5,
    error: { name: "RangeError", message: "Cannot read the duration" },
  },
  {
    n: 11,
    path: 'probe("warm").start',
    args: [{ perSecond: 50 }],
    endMs: 32,
    events: 5,
    value: {},
    handle: LOAD,
  },
  { n: 12, path: `${LOAD}.counts`, args: [], endMs: 32, events: 5, value: { ok: 2, fail: 0, info: 0 } },
  { n: 13, path: 'fault("stop-1").heal', args: [], endMs: 33, events: 6 },
  { n: 14, path: `${LOAD}.acknowledged`, args: [50], endMs: 40, events: 6, pending: true },
];

let count = 0;
/** A scenario's folder with one recording, or several. */
function scenario(
  ...recordings: { facts?: object; calls?: readonly unknown[]; history?: readonly unknown[] }[]
): string {
  const dir = path.join(folder, String(++count));
  for (const [i, one] of (recordings.length === 0 ? [{}] : recordings).entries()) {
    const own = path.join(dir, String(i + 1));
    mkdirSync(own, { recursive: true });
    writeFileSync(path.join(own, "run.json"), JSON.stringify({ ...facts, ...one.facts }));
    writeFileSync(
      path.join(own, "calls.jsonl"),
      (one.calls ?? calls).map((call) => `${JSON.stringify(call)}\n`).join(""),
    );
    writeFileSync(
      path.join(own, "history.jsonl"),
      (one.history ?? history).map((event) => `${JSON.stringify(event)}\n`).join(""),
    );
  }
  return dir;
}

const given: LabOptions = { scenario: "01-broker-stops", timers: "fast", topic: { name: "orders" } };

/** Starts a lab that replays, and what it printed. */
async function replay(dir: string, options: LabOptions = given): Promise<{ lab: Lab; said: string[] }> {
  process.env["LAB_REPLAY"] = dir;
  const { error } = console;
  const said: string[] = [];
  console.error = (line: string) => said.push(line);
  try {
    return { lab: await startLab(options), said };
  } finally {
    console.error = error;
    delete process.env["LAB_REPLAY"];
  }
}

async function rejection(act: () => unknown): Promise<LabError> {
  try {
    await act();
  } catch (error) {
    assert.instance(error, LabError);
    return error as LabError;
  }
  return assert.unreachable("nothing was thrown") as never;
}

test("startLab() with LAB_REPLAY says in one line which run it replays, and has the recorded facts", async () => {
  const { lab, said } = await replay(scenario());
  assert.is(said.length, 1, said.join("\n"));
  assertNames(said[0]!, ["LAB_REPLAY", "2026-03-01", "3.9.2", "local"]);
  assert.equal(
    [
      lab.isReplay,
      lab.recordedAt?.toISOString(),
      lab.topic,
      lab.bootMs,
      lab.differs,
      lab.bootstrap,
      lab.engine.kafka,
    ],
    [true, facts.startedAt, "orders", 2300, facts.differs, facts.bootstrap, "3.9.2"],
  );
});

test("a replay answers every verb as recorded, without its waits, and its history grows with them", async () => {
  const { lab } = await replay(scenario());
  const began = performance.now();
  lab.step("normal");
  const warm = lab.probe({ name: "warm" });
  assert.equal([warm.name, warm.settings.client], ["warm", "kafkajs"]);
  assert.is(lab.run.history.length, 2);
  assert.is((await warm.send()).value, "warm-1");
  assert.equal([lab.run.history.length, lab.run.now(), lab.run.now()], [3, 15.5, 16]);
  assert.equal(
    (await lab.cluster.waitFor(({ controller }) => controller !== null, { timeout: "9s" })).controller,
    3,
  );
  assert.is((await warm.send()).value, "warm-2");
  const stopped = await lab.cluster.stop("leader");
  assert.equal(
    [stopped.targets, stopped.via, stopped.isOpen, stopped.isOpen, lab.run.history.length],
    [[2], "SIGTERM", true, true, 5],
  );
  const load = warm.start({ perSecond: 50 });
  assert.equal(load.counts, { ok: 2, fail: 0, info: 0 });
  await stopped.heal();
  assert.is(lab.run.history.at(-1)!.kind, "heal");
  assert.ok(performance.now() - began < 9_000, "it waited for the timeout of 9 s");
});

test("recordTrace() of a replayed run tells from the history as it is at that moment", async () => {
  const { lab } = await replay(scenario());
  assert.throws(() => lab.run.recordTrace("warm-1"), refusal(RangeError, '"warm-1"'));
  const warm = lab.probe({ name: "warm" });
  await warm.send();
  assert.equal(lab.run.recordTrace("warm-1").words, ["not known whether lost"]);
  assert.throws(() => lab.run.recordTrace("warm-2"), refusal(RangeError, '"warm-2"', '"warm-1"'));
  await lab.conclude({ print: false, exitCode: false });
  assert.equal(
    [lab.run.recordTrace("warm-1").words, lab.run.recordTrace("warm-2").sent.then.faults.map(({ id }) => id)],
    [["kept"], ["stop-1"]],
  );
  assert.equal(
    lab.run.anomalies({ slowerThan: 4 }).rows.map(({ value }) => value),
    ["warm-1", "warm-2"],
  );
});

test("heal() of a replayed fault may be called twice, as a real one's", async () => {
  const { lab } = await replay(scenario());
  const stopped = await lab.cluster.stop("leader");
  await stopped.heal();
  await stopped.heal();
  await stopped[Symbol.asyncDispose]();
  assert.is(lab.run.history.length, 6);
});

test("a replay throws what was thrown: the same class, code, text and facts", async () => {
  const { lab } = await replay(scenario());
  const error = await rejection(() => lab.cluster.pause(9));
  assert.equal(
    [error.code, error.facts.broker, error.message],
    ["NO_SUCH_BROKER", 9, "Cannot find broker 9: there are 1, 2, 3\n  Is it a node id?"],
  );
  const range = await lab.net.delay("leader", "soon" as "1s").catch((thrown: unknown) => thrown);
  assert.instance(range, RangeError);
});

test("a replay answers calls made at once in the order of their recorded ends, each in its own order", async () => {
  const { lab } = await replay(scenario());
  const warm = lab.probe({ name: "warm" });
  const order: string[] = [];
  const sends = [warm.send(), warm.send()].map((sending) => sending.then(({ value }) => order.push(value)));
  await Promise.all([
    ...sends,
    lab.cluster.waitFor(() => true, { timeout: "9s" }).then(() => order.push("waited")),
  ]);
  assert.equal(order, ["warm-1", "waited", "warm-2"]);
});

test("a replay leaves open what had not ended", async () => {
  const { lab } = await replay(scenario());
  const load = lab.probe({ name: "warm" }).start({ perSecond: 50 });
  const ended = await Promise.race([
    load.acknowledged(50).then(() => "ended"),
    lab.cluster.waitFor(() => true, { timeout: "9s" }).then(() => "open"),
  ]);
  assert.is(ended, "open");
});

for (const [what, act, ...names] of [
  [
    "another target",
    (lab: Lab) => lab.cluster.stop("controller"),
    'cluster.stop("controller")',
    'cluster.stop("leader")',
  ],
  ["another step", (lab: Lab) => lab.step("mine"), 'lab.step("mine")', 'lab.step("normal")'],
  [
    "a verb that was never called",
    (lab: Lab) => lab.cluster.kill(1),
    "cluster.kill(1)",
    'lab.step("normal")',
  ],
  [
    "a probe of its own",
    (lab: Lab) => lab.probe({ name: "mine" }),
    'probe({"name":"mine"})',
    'probe({"name":"warm"})',
  ],
  ["the default probe's name", (lab: Lab) => lab.probe.name, "probe.name()"],
  ["the engine's own verbs", (lab: Lab) => lab.engine.network.check([]), "engine.network.check([])"],
] as const) {
  test(`a replay refuses ${what}: NOT_RECORDED, what the recording has, and what a real cluster needs`, async () => {
    const { lab } = await replay(scenario());
    assertLabError(await rejection(() => act(lab)), "NOT_RECORDED", {}, [...names, "Java 17", "Docker"]);
  });
}

test("a replay refuses a call for which all answers are given", async () => {
  const { lab } = await replay(scenario({ calls: calls.slice(0, 1) }));
  lab.step("normal");
  assertLabError(await rejection(() => lab.step("normal")), "NOT_RECORDED", {}, ['lab.step("normal")']);
});

test(
  "conclude() of a replay judges the recorded history with the cell's own options, marks it, and writes " +
    "nothing",
  async () => {
    const dir = scenario();
    const { lab } = await replay(dir);
    const { log } = console;
    const said: string[] = [];
    console.log = (text: string) => said.push(text);
    const concluded = await lab
      .conclude({ claim: "mine", checks: ["noLostWrites"], holds: (_, all) => all.length === history.length })
      .finally(() => (console.log = log));
    assert.equal(
      [concluded.verdict, concluded.claim, concluded.exitCode, concluded.judgement.counts.acknowledged],
      [true, "mine", 0, 2],
    );
    assert.match(said.join("\n"), /claim: mine\nit held[^]*recorded run of 2026-03-01, judged again: /);
    assert.equal([concluded.dir, lab.run.history.length], [path.join(dir, "1"), history.length]);
    assert.is((await rejection(() => lab.probe({ name: "warm" }))).code, "LAB_CLOSED");
  },
);

test("conclude() of a replay is false where an acknowledged record is not in the recorded readback", async () => {
  const { lab } = await replay(
    scenario({ history: [...history.slice(0, -1), { ...readback, records: readback.records.slice(1) }] }),
  );
  const { verdict, judgement, exitCode } = await lab.conclude({ print: false, exitCode: false });
  assert.equal([verdict, judgement.counts.lost, exitCode], [false, 1, 2]);
});

for (const [changed, ...names] of [
  [{ compose: ["as-posted"] }, "compose", '["as-posted"]', '["three-brokers"]'],
  [{ timers: "default" }, "timers", '"default"', '"fast"'],
  [{ engine: "docker" }, "engine", '"docker"', '"auto"'],
  [{ topic: { name: "orders", partitions: 3 } }, "topic", '{"name":"orders","create":true,"partitions":3}'],
  [{ kafka: "4" }, "kafka", '"4"', '"3.9.2"'],
  [{ properties: { "log.retention.ms": "1" } }, "properties"],
] as const) {
  test(`startLab() replays no lab with another ${Object.keys(changed)[0]}`, async () => {
    const error = await rejection(() => replay(scenario(), { ...given, ...changed }));
    assertLabError(error, "NOT_RECORDED", {}, names);
  });
}

test(
  "startLab() replays whatever does not make another lab: the engine that it was, signals, where runs " +
    "are kept",
  async () => {
    const { lab } = await replay(scenario(), {
      ...given,
      engine: "local",
      kafka: "3.9.2",
      handleSignals: false,
      runs: "elsewhere",
      timeout: "5m",
      onProgress: false,
    });
    assert.is(lab.isReplay, true);
  },
);

test("chooseRecording() takes the first that fits and was not taken, and begins again when all were", () => {
  const posted = { ...facts, options: { ...options, compose: ["as-posted"] } };
  const dir = scenario({}, { facts: posted }, {});
  const used = new Set<string>();
  const choose = (compose: string): string =>
    path.basename(chooseRecording(dir, { ...given, compose: [compose] }, "", used).dir);
  assert.equal(
    [
      choose("three-brokers"),
      choose("as-posted"),
      choose("three-brokers"),
      choose("as-posted"),
      choose("three-brokers"),
    ],
    ["1", "2", "3", "2", "1"],
  );
});

test("startLab() refuses a folder without recordings, one without calls, and a damaged one", async () => {
  assert.is((await rejection(() => replay(path.join(folder, "none")))).code, "NO_SUCH_RUN");
  const soon = await rejection(() => replay(scenario({ facts: { bootMs: "soon" } })));
  assertLabError(soon, "BAD_RUN", {}, ["run.json", "bootMs", '"soon"']);
  const error = await rejection(() => replay(scenario({ calls: [calls[0], { ...calls[1], args: "x" }] })));
  assertLabError(error, "BAD_RUN", { line: 2 });
  const dir = scenario();
  rmSync(path.join(dir, "1", "calls.jsonl"));
  assertLabError(await rejection(() => replay(dir)), "BAD_RUN", {}, [path.join(dir, "1", "calls.jsonl")]);
});

test(
  "makeTape() gives answers one at a time: what the first makes the program ask comes before what ended " +
    "later",
  async () => {
    const call = (n: number, name: string): (typeof calls)[number] => ({
      n,
      path: name,
      args: [],
      endMs: n,
      events: 0,
    });
    const tape = makeTape(["a", "b", "c"].map((name, i) => call(i + 1, name)));
    const given: string[] = [];
    await new Promise<void>((resolve) => {
      const ask = (name: string, then = (): void => {}): void =>
        tape.inOrder(tape.take(name, [])!, () => {
          given.push(name);
          then();
        });
      ask("c", resolve);
      ask("a", () => ask("b"));
    });
    assert.equal(given, ["a", "b", "c"]);
  },
);

test("lacking() says in the doctor's words why nothing runs here, and what would mend it", () => {
  const java = {
    group: "local",
    name: "Java",
    state: "missing",
    found: "no Java on the path",
    remedy: "sudo apt-get install openjdk-17-jre-headless",
  } as const;
  const docker = {
    group: "docker",
    name: "docker client",
    state: "missing",
    found: "no docker on the path",
    remedy: "sudo apt-get install docker.io",
  } as const;
  const engines = [
    { engine: "local", works: false, why: "it lacks disk" },
    { engine: "docker", works: false, why: "it lacks docker compose" },
  ] as const;
  assert.equal(lacking({ works: false, checks: [java, docker], engines }), {
    why: "Neither Docker nor Java is available (no docker on the path; no Java on the path)",
    remedy: "Java: sudo apt-get install openjdk-17-jre-headless, or Docker: sudo apt-get install docker.io",
  });
  assert.match(
    lacking({ works: false, checks: [], engines })!.why,
    /^No engine works here \(local: it lacks disk; docker: it lacks docker compose\)$/,
  );
  assert.is(lacking({ works: true, checks: [java], engines }), undefined);
});

test("askedToReplay() is only asked by LAB_REPLAY", () => {
  assert.equal(
    [askedToReplay({}), askedToReplay({ LAB_REPLAY: "" }), askedToReplay({ LAB_REPLAY: "there" })?.dir],
    [undefined, undefined, "there"],
  );
});
test.run();
