// Links under load: how fast a long delay is removed, and whether bytes and memory survive many faults.

import { Buffer } from "node:buffer";
import { createHash, type Hash } from "node:crypto";
import { readFileSync } from "node:fs";
import net from "node:net";
import { performance } from "node:perf_hooks";
import { type Figure, figure, type Say } from "../figure.ts";
import type { Toxiproxy } from "../toxiproxy.ts";
import { PORT } from "./places.ts";

/** Sends 5 MB/s into a delay of 6 s, removes it, and waits until all that was sent has arrived. */
export async function removal(
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
      `links: removal under load ${run + 1} of ${runs}: ${times.link.at(-1)!.toFixed(0)} ms, ` +
        `toxiproxy ${times.toxiproxy.at(-1)!.toFixed(0)} ms`,
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
export async function cycles(
  link: (on: boolean) => Promise<unknown>,
  pid: number,
  say: Say,
): Promise<Figure[]> {
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
