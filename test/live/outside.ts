// What can be seen of a lab from outside the SDK: the process table, docker's own lists, the ports, the
// files.

import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import process from "node:process";
import { stateFolder } from "@kafka-failure-lab/sdk/testing";
import type { LabError } from "@kafka-failure-lab/sdk";

/** Which engine this process's labs use. */
export const isDocker: boolean = process.env["LAB_ENGINE"] === "docker";

export interface BrokerProcess {
  pid: number;
  service: string;
  ownerPid: number;
  lab: string;
  /** `T` frozen, else `S`, as ps shows it. */
  state: string;
}

/**
 * Every broker that runs on this machine, or those of one owner: by `ps`, or by `docker ps` and `docker
 * inspect`.
 */
export function brokerProcesses(ownerPid?: number): BrokerProcess[] {
  return (isDocker ? containers() : processes())
    .filter(
      (one) =>
        one.service !== "links" && !isClient(one) && (ownerPid === undefined || one.ownerPid === ownerPid),
    )
    .sort((a, b) => (a.service < b.service ? -1 : 1));
}

/** The Java clients of one owner's probes, and the members of its groups: processes of this machine. */
export function javaClients(ownerPid: number): BrokerProcess[] {
  return processes().filter((one) => one.ownerPid === ownerPid && isClient(one));
}

function isClient({ service }: BrokerProcess): boolean {
  return service.includes("-java-") || service.endsWith("-member");
}

/**
 * Everything that labs have left, or one owner's lab: running brokers, and in Docker also stopped containers,
 * networks and volumes.
 */
export function leftovers(ownerPid?: number): string[] {
  const mine = ([, owner]: readonly string[]): boolean =>
    ownerPid === undefined || Number(owner) === ownerPid;
  const made = isDocker
    ? labelled()
        .filter(({ label }) => mine(label.split("/")))
        .map(({ what }) => what)
    : [];
  const running = [...processes(), ...(isDocker ? containers() : [])].filter(
    (one) => ownerPid === undefined || one.ownerPid === ownerPid,
  );
  return [...running.map(({ service, pid }) => `${service} (${pid})`), ...made];
}

/**
 * Every process that carries a lab's mark: brokers, the links in front of them, and Java clients. The shell
 * that becomes one of them writes its record in a child, which is not counted beside it.
 */
export function processes(): BrokerProcess[] {
  const lines = execFileSync("ps", ["-axww", "-o", "pid=,ppid=,stat=,args="], {
    encoding: "utf8",
    maxBuffer: 64 << 20,
  }).split("\n");
  const found = lines.flatMap((line): (BrokerProcess & { parent: number })[] => {
    const [, pid, parent, state, args = ""] = line.match(/^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/) ?? [];
    const mark = args.match(/-Dkafka\.failure\.lab=([^/\s]+)\/(\d+)\/[^/]*\/[^/]*\/(\S+)/);
    if (mark === null || state!.startsWith("Z")) return [];
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        state: state![0]!,
        lab: mark[1]!,
        ownerPid: Number(mark[2]),
        service: mark[3]!,
      },
    ];
  });
  const pids = new Set(found.map(({ pid }) => pid));
  return found.filter(({ parent }) => !pids.has(parent)).map(({ parent: _, ...one }) => one);
}

const LABEL = "kafka-failure-lab";

/** What Docker answers; nothing where no daemon does. */
export function docker(...args: string[]): string {
  return execFileSync("docker", args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 << 20,
  });
}

/** The containers of one owner's labs that run, by id. */
export function containerIds(ownerPid: number, ...filters: string[]): string[] {
  const lines = docker(
    "ps",
    "--no-trunc",
    "--filter",
    `label=${LABEL}`,
    ...filters.flatMap((filter) => ["--filter", filter]),
    "--format",
    `{{.ID}} {{.Label "${LABEL}"}}`,
  ).split("\n");
  return lines.flatMap((line) => (line.split(/[ /]/)[2] === String(ownerPid) ? [line.split(" ")[0]!] : []));
}

/** Whether the agent of a disk's fault has files in a container. */
export function agentIsIn(id: string): boolean {
  return docker("exec", id, "ls", "/tmp").includes("kafka-failure-lab");
}

function containers(): BrokerProcess[] {
  const ids = docker("ps", "--quiet", "--no-trunc", "--filter", `label=${LABEL}`)
    .split("\n")
    .filter((id) => id !== "");
  return ids.flatMap((id) => {
    try {
      const [pid, status, service, label] = docker(
        "inspect",
        "--format",
        "{{.State.Pid}}|{{.State.Status}}|" +
          `{{index .Config.Labels "com.docker.compose.service"}}|{{index .Config.Labels "${LABEL}"}}`,
        id,
      )
        .trim()
        .split("|");
      const [lab, owner] = label!.split("/");
      return status === "running" || status === "paused"
        ? [
            {
              pid: Number(pid),
              state: status === "paused" ? "T" : "S",
              lab: lab!,
              ownerPid: Number(owner),
              service: service!,
            },
          ]
        : [];
    } catch {
      return []; // gone in the meantime
    }
  });
}

function labelled(): { what: string; label: string }[] {
  const of = (kind: string, ...list: string[]): { what: string; label: string }[] =>
    docker(...list, "--filter", `label=${LABEL}`, "--format", `{{.Label "${LABEL}"}}`)
      .split("\n")
      .filter((label) => label !== "")
      .map((label) => ({ what: `${kind} of lab ${label}`, label }));
  return [
    ...of("container", "ps", "--all"),
    ...of("network", "network", "ls"),
    ...of("volume", "volume", "ls"),
  ];
}

const home = stateFolder().folder;

/** The folder of a lab, whether it exists or not. */
export function folderOf(lab: string): string {
  return path.join(home, "labs", lab);
}

/** The command lines of a process's children; after its end, of what it left behind. */
export function children(parent: number): string[] {
  return execFileSync("ps", ["-axww", "-o", "ppid=,args="], { encoding: "utf8", maxBuffer: 64 << 20 })
    .split("\n")
    .flatMap((line) => {
      const [, ppid, args = ""] = line.match(/^\s*(\d+)\s+(.*)$/) ?? [];
      return Number(ppid) === parent ? [args] : [];
    });
}

/** The ids of a process's children that have not ended. */
export function childIds(parent: number): number[] {
  return execFileSync("ps", ["-axo", "pid=,ppid=,stat="], { encoding: "utf8" })
    .split("\n")
    .flatMap((line) => {
      const [pid, ppid, state = "Z"] = line.trim().split(/\s+/);
      return Number(ppid) === parent && !state.startsWith("Z") ? [Number(pid)] : [];
    });
}

/** The ports that a lab holds: by their claim files, or as docker publishes them. */
export function claimedPorts(lab: string): number[] {
  if (isDocker)
    return docker("ps", "--format", `{{.Label "${LABEL}"}} {{.Ports}}`)
      .split("\n")
      .filter((line) => line.startsWith(`${lab}/`))
      .flatMap((line) => [...new Set([...line.matchAll(/:(\d+)->/g)].map(([, port]) => Number(port)))]);
  const folder = path.join(home, "ports");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((port) => {
      try {
        return readFileSync(path.join(folder, port), "utf8") === lab;
      } catch {
        return false;
      }
    })
    .map(Number);
}

/**
 * Whether somebody listens there. A link whose broker has ended accepts and resets, so a reset is one who
 * listens.
 */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED") resolve(false);
      else if (error.code === "ECONNRESET") resolve(true);
      else reject(error);
    });
  });
}

/**
 * How long one ApiVersions request takes on a new connection, without the connecting; undefined where nothing
 * comes within a second.
 */
export async function roundTrip(address: string): Promise<number | undefined> {
  const at = address.lastIndexOf(":");
  const socket = net.connect({
    host: address.slice(0, at),
    port: Number(address.slice(at + 1)),
    noDelay: true,
  });
  socket.on("error", () => {});
  // size, ApiVersions, v0, correlation id, no client id
  const request = Buffer.from("0000000a0012000000000001ffff", "hex");
  const ask = (): Promise<number | undefined> =>
    new Promise((resolve) => {
      const began = performance.now();
      const settle = (took?: number) => (): void => (
        clearTimeout(timer),
        socket.removeAllListeners("data"),
        resolve(took ?? (socket.destroyed ? undefined : performance.now() - began))
      );
      const timer = setTimeout(() => (socket.destroy(), settle()()), 1000);
      socket.once("data", () => settle()());
      socket.once("close", () => settle()());
      socket.write(request);
    });
  const first = await ask();
  const second = first === undefined ? undefined : await ask();
  socket.destroy();
  return second;
}

/** The error with which a call ends; it has to. */
export async function refusalOf(asked: Promise<unknown>): Promise<LabError> {
  try {
    await asked;
  } catch (error) {
    return error as LabError;
  }
  throw new Error("it was not refused");
}

/**
 * Waits until the condition holds and returns how long that took; fails after the deadline with what is being
 * waited for.
 */
export async function until(
  what: string | (() => string),
  holds: () => boolean | Promise<boolean>,
  deadlineMs = 180_000,
): Promise<number> {
  const began = performance.now();
  while (!(await holds())) {
    if (performance.now() - began > deadlineMs)
      throw new Error(`not so after ${deadlineMs} ms: ${typeof what === "string" ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - began;
}

/** How this runtime runs a TypeScript file as a program of its own. */
export function program(file: string, ...args: string[]): [string, string[]] {
  return "Deno" in globalThis
    ? [process.execPath, ["run", "-A", "--quiet", file, ...args]]
    : [process.execPath, ["--import", "tsx", file, ...args]];
}

/** A hook that tells why it failed: uvu says only that no test ran. */
export function reportingFailure<T>(hook: () => T | Promise<T>): () => Promise<void> {
  return async () => {
    try {
      await hook();
    } catch (error) {
      console.log(
        `   FAIL  before: ${error instanceof Error ? (error.stack ?? String(error)) : String(error)}`,
      );
      throw error;
    }
  };
}
