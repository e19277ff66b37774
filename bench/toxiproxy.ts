// Toxiproxy beside the lab's links: what a reader would use instead. Built once from its Go module, driven by
// its HTTP interface.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { run } from "../sdk/runtime/command.ts";
import type { Say } from "./figure.ts";

const VERSION = "2.12.0";

/** A proxy of a running toxiproxy. */
export interface Toxiproxy extends AsyncDisposable {
  /** Listens on a port for another one. */
  proxy(listen: number, to: number): Promise<void>;
  /** Delays what the server sends, or the client where `stream` says so. */
  delay(listen: number, ms: number, stream?: "upstream" | "downstream"): Promise<void>;
  /** Takes the delay away; resolves when toxiproxy says that it has. */
  heal(listen: number): Promise<void>;
}

/** Starts toxiproxy on a port of its own; undefined, and why, where there is no Go to build it. */
export async function startToxiproxy(port: number, say: Say): Promise<Toxiproxy | undefined> {
  const program = await build(say);
  if (program === undefined) return undefined;
  const child: ChildProcess = spawn(program, ["-host", "127.0.0.1", "-port", String(port)], {
    stdio: "ignore",
    env: { ...process.env, LOG_LEVEL: "error" },
  });
  process.once("exit", () => child.kill("SIGKILL"));
  const api = `http://127.0.0.1:${port}`;
  for (
    let attempts = 0;
    !(await fetch(`${api}/version`).then(
      ({ ok }) => ok,
      () => false,
    ));
    attempts++
  ) {
    if (attempts > 200) throw new Error("toxiproxy does not answer");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  async function call(method: string, where: string, body?: object): Promise<void> {
    const response = await fetch(`${api}${where}`, { method, ...(body && { body: JSON.stringify(body) }) });
    if (!response.ok)
      throw new Error(`toxiproxy: ${method} ${where}: ${response.status} ${await response.text()}`);
  }
  return {
    proxy: (listen, to) =>
      call("POST", "/proxies", {
        name: `p${listen}`,
        listen: `127.0.0.1:${listen}`,
        upstream: `127.0.0.1:${to}`,
        enabled: true,
      }),
    delay: (listen, latency, stream = "downstream") =>
      call("POST", `/proxies/p${listen}/toxics`, {
        name: "late",
        type: "latency",
        stream,
        attributes: { latency, jitter: 0 },
      }),
    heal: (listen) => call("DELETE", `/proxies/p${listen}/toxics/late`),
    async [Symbol.asyncDispose]() {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}

async function build(say: Say): Promise<string | undefined> {
  const folder = fileURLToPath(new URL(`../.lab/tools/toxiproxy-${VERSION}`, import.meta.url));
  const program = path.join(folder, "server");
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  say(`building toxiproxy ${VERSION}, about a minute`);
  const built = await run(["go", "install", `github.com/Shopify/toxiproxy/v2/cmd/server@v${VERSION}`], {
    env: { ...process.env, GOBIN: folder },
  }).catch((error: Error) => ({ exitCode: 1, stderr: error.message }));
  if (built.exitCode === 0) return program;
  say(`no toxiproxy to compare with: ${built.stderr.trim().split("\n").at(-1)}`);
  return undefined;
}
