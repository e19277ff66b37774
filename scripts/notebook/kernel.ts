// A kernel: a process that runs cells, spoken to over ZeroMQ as Jupyter does it.
//
//   runner ── shell ─────▶ kernel      requests, and their replies
//          ── control ───▶             shutdown, interrupt: answered also while a cell runs
//          ◀── iopub ─────             what cells print and show, and busy / idle

import type { Buffer } from "node:buffer";
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net, { type AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { Dealer, Subscriber } from "zeromq";
import { LabError } from "@kafka-failure-lab/sdk";
import type { KernelSpec } from "./spec.ts";
import { type Content, type Message, pack, unpack } from "./wire.ts";

export interface RequestOptions {
  timeoutMs: number;
  /** @default "shell" */
  channel?: "shell" | "control";
  /** Hears what the kernel publishes for this request, also after its end. */
  onMessage?: (message: Message) => void;
}

/** A kernel that runs. */
export interface Kernel extends AsyncDisposable {
  readonly pid: number;
  readonly spec: KernelSpec;
  /**
   * Resolves with the content of the reply, once the kernel is idle again.
   *
   * @throws LabError KERNEL_DIED, NOT_READY
   */
  request(type: string, content: Content, options: RequestOptions): Promise<Content>;
  /**
   * Interrupts the cell that runs, as Jupyter does it: by SIGINT or by a message, whichever the kernelspec
   * asks for.
   */
  interrupt(): Promise<void>;
  /** Asks the kernel to end, as Jupyter does for a restart; the kernel may take its time. */
  shutdown(): Promise<void>;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  /** SIGKILL; twice does nothing. */
  close(): Promise<void>;
}

export interface KernelOptions {
  /** Where cells run: relative paths in them, and imports, start there. */
  cwd: string;
  env?: Readonly<Record<string, string>>;
  /** How long it may take until it answers. @default 60 s */
  timeoutMs?: number;
  /**
   * Gives it a process group of its own, as Jupyter does; in this program's it ends with it, however that
   * ends.
   *
   * @default false
   */
  ownGroup?: boolean;
}

const TRY_MS = 500;

/** Starts a kernel and returns when it answers. @throws LabError KERNEL_DIED, NOT_READY */
export async function startKernel(
  spec: KernelSpec,
  { cwd, env = {}, timeoutMs = 60_000, ownGroup = false }: KernelOptions,
): Promise<Kernel> {
  const dir = mkdtempSync(path.join(os.tmpdir(), "kernel-"));
  const [shellPort, controlPort, iopubPort, stdinPort, heartbeatPort] = await freePorts(5);
  const key = randomUUID();
  const file = path.join(dir, "connection.json");
  writeFileSync(
    file,
    JSON.stringify({
      transport: "tcp",
      ip: "127.0.0.1",
      key,
      signature_scheme: "hmac-sha256",
      shell_port: shellPort,
      control_port: controlPort,
      iopub_port: iopubPort,
      stdin_port: stdinPort,
      hb_port: heartbeatPort,
    }),
    { mode: 0o600 }, // who has the key runs code in the kernel
  );
  const [program, ...args] = spec.argv.map((arg) => arg.replaceAll("{connection_file}", file));
  const { FORCE_COLOR: _, ...inherited } = process.env; // in Deno it outweighs the kernelspec's NO_COLOR, even as 0
  const child = spawn(program!, args, {
    cwd,
    detached: ownGroup,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...inherited, ...spec.env, ...env },
  });
  const life = watch(child, spec);
  const channels = connect({ shell: shellPort!, control: controlPort!, iopub: iopubPort!, key, life });
  const kernel: Kernel = {
    pid: child.pid ?? -1,
    spec,
    request: channels.request,
    async interrupt() {
      if (spec.interruptMode === "signal")
        process.kill(ownGroup ? -child.pid! : child.pid!, "SIGINT"); // Jupyter interrupts the whole group
      else await channels.request("interrupt_request", {}, { channel: "control", timeoutMs: 10_000 });
    },
    async shutdown() {
      // a kernel may end before its reply is read
      await Promise.race([
        channels.request("shutdown_request", { restart: true }, { channel: "control", timeoutMs: 10_000 }),
        life.ended,
      ]).catch(() => {});
    },
    ended: life.ended,
    async close() {
      child.kill("SIGKILL"); // it alone: what it started has to end without that
      await life.ended;
      channels.close();
      rmSync(dir, { recursive: true, force: true });
    },
    [Symbol.asyncDispose]: () => kernel.close(),
  };
  try {
    await answers(kernel, timeoutMs);
    return kernel;
  } catch (error) {
    await kernel.close();
    throw error;
  }
}

/** Asks until it answers: what is sent before a kernel listens may be lost. */
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
    child.once("close", (code, signal) => resolve(signal === null ? `exit code ${code}` : signal));
  });
  const died = ended.then((how): never => {
    throw new LabError("KERNEL_DIED", `Cannot go on: the kernel ${displayName} ended (${how})`, {
      stderr: said,
    });
  });
  died.catch(() => {}); // told to whoever waits for an answer
  return { ended: ended.then(() => {}), died };
}

interface ChannelsOptions {
  shell: number;
  control: number;
  iopub: number;
  key: string;
  life: Life;
}

function connect({
  shell,
  control,
  iopub,
  key,
  life,
}: ChannelsOptions): Pick<Kernel, "request"> & { close(): void } {
  const session = randomUUID();
  const sockets = {
    shell: new Dealer({ linger: 0 }),
    control: new Dealer({ linger: 0 }),
    iopub: new Subscriber({ linger: 0 }),
  };
  for (const [name, port] of Object.entries({ shell, control, iopub }))
    sockets[name as keyof typeof sockets].connect(`tcp://127.0.0.1:${port}`);
  sockets.iopub.subscribe();
  /** By the request's id; kept, because what a kernel publishes late still belongs to its cell. */
  const listeners = new Map<string, (message: Message, channel: string) => void>();
  async function pump(socket: AsyncIterable<Buffer[]>, channel: string): Promise<void> {
    for await (const frames of socket) {
      const message = unpack(frames);
      if (message?.parent !== undefined) listeners.get(message.parent)?.(message, channel);
    }
  }
  for (const [name, socket] of Object.entries(sockets))
    void pump(socket as AsyncIterable<Buffer[]>, name).catch(() => {});

  return {
    async request(type, content, { timeoutMs, channel = "shell", onMessage }) {
      const id = randomUUID();
      let timer: NodeJS.Timeout | undefined;
      const answered = new Promise<Content>((resolve, reject) => {
        let reply: Content | undefined,
          isIdle = channel === "control"; // Deno's kernel says neither busy nor idle for what comes there
        timer = setTimeout(
          () =>
            reject(
              new LabError(
                "NOT_READY",
                `Cannot wait longer for the kernel: no answer to ${type} in ${timeoutMs / 1000} s`,
                { tookMs: timeoutMs },
              ),
            ),
          timeoutMs,
        );
        listeners.set(id, (message, from) => {
          if (from !== "iopub") reply = message.content;
          else if (message.type === "status") isIdle ||= message.content["execution_state"] === "idle";
          else onMessage?.(message);
          if (reply !== undefined && isIdle) resolve(reply);
        });
      });
      try {
        await sockets[channel].send(pack({ id, type, content, session, key, date: new Date() }));
        return await Promise.race([answered, life.died]);
      } finally {
        clearTimeout(timer);
      }
    },
    close() {
      for (const socket of Object.values(sockets)) socket.close();
    },
  };
}

/** Ports that were free just now, all at once, so that none is given twice. */
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
