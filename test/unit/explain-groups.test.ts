import { test } from "uvu";
import * as assert from "uvu/assert";
import { explain, type ExplainedStandstill } from "../../sdk/analysis/explain/mod.ts";
import { explanationLines } from "../../sdk/report/text/mod.ts";
import type { HistoryEvent } from "../../sdk/model/history.ts";
import { CASES, type OutageCase } from "./group-outage-runs.ts";
import { killed, killedRun, outageRun } from "./group-outages.ts";
import { random } from "./random.ts";

/** The longest outage of a run: there are the first one of its beginning, and the one that it is about. */
function longest(history: readonly HistoryEvent[]): ExplainedStandstill {
  const { groups } = explain(history);
  const found = [...groups].sort((a, b) => b.tookMs - a.tookMs)[0];
  assert.ok(found, "a partition stood still");
  return found;
}

const timersOf = ({ parts }: ExplainedStandstill): string[] => [
  ...new Set(
    parts.flatMap(({ evidence }) => evidence.flatMap((one) => (one.kind === "timer" ? one.timer.name : []))),
  ),
];

/** Parts follow each other, and add up to the outage. */
function assertWhole({ parts, fromMs, toMs, tookMs, unexplainedMs }: ExplainedStandstill): void {
  assert.is(parts[0]?.fromMs, fromMs);
  assert.is(parts.at(-1)?.toMs, toMs);
  assert.is(tookMs, toMs - fromMs);
  for (const [i, part] of parts.entries()) {
    assert.ok(part.toMs > part.fromMs, `${part.what} has a length`);
    assert.is(part.tookMs, part.toMs - part.fromMs);
    if (i > 0) assert.is(part.fromMs, parts[i - 1]!.toMs);
    assert.ok(part.evidence.length > 0 || part.kind === "unexplained", `${part.what} has evidence`);
  }
  const unknown = parts.filter(({ kind }) => kind === "unexplained");
  assert.is(
    unexplainedMs,
    unknown.reduce((sum, part) => sum + part.tookMs, 0),
  );
}

for (const { title, kinds, timers = [], ...run } of CASES)
  test(title, () => {
    const one = longest(outageRun(run));
    const said = explanationLines({ windows: [], groups: [one] }).join("\n");
    assertWhole(one);
    assert.equal(
      one.parts.map(({ kind }) => kind),
      kinds,
      said,
    );
    assert.equal(timersOf(one), timers, said);
  });

type Part = ExplainedStandstill["parts"][number];
const placed = ({ kind, what, fromMs, toMs }: Part): string => `${kind} ${what} ${fromMs} ${toMs}`;
/** What an outage is measured by cannot be taken away without changing the outage. */
const MEASURED = ["fetch", "processing", "delay"];

for (const { title, ...run } of CASES)
  test(`no part stands without its evidence: ${title}`, () => {
    const whole = longest(outageRun(run));
    for (const part of whole.parts.filter(({ kind }) => kind !== "unexplained" && !MEASURED.includes(kind))) {
      const moments = new Set(part.evidence.flatMap((one) => (one.kind === "timer" ? [] : one.atMs)));
      const events = run.events.filter(
        (event) =>
          !moments.has(event.kind === "fault" || event.kind === "heal" ? event.effectAtMs : event.atMs),
      );
      const one = longest(outageRun({ ...run, events }));
      assertWhole(one);
      assert.not.ok(
        one.parts.map(placed).includes(placed(part)),
        `${placed(part)} stands without its evidence`,
      );
    }
  });

test("a record that comes when nobody has its partition: who had it last lost it", () => {
  const isUnsent = (offset: string): boolean => Number(offset) > 95 && Number(offset) < 105;
  const history = outageRun(killedRun).flatMap((event): HistoryEvent[] => {
    if (event.kind === "send") return isUnsent(event.offset!) ? [] : [event];
    if (event.kind === "delivered")
      return [{ ...event, records: event.records.filter(({ offset }) => !isUnsent(offset)) }];
    if (event.kind === "processed")
      return [{ ...event, offsets: event.offsets.filter((offset) => !isUnsent(offset)) }];
    return [event];
  });
  const one = longest(history);
  assert.ok(one.fromMs > 10_500, `${one.fromMs}`);
  assert.equal([one.lostBy, one.readBy], ["billing.1", "billing.2"]);
});

const without = (isIt: (event: HistoryEvent) => boolean): string[] =>
  longest(outageRun({ ...killedRun, events: killed.filter((event) => !isIt(event)) })).parts.map(
    ({ kind }) => kind,
  );
const isLine = (what: string) => (event: HistoryEvent) =>
  event.kind === "broker log" && event.fact.what === what;

for (const [title, isIt, kinds] of [
  [
    "the session's end: the rebalance began for an unknown reason",
    isLine("membersRemoved"),
    ["detection", "join", "sync", "sync", "position", "fetch", "processing"],
  ],
  [
    "the assignment's line: only the member tells of it",
    isLine("rebalanceEnded"),
    ["detection", "join", "sync", "position", "fetch", "processing"],
  ],
  [
    "the client's log: nothing tells of the committed offset",
    (event: HistoryEvent) => event.kind === "log",
    ["detection", "join", "sync", "sync", "fetch", "processing"],
  ],
  [
    "every trace of the rebalance: most of it is unexplained",
    (event: HistoryEvent) =>
      event.kind === "broker log" ||
      (event.kind === "member" && ["rebalancing", "joined"].includes(event.change)),
    ["unexplained", "sync", "position", "fetch", "processing"],
  ],
] as const)
  test(`without ${title}`, () => assert.equal(without(isIt), kinds));

/** Leaves events out, and moves others. */
function shaken(run: OutageCase, next: () => number): HistoryEvent[] {
  const events = run.events
    .filter(() => next() > 0.25)
    .map((event): HistoryEvent => {
      const byMs = next() < 0.3 ? Math.round((next() - 0.5) * 4000) : 0;
      const atMs = Math.max(0, event.atMs + byMs);
      return (
        "effectAtMs" in event ? { ...event, atMs, effectAtMs: atMs + 5 } : { ...event, atMs }
      ) as HistoryEvent;
    });
  return outageRun({ ...run, events });
}

test("parts are in order, inside the outage, and add up to it, whatever is missing or out of order", () => {
  const next = random(18);
  let count = 0;
  for (let n = 0; n < 120; n++) {
    const { groups } = explain(shaken(CASES[n % CASES.length]!, next), { longerThanMs: 150 });
    groups.forEach(assertWhole);
    count += groups.length;
  }
  assert.ok(count >= 120, `${count} outages`);
});

test("explain({ group }) and explain({ client }) leave the other out", () => {
  const history = outageRun(killedRun);
  assert.equal(explain(history, { group: "another" }), { windows: [], groups: [] });
  assert.equal(explain(history, { client: "probe" }).groups, []);
  assert.ok(explain(history, { group: "billing" }).groups.length > 0);
  assert.equal(explain(history, { topic: "another" }).groups, []);
});
test.run();
