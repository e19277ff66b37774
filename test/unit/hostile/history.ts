// A history with an event of each kind and an outage that is explained, in which every free text is hostile.

import process from "node:process";
import { fileURLToPath } from "node:url";
import type { HistoryEvent } from "../../../sdk/model/history.ts";
import { fromCompose, predict } from "../../../sdk/analysis/predict/mod.ts";
import { readCompose } from "../../../sdk/compose/read.ts";
import { wrongEvent } from "../../../sdk/model/history-schema.ts";
import { readLines } from "../../../sdk/recording/lines.ts";
import { renamedEvent } from "../../../sdk/recording/renamed.ts";
import { composeFile } from "../../../sdk/lab/plan.ts";
import { poisoned } from "./text.ts";

/** Three brokers that lost their leader, as recorded. */
const recorded = readLines(
  fileURLToPath(new URL("../explain/kill-then-stop-3.9.2.jsonl.gz", import.meta.url)),
  renamedEvent,
  wrongEvent,
).values as HistoryEvent[];

const prediction = predict(
  fromCompose(readCompose([composeFile("three-brokers")], { env: {}, cwd: process.cwd() }), {
    topic: {},
    client: {},
    kafka: "3.9.2",
    engine: null,
    leader: 3,
    fault: { kind: "kill", targets: [3] },
  }),
);
const lost = { atMs: 2600, tookMs: 30, client: "probe", topic: "my_topic", attempts: [] };

/** One of each kind that the recorded run does not have, and sends that were lost, doubled and refused. */
const added: readonly HistoryEvent[] = [
  { kind: "step", atMs: 0, name: "step" },
  { kind: "note", atMs: 1, text: "note" },
  { kind: "log", atMs: 2, source: "probe", level: "WARN", logger: "NetworkClient", text: "log" },
  { kind: "clock", atMs: 3, service: "kafka-1", offsetMs: 1, withinMs: 1 },
  { kind: "prediction", atMs: 3400, client: "probe", topic: "my_topic", prediction },
  { kind: "read", atMs: 3450, tookMs: 1, client: "reader", topic: "my_topic", records: [] },
  { kind: "send", ...lost, value: "lost", outcome: "ok", broker: 1, partition: 0, offset: "9999" },
  { kind: "send", ...lost, value: "failed", outcome: "fail", error: "no" },
  {
    kind: "send",
    ...lost,
    value: "refused",
    outcome: "info",
    error: "gone",
    attempts: [
      { atMs: 2610, tookMs: 1, broker: null, address: "host:1", api: "Connect", error: "ECONNREFUSED" },
    ],
  },
  {
    kind: "readback",
    atMs: 60_000,
    tookMs: 10,
    client: "readback",
    topic: "my_topic",
    partitions: [{ partition: 0, from: "0", to: "10000", complete: true, error: "torn" }],
    records: [
      { value: "probe-1", partition: 0, offset: "0" },
      { value: "probe-1", partition: 0, offset: "1" },
      { value: "failed", partition: 0, offset: "2" },
      { value: "stranger", partition: 0, offset: "9999" },
    ],
  },
];

/** The history, not yet hostile. */
export const honest: readonly HistoryEvent[] = [...recorded, ...added].sort((a, b) => a.atMs - b.atMs);

/** The history with hostile text in every free text; what the checkers and the explanation look for stays. */
export function hostileHistory(hostile: string): HistoryEvent[] {
  return honest.map((event) =>
    event.kind === "broker log"
      ? { ...poisoned(event, hostile), fact: poisoned(event.fact, hostile, ["what", "state"]) }
      : event.kind === "prediction"
        ? { ...poisoned(event, hostile), prediction: poisoned(event.prediction, hostile, ["is"]) }
        : poisoned(event, hostile, ["api"]),
  );
}
