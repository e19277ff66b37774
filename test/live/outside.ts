// What can be seen of a lab from outside the SDK: the process table, the ports, the files.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import process from "node:process";

export interface BrokerProcess {
  pid: number;
  service: string;
  ownerPid: number;
  lab: string;
  /** `S` sleeping, `T` stopped, …, as ps shows it. */
  state: string;
}

/** Every broker process on this machine by `ps`, or those of one owner. */
export function brokerProcesses(ownerPid?: number): BrokerProcess[] {
  return execFileSync("ps", ["-axww", "-o", "pid=,stat=,args="], { encoding: "utf8", maxBuffer: 64 << 20 }).split("\n").flatMap((line) => {
    const [, pid, state, args = ""] = line.match(/^\s*(\d+)\s+(\S+)\s+(.*)$/) ?? [];
    const mark = args.match(/-Dkafka\.failure\.lab=([^/\s]+)\/(\d+)\/[^/]*\/[^/]*\/(\S+)/);
    if (mark === null || state!.startsWith("Z")) return [];
    return [{ pid: Number(pid), state: state![0]!, lab: mark[1]!, ownerPid: Number(mark[2]), service: mark[3]! }];
  }).filter((one) => ownerPid === undefined || one.ownerPid === ownerPid).sort((a, b) => (a.service < b.service ? -1 : 1));
}

const home = path.join(os.tmpdir(), `kafka-failure-lab-${process.getuid?.() ?? ""}`);

/** The folder of a lab, whether it exists or not. */
export function folderOf(lab: string): string {
  return path.join(home, "labs", lab);
}

/** The ports that a lab holds by their claim files. */
export function claimedPorts(lab: string): number[] {
  const folder = path.join(home, "ports");
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((port) => {
    try {
      return readFileSync(path.join(folder, port), "utf8") === lab;
    } catch {
      return false;
    }
  }).map(Number);
}

export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** Waits until the condition holds and returns how long that took; fails after the deadline with what is being waited for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, deadlineMs = 30_000): Promise<number> {
  const began = performance.now();
  while (!(await holds())) {
    if (performance.now() - began > deadlineMs) throw new Error(`not so after ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - began;
}

/** How this runtime runs a TypeScript file as a program of its own. */
export function program(file: string, ...args: string[]): [string, string[]] {
  return "Deno" in globalThis ? [process.execPath, ["run", "-A", "--quiet", file, ...args]] : [process.execPath, ["--import", "tsx", file, ...args]];
}
