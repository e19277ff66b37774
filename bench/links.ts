// The local engine's links beside toxiproxy: how exact a delay is, what a link without a fault costs, and how
// fast a long delay is removed under load.
//
//   this process ──▶ link ──────▶ echo (a process of its own)        the same blocks of the same work, in turn
//                ──▶ toxiproxy ─▶
//                ───────────────▶

import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { createHash, type Hash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import net from "node:net";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Lab, startLab } from "@kafka-failure-lab/sdk";
import kafkajs from "kafkajs";
import { claimFolder, release } from "../sdk/runtime/claims.ts";
import { startLinks } from "../sdk/engine/local/links/links.ts";
import type { NetFault } from "../sdk/model/traffic.ts";
import { type Figure, figure, pairwise, type PartOptions, type Say } from "./figure.ts";
import { startToxiproxy, type Toxiproxy } from "./toxiproxy.ts";

const PORT = {
  api: 31_700,
  link: 31_710,
  toxiproxy: 31_720,
  sinkLink: 31_711,
  sinkToxiproxy: 31_721,
  kafka: 31_730,
};
const DELAY_MS = 250;

/** Measures the links, beside toxiproxy where it can be built. */
export async function links({ runs = 5, folder, say }: PartOptions): Promise<Figure[]> {
  await using toxiproxy = await startToxiproxy(PORT.api, say);
  await using echo = await serve("echo");
  await using sink = await serve("sink");
  const claim = claimFolder(`bench${randomBytes(4).toString("hex")}`, false);
  const fronts = await startLinks({
    record: { ...claim.record, kind: "links", service: "links" },
    nodes: [
      { service: "echo", broker: 1, client: null },
      { service: "sink", broker: 2, client: null },
    ],
    orders: [
      {
        node: "echo",
        kind: "data",
        listeners: [{ dialer: "", host: "127.0.0.1", port: PORT.link }],
        to: echo.port,
      },
      {
        node: "sink",
        kind: "data",
        listeners: [{ dialer: "", host: "127.0.0.1", port: PORT.sinkLink }],
        to: sink.port,
      },
    ],
  });
  try {
    await toxiproxy?.proxy(PORT.toxiproxy, echo.port);
    await toxiproxy?.proxy(PORT.sinkToxiproxy, sink.port);
    const slow = (broker: number, delayMs: number): NetFault[] => [
      { kind: "delay", broker, path: "all", direction: "out", delayMs, jitterMs: 0 },
    ];
    return [
      ...(await idle(echo.port, toxiproxy, runs, say)),
      ...(await exactness(
        toxiproxy,
        (on) => fronts.network.apply(on ? slow(1, DELAY_MS) : []),
        runs * 20,
        say,
      )),
      ...(await removal(
        toxiproxy,
        (on) =>
          fronts.network.apply(
            on
              ? [{ kind: "delay", broker: 2, path: "all", direction: "in", delayMs: 6000, jitterMs: 0 }]
              : [],
          ),
        Math.min(runs, 3),
        say,
      )),
      ...(await cycles((on) => fronts.network.apply(on ? slow(1, 5) : []), fronts.pid, say)),
      ...(await onKafka(toxiproxy, runs, folder, say)),
    ];
  } finally {
    await fronts.close({ keep: false });
    release(claim);
  }
}

/** Round trips of 100 bytes, in blocks, in turn. */
async function idle(
  direct: number,
  toxiproxy: Toxiproxy | undefined,
  runs: number,
  say: Say,
): Promise<Figure[]> {
  const ports = { direct, link: PORT.link, ...(toxiproxy && { toxiproxy: PORT.toxiproxy }) };
  const medians = { direct: [] as number[], link: [] as number[], toxiproxy: [] as number[] };
  for (let run = 0; run < runs * 4; run++) {
    const inTurn = Object.entries(ports) as [keyof typeof medians, number][];
    for (const [name, port] of run % 2 === 0 ? inTurn : inTurn.reverse()) {
      await using line = await dial(port);
      const times: number[] = [];
      for (let i = 0; i < 500; i++) times.push(await line.roundTrip());
      medians[name].push(times.sort((a, b) => a - b)[250]! * 1000);
    }
  }
  say(
    `links: a round trip takes ${medians.direct.at(-1)!.toFixed(0)} µs, ${medians.link.at(-1)!.toFixed(0)} µs through a link`,
  );
  const added = (of: number[]): number[] => of.map((one, index) => one - medians.direct[index]!);
  return [
    figure("links: round trip, bare", "µs", medians.direct),
    figure("links: added by a link without a fault", "µs", added(medians.link)),
    figure("links: added by toxiproxy without a toxic", "µs", added(medians.toxiproxy)),
    figure(
      "links: added by a link / by toxiproxy",
      "ratio",
      pairwise(added(medians.link), added(medians.toxiproxy)),
      [{ statistic: "median", atMost: 1 }],
    ),
  ];
}

/** By how much a delay of 250 ms misses. */
async function exactness(
  toxiproxy: Toxiproxy | undefined,
  link: (on: boolean) => Promise<unknown>,
  count: number,
  say: Say,
): Promise<Figure[]> {
  await link(true);
  await toxiproxy?.delay(PORT.toxiproxy, DELAY_MS);
  const errors = { link: [] as number[], toxiproxy: [] as number[] };
  await using through = await dial(PORT.link);
  await using other = await dial(toxiproxy === undefined ? PORT.link : PORT.toxiproxy);
  await through.roundTrip();
  await other.roundTrip();
  for (let i = 0; i < count; i++) {
    errors.link.push((await through.roundTrip()) - DELAY_MS);
    if (toxiproxy !== undefined) errors.toxiproxy.push((await other.roundTrip()) - DELAY_MS);
  }
  await link(false);
  await toxiproxy?.heal(PORT.toxiproxy);
  say(`links: ${count} delays of ${DELAY_MS} ms each`);
  const p99 = (of: number[]): number => [...of].sort((a, b) => a - b)[Math.ceil(of.length * 0.99) - 1] ?? NaN;
  const median = (of: number[]): number => [...of].sort((a, b) => a - b)[Math.floor(of.length / 2)] ?? NaN;
  return [
    figure("links: delay of 250 ms, too long by", "ms", errors.link),
    figure("links: the same, toxiproxy", "ms", errors.toxiproxy),
    figure(
      "links: median error / toxiproxy's",
      "ratio",
      [median(errors.link) / median(errors.toxiproxy)],
      [{ statistic: "median", atMost: 1 }],
    ),
    figure(
      "links: p99 error / toxiproxy's",
      "ratio",
      [p99(errors.link) / p99(errors.toxiproxy)],
      [{ statistic: "median", atMost: 1 }],
    ),
  ];
}

/** Sends 5 MB/s into a delay of 6 s, removes it, and waits until all that was sent has arrived. */
async function removal(
  toxiproxy: Toxiproxy | undefined,
  link: (on: boolean) => Promise<unknown>,
  runs: number,
  say: Say,
): Promise<Figure[]> {
  const times = { link: [] as number[], toxiproxy: [] as number[] };
  for (let run = 0; run < runs; run++) {
    await link(true);
    times.link.push(await pour(PORT.sinkLink, () => link(false)));
    if (toxiproxy === undefined) continue;
    await toxiproxy.delay(PORT.sinkToxiproxy, 6000, "upstream");
    times.toxiproxy.push(await pour(PORT.sinkToxiproxy, () => toxiproxy.heal(PORT.sinkToxiproxy)));
    say(
      `links: removal under load ${run + 1} of ${runs}: ${times.link.at(-1)!.toFixed(0)} ms, toxiproxy ${times.toxiproxy.at(-1)!.toFixed(0)} ms`,
    );
  }
  return [
    figure("links: a delay of 6 s removed at 5 MB/s, until all has arrived", "ms", times.link, [
      { statistic: "max", atMost: 1000 },
    ]),
    figure("links: the same, toxiproxy", "ms", times.toxiproxy),
  ];
}

async function pour(port: number, heal: () => Promise<unknown>): Promise<number> {
  const socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
  let [sent, arrived] = [0, 0];
  socket.on("error", () => {});
  socket.on("data", (chunk) => (arrived = Number(chunk.readBigUInt64BE(chunk.length - 8))));
  const block = Buffer.alloc(50_000);
  const began = performance.now();
  while (performance.now() - began < 3000) {
    if (sent < ((performance.now() - began) / 1000) * 5e6) sent += (socket.write(block), block.length);
    else await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const removing = performance.now();
  await heal();
  while (arrived < sent && performance.now() - removing < 10_000)
    await new Promise((resolve) => setTimeout(resolve, 1));
  socket.destroy();
  return arrived < sent ? Infinity : performance.now() - removing;
}

/** 200 times injected and healed while bytes go both ways: none lost, none out of order, memory as before. */
async function cycles(link: (on: boolean) => Promise<unknown>, pid: number, say: Say): Promise<Figure[]> {
  const socket = net.connect({ port: PORT.link, host: "127.0.0.1", noDelay: true });
  const [sent, got]: [Hash, Hash] = [createHash("sha256"), createHash("sha256")];
  let [out, back, isOver] = [0, 0, false];
  socket.on("data", (chunk) => (got.update(chunk), (back += chunk.length)));
  const block = Buffer.alloc(16_384);
  const pump = (): void => {
    if (isOver) return;
    if (out - back < 4 << 20) {
      block.fill(out & 255);
      sent.update(block);
      out += block.length;
      socket.write(Buffer.from(block));
    }
    setImmediate(pump);
  };
  pump();
  const times: number[] = [];
  const memory: number[] = [];
  for (let i = 0; i < 200; i++) {
    if (i % 50 === 49) memory.push(residentMegabytes(pid));
    const began = performance.now();
    await link(true);
    times.push(performance.now() - began);
    await link(false);
  }
  isOver = true;
  while (back < out) await new Promise((resolve) => setTimeout(resolve, 1));
  socket.destroy();
  const isSame = sent.digest("hex") === got.digest("hex");
  say(`links: 200 faults injected and healed over ${(out / 1e6).toFixed(0)} MB`);
  return [
    figure("links: fault injected under load", "ms", times),
    figure("links: memory of their process, every 50 cycles", "MB", memory),
    figure(
      "links: memory after 200 cycles / after 50",
      "ratio",
      [memory.at(-1)! / memory[0]!],
      [{ statistic: "max", atMost: 1.25 }],
    ),
    figure(
      "links: 200 cycles under load, share of bytes back as sent",
      "ratio",
      [isSame ? 1 : 0],
      [{ statistic: "min", atLeast: 1 }],
    ),
  ];
}

function residentMegabytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

/** What a kafkajs producer gets through, and what a delay costs to apply and prove. */
async function onKafka(
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
      `links: ${rates.link.at(-1)!.toFixed(0)} sends/s through a link${toxiproxy === undefined ? "" : `, ${rates.toxiproxy.at(-1)!.toFixed(0)} through toxiproxy`}`,
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

async function serve(what: "echo" | "sink"): Promise<{ port: number } & AsyncDisposable> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("./echo.mjs", import.meta.url)), what], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return {
    port: Number(line),
    async [Symbol.asyncDispose]() {
      const gone = once(child, "exit");
      child.stdin.end();
      await gone;
    },
  };
}

async function dial(port: number): Promise<{ roundTrip(): Promise<number> } & AsyncDisposable> {
  const socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  const message = Buffer.alloc(100, "x");
  return {
    async roundTrip() {
      const began = performance.now();
      const answer = once(socket, "data");
      socket.write(message);
      await answer;
      return performance.now() - began;
    },
    async [Symbol.asyncDispose]() {
      socket.destroy();
    },
  };
}
