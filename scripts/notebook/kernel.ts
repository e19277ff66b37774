// A kernel: a process that runs cells, controlled over ZeroMQ as Jupyter does it.
//
//   runner ── shell ─────▶ kernel      requests, and their replies
//          ── control ───▶             shutdown, interrupt: answered also while a cell runs
//          ◀── iopub ─────             output of cells, busy and idle

import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net, { type AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { LabError } from "@kafka-failure-lab/sdk";
import { type Channels, connectChannels } from "./channels.ts";
import type { KernelSpec } from "./spec.ts";

/** A running kernel. */
export interface Kernel extends AsyncDisposable {
  readonly pid: number;
  readonly spec: KernelSpec;
  /** @throws LabError KERNEL_DIED, NOT_READY */
  readonly request: Channels["request"];
  /** Interrupts the running cell by SIGINT or by a message, as the kernelspec asks for. */
  interrupt(): Promise<void>;
  /** Asks the kernel to exit, as Jupyter does for a restart; it may exit later. */
  shutdown(): Promise<void>;
  /** Resolves when the process has exited. */
  readonly ended: Promise<void>;
  /** Kills the kernel with SIGKILL; idempotent. */
  close(): Promise<void>;
}

export interface KernelOptions {
  /** The working directory of cells: relative paths and imports start there. */
  cwd: string;
  env?: Readonly<Record<string, string>>;
  /** How long it may take until it answers. @default 60_000 */
  timeoutMs?: number;
  /**
   * Gives it a process group of its own, as Jupyter does. In this program's group it is killed with that
   * group.
   *
   * @default false
   */
  ownGroup?: boolean;
}

const TRY_MS = 500;

/** Starts a kernel and returns when it answers. @throws LabError KERNEL_DIED, NOT_READY */
export async function startKernel(spec: KernelSpec, options: KernelOptions): Promise<Kernel> {
  const dir = mkdtempSync(path.join(os.tmpdir(), "kernel-"));
  const { file, ...connection } = await writeConnection(dir);
  const child = spawnKernel(spec, file, options);
  const kernel = kernelOf(spec, { child, dir, connection, ownGroup: options.ownGroup ?? false });
  try {
    await answers(kernel, options.timeoutMs ?? 60_000);
    return kernel;
  } catch (error) {
    await kernel.close();
    throw error;
  }
}

interface Connection {
  shell: number;
  control: number;
  iopub: number;
  key: string;
}

/** Chooses ports and a key, and writes them into the connection file that the kernel reads. */
async function writeConnection(dir: string): Promise<Connection & { file: string }> {
  const [shell, control, iopub, stdin, heartbeat] = (await freePorts(5)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const key = randomUUID();
  const file = path.join(dir, "connection.json");
  const content = {
    transport: "tcp",
    ip: "127.0.0.1",
    key,
    signature_scheme: "hmac-sha256",
    shell_port: shell,
    control_port: control,
    iopub_port: iopub,
    stdin_port: stdin,
    hb_port: heartbeat,
  };
  writeFileSync(file, JSON.stringify(content), { mode: 0o600 }); // who has the key runs code in the kernel
  return { shell, control, iopub, key, file };
}

function spawnKernel(
  spec: KernelSpec,
  connectionFile: string,
  { cwd, env = {}, ownGroup = false }: KernelOptions,
): ChildProcess {
  const [program, ...args] = spec.argv.map((arg) => arg.replaceAll("{connection_file}", connectionFile));
  // in Deno FORCE_COLOR overrides the kernelspec's NO_COLOR, even as 0
  const { FORCE_COLOR: _, ...inherited } = process.env;
  return spawn(program!, args, {
    cwd,
    detached: ownGroup,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...inherited, ...spec.env, ...env },
  });
}

interface KernelParts {
  child: ChildProcess;
  /** Removed at the end. */
  dir: string;
  connection: Connection;
  ownGroup: boolean;
}

function kernelOf(spec: KernelSpec, { child, dir, connection, ownGroup }: KernelParts): Kernel {
  const life = watch(child, spec);
  const channels = connectChannels({ ...connection, died: life.died });
  const control = { channel: "control", timeoutMs: 10_000 } as const;
  const kernel: Kernel = {
    pid: child.pid ?? -1,
    spec,
    request: channels.request,
    async interrupt() {
      if (spec.interruptMode === "signal")
        process.kill(ownGroup ? -child.pid! : child.pid!, "SIGINT"); // Jupyter interrupts the whole group
      else await channels.request("interrupt_request", {}, control);
    },
    async shutdown() {
      // a kernel may exit before its reply is read
      const asked = channels.request("shutdown_request", { restart: true }, control);
      await Promise.race([asked, life.ended]).catch(() => {});
    },
    ended: life.ended,
    async close() {
      child.kill("SIGKILL"); // the kernel alone: its children must end by themselves
      await life.ended;
      channels.close();
      rmSync(dir, { recursive: true, force: true });
    },
    [Symbol.asyncDispose]: () => kernel.close(),
  };
  return kernel;
}

/** Repeats a request until it is answered: a request may be lost before the kernel listens. */
async function answers(kernel: Kernel, timeoutMs: number): Promise<void> {
  for (const began = performance.now(); ; ) {
    try {
      await kernel.request("kernel_info_request", {}, { timeoutMs: TRY_MS });
      return;
    } catch (error) {
      if (!(error instanceof LabError && error.code === "NOT_READY") || performance.now() - began > timeoutMs)
        throw error;
    }
  }
}

interface Life {
  readonly ended: Promise<void>;
  /** Rejects when the process ends. */
  readonly died: Promise<never>;
}

function watch(child: ChildProcess, { displayName }: KernelSpec): Life {
  let said = "";
  const hear = (text: string): void => void (said = (said + text).slice(-4000));
  child.stdout!.setEncoding("utf8").on("data", hear);
  child.stderr!.setEncoding("utf8").on("data", hear);
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) =>
      resolve(signal === null ? `exit code ${code ?? "unknown"}` : signal),
    );
  });
  const died = ended.then((how): never => {
    throw new LabError("KERNEL_DIED", `Cannot go on: the kernel ${displayName} exited (${how})`, {
      stderr: said,
    });
  });
  died.catch(() => {}); // reported by the request that waits
  return { ended: ended.then(() => {}), died };
}

/** Free ports; all are held at once, so that none is returned twice. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<net.Server>((resolve) => {
          const server = net.createServer().listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
