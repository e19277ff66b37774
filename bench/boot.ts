// How long it takes until the first record is written: spawned → first acks=all write on a topic with as many
// replicas as brokers.
//
// The lab's time runs from the call of startLab to the end of the first send, so it includes everything that
// the lab does besides (claims, guardian, checks of the cache). The other cluster's runs from the start of
// its first process; each of its nodes formats its own directory with StorageTool and then starts, all three
// at once, as containers of the published image do. On a machine that others keep busy the ratio of times
// goes towards the ratio of processor times, which is printed too.

import { performance } from "node:perf_hooks";
import { type LabOptions, startLab } from "@kafka-failure-lab/sdk";
import kafkajs from "kafkajs";
import { openWire } from "../sdk/kafka/connection.ts";
import { startBare } from "./bare.ts";
import { type Consumption, consumption } from "./consumption.ts";
import { type Figure, figure, pairwise, type PartOptions } from "./figure.ts";

interface Boot extends Consumption {
  seconds: number;
}

/** Measures one, two and three brokers, three of them as Kafka's own scripts start them, and the floor. */
export async function boot({ runs = 3, folder, say }: PartOptions): Promise<Figure[]> {
  const measured: Record<"kafka" | "three" | "two" | "one", Boot[]> = {
    kafka: [],
    three: [],
    two: [],
    one: [],
  };
  const floor: number[] = [];
  const timed = async (what: string, into: Boot[], measure: () => Promise<Boot>): Promise<void> => {
    into.push(await measure());
    say(`boot ${into.length} of ${runs}: ${what} ${into.at(-1)!.seconds.toFixed(2)} s`);
  };
  const lab = (options: LabOptions) => (): Promise<Boot> =>
    bootLab({ engine: "local", scenario: "bench-boot", runs: folder, onProgress: false, ...options });
  await lab({})(); // whatever is made once: jars, archive, compiled modules
  for (let run = 0; run < runs; run++) {
    await timed("three brokers with Kafka's default flags", measured.kafka, bootKafka);
    await timed("three brokers, lab", measured.three, lab({}));
    await timed(
      "two brokers, lab",
      measured.two,
      lab({ compose: ["as-posted", "fix-replication", "fix-listeners"] }),
    );
    await timed("one broker, lab", measured.one, lab({ compose: ["one-broker"] }));
    floor.push(await bootFloor());
  }
  const seconds = (boots: readonly Boot[]): number[] => boots.map((one) => one.seconds);
  const cpu = (boots: readonly Boot[]): number[] => boots.map((one) => one.cpuSeconds);
  const used = (what: string, boots: readonly Boot[]): Figure[] => [
    figure(`boot: ${what}, processor time of the brokers`, "s", cpu(boots)),
    figure(
      `boot: ${what}, resident memory of the brokers`,
      "MB",
      boots.map(({ residentMb }) => residentMb),
    ),
  ];
  return [
    figure("boot: three brokers, Kafka's default flags", "s", seconds(measured.kafka)),
    figure("boot: three brokers, lab", "s", seconds(measured.three)),
    figure(
      "boot: lab / Kafka's default flags",
      "ratio",
      pairwise(seconds(measured.three), seconds(measured.kafka)),
      [{ statistic: "median", atMost: 0.3 }],
    ),
    figure(
      "boot: lab / Kafka's default flags, processor time",
      "ratio",
      pairwise(cpu(measured.three), cpu(measured.kafka)),
    ),
    figure("boot: two brokers, lab", "s", seconds(measured.two)),
    figure("boot: one broker, lab", "s", seconds(measured.one)),
    figure("boot: one bare Java with the lab's flags, until it serves", "s", floor),
    ...used("three brokers, Kafka's default flags", measured.kafka),
    ...used("three brokers, lab", measured.three),
    ...used("two brokers, lab", measured.two),
    ...used("one broker, lab", measured.one),
  ];
}

async function bootLab(options: LabOptions): Promise<Boot> {
  const began = performance.now();
  await using lab = await startLab(options);
  const sent = await lab.probe.send();
  const seconds = (performance.now() - began) / 1000;
  if (sent.outcome !== "ok")
    throw new Error(`the first send was not acknowledged: ${sent.error ?? sent.outcome}`);
  const { brokers } = await lab.cluster.describe();
  return { seconds, ...consumption(brokers.flatMap(({ pid }) => pid ?? [])) };
}

async function bootKafka(): Promise<Boot> {
  await using bare = await startBare("three-brokers", "kafka");
  await firstWrite(bare.bootstrap);
  const seconds = (performance.now() - bare.beganAt) / 1000;
  const { cpuSeconds, residentMb } = consumption(bare.pids);
  return { seconds, cpuSeconds: cpuSeconds + bare.formatCpuSeconds, residentMb };
}

/** One broker, from the start of its Java until its metadata names itself. */
async function bootFloor(): Promise<number> {
  await using bare = await startBare("one-broker", "lab");
  const wire = openWire(bare.bootstrap[0]!);
  try {
    await untilDone(async () => {
      if ((await wire.metadata(null, 1_000)).brokers.length === 0) throw new Error("it names no broker");
    });
    return (performance.now() - bare.beganAt) / 1000;
  } finally {
    wire.close();
  }
}

/** Creates a topic and writes to it, as a program that polls would. */
export async function firstWrite(bootstrap: readonly string[]): Promise<void> {
  const kafka = new kafkajs.Kafka({
    clientId: "first",
    brokers: [...bootstrap],
    logLevel: kafkajs.logLevel.NOTHING,
    requestTimeout: 5_000,
    retry: { retries: 0 },
  });
  const [admin, producer] = [
    kafka.admin(),
    kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner }),
  ];
  try {
    await untilDone(() => admin.connect());
    await untilDone(() =>
      admin.createTopics({
        waitForLeaders: false,
        topics: [{ topic: "my_topic", numPartitions: 1, replicationFactor: bootstrap.length }],
      }),
    );
    await untilDone(() => producer.connect());
    await untilDone(() => producer.send({ topic: "my_topic", acks: -1, messages: [{ value: "first" }] }));
  } finally {
    await Promise.allSettled([admin.disconnect(), producer.disconnect()]);
  }
}

const PAUSE_MS = 25;
const PATIENCE_MS = 60_000;

async function untilDone(step: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  for (;;) {
    const failure = await step().then(
      () => undefined,
      (error: Error) => error,
    );
    if (failure === undefined) return;
    if (performance.now() - began > PATIENCE_MS) throw failure;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
