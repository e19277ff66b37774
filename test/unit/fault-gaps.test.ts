// What each client waited for, apart for each fault; and what the lab ended is no outcome of the cluster.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { anomalies, check, type ClientGap, recordTrace } from "../../sdk/analysis/check/mod.ts";
import { predictionChecks } from "../../sdk/analysis/explain/mod.ts";
import type { Broker, HistoryEvent, Outcome, SendEvent } from "../../sdk/model/history.ts";
import { outcomeSummary, recordTraceLines } from "../../sdk/report/text/mod.ts";

let count = 0;
const sent = (client: string, atMs: number, toMs: number, outcome: Outcome = "ok"): SendEvent => ({
  kind: "send",
  atMs,
  tookMs: toMs - atMs,
  client,
  value: `${client}-${++count}`,
  topic: "orders",
  outcome,
  attempts: [],
  ...(outcome === "ok" ? { partition: 0, offset: String(count), broker: 1 } : {}),
});
/** A send every 100 ms, each acknowledged after 10. */
const served = (client: string, fromMs: number, toMs: number): SendEvent[] =>
  Array.from({ length: (toMs - fromMs) / 100 }, (_, i) => {
    const atMs = fromMs + 100 * i;
    return sent(client, atMs, atMs + 10);
  });
const fault = (id: string, broker: Broker, fromMs: number, toMs: number): HistoryEvent[] => {
  const common = { id, fault: "kill" as const, targets: [broker], tookMs: 5 };
  return [
    { kind: "fault", atMs: fromMs - 5, effectAtMs: fromMs, asked: String(broker), via: "SIGKILL", ...common },
    { kind: "heal", atMs: toMs - 5, effectAtMs: toMs, via: "start", ...common },
  ];
};
const brief = (gaps: readonly ClientGap[]): [string, number | null, number][] =>
  gaps.map(({ client, ms, afterHealMs }) => [client, ms, afterHealMs]);

test("check() keeps a warm-up apart from the fault, and clients apart from each other", () => {
  const history = [
    sent("p1", 0, 1400),
    ...served("p1", 1400, 40_000),
    ...served("p2", 0, 23_000),
    sent("p2", 23_000, 24_900),
    ...served("p2", 25_000, 40_000),
    ...served("p3", 0, 23_000),
    sent("p3", 23_050, 24_800),
    ...served("p3", 24_800, 40_000),
    ...fault("f1", 3, 22_950, 30_000),
  ];
  const { gaps, gap } = check(history);
  assert.equal(
    gaps.faults.map(({ name, healed }) => [name, healed]),
    [["kill 3", true]],
  );
  assert.equal(brief(gaps.faults[0]!.clients), [
    ["p2", 1900, 0],
    ["p3", 1750, 0],
    ["p1", 10, 0],
  ]);
  assert.equal(brief(gaps.before)[0], ["p1", 1400, 0]);
  assert.ok(gap!.ms! < 1400, "all clients as one are nearly always served");
});

test("check() tells a gap that is open at the heal whole, with how much of it came afterwards", () => {
  const history = [
    ...served("back", 0, 1000),
    sent("back", 1000, 17_600),
    ...served("back", 17_600, 20_000),
    ...served("never", 0, 1000),
    sent("never", 1000, 19_000, "info"),
    ...served("gone", 0, 1000),
    sent("gone", 1000, 5000, "fail"),
    ...served("late", 12_000, 13_000),
    ...fault("f1", 1, 1000, 11_000),
  ];
  const { faults, after } = check(history).gaps;
  assert.equal(brief(faults[0]!.clients), [
    ["never", null, 0],
    ["gone", null, 0],
    ["back", 16_600, 6600],
  ]);
  assert.equal(faults[0]!.clients.find(({ client }) => client === "gone")!.toMs, 5000);
  assert.equal(
    after.map(({ client, ms }) => [client, ms]),
    [
      ["back", 10],
      ["late", 10],
    ],
    "what began during the fault is not told again",
  );
});

test("check() tells each fault of its own, and nobody's sends as none", () => {
  const history = [
    ...served("p", 0, 2000),
    sent("p", 2000, 2500),
    ...served("p", 2500, 4000),
    sent("p", 4000, 4900),
    ...served("p", 4900, 7000),
    ...fault("f1", 1, 2000, 3000),
    ...fault("f2", 2, 4000, 5000),
    ...fault("f3", 2, 8000, 9000),
  ];
  const { faults, after, before } = check(history).gaps;
  assert.equal(
    faults.map(({ id, clients }) => [id, brief(clients)]),
    [
      ["f1", [["p", 500, 0]]],
      ["f2", [["p", 900, 0]]],
      ["f3", []],
    ],
  );
  assert.equal([brief(before), brief(after)], [[["p", 10, 0]], [["p", 10, 0]]]);
});

const cut = (client: string, atMs: number, toMs: number, outcome: Outcome): SendEvent => ({
  ...sent(client, atMs, toMs, outcome),
  isUnderWay: true,
  error: "the load was stopped",
});

test("check() counts what the lab ended as under way, neither failed nor unknown", () => {
  const history = [
    ...served("p", 0, 500),
    sent("p", 500, 600, "info"),
    sent("p", 500, 600, "fail"),
    cut("p", 700, 900, "info"),
    cut("p", 700, 900, "fail"),
    cut("p", 700, 900, "ok"),
  ];
  const judgement = check(history);
  const { sent: all, acknowledged, failed, unknown, underWay } = judgement.counts;
  assert.equal([all, acknowledged, failed, unknown, underWay], [10, 6, 1, 1, 2]);
  assert.equal(judgement.clients[0]!.underWay, 2);
  assert.match(outcomeSummary(judgement)[0]!, /unknown {2}under way {2}longest gap/);
  assert.not.match(outcomeSummary(check(served("p", 0, 500)))[0]!, /under way/);
});

test("anomalies() passes over what the lab ended, and recordTrace() says so", () => {
  const [ended, unknown] = [cut("p", 700, 750, "info"), sent("p", 700, 750, "info")];
  const history: HistoryEvent[] = [...served("p", 0, 500), unknown, ended];
  assert.equal(
    anomalies(history).rows.map(({ value }) => value),
    [unknown.value],
  );
  const trace = recordTrace(history, ended.value);
  assert.equal(trace.words, ["under way at the end"]);
  assert.match(recordTraceLines(trace)[0]!, /under way for 50 ms/);
});

test("what the lab ended is not held against a prediction", () => {
  const prediction = {
    kind: "prediction",
    atMs: 900,
    client: "p",
    topic: "orders",
    prediction: { fault: "kill", targets: [1], gap: null },
  } as unknown as HistoryEvent;
  const history = (end: SendEvent): HistoryEvent[] => [
    ...served("p", 0, 1000),
    prediction,
    ...fault("f1", 1, 1000, 5000),
    end,
  ];
  const unknown = (end: SendEvent): number => predictionChecks(history(end))[0]!.measured!.unknown;
  assert.is(unknown(sent("p", 1000, 6000, "info")), 1);
  assert.is(unknown(cut("p", 1000, 6000, "info")), 0);
});
test.run();
