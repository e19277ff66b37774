import { test } from "uvu";
import * as assert from "uvu/assert";
import { explain } from "../../sdk/explain/mod.ts";
import type { Attempt, HistoryEvent } from "../../sdk/history.ts";

const SENDS = 100_000;

/** Sends at 1,000 a second by four clients; ten outages of 2 s, after which every send that waited ends with what passed while it did. */
function long(): HistoryEvent[] {
  const history: HistoryEvent[] = [{ kind: "run", atMs: 0, startedAt: "2026-11-25T14:51:41.323Z", scenario: "speed", engine: "local", kafka: "3.9.2", brokers: [{ broker: 1, nodeId: 1, service: "kafka-1" }] }];
  for (let i = 0; i < 10; i++) {
    history.push({ kind: "fault", atMs: i * 10_000 + 3000, tookMs: 1, effectAtMs: i * 10_000 + 3000, id: `f${i}`, fault: "pause", targets: [1], asked: "1", via: "test" });
    history.push({ kind: "heal", atMs: i * 10_000 + 5000, tookMs: 1, effectAtMs: i * 10_000 + 5000, id: `f${i}`, fault: "pause", targets: [1], via: "test" });
  }
  for (let i = 0; i < SENDS; i++) {
    const isLate = i % 10_000 >= 3000 && i % 10_000 < 5000;
    const endMs = isLate ? i - (i % 10_000) + 5005 + (i % 7) / 8 : i + 3 + (i % 7) / 8;
    const tries: Attempt[] = isLate ? Array.from({ length: 40 }, (_, n) => ({ atMs: i - (i % 10_000) + 3000 + n * 50, tookMs: 1, broker: 1, address: "localhost:29091", api: "Connect", error: "ECONNREFUSED" })) : [];
    history.push({ kind: "send", atMs: i, tookMs: endMs - i, client: `client-${i % 4}`, value: `${i}`, topic: "orders", outcome: "ok", broker: 1, partition: 0, offset: `${i}`, attempts: [...tries, { atMs: endMs - 2, tookMs: 2, broker: 1, address: "localhost:29091", api: "Produce" }] });
  }
  return history;
}

/** The fastest of three: other tests run beside this one. */
function fastest(history: readonly HistoryEvent[]): { tookMs: number; windows: number } {
  const runs = [1, 2, 3].map(() => {
    const began = performance.now();
    const { windows } = explain(history);
    return { tookMs: performance.now() - began, windows: windows.length };
  });
  return runs.reduce((best, one) => (one.tookMs < best.tookMs ? one : best));
}

test("explain() explains 100,000 sends in less than a second", () => {
  const { tookMs, windows } = fastest(long());
  console.log(`explain(): 100,000 sends, ${windows} windows: ${tookMs.toFixed(0)} ms`);
  assert.is(windows, 40);
  assert.ok(tookMs < 1000, `took ${tookMs} ms`);
});
test("explain() explains clients that were never served, with 100,000 sends, in less than a second", () => {
  const { tookMs, windows } = fastest(long().map((event): HistoryEvent => (event.kind === "send" ? { ...event, outcome: "info" } : event)));
  assert.is(windows, 4);
  assert.ok(tookMs < 1000, `took ${tookMs} ms`);
});
test.run();
