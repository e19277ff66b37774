// A fault's figures: when a client counts as never served again.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { HistoryEvent } from "../../sdk/model/history.ts";
import { outage } from "../../sdk/analysis/check/mod.ts";

const send = (atMs: number, tookMs: number, outcome: "ok" | "info" = "ok"): HistoryEvent => ({
  kind: "send",
  atMs,
  tookMs,
  client: "p",
  value: `p-${atMs}`,
  topic: "t",
  outcome,
  ...(outcome === "ok" && { broker: 1, partition: 0, offset: String(atMs) }),
  attempts: [],
});
const fault = (effectAtMs: number): HistoryEvent => ({
  kind: "fault",
  atMs: effectAtMs,
  tookMs: 1,
  effectAtMs,
  id: "kill-1",
  fault: "kill",
  targets: [1],
  asked: "1",
  via: "SIGKILL",
});
const heal = (effectAtMs: number): HistoryEvent => ({
  kind: "heal",
  atMs: effectAtMs - 1,
  tookMs: 1,
  effectAtMs,
  id: "kill-1",
  fault: "kill",
  targets: [1],
  via: "start",
});
/** Sends every 50 ms, each acknowledged after 10. */
const served = (fromMs: number, toMs: number): HistoryEvent[] =>
  Array.from({ length: (toMs - fromMs) / 50 }, (_, i) => send(fromMs + 50 * i, 10));

for (const [what, events, expected] of [
  ["a gap that was closed", [fault(1000), send(1000, 900), ...served(1900, 5000), heal(5000)], 900],
  [
    "no acknowledgement any more",
    [...served(0, 1000), fault(1000), send(1000, 5000, "info"), heal(5000)],
    null,
  ],
  [
    "acknowledgements that end long before the healing",
    [fault(1000), ...served(1000, 3000), send(3000, 3000), heal(5000)],
    null,
  ],
  [
    "a gap that was closed, and a longer one when it is healed, by a busy machine",
    [fault(1000), send(1000, 300), ...served(1300, 5000), send(4990, 900), heal(5800)],
    300,
  ],
  [
    "a longer one still, that ends sooner after the healing than a broker can serve",
    [fault(1000), send(1000, 300), ...served(1300, 3000), send(2990, 2100), heal(5000)],
    300,
  ],
  [
    "the same that ends later",
    [fault(1000), send(1000, 300), ...served(1300, 3000), send(2990, 2600), heal(5000)],
    null,
  ],
  [
    "acknowledgements that end as it is healed, where only the healing serves",
    [...served(0, 1000), fault(1000), send(1000, 2000), heal(2990)],
    null,
  ],
  [
    "a fault shorter than that",
    [...served(0, 1000), fault(1000), send(1000, 1), send(1010, 900), heal(1300)],
    null,
  ],
] as const) {
  test(`outage() of ${what} is ${expected ?? "never"}`, () => {
    const ordered = [...events].sort((a, b) => a.atMs - b.atMs);
    assert.is(outage(ordered, { topic: "t" }).clients["p"], expected);
  });
}
test.run();
