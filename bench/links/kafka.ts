// A kafkajs producer through a link, and what a delay costs to apply and verify.

import { Buffer } from "node:buffer";
import net from "node:net";
import { performance } from "node:perf_hooks";
import { type Lab, startLab } from "@kafka-failure-lab/sdk";
import kafkajs from "kafkajs";
import { type Figure, figure, pairwise, type Say } from "../figure.ts";
import type { Toxiproxy } from "../toxiproxy.ts";
import { DELAY_MS, PORT } from "./places.ts";

/** What a kafkajs producer gets through, and what a delay costs to apply and prove. */
export async function onKafka(
  toxiproxy: Toxiproxy | undefined,
  runs: number,
  folder: string,
  say: Say,
): Promise<Figure[]> {
  await using lab = await startLab({
    engine: "local",
    scenario: "bench-links",
    runs: folder,
    compose: ["one-broker"],
    timers: "fast",
    onProgress: say,
  });
  const [node] = lab.engine.nodes;
  const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(":") + 1));
  await toxiproxy?.proxy(PORT.kafka, portOf(node!.observed!));
  const rates = { link: [] as number[], toxiproxy: [] as number[] };
  const ports = { link: portOf(node!.client!), ...(toxiproxy && { toxiproxy: PORT.kafka }) };
  for (const port of Object.values(ports)) await produced(lab, port); // the broker's first seconds are slower
  for (let run = 0; run < runs * 2; run++) {
    const inTurn = Object.entries(ports) as [keyof typeof rates, number][];
    for (const [name, port] of run % 2 === 0 ? inTurn : inTurn.reverse())
      rates[name].push(await produced(lab, port));
    say(
      `links: ${rates.link.at(-1)!.toFixed(0)} sends/s through a link` +
        `${toxiproxy === undefined ? "" : `, ${rates.toxiproxy.at(-1)!.toFixed(0)} through toxiproxy`}`,
    );
  }
  const proving: number[] = [];
  for (let run = 0; run < runs * 4; run++) {
    const fault = await lab.net.delay(1, DELAY_MS, { path: "clients" });
    const trips = fault.proof!.measured.map(({ afterMs }) => afterMs ?? 0);
    proving.push(fault.tookMs - Math.max(...trips));
    await fault.heal();
  }
  return [
    figure("links: kafkajs producer through a link", "sends/s", rates.link),
    figure("links: the same through toxiproxy", "sends/s", rates.toxiproxy),
    figure("links: through a link / through toxiproxy", "ratio", pairwise(rates.link, rates.toxiproxy), [
      { statistic: "median", atLeast: 1 },
    ]),
    figure("links: delay applied and proven, beyond the proof's longest round trip", "ms", proving, [
      { statistic: "median", atMost: 20 },
    ]),
  ];
}

/** Sends for 2 s, 50 under way, each a record of 1 kB with acks=all, whatever port the broker names. */
async function produced(lab: Lab, port: number): Promise<number> {
  const kafka = new kafkajs.Kafka({
    brokers: [`127.0.0.1:${port}`],
    logLevel: kafkajs.logLevel.NOTHING,
    socketFactory: ({ onConnect }) =>
      net.connect({ host: "127.0.0.1", port, noDelay: true }, onConnect).setKeepAlive(true),
  });
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  const value = Buffer.alloc(1000, "x");
  let [count, isOver] = [0, false];
  const worker = async (): Promise<void> => {
    while (!isOver) {
      await producer.send({ topic: lab.topic, acks: -1, messages: [{ value }] });
      count++;
    }
  };
  const began = performance.now();
  const workers = Array.from({ length: 50 }, worker);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  isOver = true;
  await Promise.all(workers);
  const rate = count / ((performance.now() - began) / 1000);
  await producer.disconnect();
  return rate;
}
