// How long it takes to explain, trace and draw 100,000 sends, each beside what it takes to write them as
// JSON: the ratio says more than the milliseconds of one machine.

import { performance } from "node:perf_hooks";
import { anomalies, explain, type HistoryEvent, predictionChecks, timelineOf } from "@kafka-failure-lab/sdk";
import { parseLine } from "@kafka-failure-lab/sdk/testing";
import { type Figure, figure, pairwise, type PartOptions } from "./figure.ts";
import { manyPredicted, manySends } from "./many.ts";

const LINES = 100_000;
const LINE =
  "[2026-11-25 14:51:46,752] INFO [ReplicaFetcher replicaId=1, leaderId=3, fetcherId=0] Error sending " +
  "fetch request (sessionId=357608226, epoch=INITIAL) to node 3: " +
  "(org.apache.kafka.clients.FetchSessionHandler)";

/** Measures what is done with a history that is already there. */
export async function explaining({ runs = 5, say }: PartOptions): Promise<Figure[]> {
  say("explain: making histories of 100,000 sends");
  const [served, predicted] = [manySends(), manyPredicted()];
  const never = served.map(
    (event): HistoryEvent => (event.kind === "send" ? { ...event, outcome: "info" } : event),
  );
  const parts: readonly [what: string, history: HistoryEvent[], work: (one: HistoryEvent[]) => unknown][] = [
    ["explain(), 100,000 sends", served, (one) => explain(one)],
    ["explain(), clients that are never served", never, (one) => explain(one)],
    ["predictionChecks(), ten predictions", predicted, (one) => predictionChecks(one)],
    ["anomalies(), 100,000 sends", predicted, (one) => anomalies(one)],
    ["timelineOf(), 100,000 sends", served, (one) => timelineOf(one)],
    ["parseLine(), 100,000 lines of no interest", served, () => parseMany()],
  ];
  const figures: Figure[] = [];
  await timelineOf(served); // the library is loaded once
  for (const [what, history, work] of parts) {
    const [took, written]: [number[], number[]] = [[], []];
    for (let run = 1; run <= runs; run++) {
      took.push(await timed(() => work(history)));
      written.push(await timed(() => JSON.stringify(history)));
    }
    say(`explain: ${what}: ${took.at(-1)!.toFixed(0)} ms`);
    figures.push(figure(`explain: ${what}`, "ms", took));
    figures.push(figure("explain: the same, of JSON.stringify", "ratio", pairwise(took, written)));
  }
  return figures;
}

function parseMany(): void {
  for (let i = 0; i < LINES; i++) parseLine(LINE);
}

async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
