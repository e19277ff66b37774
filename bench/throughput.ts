// How much the accounting costs: a probe, which records every try of every send, against kafkajs as a program would use it.
//
// Both keep the same number of sends under way for the same time, with the same settings, on one cluster, in turns.

import { performance } from "node:perf_hooks";
import { type ClientSettings, type Probe, startLab } from "@kafka-failure-lab/sdk";
import kafkajs, { type Producer } from "kafkajs";
import { type Figure, figure, pairwise, type PartOptions } from "./figure.ts";

const IN_FLIGHT = 50;
const WINDOW_MS = 5_000;
const WARM_UP_MS = 2_000;

/** Measures sends a second with and without accounting. */
export async function throughput({ runs = 5, folder, say }: PartOptions): Promise<Figure[]> {
  await using lab = await startLab({ scenario: "bench-throughput", runs: folder, onProgress: say });
  const probe = lab.probe();
  await probe.connect();
  const bare = bareProducer(probe.settings);
  await bare.connect();
  try {
    say(`throughput: ${runs} pairs of ${WINDOW_MS / 1000} s, ${IN_FLIGHT} sends under way, after a warm-up`);
    await bareRate(bare, lab.topic, WARM_UP_MS);
    await probeRate(probe, WARM_UP_MS);
    const [probed, plain]: [number[], number[]] = [[], []];
    for (let run = 1; run <= runs; run++) {
      plain.push(await bareRate(bare, lab.topic, WINDOW_MS));
      probed.push(await probeRate(probe, WINDOW_MS));
      say(`throughput ${run} of ${runs}: kafkajs ${plain.at(-1)!.toFixed(0)}/s, probe ${probed.at(-1)!.toFixed(0)}/s`);
    }
    return [
      figure("throughput: bare kafkajs", "sends/s", plain),
      figure("throughput: probe with full accounting", "sends/s", probed),
      figure("throughput: probe / bare kafkajs", "ratio", pairwise(probed, plain), [{ of: "median", atLeast: 0.95 }]),
    ];
  } finally {
    await bare.disconnect();
  }
}

async function probeRate(probe: Probe, windowMs: number): Promise<number> {
  const began = performance.now();
  const load = probe.start({ perSecond: 1e6, inFlight: IN_FLIGHT });
  await new Promise((resolve) => setTimeout(resolve, windowMs));
  const { ok } = await load.stop();
  return (ok / (performance.now() - began)) * 1000;
}

async function bareRate(producer: Producer, topic: string, windowMs: number): Promise<number> {
  const began = performance.now();
  let count = 0;
  const loop = async (): Promise<void> => {
    while (performance.now() - began < windowMs) {
      await producer.send({ topic, acks: -1, timeout: 5_000, messages: [{ value: `bare-${++count}` }] });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, loop));
  return (count / (performance.now() - began)) * 1000;
}

function bareProducer({ bootstrap, connectionTimeout, requestTimeout, initialRetryTime, maxRetryTime, retries, metadataMaxAge }: ClientSettings): Producer {
  const kafka = new kafkajs.Kafka({
    clientId: "bare",
    brokers: [...bootstrap],
    connectionTimeout,
    requestTimeout,
    retry: { initialRetryTime, maxRetryTime, retries, multiplier: 2, factor: 0.2 },
    logLevel: kafkajs.logLevel.NOTHING,
  });
  return kafka.producer({ metadataMaxAge, createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
}
