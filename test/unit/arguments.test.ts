// Arguments are checked at the face: a table of functions and bad values, and what holds for every function.
// No broker runs.

import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as face from "../faces.ts";
import { FUNCTIONS, NOT_CALLED } from "../fuzz/give/call.ts";
import type { Fault, Lab, Load, Probe, RecordedRun } from "@kafka-failure-lab/sdk";
import { checked, maybe, nearest, needed } from "../../sdk/arguments/checked.ts";
import { isGuarded } from "../../sdk/arguments/guard.ts";
import * as is from "../../sdk/arguments/values.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "lab-arguments-"));
const recording = fileURLToPath(new URL("../../notebooks/recordings/00-first-steps", import.meta.url));
const [exitCode, home] = [process.exitCode, process.cwd()];
test.after(() => {
  process.chdir(home);
  delete process.env["LAB_REPLAY"];
  process.exitCode = exitCode;
  rmSync(folder, { recursive: true, force: true });
});

type Call = (...args: never[]) => unknown;
type Kind = typeof TypeError | typeof RangeError;

/** A replayed lab, and every handle that it hands out. */
const lab = await replayed();
const probe: Probe = lab.probe({ name: "load", requestTimeout: "5s" });
const load: Load = probe.start({ perSecond: 50 });
const fault: Fault = await lab.cluster.stop("leader");
const run: RecordedRun = await face.openRun(path.join(recording, "1"));
const { history } = run;

async function replayed(): Promise<Lab> {
  process.env["LAB_REPLAY"] = recording;
  const { log } = console;
  console.error = () => {};
  process.chdir(folder); // what a refused call leaves would be seen here
  const started = await face.startLab({ scenario: "00-first-steps", timers: "fast" });
  console.log = log;
  return started;
}

/** What a call throws or rejects with. */
async function thrownBy(call: Call, args: readonly unknown[]): Promise<Error> {
  try {
    await call(...(args as never[]));
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

/** Written by us: it says what could not be done and what was wrong; the language's own do not. */
function assertOurs(error: Error, kinds: readonly Kind[], field: string): void {
  assert.ok(
    kinds.some((Kind) => error.constructor === Kind),
    `${error.name}: ${error.stack}`,
  );
  const [first] = error.message.split("\n", 1);
  assert.ok(first!.startsWith("Cannot call "), first);
  assert.ok(first!.includes(field), `${first} names ${field}`);
  assert.not.match(first!, /undefined \(reading|\[object Object\]|is not a function|is not iterable/);
}

const hostile = (): never => {
  throw new Error("no");
};
const cyclic: Record<string, unknown> = {};
cyclic["topic"] = cyclic;
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

/** Values that no function takes where it takes options. */
const NEVER_OPTIONS: readonly [name: string, value: unknown][] = [
  ["null", null],
  ["a number", 5],
  ["a text", "text"],
  ["a symbol", Symbol("s")],
  ["a function", () => {}],
  ["a list", []],
  ["a date", new Date(0)],
  ["a map", new Map([["timeout", 1]])],
  [
    "a getter that throws",
    {
      get timeout() {
        return hostile();
      },
    },
  ],
  ["a proxy whose keys cannot be read", new Proxy({}, { ownKeys: hostile })],
  ["a proxy that was revoked", revoked],
  ["a cyclic object", cyclic],
  ["an unknown option", { nonesuch: 1 }],
  ["a symbol as a key", { [Symbol("s")]: 1 }],
];

const TARGETS: readonly [unknown, Kind][] = [
  [undefined, TypeError],
  [null, TypeError],
  [{}, TypeError],
  ["", TypeError],
  ["Leader", TypeError],
  [0, RangeError],
  [-1, RangeError],
  [1.5, RangeError],
  [NaN, RangeError],
  [[], RangeError],
  [[1, 1], RangeError],
  [[[1]], TypeError],
  [["leader", 0], RangeError],
];
const DURATIONS: readonly [unknown, Kind][] = [
  [null, TypeError],
  [{}, TypeError],
  [true, TypeError],
  ["", RangeError],
  ["soon", RangeError],
  ["9999999999d", RangeError],
  ["9999999h", RangeError],
  [-1, RangeError],
  [NaN, RangeError],
  [Infinity, RangeError],
  [2 ** 31, RangeError],
];
const LIMITS: readonly [unknown, Kind][] = [...DURATIONS, [0, RangeError], ["0s", RangeError]];
const NAMES: readonly [unknown, Kind][] = [
  [5, TypeError],
  [null, TypeError],
  ["", RangeError],
  ["a\nb", RangeError],
  ["a\u001b[2J", RangeError],
  ["a\0", RangeError],
  ["x".repeat(201), RangeError],
];
const TOPICS: readonly [unknown, Kind][] = [
  [5, TypeError],
  ["", RangeError],
  [".", RangeError],
  ["a/b", RangeError],
  ["a b", RangeError],
  ["x".repeat(250), RangeError],
];
const SIGNALS: readonly [unknown, Kind][] = [
  [null, TypeError],
  [{}, TypeError],
  ["signal", TypeError],
  [{ aborted: false, addEventListener() {}, removeEventListener() {} }, TypeError],
  [new AbortController(), TypeError],
];
const FLAGS: readonly [unknown, Kind][] = [
  ["yes", TypeError],
  [1, TypeError],
  [null, TypeError],
];
const PARTITIONS: readonly [unknown, Kind][] = [
  [-1, RangeError],
  [1.5, RangeError],
  [2 ** 31, RangeError],
  [NaN, RangeError],
  ["0", TypeError],
];
const PERCENTS: readonly [unknown, Kind][] = [
  [0, RangeError],
  [-1, RangeError],
  [100.1, RangeError],
  [NaN, RangeError],
  ["5", TypeError],
];
const WORDS: readonly [unknown, Kind][] = [
  ["nope", TypeError],
  [null, TypeError],
  [5, TypeError],
];
const PROPERTIES: readonly [unknown, Kind][] = [
  [null, TypeError],
  ["a=b", TypeError],
  [{ "a.b": 5 }, TypeError],
  [{ "": "x" }, RangeError],
];

/** Every value of a table as one option of a function. */
function option(
  name: string,
  call: Call,
  before: readonly unknown[],
  at: string,
  values: readonly [unknown, Kind][],
): Row[] {
  return values.map(([value, kind]): Row => {
    const nested = at
      .split(".")
      .reverse()
      .reduce<unknown>((inner, key) => ({ [key]: inner }), value);
    return [name, call, [...before, nested], kind, at.split(".").at(-1)!];
  });
}
/** Every value of a table as a parameter. */
function at(
  name: string,
  call: Call,
  before: readonly unknown[],
  field: string,
  values: readonly [unknown, Kind][],
): Row[] {
  return values.map(([value, kind]): Row => [name, call, [...before, value], kind, field]);
}

type Row = readonly [name: string, call: Call, args: readonly unknown[], kind: Kind, field: string];
const { cluster, net, disk } = lab;
const start = face.startLab as Call;

const ROWS: readonly Row[] = [
  ...option("startLab", start, [], "topic.partitions", [
    [0, RangeError],
    [1.5, RangeError],
    [1e9, RangeError],
  ]),
  ...option("startLab", start, [], "topic.replicationFactor", [
    [0, RangeError],
    ["3", TypeError],
  ]),
  ...option("startLab", start, [], "topic.name", TOPICS),
  ...option("startLab", start, [], "topic.creat", [[true, TypeError]]),
  ...option("startLab", start, [], "topic.config", PROPERTIES),
  ...option("startLab", start, [], "compose", [
    [[], RangeError],
    ["three-brokers", TypeError],
    [[5], TypeError],
    [[""], RangeError],
  ]),
  ...option("startLab", start, [], "scenario", [
    [5, TypeError],
    ["", RangeError],
    ["a\0", RangeError],
  ]),
  ...option("startLab", start, [], "runs", [
    [5, TypeError],
    ["", RangeError],
  ]),
  ...option("startLab", start, [], "timeout", DURATIONS),
  ...option("startLab", start, [], "signal", SIGNALS),
  ...option("startLab", start, [], "engine", WORDS),
  ...option("startLab", start, [], "timers", WORDS),
  ...option("startLab", start, [], "onProgress", [
    [true, TypeError],
    ["x", TypeError],
  ]),
  ...option("startLab", start, [], "keep", FLAGS),
  ...option("startLab", start, [], "observe", FLAGS),
  ...option("startLab", start, [], "properties", PROPERTIES),
  ["startLab", start, [{ timout: 1 }], TypeError, "did you mean timeout"],
  ["attachLab", face.attachLab as Call, [], TypeError, "options"],
  ["attachLab", face.attachLab as Call, [{}], TypeError, "project"],
  ["attachLab", face.attachLab as Call, [{ project: "" }], RangeError, "project"],
  ["attachLab", face.attachLab as Call, [{ bootstrap: [] }], RangeError, "bootstrap"],
  ["attachLab", face.attachLab as Call, [{ bootstrap: "localhost:9092" }], TypeError, "bootstrap"],
  ["attachLab", face.attachLab as Call, [{ bootstrap: ["localhost"] }], RangeError, "bootstrap[0]"],
  ["attachLab", face.attachLab as Call, [{ bootstrap: ["a:1"], project: "x" }], TypeError, "options.project"],
  ...["stop", "kill", "pause", "start", "restart"].flatMap((verb) =>
    at(`cluster.${verb}`, cluster[verb as "stop"] as Call, [], "target", TARGETS),
  ),
  ...option("cluster.stop", cluster.stop as Call, ["leader"], "timeout", DURATIONS),
  ...option("cluster.restart", cluster.restart as Call, ["leader"], "how", WORDS),
  ...option("cluster.waitFor", cluster.waitFor as Call, ["full isr"], "signal", SIGNALS),
  ...at("cluster.waitFor", cluster.waitFor as Call, [], "condition", [
    ["isr", TypeError],
    [null, TypeError],
    [{}, TypeError],
  ]),
  ...at("cluster.createTopic", cluster.createTopic as Call, [], "topic", TOPICS),
  ["cluster.createTopic", cluster.createTopic as Call, ["a", { partitions: 0 }], RangeError, "partitions"],
  ["cluster.stop", cluster.stop as Call, [1, 2, 3], TypeError, "arguments"],
  ...["delay", "isolate"].flatMap((verb) =>
    at(`net.${verb}`, net[verb as "isolate"] as Call, [], "target", TARGETS),
  ),
  ...at("net.delay", net.delay as Call, [1], "duration", DURATIONS),
  ...option("net.delay", net.delay as Call, [1, 5], "jitter", DURATIONS),
  ...option("net.delay", net.delay as Call, [1, 5], "path", WORDS),
  ...option("net.delay", net.delay as Call, [1, 5], "prove", FLAGS),
  ...["lose", "duplicate", "corrupt", "reorder"].flatMap((verb) =>
    at(`net.${verb}`, net[verb as "lose"] as Call, [1], "percent", PERCENTS),
  ),
  ...at("net.throttle", net.throttle as Call, [1], "rate", [
    [0, RangeError],
    [-1, RangeError],
    [NaN, RangeError],
    ["1MB", RangeError],
    [null, TypeError],
  ]),
  ...option("net.isolate", net.isolate as Call, [1], "how", WORDS),
  ...["fill", "hang", "forget", "fail"].flatMap((verb) =>
    at(`disk.${verb}`, disk[verb as "fill"] as Call, [], "target", TARGETS),
  ),
  ...at("disk.slow", disk.slow as Call, [1], "delay", DURATIONS),
  ...option("disk.fill", disk.fill as Call, [1], "prove", FLAGS),
  ...option("disk.hang", disk.hang as Call, [1], "logDir", [
    [0, RangeError],
    [1.5, RangeError],
    ["1", TypeError],
  ]),
  ...at("net.split", net.split as Call, [], "groups", [
    [undefined, TypeError],
    [[1, 2], TypeError],
    [[[1], [1]], RangeError],
    [[[0]], RangeError],
    [[["leader"]], TypeError],
  ]),
  ...option("lab.probe", lab.probe as Call, [], "name", NAMES),
  ...option("lab.probe", lab.probe as Call, [], "topic", TOPICS),
  ...option("lab.probe", lab.probe as Call, [], "acks", [
    [2, TypeError],
    ["1", TypeError],
  ]),
  ...option("lab.probe", lab.probe as Call, [], "requestTimeout", LIMITS),
  ...option("lab.probe", lab.probe as Call, [], "deliveryTimeout", LIMITS),
  ...option("lab.probe", lab.probe as Call, [], "retries", [
    [-1, RangeError],
    [1.5, RangeError],
    [Infinity, RangeError],
  ]),
  ...option("lab.probe", lab.probe as Call, [], "bootstrap", [
    ["first", TypeError],
    [[], RangeError],
    [["a"], RangeError],
    [["a:99999"], RangeError],
    [[5], TypeError],
  ]),
  ...option("lab.probe", lab.probe as Call, [], "properties", PROPERTIES),
  ...[lab.probe, probe].flatMap((one) => [
    ...option("probe.send", one.send as Call, [], "partition", PARTITIONS),
    ...option("probe.send", one.send as Call, [], "key", [
      [5, TypeError],
      [null, TypeError],
      ["x".repeat(4 * 2 ** 20 + 1), RangeError],
      ["€".repeat(2 ** 21), RangeError],
    ]),
    ...option("probe.send", one.send as Call, [], "signal", SIGNALS),
    ...option("probe.read", one.read as Call, [], "timeout", DURATIONS),
    ...option("probe.start", one.start as Call, [], "perSecond", [
      [0, RangeError],
      [-1, RangeError],
      [NaN, RangeError],
      [1e9, RangeError],
      ["5", TypeError],
    ]),
    ...option("probe.start", one.start as Call, [], "inFlight", [
      [0, RangeError],
      [1.5, RangeError],
    ]),
    ...option("probe.start", one.start as Call, [], "partition", PARTITIONS),
  ]),
  ...at("load.acknowledged", load.acknowledged as Call, [], "count", [
    [undefined, TypeError],
    [-1, RangeError],
    [1.5, RangeError],
    ["5", TypeError],
  ]),
  ...option("load.acknowledged", load.acknowledged as Call, [1], "timeout", DURATIONS),
  ...option("load.stop", load.stop as Call, [], "giveUp", FLAGS),
  ...at("lab.predict", lab.predict as Call, [], "fault", WORDS),
  ...at("lab.predict", lab.predict as Call, ["kill"], "target", TARGETS),
  ...option("lab.predict", lab.predict as Call, ["kill", 1], "lasts", DURATIONS),
  ...option("lab.predict", lab.predict as Call, ["kill", 1], "client", NAMES),
  ["lab.predict", lab.predict as Call, ["kill", 1, { client: { acks: 1 } }], TypeError, "client.name"],
  [
    "lab.predict",
    lab.predict as Call,
    ["kill", 1, { client: { name: "x", ack: 1 } }],
    TypeError,
    "did you mean acks",
  ],
  ["lab.predict", lab.predict as Call, ["kill", 1, { percent: 5 }], TypeError, "percent"],
  ["lab.predict", lab.predict as Call, [{ kind: "nonesuch", target: 1 }], TypeError, "fault.kind"],
  ["lab.predict", lab.predict as Call, [{ kind: "kill" }], TypeError, "fault.target"],
  ["lab.inject", lab.inject as Call, [{ kind: "kill", target: { node: "a" } }], TypeError, "target.node"],
  ["lab.inject", lab.inject as Call, [{ kind: "kill", target: { node: -1 } }], RangeError, "target.node"],
  ["lab.inject", lab.inject as Call, [{ kind: "kill", target: { service: 1 } }], TypeError, "target.service"],
  ["lab.inject", lab.inject as Call, [{ kind: "kill", target: { nod: 1 } }], TypeError, "target"],
  ["resolveFault", face.resolveFault as Call, [{ kind: "kill" }, [], ["a"]], TypeError, "controllers"],
  ["lab.predict", lab.predict as Call, [{ kind: "delay", target: 1 }], TypeError, "fault.delay"],
  ["lab.inject", lab.inject as Call, [], TypeError, "fault"],
  ["lab.inject", lab.inject as Call, ["kill"], TypeError, "fault"],
  ["lab.inject", lab.inject as Call, [{ kind: "kill", target: 1, percent: 5 }], TypeError, "fault.percent"],
  [
    "lab.inject",
    lab.inject as Call,
    [{ kind: "lose", target: 1, percent: 101 }],
    RangeError,
    "fault.percent",
  ],
  ["lab.inject", lab.inject as Call, [{ kind: "split", groups: [[1], [1]] }], RangeError, "fault.groups"],
  ["lab.inject", lab.inject as Call, [{ kind: "kill", target: 1 }, { prove: 1 }], TypeError, "options.prove"],
  ["faults.delay", face.faults.delay as Call, [1, -1], RangeError, "delay"],
  ["faults.isolate", face.faults.isolate as Call, [1, { how: "gently" }], TypeError, "options.how"],
  ["faults.split", face.faults.split as Call, ["12"], TypeError, "groups"],
  ["faults.stop", face.faults.stop as Call, ["follower"], TypeError, "target"],
  ["resolveFault", face.resolveFault as Call, [{ kind: "kill" }, 1], TypeError, "targets"],
  ["defineFault", face.defineFault as Call, [{ kind: "mine" }], TypeError, "fault.apply"],
  ["lab.predict", lab.predict as Call, ["delay", 1], TypeError, "delay"],
  ...at("lab.note", lab.note as Call, [], "text", [
    [5, TypeError],
    [{}, TypeError],
    [undefined, TypeError],
    ["x".repeat(10_001), RangeError],
  ]),
  ...at("lab.capture", lab.capture as Call, [], "command", [
    ["ls", TypeError],
    [undefined, TypeError],
    [null, TypeError],
  ]),
  ...at("lab.step", lab.step as Call, [], "name", [
    [5, TypeError],
    ["", RangeError],
  ]),
  ...at("run.record", lab.run.record as Call, [], "event", [
    [undefined, TypeError],
    [null, TypeError],
    [{}, TypeError],
    [{ kind: "nope" }, TypeError],
    [{ kind: "note", atMs: "now", text: "x" }, TypeError],
    [{ kind: "note", atMs: 1 }, TypeError],
    [{ kind: "send", atMs: 1, tookMs: 1 }, TypeError],
  ]),
  ...at("run.at", lab.run.at as Call, [], "performanceNow", [
    [NaN, RangeError],
    ["1", TypeError],
  ]),
  ...at("run.recordTrace", lab.run.recordTrace as Call, [], "value", [
    [5, TypeError],
    [undefined, TypeError],
  ]),
  ...option("lab.conclude", lab.conclude as Call, [], "claim", [
    [5, TypeError],
    ["", RangeError],
  ]),
  ...option("lab.conclude", lab.conclude as Call, [], "holds", [
    ["yes", TypeError],
    [null, TypeError],
  ]),
  ...option("lab.conclude", lab.conclude as Call, [], "checks", [
    ["order", TypeError],
    [["nope"], TypeError],
  ]),
  ...option("lab.conclude", lab.conclude as Call, [], "gapLimit", DURATIONS),
  ...option("lab.conclude", lab.conclude as Call, [], "examples", [
    [-1, RangeError],
    [1.5, RangeError],
  ]),
  ...[
    "predictionChecks",
    "groupPredictionChecks",
    "explain",
    "availability",
    "check",
    "duplicates",
    "noPhantomWrites",
    "anomalies",
    "order",
    "progress",
    "recovery",
    "noLostWrites",
    "timeline",
    "timelineOf",
  ].flatMap((name) =>
    at(name, face[name as "check"] as Call, [], "history", [
      [undefined, TypeError],
      [null, TypeError],
      [{}, TypeError],
      [[null], TypeError],
      [[{}], TypeError],
      [[{ kind: "send", atMs: 1 }], TypeError],
    ]),
  ),
  ...["headline", "outcomeSummary", "verdictLines"].flatMap((name) =>
    at(name, face[name as "headline"] as Call, [], "judgement", [
      [null, TypeError],
      [{}, TypeError],
      [{ verdict: true, checks: [null], counts: null, clients: [null] }, TypeError],
    ]),
  ),
  ...["predictionCheckLines", "groupPredictionCheckLines", "diagnosisLines"].flatMap((name) =>
    at(name, face[name as "predictionCheckLines"] as Call, [], "", [
      [null, TypeError],
      [[null], TypeError],
      [[{}], TypeError],
    ]),
  ),
  ["explanationLines", face.explanationLines as Call, [{ windows: [null] }], TypeError, "explanation"],
  ["timeline", face.timeline as Call, [history, { explanation: { windows: [null] } }], TypeError, "options"],
  [
    "timelineOf",
    face.timelineOf as Call,
    [history, { explanation: { windows: [null] } }],
    TypeError,
    "options",
  ],
  ["predict", face.predict as Call, [{}], TypeError, "circumstances"],
  [
    "predict",
    face.predict as Call,
    [{ nodes: 1, voters: 1, topic: 1, client: 1, fault: 1 }],
    TypeError,
    "circumstances",
  ],
  ...at("diagnose", face.diagnose as Call, [], "inputs", [
    [undefined, TypeError],
    ["a.yml", TypeError],
    [[{}], TypeError],
    [[{ file: "a", text: 5 }], TypeError],
  ]),
  ...option("diagnose", face.diagnose as Call, [[]], "severity", WORDS),
  ...at("explainError", face.explainError as Call, [], "text", [
    [undefined, TypeError],
    [19, TypeError],
    [["a"], TypeError],
    ["x".repeat((16 << 20) + 1), RangeError],
  ]),
  ...option("explainError", face.explainError as Call, ["x"], "limit", [
    [0, RangeError],
    [1.5, RangeError],
    ["5", TypeError],
  ]),
  ...at("errorLines", face.errorLines as Call, [], "errors", [
    [undefined, TypeError],
    [[], TypeError],
  ]),
  ...option("doctor", face.doctor as Call, [], "timeout", LIMITS),
  ...option("clean", face.clean as Call, [], "kept", FLAGS),
  ...at("openRun", face.openRun as Call, [], "dir", [
    [undefined, TypeError],
    [5, TypeError],
    ["", RangeError],
    ["a\0b", RangeError],
  ]),
  ...at("toMs", face.toMs as Call, [], "duration", [
    ...DURATIONS,
    [undefined, TypeError],
    [Symbol("s"), TypeError],
  ]),
  ...at("readable", face.readable as Call, [], "ms", [
    [NaN, RangeError],
    ["5", TypeError],
    [null, TypeError],
  ]),
  ...at("toPercent", face.toPercent as Call, [], "percent", PERCENTS),
  ...at("colour", face.colour as Call, [], "name", WORDS),
  ...at("table", face.table as Call, [], "rows", [
    [null, TypeError],
    ["x", TypeError],
    [["x"], TypeError],
    [[[5]], TypeError],
  ]),
  ...at("show", face.show as Call, [], "what", [
    [undefined, TypeError],
    [5, TypeError],
    [{ svg: "x" }, TypeError],
  ]),
  ...at("verdictWords", face.verdictWords as Call, [], "verdict", [
    ["true", TypeError],
    [null, TypeError],
  ]),
  ...at("mergeVerdicts", face.mergeVerdicts as Call, [], "verdict", [
    [null, TypeError],
    [["no"], TypeError],
  ]),
  ["compareResults", face.compareResults as Call, [{}, {}], TypeError, "captured"],
  ["finish", face.finish as Call, [{}, { figures: cyclic }], TypeError, "result"],
];

test("every bad value of the table is refused with its kind of error and the name of the field", async () => {
  for (const [name, call, args, kind, field] of ROWS) {
    const error = await thrownBy(call, args).catch((reason: unknown) => {
      throw new Error(`${name}(${args.map(String).join(", ").slice(0, 80)}): ${String(reason)}`);
    });
    assertOurs(error, [kind], field);
    assert.ok(error.message.includes(name.replace(/^lab\.(?=run)/, "")), `${name}: ${error.message}`);
  }
});

/** What the walk finds: every verb of what a lab hands out. */
const OBJECTS: Readonly<Record<string, object>> = {
  lab,
  cluster,
  net,
  run: lab.run,
  probe,
  load,
  fault,
  recorded: run,
  "lab.probe": lab.probe,
};
const functionsOf = (object: object): [string, Call][] =>
  Object.getOwnPropertyNames(object).flatMap((name): [string, Call][] => {
    const { value } = Object.getOwnPropertyDescriptor(object, name)!;
    return typeof value === "function" ? [[name, value as Call]] : [];
  });

test("every function of the faces, and every verb of what a lab hands out, checks its arguments", () => {
  /** `LabError` is a class; whether this is a notebook is asked without arguments. */
  const exempt = ["LabError", "isNotebook"];
  const free = [...Object.entries({ face, ...OBJECTS })].flatMap(([where, object]) =>
    functionsOf(object)
      .filter(([name, verb]) => !exempt.includes(name) && !isGuarded(verb))
      .map(([name]) => `${where}.${name}`),
  );
  assert.equal(free, []);
  assert.ok(functionsOf(face).length > 45, "the walk finds the face");
});
test("the fuzz lane calls every function of the faces, or names it as one that it does not call", () =>
  assert.equal(
    functionsOf(face)
      .map(([name]) => name)
      .sort(),
    [...FUNCTIONS, ...NOT_CALLED].sort(),
  ));

/** Arguments that come before the options. */
const BEFORE: Readonly<Record<string, readonly unknown[]>> = {
  stop: ["leader"],
  kill: [1],
  pause: [1],
  start: [1],
  restart: [1],
  createTopic: ["a"],
  waitFor: ["full isr"],
  delay: [1, "1s"],
  lose: [1, 5],
  duplicate: [1, 5],
  corrupt: [1, 5],
  reorder: [1, 5],
  throttle: [1, 5],
  isolate: [1],
  fill: [1],
  hang: [1],
  forget: [1],
  slow: [1, "1s"],
  fail: [1],
  split: [[[1]]],
  acknowledged: [1],
  predict: ["kill", 1],
};
const TAKES_OPTIONS: readonly [string, Call, readonly unknown[]][] = [
  ["startLab", start, []],
  ["attachLab", face.attachLab as Call, []],
  ["doctor", face.doctor as Call, []],
  ["clean", face.clean as Call, []],
  ["check", face.check as Call, [history]],
  ["explain", face.explain as Call, [history]],
  ["timeline", face.timeline as Call, [history]],
  ["table", face.table as Call, [[]]],
  ["lab.probe", lab.probe as Call, []],
  ["lab.conclude", lab.conclude as Call, []],
  ["lab.predict", lab.predict as Call, BEFORE["predict"]!],
  ["run.anomalies", lab.run.anomalies as Call, []],
  ["recorded.judge", run.judge as Call, []],
  ["recorded.timeline", run.timeline as Call, []],
  ["load.stop", load.stop as Call, []],
  ["load.acknowledged", load.acknowledged as Call, [1]],
  ["cluster.roll", cluster.roll as Call, []],
  ...["send", "read", "start"].map((verb): [string, Call, readonly unknown[]] => [
    `probe.${verb}`,
    probe[verb as "send"] as Call,
    [],
  ]),
  ...[...functionsOf(cluster), ...functionsOf(net), ...functionsOf(disk)]
    .filter(([name]) => name in BEFORE)
    .map(([name, verb]): [string, Call, readonly unknown[]] => [name, verb, BEFORE[name]!]),
];
for (const [what, value] of NEVER_OPTIONS) {
  test(`no function takes ${what} for its options`, async () => {
    for (const [name, call, before] of TAKES_OPTIONS) {
      const error = await thrownBy(call, [...before, value]).catch((reason: unknown) => {
        throw new Error(`${name}: ${String(reason)}`);
      });
      assertOurs(error, [TypeError], "options");
    }
  });
}

test("a refused startLab() leaves nothing in its folder, and a refused verb no event", async () => {
  const before = lab.run.history.length;
  for (const [, call, args] of ROWS.filter(([name]) => /^(startLab|lab\.|run\.|probe\.)/.test(name))) {
    await thrownBy(call, args);
  }
  assert.is(existsSync(path.join(folder, ".lab")), false);
  assert.equal(readdirSync(folder), []);
  assert.is(lab.run.history.length, before);
});

test("an option that is undefined counts as one that is not given", () => {
  const [given] = checked("f", [maybe("options", is.properties)], [{ a: "b", c: undefined }]);
  assert.equal(given, { a: "b" });
});
test("checked() hands on a copy in the order given: a getter is read once", () => {
  let reads = 0;
  const bad = {
    z: "1",
    get a() {
      return reads++ === 0 ? "2" : 5;
    },
  };
  const [given] = checked("f", [needed("options", is.properties)], [bad]) as [Record<string, string>];
  assert.equal([Object.keys(given), given["a"], reads], [["z", "a"], "2", 1]);
});
test("checked() takes an object literal of another realm, and no instance of a class", () => {
  assert.equal(
    checked("f", [needed("options", is.properties)], [Object.assign(Object.create(null), { a: "b" })]),
    [{ a: "b" }],
  );
});
test("a function without options is somebody's callback: it takes no notice of further arguments", () => {
  assert.equal([1000, 2000].map(face.readable), ["1.0 s", "2.0 s"]);
  assert.equal((["1s", "2s"] as const).map(face.toMs), [1000, 2000]);
});
for (const [unknown, known] of [
  ["timout", "timeout"],
  ["Timeout", "timeout"],
  ["replicas", undefined],
  ["x".repeat(100_000), undefined],
] as const)
  test(`nearest() of ${unknown.slice(0, 10)} is ${known}`, () =>
    assert.is(nearest(unknown, ["timeout", "signal", "replicationFactor"]), known));

test.run();
