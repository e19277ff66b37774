// How long it takes to judge a million sends.

import { performance } from "node:perf_hooks";
import { check, type CheckerName, type HistoryEvent, type ReadRecord } from "@kafka-failure-lab/sdk";
import { type Figure, figure, type PartOptions } from "./figure.ts";

const SENDS = 1_000_000;
const PARTITIONS = 3;
const EVERY: readonly CheckerName[] = [
  "noLostWrites",
  "noPhantomWrites",
  "duplicates",
  "order",
  "availability",
  "progress",
  "recovery",
];
const CYCLE = 120_000; // a fault each, healed after 20,000 sends

/** Measures `check()` with its default checkers and with all of them. */
export async function judging({ runs = 5, say }: PartOptions): Promise<Figure[]> {
  say("judge: making a history of 1,000,000 acknowledged sends and their readback");
  const history = million();
  const lost = history.map((event) => (event.kind === "readback" ? { ...event, records: [] } : event));
  const [some, all, none]: [number[], number[], number[]] = [[], [], []];
  for (let run = 1; run <= runs; run++) {
    some.push(timed(() => check(history).counts.acknowledged));
    all.push(timed(() => check(history, { checks: EVERY }).counts.acknowledged));
    none.push(timed(() => check(lost, { checks: EVERY }).counts.lost));
    say(
      `judge ${run} of ${runs}: ${some.at(-1)!.toFixed(2)} s, with every checker ${all.at(-1)!.toFixed(2)} s`,
    );
  }
  return [
    figure("judge: check() on 1,000,000 sends", "s", some, [{ statistic: "median", atMost: 2 }]),
    figure("judge: the same with every checker", "s", all),
    figure("judge: the same where every record is lost", "s", none),
  ];
}

function timed(judge: () => number): number {
  const began = performance.now();
  const acknowledged = judge();
  if (acknowledged !== SENDS)
    throw new Error(`check() counted ${acknowledged} of ${SENDS} acknowledged sends`);
  return (performance.now() - began) / 1000;
}

/** Sends in the order of their ends, 2,000 a second by four clients, with a fault every minute. */
function million(): HistoryEvent[] {
  const history: HistoryEvent[] = [];
  const logs: ReadRecord[][] = Array.from({ length: PARTITIONS }, () => []);
  for (let i = 0; i < SENDS; i++) {
    const partition = i % PARTITIONS;
    const [atMs, value, offset] = [i / 2, `bench:${i}`, String(Math.floor(i / PARTITIONS))];
    const attempts = [{ atMs, tookMs: 5, broker: 1, address: "localhost:29091", api: "Produce" }];
    history.push({
      kind: "send",
      atMs,
      tookMs: 5 + (i % 7) / 16,
      client: `client-${i % 4}`,
      value,
      topic: "orders",
      outcome: "ok",
      broker: 1,
      partition,
      offset,
      attempts,
    });
    logs[partition]!.push({ value, partition, offset });
    const fault = {
      id: `kill-${Math.floor(i / CYCLE)}`,
      fault: "kill",
      targets: [1],
      via: "SIGKILL",
      atMs,
      effectAtMs: atMs,
      tookMs: 5,
    } as const;
    if (i % CYCLE === 0) history.push({ kind: "fault", asked: "1", ...fault });
    if (i % CYCLE === 20_000) history.push({ kind: "heal", ...fault });
  }
  const partitions = logs.map((log, partition) => ({
    partition,
    from: "0",
    to: String(log.length),
    complete: true,
  }));
  // a readback comes from a broker: its texts are not the same objects as those of the sends
  const records = JSON.parse(JSON.stringify(logs.flat())) as ReadRecord[];
  history.push({
    kind: "readback",
    atMs: SENDS,
    tookMs: 900,
    client: "reader",
    topic: "orders",
    partitions,
    records,
  });
  return history;
}
