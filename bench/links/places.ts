// The ports of the bench, its servers, and connections to them.

import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const PORT = {
  api: 31_700,
  link: 31_710,
  toxiproxy: 31_720,
  sinkLink: 31_711,
  sinkToxiproxy: 31_721,
  kafka: 31_730,
};
export const DELAY_MS = 250;

/** Starts a process that echoes, or that counts what it receives. */
export async function serve(what: "echo" | "sink"): Promise<{ port: number } & AsyncDisposable> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("../echo.mjs", import.meta.url)), what], {
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

export async function dial(port: number): Promise<{ roundTrip(): Promise<number> } & AsyncDisposable> {
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
