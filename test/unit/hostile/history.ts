// A history with an event of each kind and an outage that is explained, in which every free text is hostile.

import process from "node:process";
import { fileURLToPath } from "node:url";
import type { HistoryEvent } from "../../../sdk/model/history.ts";
import { fromCompose, predict } from "../../../sdk/analysis/predict/mod.ts";
import { predictGroup } from "../../../sdk/analysis/predict/groups/mod.ts";
import { readCompose } from "../../../sdk/compose/read.ts";
import { resolveFault } from "../../../sdk/faults/mod.ts";
import { wrongEvent } from "../../../sdk/model/history-schema.ts";
import { readLines } from "../../../sdk/recording/lines.ts";
import { renamedEvent } from "../../../sdk/recording/renamed.ts";
import { composeFile } from "../../../sdk/lab/plan.ts";
import { circumstancesOf, group } from "../group-cells.ts";
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
const circumstances = circumstancesOf(group({ members: ["billing.1"] }), resolveFault({ kind: "kill" }, [3]));
const groupPrediction = predictGroup({
  ...circumstances,
  partitions: circumstances.partitions.map((one) => ({ ...one, topic: "my_topic" })),
});
const orders = { group: "billing", member: "billing.1", topic: "my_topic", partition: 0 };
const lost = { atMs: 2600, tookMs: 30, client: "probe", topic: "my_topic", attempts: [] };

/** One of each kind that the recorded run does not have, and sends that were lost, doubled and refused. */
const added: readonly HistoryEvent[] = [
  { kind: "step", atMs: 0, name: "step" },
  { kind: "note", atMs: 1, text: "note" },
  { kind: "stranger", atMs: 1, broker: 1, from: "127.0.0.1:5", program: "program", pid: 5 },
  { kind: "log", atMs: 2, source: "probe", level: "WARN", logger: "NetworkClient", text: "log" },
  { kind: "stall", atMs: 2500, tookMs: 80, thread: "clients" },
  { kind: "machine", atMs: 3, tookMs: 250, nodesMs: { "kafka-1": 20 }, labMs: 1 },
  { kind: "clock", atMs: 3, service: "kafka-1", offsetMs: 1, withinMs: 1 },
  { kind: "prediction", atMs: 3400, client: "probe", topic: "my_topic", prediction },
  {
    kind: "group prediction",
    atMs: 3400,
    group: "billing",
    topic: "my_topic",
    prediction: groupPrediction,
    perSecond: 100,
  },
  { kind: "topic", atMs: 3440, topic: "other_topic", id: "id", before: "before" },
  {
    kind: "election",
    atMs: 3445,
    tookMs: 5,
    election: "unclean",
    asked: "my_topic-0",
    partitions: [
      { topic: "my_topic", partition: 0, before: null, after: 1, result: "elected" },
      { topic: "my_topic", partition: 1, before: 1, after: 1, result: "refused", error: "no" },
    ],
  },
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
  { kind: "watch", atMs: 4, watch: "watch-1", topic: "my_topic", by: "value", partitions: [] },
  {
    kind: "arrivals",
    atMs: 5000,
    watch: "watch-1",
    topic: "my_topic",
    records: [
      { partition: 0, offset: "9998", value: "stranger", key: "key", notBeforeMs: 20, atMs: 30 },
      { partition: 0, offset: "9999", value: "stranger", notBeforeMs: 4990, atMs: 5000, stampMs: 4980 },
    ],
  },
  {
    kind: "watch end",
    atMs: 6000,
    watch: "watch-1",
    topic: "my_topic",
    partitions: [{ partition: 0, to: "10000", complete: false, error: "gone" }],
  },
  {
    kind: "member",
    atMs: 7,
    group: "billing",
    member: "billing.1",
    change: "failed",
    memberId: "billing-1",
    error: "gone",
    partitions: [{ topic: "my_topic", partition: 0 }],
  },
  ...(["started", "joined", "assigned", "paused", "resumed", "lost", "revoked", "ended"] as const).map(
    (change, i): HistoryEvent => ({
      kind: "member",
      atMs: 20 + i * 1000,
      group: "billing",
      member: "billing.2",
      change,
      error: "gone",
      partitions: [{ topic: "my_topic", partition: 0 }],
    }),
  ),
  { kind: "delivered", atMs: 8, ...orders, records: [{ offset: "0", value: "probe-1" }] },
  { kind: "processed", atMs: 9, tookMs: 1, ...orders, offsets: ["0"], error: "gone" },
  {
    kind: "commit",
    atMs: 10,
    tookMs: 1,
    group: "billing",
    member: "billing.1",
    offsets: [{ topic: "my_topic", partition: 0, offset: "1" }],
    error: "gone",
  },
  {
    kind: "produced",
    atMs: 10,
    tookMs: 1,
    group: "billing",
    member: "billing.1",
    topic: "my_topic",
    partition: 0,
    offsets: ["0"],
    output: "bills",
    error: "gone",
  },
  {
    kind: "transaction",
    atMs: 10,
    tookMs: 1,
    group: "billing",
    member: "billing.1",
    transactionalId: "billing.1",
    change: "failed",
    error: "fenced",
  },
  {
    kind: "group",
    atMs: 11,
    group: "billing",
    state: "Stable",
    coordinator: 1,
    protocol: "classic",
    members: [{ memberId: "billing-1", clientId: "billing.1", partitions: [] }],
  },
  {
    kind: "lag",
    atMs: 12,
    group: "billing",
    partitions: [{ topic: "my_topic", partition: 0, committed: "1", end: "2" }],
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
      : event.kind === "group prediction"
        ? { ...poisoned(event, hostile), prediction: poisoned(event.prediction, hostile) }
        : event.kind === "prediction"
          ? { ...poisoned(event, hostile), prediction: poisoned(event.prediction, hostile, ["is"]) }
          : poisoned(event, hostile, ["api"]),
  );
}
