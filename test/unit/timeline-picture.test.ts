// The timeline as a picture: complete, the same each time, and true to the history.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Evidence, ExplainedWindow, Explanation, Part } from "../../sdk/analysis/explain/explanation.ts";
import type { Broker, HistoryEvent, Outcome } from "../../sdk/model/history.ts";
import { timeline } from "../../sdk/report/text/mod.ts";
import { timelineOf } from "../../sdk/report/svg/mod.ts";
import { colour } from "../../sdk/report/svg/palette.ts";

const MINUTE = 60_000;

const sent = (atMs: number, tookMs: number, outcome: Outcome, client = "warm"): HistoryEvent => ({
  kind: "send",
  atMs,
  tookMs,
  client,
  value: `${client}:${atMs}`,
  topic: "orders",
  outcome,
  attempts: [],
});
const seen = (atMs: number, leader: Broker | null, isr: Broker[]): HistoryEvent => ({
  kind: "cluster",
  atMs,
  controller: 3,
  controllerNodeId: 3,
  controllerEpoch: 1,
  alive: [1, 2, 3],
  partitions: [
    { topic: "orders", partition: 0, leader, leaderEpoch: 0, replicas: [1, 2, 3], isr, offline: [] },
  ],
});
const fault = (effectAtMs: number, id = "f1"): HistoryEvent => ({
  kind: "fault",
  atMs: effectAtMs,
  tookMs: 5,
  effectAtMs,
  id,
  fault: "kill",
  targets: [2],
  asked: "2",
  via: "SIGKILL",
});
const heal = (effectAtMs: number, id = "f1"): HistoryEvent => ({
  kind: "heal",
  atMs: effectAtMs,
  tookMs: 5,
  effectAtMs,
  id,
  fault: "kill",
  targets: [2],
  via: "start",
});
const step = (atMs: number, name: string): HistoryEvent => ({ kind: "step", atMs, name });
const END: HistoryEvent = { kind: "note", atMs: MINUTE, text: "end" };

const history: readonly HistoryEvent[] = [
  {
    kind: "run",
    atMs: 0,
    startedAt: "2025-01-01T00:00:00Z",
    scenario: "a & b",
    engine: "local",
    kafka: "3.9.2",
    brokers: [],
  },
  step(0, "normal"),
  seen(0, 2, [1, 2, 3]),
  sent(1000, 5, "ok"),
  sent(2000, 6, "ok", "<cold>"),
  step(10_000, "kill <2>"),
  fault(10_000),
  seen(20_000, 1, [1, 3]),
  sent(11_000, 9000, "info"),
  sent(12_000, 3000, "fail"),
  heal(40_000),
  sent(50_000, 5, "ok"),
  END,
];

const svgOf = async (events: readonly HistoryEvent[]): Promise<string> => (await timelineOf(events)).svg!;
/** Where the marks of an outcome stand. */
const marksOf = (svg: string, outcome: Outcome): number =>
  [...svg.matchAll(/<path [^>]*aria-label="(\w+)"[^>]* d="([^"]*)"/g)]
    .filter(([, label]) => label === outcome)
    .reduce((sum, [, , d]) => sum + d!.split(/(?=M)/).filter((one) => one !== "").length, 0);
/** Left edge and width of the rectangles in what is filled so. */
const boxes = (svg: string, fill: string): { x: number; width: number }[] => {
  const [, group = ""] = svg.match(new RegExp(`<g [^>]*fill="${fill}"[^>]*>(.*?)</g>`)) ?? [];
  return [...group.matchAll(/<rect [^>]*>/g)].map(([tag]) => ({
    x: Number(tag.match(/ x="([^"]*)"/)![1]),
    width: Number(tag.match(/ width="([^"]*)"/)![1]),
  }));
};

test("timelineOf() has the text of timeline() and one complete SVG, with what is written in the history escaped", async () => {
  const { text, svg = "" } = await timelineOf(history);
  assert.equal(text, timeline(history, { width: 100 }));
  assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[^]*<\/svg>\n$/);
  for (const part of [
    "<title>a &amp; b</title>",
    "Kafka 3.9.2, local engine",
    "kill &lt;2&gt;",
    "&lt;cold&gt;",
    "kill 2, healed after 30.0 s",
    "broker 2",
    "3 of 3: 1, 2, 3",
    "2 of 3: 1, 3",
    "prefers-color-scheme: dark",
  ])
    assert.ok(svg.includes(part), part);
  assert.not.match(svg, /<cold>|kill <2>|undefined|NaN/);
  assert.not.match(
    svg
      .replace('xmlns="http://www.w3.org/2000/svg"', "")
      .replaceAll('xmlns="http://www.w3.org/2000/svg"', ""),
    /https?:|url\(|href| id="|@import/,
  );
});

test("timelineOf() marks every note, with its text where there is room, and says it in the description", async () => {
  const note = (atMs: number, text: string): HistoryEvent => ({ kind: "note", atMs, text });
  const plain = history.slice(0, -1);
  const svg = await svgOf([...plain, note(30_000, "proxy restarted <by hand>"), END]);
  assert.ok(svg.includes(">proxy restarted &lt;by hand&gt;</text>"), "its text beside the mark");
  assert.match(svg, /<desc>[^<]*; notes: proxy restarted &lt;by hand&gt;; end/);
  assert.ok(svg.includes(">notes</text>"));
  assert.not.match(await svgOf(plain), /notes/);
  const many = await svgOf([...plain, ...Array.from({ length: 500 }, (_, i) => note(i * 100, `note ${i}`))]);
  assert.ok(many.length < 100_000, `${many.length} letters`);
  assert.match(many, /and 497 more/);
});

test("timelineOf() draws the same history as the same text", async () =>
  assert.is(await svgOf(history), await svgOf(structuredClone(history))));

test("timelineOf() draws every send by its outcome", async () => {
  const svg = await svgOf(history);
  assert.equal([marksOf(svg, "ok"), marksOf(svg, "info"), marksOf(svg, "fail")], [3, 1, 1]);
  const without = await svgOf(history.filter((event) => event.kind !== "send" || event.outcome !== "fail"));
  assert.equal([marksOf(without, "ok"), marksOf(without, "info"), marksOf(without, "fail")], [3, 1, 0]);
});

test("timelineOf() draws every send that is not ok, among 100,000 that are, in a short picture", async () => {
  const many: HistoryEvent[] = [...history.slice(0, -1)];
  for (let i = 0; i < 100_000; i++)
    many.push(sent((i * MINUTE) / 100_000, 1 + ((i * 7919) % 1000) / 50, "ok", `client-${i % 4}`));
  // 200 apart from each other by more than a mark's cell, and one send that took very long
  for (let i = 0; i < 200; i++)
    many.push(sent(i * 290, 50, i % 2 === 0 ? "info" : "fail", `client-${i % 4}`));
  many.push(sent(100, 40_000, "ok", "client-1"), END);
  const svg = await svgOf(many);
  assert.ok(svg.length < 150_000, `${svg.length} bytes`);
  assert.equal([marksOf(svg, "info"), marksOf(svg, "fail")], [101, 101]);
  assert.match(svg, /the slowest took 40.0 s/);
});

test("timelineOf() stays short where nothing is ok, and where there are very many faults, steps, clients and partitions", async () => {
  const bad: HistoryEvent[] = [];
  for (let i = 0; i < 100_000; i++)
    bad.push(
      sent(
        (i * MINUTE) / 100_000,
        0.2 * 1.0001 ** (i % 100_000),
        i % 2 === 0 ? "info" : "fail",
        `client-${i % 30}`,
      ),
    );
  for (let i = 0; i < 1000; i++)
    bad.push(
      fault(i * 60, `f${i}`),
      heal(i * 60 + 20, `f${i}`),
      step(i * 60, `step ${i}`),
      seen(i * 60, ((i % 3) + 1) as Broker, [1]),
    );
  const svg = await svgOf([...bad, END]);
  assert.ok(svg.length < 150_000, `${svg.length} bytes`);
  assert.match(svg, /21 more clients/);
  assert.match(svg, /\d+ faults/);
});

test("timelineOf() places a fault's band by its effect and its heal", async () => {
  const [from] = boxes(await svgOf(history), colour("faultBand"));
  const later = history.map((event) =>
    event.kind === "heal"
      ? { ...event, effectAtMs: 55_000 }
      : event.kind === "fault"
        ? { ...event, effectAtMs: 25_000 }
        : event,
  );
  const [moved] = boxes(await svgOf(later), colour("faultBand"));
  assert.ok(moved!.x > from!.x, "it begins later");
  assert.ok(Math.abs(moved!.width - from!.width) < 0.2, "30 s are as wide as 30 s");
  assert.ok(Math.abs(moved!.x - from!.x - 15 * (from!.width / 30)) < 0.3, "by 15 s");
});

test("timelineOf() draws a fault that was never healed on to the end, and says so", async () => {
  const open = await svgOf(history.filter(({ kind }) => kind !== "heal"));
  const [healed] = boxes(await svgOf(history), colour("faultBand"));
  const [band] = boxes(open, colour("faultBand"));
  assert.ok(Math.abs(band!.width - (healed!.width / 30) * 50) < 0.3);
  assert.match(open, /kill 2, not healed ▸/);
});

test("timelineOf() draws overlapping faults above each other", async () => {
  const svg = await svgOf([
    ...history.slice(0, -1),
    { ...fault(20_000, "f2"), fault: "stop", targets: [3] } as HistoryEvent,
    END,
  ]);
  const tops = [...svg.matchAll(/<rect [^>]*>/g)]
    .map(([tag]) => tag)
    .filter((tag) => tag.includes(`fill="${colour("faultBar")}"`))
    .map((tag) => tag.match(/ y="([^"]*)"/)?.[1]);
  assert.ok(new Set(tops).size >= 2, tops.join());
});

const part = (
  kind: Part["kind"],
  fromMs: number,
  toMs: number,
  evidence: readonly Evidence[] = [],
): Part => ({ kind, fromMs, toMs, tookMs: toMs - fromMs, what: `until <${kind}> was over`, evidence });
const explained = (client: string, parts: readonly Part[]): ExplainedWindow => {
  const [fromMs, toMs] = [parts[0]!.fromMs, parts.at(-1)!.toMs];
  return {
    client,
    topic: "orders",
    partition: 0,
    fromMs,
    toMs,
    tookMs: toMs - fromMs,
    isOver: true,
    faults: [],
    parts,
    unexplainedMs: 0,
    sentence: `${client} waited ${toMs - fromMs} ms`,
  };
};
const FENCED: Evidence = { kind: "log", atMs: 19_000, service: "kafka-1", text: "Fencing <broker> 2" };
const PARTS = [
  part("detection", 10_000, 19_000, [FENCED]),
  part("election", 19_000, 20_000),
  part("metadata", 20_000, 22_000),
];
const explanation: Explanation = { windows: [explained("warm", PARTS)], groups: [] };
const widthsOf = (svg: string, ...kinds: Part["kind"][]): number[] =>
  kinds.map((kind) =>
    Math.round(
      [...svg.matchAll(/<rect [^>]*>/g)]
        .map(([tag]) => tag)
        .filter((tag) => tag.includes(`fill="${colour(`part ${kind}`)}"`) && !tag.includes('width="10"'))
        .reduce((sum, tag) => sum + Number(tag.match(/ width="([^"]*)"/)![1]), 0),
    ),
  );

test("timelineOf() draws each part of an explained outage as wide as it took, with its proof for who points at it", async () => {
  const { svg = "", text } = await timelineOf(history, { explanation });
  const [detection, election, metadata] = widthsOf(svg, "detection", "election", "metadata");
  const second = (detection! + 1) / 9; // a bar is a pixel less than its time
  assert.ok(
    Math.abs(election! + 1 - second) <= 1 && Math.abs(metadata! + 1 - 2 * second) <= 1,
    `${detection}, ${election}, ${metadata}`,
  );
  for (const written of [
    "detection, 9.0 s: until &lt;detection&gt; was over; 19.0 s kafka-1: Fencing &lt;broker&gt; 2",
    ">detection 9.0 s<",
    ">warm waited 12000 ms<",
    "; warm: warm waited 12000 ms</desc>",
  ])
    assert.ok(svg.includes(written), written);
  assert.equal(text, timeline(history, { width: 100, explanation }));
  const [longer] = widthsOf(
    (
      await timelineOf(history, {
        explanation: { windows: [explained("warm", [part("detection", 10_000, 28_000)])] },
      })
    ).svg!,
    "detection",
  );
  assert.ok(Math.abs(longer! + 1 - 18 * second) <= 1);
});

test("timelineOf() draws nothing of an explanation without an outage", async () =>
  assert.is((await timelineOf(history, { explanation: { windows: [] } })).svg, await svgOf(history)));

test("timelineOf() shows the outages of the four clients that waited longest, and tells the three longest", async () => {
  const windows = [1, 2, 3, 4, 5].map((n) => explained(`client-${n}`, [part("healing", 0, n * 5000)]));
  const { svg = "" } = await timelineOf(
    [...history, ...windows.map(({ client }, i) => sent(i, 1, "ok", client))],
    { explanation: { windows } },
  );
  assert.equal(
    [5, 4, 3, 2, 1].map((n) => svg.includes(`client-${n}: client-${n} waited`)),
    [true, true, true, false, false],
  );
  assert.is([...svg.matchAll(/<title>healing, /g)].length, 4);
});

test("timelineOf() with 100,000 sends and hundreds of explained outages is short and quick", async () => {
  const many: HistoryEvent[] = [...history.slice(0, -1)];
  for (let i = 0; i < 100_000; i++)
    many.push(sent((i * MINUTE) / 100_000, 1 + ((i * 7919) % 1000) / 50, "ok", `client-${i % 4}`));
  const proof = Array.from(
    { length: 20 },
    (): Evidence => ({ ...FENCED, text: "a long line of a log ".repeat(50) }),
  );
  const windows = Array.from({ length: 400 }, (_, i) =>
    explained(
      `client-${i % 4}`,
      (
        [
          "detection",
          "election",
          "metadata",
          "back-off",
          "reconnect",
          "request",
          "delay",
          "healing",
          "other",
          "unexplained",
        ] as const
      ).map((kind, k) => part(kind, i * 150 + k * 12, i * 150 + (k + 1) * 12, proof)),
    ),
  );
  const { svg = "", text } = await timelineOf([...many, END], { explanation: { windows } });
  assert.ok(svg.length < 200_000, `${svg.length} bytes`);
  assert.ok(text.length < 100, `${text.length} lines`);
});

test("timelineOf() draws an empty history, and one of a single moment", async () => {
  for (const events of [[], [step(0, "only")], [sent(0, 0, "ok")]]) {
    const svg = await svgOf(events);
    assert.match(svg, /<\/svg>\n$/);
    assert.not.match(svg, /NaN|Infinity|undefined/);
  }
});
test.run();
