// Evidence belongs to the partition that it is cited for: a real run with six partitions, whose leader of
// orders-3 is killed (broker 2), and what changes when something of it was not seen.

import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { explain, type ExplainedWindow, predictionChecks } from "../../sdk/analysis/explain/mod.ts";
import type { History, HistoryEvent, SendEvent } from "../../sdk/model/history.ts";
import { wrongEvent } from "../../sdk/model/history-schema.ts";
import { readLines } from "../../sdk/recording/lines.ts";
import { renamedEvent } from "../../sdk/recording/renamed.ts";

const real: History = readLines(
  fileURLToPath(new URL("./explain/six-partitions-3.9.2.jsonl.gz", import.meta.url)),
  renamedEvent,
  wrongEvent,
).values as HistoryEvent[];

const windowOf = (history: History, client: string): ExplainedWindow => {
  const { windows } = explain(history);
  const own = windows.filter((one) => one.client === client);
  assert.is(own.length, 1, `${client}: ${own.map(({ sentence }) => sentence).join("\n")}`);
  return own[0]!;
};
const kindsOf = ({ parts }: ExplainedWindow): string[] => parts.map(({ kind }) => kind);
const textsOf = ({ parts }: ExplainedWindow): string[] =>
  parts.flatMap(({ what, evidence }) => [what, ...evidence.map(({ text }) => text)]);
const citedOf = (window: ExplainedWindow): number[] =>
  textsOf(window)
    .flatMap((text) => [...text.matchAll(/\borders-(\d+)\b/g)])
    .map(([, number]) => Number(number));
/** The history with the sends of one client changed. */
const withSends = (client: string, change: (send: SendEvent) => SendEvent): History =>
  real.map((event) => (event.kind === "send" && event.client === client ? change(event) : event));

for (const partition of [0, 1])
  test(`explain() tells the client of orders-${partition}, whose leader stayed, of the ISR of its own partition`, () => {
    const window = windowOf(real, `p${partition}`);
    assert.is(window.partition, partition);
    const isr = window.parts.find(({ kind }) => kind === "isr")!;
    assert.is(isr.what, `until broker 2 left the ISR of orders-${partition}`);
    assert.equal([...new Set(isr.evidence.map(({ kind }) => kind))].sort(), ["log", "view"]);
    assert.not.ok(kindsOf(window).includes("election"), window.sentence);
    assert.equal([...new Set(citedOf(window))], [partition]);
    assert.is(window.unexplainedMs, 0);
  });
test("explain() tells the client of orders-3 of the election for orders-3", () => {
  const window = windowOf(real, "p3");
  assert.is(window.partition, 3);
  assert.not.ok(kindsOf(window).includes("isr"), window.sentence);
  assert.ok(window.parts.find(({ kind }) => kind === "election")!.evidence.length > 0);
  assert.equal([...new Set(citedOf(window))], [3]);
});

for (const [name, kept, proof] of [
  ["views alone", (event: HistoryEvent) => event.kind !== "broker log" || !("topic" in event.fact), "view"],
  ["lines alone", (event: HistoryEvent) => event.kind !== "cluster" || event.atMs < 7_000, "log"],
] as const)
  test(`explain() proves a smaller ISR by ${name}`, () => {
    const isr = windowOf(real.filter(kept), "p1").parts.find(({ kind }) => kind === "isr")!;
    assert.equal([...new Set(isr.evidence.map(({ kind }) => kind))], [proof]);
  });
test("explain() takes a view for proof that came a little after the acknowledgement", () => {
  const late = real
    .filter((event) => event.kind !== "broker log" || !("topic" in event.fact))
    .map((event) =>
      event.kind === "cluster" && event.atMs > 7_000 ? { ...event, atMs: event.atMs + 300 } : event,
    );
  assert.ok(kindsOf(windowOf(late, "p1")).includes("isr"));
});
test("explain() does not hold the ISR for the reason where the client asks for the leader's word only", () => {
  const one = real.map((event) =>
    event.kind === "client" ? { ...event, settings: { ...event.settings, acks: 1 } } : event,
  );
  const kinds = kindsOf(windowOf(one, "p1"));
  assert.not.ok(kinds.includes("isr") || kinds.includes("election"), kinds.join());
});
test("explain() does not hold a broker for the reason that has no replica of the partition", () => {
  const apart = real.map((event): HistoryEvent => {
    if (event.kind === "cluster")
      return {
        ...event,
        partitions: event.partitions.map((one) =>
          one.partition === 1 ? { ...one, replicas: [1, 3], isr: [1, 3] } : one,
        ),
      };
    const isOf1 = event.kind === "broker log" && "partition" in event.fact && event.fact.partition === 1;
    return isOf1 ? { ...event, fact: { what: "started", nodeId: 1 } } : event;
  });
  const window = windowOf(apart, "p1");
  assert.not.ok(
    textsOf(window).some((text) => /fenced|Fencing|ISR/.test(text)),
    textsOf(window).join("\n"),
  );
});
test("explain() takes the partition that a send named where it was not acknowledged", () => {
  const never = withSends("p3", (send) => {
    if (send.atMs + send.tookMs < 7_500) return send;
    const { broker: _, partition: __, offset: ___, ...rest } = send;
    return { ...rest, outcome: "info", requestedPartition: 3 };
  });
  const window = windowOf(never, "p3");
  assert.equal([window.partition, window.isOver], [3, false]);
});
test("explain() looks at the partition at which the client's sends were held up, not at the one that came next", () => {
  // one client for both: its next send after the outage is one for a partition that was well
  const merged = real.map((event): HistoryEvent => {
    if (event.kind !== "send" || event.client === "p1") return event;
    return { ...event, client: "p3" };
  });
  assert.ok([0, 3].includes(windowOf(merged, "p3").partition));
  const own = citedOf(windowOf(merged, "p3"));
  assert.ok(
    own.every((partition) => partition === windowOf(merged, "p3").partition),
    own.join(),
  );
});

test("predictionChecks() compares each client with the partition that it writes to", () => {
  assert.equal(
    predictionChecks(real).map(({ client, partition, verdict, measured }) => [
      client,
      partition,
      verdict,
      measured?.failedOver,
    ]),
    [
      ["p3", 3, true, true],
      ["p0", 0, true, false],
      ["p1", 1, true, false],
    ],
  );
});

test.run();
