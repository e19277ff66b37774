// A busy machine: what was recorded of it, added up, and the verdicts that it could have made.

import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  availability,
  check,
  couldBeMachine,
  machineLog,
  machineShare,
  progress,
  recovery,
  shareOf,
} from "../../sdk/analysis/check/mod.ts";
import { explain } from "../../sdk/analysis/explain/mod.ts";
import { predictionChecks, predictionVerdict } from "../../sdk/analysis/explain/prediction-check.ts";
import { recordStalls } from "../../sdk/lab/observe/machine.ts";
import type { History, HistoryEvent, MachineEvent, SendEvent } from "../../sdk/model/history.ts";
import { parseEvent } from "../../sdk/model/history-schema.ts";
import { predictionCheckLines } from "../../sdk/report/text/mod.ts";
import { fromCompose, predict } from "../../sdk/analysis/predict/mod.ts";
import { readCompose } from "../../sdk/compose/read.ts";
import { predictionShape } from "../../sdk/model/prediction-schema.ts";
import { wrongIn } from "../../sdk/model/shape.ts";
import { slowerOf } from "../../sdk/runtime/speed.ts";
import { prediction } from "./predictions.ts";

/** Brokers that waited so much of every quarter of a second, from one moment to another. */
function waits(fromMs: number, toMs: number, ms: number, labMs = 0): MachineEvent[] {
  const events: MachineEvent[] = [];
  for (let atMs = fromMs; atMs < toMs; atMs += 250)
    events.push({
      kind: "machine",
      atMs,
      tookMs: 250,
      nodesMs: { "kafka-1": ms / 2, "kafka-2": ms / 2 },
      labMs,
    });
  return events;
}

const PREDICTION = prediction({
  fault: "stop",
  gap: { fromMs: 0, toMs: 890 },
  send: { ok: 1, tookMs: { fromMs: 0, toMs: 890 }, endedBy: null },
  sentence: "leader moves",
});

let offset = 0;
function send(atMs: number, endMs: number, outcome: SendEvent["outcome"] = "ok"): SendEvent {
  return {
    kind: "send",
    atMs,
    tookMs: endMs - atMs,
    client: "warm",
    value: `v${offset}`,
    topic: "my_topic",
    outcome,
    ...(outcome === "ok" ? { broker: 1, partition: 0, offset: String(offset++) } : {}),
    attempts: [],
  };
}

function view(atMs: number, leader: number): HistoryEvent {
  const state = { topic: "my_topic", partition: 0, leaderEpoch: leader, replicas: [1, 2, 3], offline: [] };
  return {
    kind: "cluster",
    atMs,
    controller: 3,
    controllerNodeId: 3,
    controllerEpoch: 1,
    alive: [2, 3],
    partitions: [{ ...state, leader, isr: [2, 3] }],
  };
}

/** Stopped at 5 s, served again after `gapMs`, healed at 20 s. */
function stopped(
  gapMs: number,
  machine: readonly HistoryEvent[] = [],
  { lose = false, idempotent = false, prediction = PREDICTION } = {},
): History {
  offset = 0;
  const sends = [send(4_900, 5_000), send(5_000, 5_000 + gapMs), send(7_900, 8_000), send(20_100, 20_200)];
  const common = { fault: "stop", targets: [1], via: "SIGTERM", id: "stop-1" } as const;
  return [
    {
      kind: "run",
      atMs: 0,
      startedAt: "2026-11-25T00:00:00.000Z",
      scenario: "test",
      engine: "local",
      kafka: "3.9.2",
      brokers: [],
    },
    { kind: "client", atMs: 0, client: "warm", settings: { idempotent } },
    view(100, 1),
    { kind: "prediction", atMs: 4_800, client: "warm", topic: "my_topic", prediction },
    { kind: "fault", atMs: 4_990, tookMs: 10, effectAtMs: 5_000, asked: "leader", ...common },
    view(5_200, 2),
    ...sends,
    { kind: "heal", atMs: 20_000, tookMs: 1, effectAtMs: 20_000, ...common },
    ...machine,
    {
      kind: "readback",
      atMs: 21_000,
      tookMs: 1,
      client: "readback",
      topic: "my_topic",
      partitions: [{ partition: 0, from: "0", to: "9", complete: true }],
      records: sends
        .map(({ value }, i) => ({ value, partition: 0, offset: String(i) }))
        .slice(0, lose ? -1 : undefined),
    },
  ];
}

test("shareOf() adds what lies inside a stretch, each sample by how much of it does", () => {
  const log = machineLog([
    ...waits(1_000, 2_000, 100, 20),
    { kind: "stall", atMs: 1_100, tookMs: 100, thread: "clients" },
    { kind: "stall", atMs: 3_000, tookMs: 500, thread: "clients" },
  ]);
  const all = shareOf(log, 1_000, 2_000);
  assert.equal([all.brokersMs, all.clientMs, all.togetherMs, all.isBusy], [400, 100 + 60, 560, true]);
  const half = shareOf(log, 1_500, 1_625);
  assert.equal([half.brokersMs, half.clientMs, half.togetherMs], [50, 10, 60]);
  assert.equal(shareOf(log, 2_000, 3_000).togetherMs, 0);
  assert.equal(shareOf(log, 3_250, 4_000).clientMs, 250);
});

test("shareOf() is at most the stretch, and counts the links, pressure where no process is seen, and steal", () => {
  const sample: MachineEvent = { kind: "machine", atMs: 0, tookMs: 250, nodesMs: {}, labMs: 0 };
  const share = (rest: Partial<MachineEvent>): number =>
    shareOf(machineLog([{ ...sample, ...rest }]), 0, 250).togetherMs;
  assert.is(share({ nodesMs: { a: 250, b: 250 }, labMs: 250 }), 250);
  assert.is(share({ nodesMs: { a: 0 }, linksMs: 70 }), 70);
  assert.is(share({ pressureMs: 90 }), 90);
  assert.is(share({ nodesMs: { a: 5 }, pressureMs: 90 }), 5);
  assert.is(share({ stolenMs: 30 }), 30);
});

for (const [name, share, byMs, could] of [
  ["a quiet machine", { togetherMs: 20, isBusy: false }, 10, false],
  ["a machine that took as much", { togetherMs: 300, isBusy: false }, 300, true],
  ["a machine that took less", { togetherMs: 300, isBusy: false }, 301, false],
  ["a busy machine", { togetherMs: 300, isBusy: true }, 5_000, true],
  ["what is none of time, on a machine that is not busy", { togetherMs: 90, isBusy: false }, 0, false],
] as const)
  test(`couldBeMachine() of ${name} is ${could}`, () => {
    const rest = { ofMs: 1_000, clientMs: 0, brokersMs: 0, stolenMs: 0, text: "" };
    assert.is(couldBeMachine({ ...rest, ...share }, byMs), could);
  });

test("machineShare() refuses a stretch that ends before it begins, and looks at a whole run by itself", () => {
  assert.throws(() => machineShare([], { fromMs: 2, toMs: 1 }), RangeError);
  assert.is(machineShare(stopped(500, waits(5_000, 6_000, 100))).brokersMs, 400);
});

const BUSY = waits(2_000, 8_000, 200);
const verdictsOf = (history: History): unknown => {
  const checks = predictionChecks(history);
  return [checks[0]?.verdict, predictionVerdict(checks)];
};

test("predictionChecks() is inconclusive, with the figure, where brokers waited; false where they did not", () => {
  assert.equal(verdictsOf(stopped(600)), [true, true]);
  assert.equal(verdictsOf(stopped(600, BUSY)), [true, true]);
  assert.equal(verdictsOf(stopped(2_200)), [false, false]);
  assert.equal(verdictsOf(stopped(2_200, waits(5_000, 8_000, 20))), [false, false]);
  assert.equal(verdictsOf(stopped(2_200, BUSY)), ["unknown", "unknown"]);
  const [found] = predictionChecks(stopped(2_200, BUSY));
  assert.match(found?.busy ?? "", /^brokers waited 1\.8 s of 2\.2 s for a processor$/);
  assert.ok(found?.disagreements[0]?.includes(found.busy ?? "no figure"));
  assert.ok(
    predictionCheckLines([found!])
      .join("\n")
      .includes(found?.busy ?? "no figure"),
  );
});

test("predictionChecks() is inconclusive where the lab's event loop stood still as long as it is over", () => {
  const stall = (tookMs: number): HistoryEvent => ({ kind: "stall", atMs: 5_100, tookMs, thread: "clients" });
  assert.equal(verdictsOf(stopped(1_100, [stall(250)])), ["unknown", "unknown"]);
  assert.equal(verdictsOf(stopped(1_100, [stall(100)])), [false, false]);
});

test("predictionChecks() is false where another gap is too long that the machine cannot have made", () => {
  const first = stopped(2_200, BUSY);
  const { value, offset: at, ...rest } = send(9_000, 11_100);
  const history = [...first, { ...rest, value, offset: at! }].map((event): HistoryEvent => {
    if (event.kind !== "readback") return event;
    return { ...event, records: [...event.records, { value, partition: 0, offset: at! }] };
  });
  assert.equal(verdictsOf(history), [false, false]);
  assert.equal(verdictsOf([...history, ...waits(9_000, 11_250, 200)]), ["unknown", "unknown"]);
});

test("predictionChecks() of a gap that is too short is inconclusive where brokers waited before the fault", () => {
  const prediction = { ...PREDICTION, gap: { fromMs: 2_000, toMs: 3_000 } };
  assert.equal(verdictsOf(stopped(1_000, [], { prediction })), [false, false]);
  assert.equal(verdictsOf(stopped(1_000, waits(2_000, 5_000, 200), { prediction })), ["unknown", "unknown"]);
  const longer = { ...PREDICTION, gap: { fromMs: 60_000, toMs: 70_000 } };
  assert.equal(verdictsOf(stopped(1_000, BUSY, { prediction: longer })), [false, false]);
});

test("predictionChecks() of another leader that a busy machine could have made says the same of its service", () => {
  const prediction = { ...PREDICTION, failsOver: 0, served: 0, gap: null };
  assert.equal(verdictsOf(stopped(600, [], { prediction })), [false, false]);
  assert.equal(verdictsOf(stopped(600, BUSY, { prediction })), ["unknown", "unknown"]);
  // service that follows from no other leader is the prediction's fault
  assert.equal(verdictsOf(stopped(600, BUSY, { prediction: { ...prediction, failsOver: 1 } })), [
    false,
    false,
  ]);
});

test("predictionChecks() keeps a lost record false, and duplicates of an idempotent client", () => {
  assert.equal(verdictsOf(stopped(600, BUSY, { lose: true })), [true, true]); // it was sent after the heal
  const counts = (machine: readonly HistoryEvent[], idempotent: boolean, lost: boolean): unknown => {
    const history = stopped(600, machine, { idempotent });
    const changed = history.map((event): HistoryEvent => {
      if (event.kind !== "readback") return event;
      const first = event.records[1]!;
      const records = lost
        ? event.records.filter((one) => one !== first)
        : [...event.records, { ...first, offset: "8" }];
      return { ...event, records };
    });
    return predictionChecks(changed)[0]?.verdict;
  };
  for (const machine of [[], BUSY])
    for (const idempotent of [false, true]) {
      assert.is(counts(machine, idempotent, true), false, "a lost record");
      const isDoubt = machine.length > 0 && !idempotent;
      assert.is(counts(machine, idempotent, false), isDoubt ? "unknown" : false, "a duplicate");
    }
});

test("availability(), recovery() and progress() withhold what a busy machine could have made", () => {
  const quiet = stopped(2_200);
  const busy = stopped(2_200, BUSY);
  assert.is(availability(quiet, { limit: "1s" }).verdict, false);
  const found = availability(busy, { limit: "1s" });
  assert.is(found.verdict, "unknown");
  assert.match(found.facts.busy["warm"] ?? "", /brokers waited/);
  assert.ok(found.summary.includes(found.facts.busy["warm"] ?? "no figure"));

  const other: SendEvent[] = [{ ...send(9_000, 11_000), client: "warm" }, send(20_000, 20_050)];
  assert.is(availability([...busy, ...other], { limit: "1s" }).verdict, false, "another gap is not");

  assert.is(recovery(quiet, { limit: "100ms" }).verdict, false);
  const late = recovery(stopped(2_200, waits(20_000, 20_250, 200)), { limit: "100ms" });
  assert.is(late.verdict, "unknown");
  assert.match(late.facts.heals[0]?.busy ?? "", /brokers waited/);

  const stuck = (machine: readonly HistoryEvent[]): History => [
    ...quiet.filter((event) => event.kind !== "send"),
    ...machine,
    send(6_000, 19_000, "info"),
  ];
  assert.is(progress(stuck([])).verdict, false);
  assert.is(progress(stuck(waits(5_000, 20_000, 200))).verdict, "unknown");
});

test("check() says how busy the machine was from the first fault on, and keeps lost records false", () => {
  assert.is(check(stopped(600)).machine.isBusy, false);
  const judged = check(stopped(600, waits(5_000, 20_000, 200), { lose: true }));
  assert.equal([judged.machine.isBusy, judged.verdict, judged.counts.lost], [true, false, 1]);
});

test("explain() names stalls and waits as parts that follow each other and add up", () => {
  const stall: HistoryEvent = { kind: "stall", atMs: 5_300, tookMs: 400, thread: "clients" };
  const [window] = explain(stopped(2_200, [...waits(6_000, 7_500, 100), stall])).windows;
  const parts = window!.parts;
  assert.is(
    parts.reduce((sum, { tookMs }) => sum + tookMs, 0),
    window!.tookMs,
  );
  for (const [i, part] of parts.entries()) assert.is(part.fromMs, parts[i - 1]?.toMs ?? window!.fromMs);
  const stalled = parts.find(({ kind }) => kind === "stalled");
  assert.equal([stalled?.fromMs, stalled?.toMs, stalled?.evidence[0]?.kind], [5_300, 5_700, "machine"]);
  const starved = parts.filter(({ kind }) => kind === "starved");
  assert.is(
    starved.reduce((sum, { tookMs }) => sum + tookMs, 0),
    240, // of 1.2 s from the first sample to the acknowledgement
  );
  assert.match(starved[0]!.evidence[0]!.text, /kafka-1/);
});

test("explain() leaves a timer its time: only what is beyond it can be the machine's", () => {
  const settings = { requestTimeout: 2_000, idempotent: false };
  const hung = stopped(2_200, waits(5_000, 8_000, 200)).map(
    (event): HistoryEvent =>
      event.kind === "client"
        ? { ...event, settings }
        : event.kind === "send" && event.atMs === 5_000
          ? {
              ...event,
              attempts: [
                {
                  atMs: 5_000,
                  tookMs: 2_000,
                  broker: 1,
                  address: "localhost:29091",
                  api: "Produce",
                  error: "TIMEOUT",
                },
              ],
            }
          : event,
  );
  const [window] = explain(hung).windows;
  const starvedMs = window!.parts.reduce(
    (sum, { kind, tookMs }) => sum + (kind === "starved" ? tookMs : 0),
    0,
  );
  const timed = window!.parts.find(({ evidence }) => evidence.some(({ kind }) => kind === "timer"));
  assert.ok((timed?.tookMs ?? 0) >= 2_000, JSON.stringify(window!.parts));
  assert.ok(starvedMs <= 200, `${starvedMs}`);
});

test("parseEvent() takes stalls and waits, and refuses a wrong one", () => {
  for (const event of [...waits(0, 250, 10), { kind: "stall", atMs: 1, tookMs: 60, thread: "clients" }])
    assert.equal(parseEvent(event), event);
  assert.throws(() => parseEvent({ kind: "stall", atMs: 1 }), /tookMs/);
  assert.throws(() => parseEvent({ ...waits(0, 250, 10)[0], nodesMs: { "kafka-1": "10" } }), /nodesMs/);
});

test("recordStalls() records when this event loop stood still, with begin and end", async () => {
  const zero = performance.now();
  const events: HistoryEvent[] = [];
  const run = {
    now: () => performance.now() - zero,
    at: (now: number) => now - zero,
    record: (event: HistoryEvent) => void events.push(event),
  };
  const stop = recordStalls(run);
  await new Promise((resolve) => setTimeout(resolve, 60));
  const began = run.now();
  while (run.now() - began < 300); // stands still
  const ended = run.now();
  await new Promise((resolve) => setTimeout(resolve, 60));
  stop();
  const [stall] = events.filter((event) => event.kind === "stall").sort((a, b) => b.tookMs - a.tookMs);
  assert.ok(stall !== undefined && stall.tookMs > 250, JSON.stringify(events));
  assert.ok(stall.atMs + stall.tookMs >= ended - 1, `${stall.atMs} + ${stall.tookMs}, ${ended}`);
});

test("slowerOf() is 1 up to 1.3 times, then to a tenth", () => {
  assert.equal([0.5, 1, 1.3, 1.34, 1.96, 4].map(slowerOf), [1, 1, 1, 1.3, 2, 4]);
});

test("predict() on a slower machine makes windows of work longer, leaves timers, and says so", () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const project = readCompose([`${root}compose/three-brokers.yml`], { env: {}, cwd: root });
  const known = fromCompose(project, { fault: { kind: "stop", targets: [1] }, leader: 1, controller: 2 });
  const [as, same, slow] = [known, { ...known, slower: 1 }, { ...known, slower: 2 }].map((one) =>
    predict(one),
  );
  assert.equal(same!.gap, as!.gap);
  assert.is(as!.slower, undefined);
  // 400 ms until all have heard, and 50 ms of the client's
  assert.is(slow!.gap!.toMs - as!.gap!.toMs, 450);
  assert.is(slow!.gap!.fromMs, as!.gap!.fromMs);
  assert.is(slow!.slower, 2);
  assert.match(slow!.sentence, /2 times slower/);
  assert.is(wrongIn(predictionShape, slow), undefined);
});
test.run();
