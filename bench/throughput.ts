// How much the accounting costs: a probe, which records every try of every send, against kafkajs as a program
// would use it.
//
// Both keep the same number of sends under way for the same time, with the same settings, on one cluster, in
// turns: A B B A. A broker answers the requests of one connection one after the other, so with acks=all the
// replication sets the pace; with acks=1 the client has more to do with it, and its processor time a send
// tells what the accounting itself costs.

import process from "node:process";
import { performance } from "node:perf_hooks";
import { type ClientSettings, type Lab, startLab } from "@kafka-failure-lab/sdk";
import kafkajs, { type Producer } from "kafkajs";
import { type Figure, figure, pairwise, type PartOptions } from "./figure.ts";

const IN_FLIGHT = 50;
const WINDOW_MS = 2_000;

/** Sends for this long and returns how many were acknowledged. */
type Rate = (windowMs: number) => Promise<number>;

interface Measured {
  perSecond: number[];
  cpuMicros: number[];
}

/** Measures sends a second with and without accounting. */
export async function throughput({ runs = 10, folder, say }: PartOptions): Promise<Figure[]> {
  await using lab = await startLab({
    engine: "local",
    scenario: "bench-throughput",
    runs: folder,
    onProgress: say,
  });
  const [all, one] = [await compare(lab, "all", runs, say), await compare(lab, 1, runs, say)];
  return [
    figure("throughput: bare kafkajs, acks=all", "sends/s", all.bare.perSecond),
    figure("throughput: probe with full accounting, acks=all", "sends/s", all.probe.perSecond),
    figure("throughput: probe / bare, acks=all", "ratio", pairwise(all.probe.perSecond, all.bare.perSecond), [
      { statistic: "median", atLeast: 0.95 },
    ]),
    figure("throughput: bare kafkajs, acks=1", "sends/s", one.bare.perSecond),
    figure("throughput: probe / bare, acks=1", "ratio", pairwise(one.probe.perSecond, one.bare.perSecond)),
    figure("throughput: processor time of a bare send", "µs", one.bare.cpuMicros),
    figure("throughput: processor time of a probe's send", "µs", one.probe.cpuMicros),
  ];
}

async function compare(
  lab: Lab,
  acks: "all" | 1,
  runs: number,
  say: (line: string) => void,
): Promise<{ probe: Measured; bare: Measured }> {
  const probe = lab.probe({ name: `throughput-${acks}`, acks });
  await probe.connect();
  const producer = bareProducer(probe.settings);
  await producer.connect();
  const rates: Readonly<Record<"probe" | "bare", Rate>> = {
    async probe(windowMs) {
      const load = probe.start({ perSecond: 1e6, inFlight: IN_FLIGHT });
      await new Promise((resolve) => setTimeout(resolve, windowMs));
      return (await load.stop()).ok;
    },
    bare: (windowMs) => bareSends(producer, { topic: lab.topic, acks: probe.settings.acks, windowMs }),
  };
  const measured = {
    probe: { perSecond: [], cpuMicros: [] },
    bare: { perSecond: [], cpuMicros: [] },
  } as Record<"probe" | "bare", Measured>;
  try {
    say(
      `throughput: acks=${acks}, ${runs} pairs of ${WINDOW_MS / 1000} s, ${IN_FLIGHT} sends under ` +
        "way, after a warm-up",
    );
    for (const rate of [rates.bare, rates.probe]) await rate(WINDOW_MS);
    for (let run = 1; run <= runs; run++) {
      const order = run % 2 === 0 ? (["probe", "bare"] as const) : (["bare", "probe"] as const);
      for (const which of order) await measure(rates[which], measured[which]);
      if (run % 5 === 0)
        say(
          `throughput: pair ${run} of ${runs}: kafkajs ${measured.bare.perSecond.at(-1)!.toFixed(0)}/s, ` +
            `probe ${measured.probe.perSecond.at(-1)!.toFixed(0)}/s`,
        );
    }
    return measured;
  } finally {
    await producer.disconnect();
    await probe.close();
  }
}

async function measure(rate: Rate, into: Measured): Promise<void> {
  const [began, before] = [performance.now(), process.cpuUsage()];
  const count = await rate(WINDOW_MS);
  const { user, system } = process.cpuUsage(before);
  into.perSecond.push((count / (performance.now() - began)) * 1000);
  into.cpuMicros.push((user + system) / count);
}

async function bareSends(
  producer: Producer,
  { topic, acks, windowMs }: { topic: string; acks: number; windowMs: number },
): Promise<number> {
  const began = performance.now();
  let count = 0;
  const loop = async (): Promise<void> => {
    while (performance.now() - began < windowMs)
      await producer.send({
        topic,
        acks,
        timeout: 5_000,
        messages: [{ value: `throughput-bare-${++count}` }],
      });
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, loop));
  return count;
}

function bareProducer({
  bootstrap,
  connectionTimeout,
  requestTimeout,
  initialRetryTime,
  maxRetryTime,
  retries,
  metadataMaxAge,
}: ClientSettings): Producer {
  const kafka = new kafkajs.Kafka({
    clientId: "throughput-bare",
    brokers: [...bootstrap],
    connectionTimeout,
    requestTimeout,
    retry: { initialRetryTime, maxRetryTime, retries, multiplier: 2, factor: 0.2 },
    logLevel: kafkajs.logLevel.NOTHING,
  });
  return kafka.producer({ metadataMaxAge, createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
}
