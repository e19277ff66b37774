// Histories that nobody would write: whatever happens in them, an explanation is whole.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { explain } from "../../sdk/analysis/explain/mod.ts";
import type { Attempt, FaultKind, HistoryEvent, BrokerLogFact } from "../../sdk/model/history.ts";
import { explanationLines } from "../../sdk/report/text/mod.ts";
import { fault, heal, log, view } from "./explain/histories.ts";
import { random } from "./random.ts";

function history(seed: number): HistoryEvent[] {
  const next = random(seed);
  const below = (n: number): number => Math.floor(next() * n);
  const one = <T>(some: readonly T[]): T => some[below(some.length)]!;
  const broker = (): number => 1 + below(3);
  const isr = (): number[] => [1, 2, 3].filter(() => next() < 0.7);
  const fact = (): BrokerLogFact =>
    one<BrokerLogFact>([
      { what: "fenced", nodeId: broker() },
      { what: "controlledShutdownGranted", nodeId: broker() },
      {
        what: "registration",
        nodeId: broker(),
        state: one(["fenced", "unfenced", "in controlled shutdown"] as const),
      },
      { what: "becameCandidate", nodeId: broker() },
      { what: "quorumLeader", nodeId: one([null, 1, 2]), epoch: below(9) },
      { what: "controllerActive", nodeId: broker(), epoch: below(9) },
      {
        what: "becameLeader",
        nodeId: broker(),
        topic: "my_topic",
        partition: 0,
        leaderEpoch: below(5),
        offset: "1",
        isr: isr(),
      },
      { what: "isr", nodeId: 1, topic: "my_topic", partition: 0, isr: isr() },
      { what: "isrShrinks", nodeId: 1, topic: "my_topic", partition: 0, from: [1, 2, 3], to: isr() },
      { what: "started", nodeId: broker() },
    ]);
  const attempt = (fromMs: number): Attempt => {
    const error = one([
      undefined,
      undefined,
      "TIMEOUT",
      "ECONNREFUSED",
      "NOT_LEADER_OR_FOLLOWER",
      "NOT_ENOUGH_REPLICAS",
      "BACKOFF",
    ]);
    return {
      atMs: fromMs + below(5000),
      tookMs: one([0, 1, 40, 3000]),
      broker: one([null, 1, 2, 3]),
      address: "localhost:29091",
      api: one(["Connect", "ApiVersions", "Metadata", "Produce"]),
      ...(error === undefined ? {} : { error }),
    };
  };
  const [run] = [
    {
      kind: "run",
      atMs: 0,
      startedAt: "2026-11-25T14:51:41.323Z",
      scenario: "chance",
      engine: "local",
      kafka: "4.4.0",
      brokers: [1, 2, 3].map((n) => ({ broker: n, nodeId: n, service: `kafka-${n}` })),
    } as const,
  ];
  const events: HistoryEvent[] = [
    run,
    {
      kind: "client",
      atMs: 0,
      client: "probe",
      settings: one([
        {},
        { acks: 1 },
        { acks: -1, requestTimeout: 3000, maxRetryTime: 200, bootstrap: ["localhost:29091"] },
      ]),
    },
  ];
  const kind = one<FaultKind>(["stop", "kill", "pause", "isolate", "delay"]);
  const struckMs = 2000 + below(6000);
  const target = broker();
  events.push(
    fault(
      kind,
      struckMs,
      target,
      kind === "delay"
        ? [{ kind: "delay", broker: target, path: "all", direction: "out", delayMs: 500, jitterMs: 0 }]
        : undefined,
    ),
  );
  if (next() < 0.6) events.push(heal(kind, struckMs + below(9000), target));
  for (let i = 0; i < 12; i++) events.push(log(below(20_000), broker(), fact()));
  for (let i = 0; i < 8; i++)
    events.push(
      view(below(20_000), one([null, 1, 2, 3]), isr(), {
        leader: one([null, 1, 2, 3]),
        leaderEpoch: below(5),
        isr: isr(),
      }),
    );
  for (let i = 0; i < 40; i++) {
    const atMs = below(20_000);
    const outcome = one(["ok", "ok", "info", "fail"] as const);
    events.push({
      kind: "send",
      atMs,
      tookMs: below(outcome === "ok" ? 3000 : 9000),
      client: "probe",
      value: `${i}`,
      topic: "my_topic",
      outcome,
      ...(outcome === "ok" ? { broker: broker(), partition: 0, offset: `${i}` } : { error: "gave up" }),
      attempts: Array.from({ length: below(6) }, () => attempt(atMs)),
    });
  }
  return events;
}

test(
  "explain() lays whole parts for a thousand histories by chance, in order, each with a proof or " +
    "unexplained",
  () => {
    let windows = 0;
    for (let seed = 1; seed <= 1000; seed++) {
      const explanation = explain(history(seed), { longerThanMs: 50 });
      for (const { fromMs, toMs, tookMs, parts, unexplainedMs, sentence } of explanation.windows) {
        windows++;
        const said = `history ${seed}: ${sentence}`;
        assert.equal([parts[0]?.fromMs, parts.at(-1)?.toMs], [fromMs, toMs], said);
        assert.ok(
          parts.every((part, i) => part.tookMs > 0 && (i === 0 || part.fromMs === parts[i - 1]?.toMs)),
          said,
        );
        assert.ok(Math.abs(parts.reduce((sum, part) => sum + part.tookMs, 0) - tookMs) < 0.001, said);
        assert.ok(
          parts.every(({ kind, evidence }) => kind === "unexplained" || evidence.length > 0),
          said,
        );
        assert.ok(unexplainedMs >= 0 && unexplainedMs <= tookMs + 0.001, said);
      }
      assert.equal(
        explanationLines(explanation).filter((line) => /undefined|NaN|Infinity|null/.test(line)),
        [],
        `history ${seed}`,
      );
    }
    assert.ok(windows > 1000, `${windows} windows`);
  },
);
test("explain() writes sums that add up as written", () => {
  for (let seed = 1; seed <= 300; seed++) {
    for (const { sentence } of explain(history(seed), { longerThanMs: 50 }).windows) {
      const [total, terms] = sentence.split(" = ", 2);
      const numbers = (terms ?? "").split(/ \+ (?=\d)/).map((term) => Math.round(parseFloat(term) * 10));
      assert.is(
        numbers.reduce((sum, one) => sum + one, 0),
        Math.round(parseFloat(total ?? "") * 10),
        sentence,
      );
    }
  }
});
test.run();
