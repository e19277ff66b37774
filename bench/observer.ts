// What it costs to watch the cluster while it is measured: a probe's sends a second with the observer and the
// followed logs, and without.
//
// One lab, which does not observe by itself; the same load in turns, with both and with neither: A B B A.
// What is told while a log is first read stirs the observer for a second, as a fault does; the load begins
// after that.

import { performance } from "node:perf_hooks";
import { startLab } from "@kafka-failure-lab/sdk";
import { followLogs, makeObserver, recordViews } from "@kafka-failure-lab/sdk/testing";
import { type Figure, figure, pairwise, type PartOptions } from "./figure.ts";

const IN_FLIGHT = 50;
const WINDOW_MS = 3_000;
const SETTLE_MS = 1_500;
/** Two turns in a row on one machine differ by a tenth: it takes many of them to see three in a hundred. */
const PAIRS = 20;

/** Measures the observer's share of a probe's throughput. */
export async function observer({ runs = PAIRS, folder, say }: PartOptions): Promise<Figure[]> {
  await using lab = await startLab({
    engine: "local",
    scenario: "bench-observer",
    runs: folder,
    observe: false,
    onProgress: say,
  });
  const eye = makeObserver(lab.engine.nodes);
  const engine = {
    ...lab.engine,
    logFile: (service: string) => `${lab.run.dir}/${service}.log`,
    keptLogs: () => Promise.resolve([]),
  };
  const probe = lab.probe({ name: "observed" });
  async function rate(isWatched: boolean): Promise<number> {
    const views = isWatched ? recordViews(lab.run, eye, () => [lab.topic]) : undefined;
    const logs = views && followLogs(lab.run, engine, views.pollFast);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const load = probe.start({ perSecond: 1e6, inFlight: IN_FLIGHT });
    const began = performance.now();
    await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));
    const { ok } = await load.stop();
    const perSecond = (ok / (performance.now() - began)) * 1000;
    logs?.stop();
    views?.stop();
    return perSecond;
  }
  const measured = { watched: [] as number[], alone: [] as number[] };
  try {
    say(`observer: ${runs} pairs of ${WINDOW_MS / 1000} s, ${IN_FLIGHT} sends under way, after a warm-up`);
    await rate(false);
    await rate(true);
    for (let run = 1; run <= runs; run++) {
      const order = run % 2 === 0 ? [true, false] : [false, true];
      for (const isWatched of order) measured[isWatched ? "watched" : "alone"].push(await rate(isWatched));
      if (run % 5 === 0)
        say(
          `observer: pair ${run} of ${runs}: alone ${measured.alone.at(-1)!.toFixed(0)}/s, watched ` +
            `${measured.watched.at(-1)!.toFixed(0)}/s`,
        );
    }
  } finally {
    eye.close();
  }
  return [
    figure("observer: a probe's sends without it", "sends/s", measured.alone),
    figure("observer: a probe's sends with it", "sends/s", measured.watched),
    figure("observer: with / without", "ratio", pairwise(measured.watched, measured.alone), [
      { statistic: "median", atLeast: 0.97 },
    ]),
  ];
}
