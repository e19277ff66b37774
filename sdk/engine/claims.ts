// What a lab holds on this machine while it lives: a folder and some ports. Both are claimed by files, so that labs side by
// side never take the same, and both are taken back by the next lab where an earlier one could not give them up.
//
//   <tmp>/kafka-failure-lab-<uid>/labs/<lab>/owner.json      who owns it
//                                /ports/<port>               contains <lab>

import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { cannotWrite } from "../disk.ts";
import { LabError } from "../errors.ts";
import { type Marked, marked, signalMarked, startOf } from "../guardian/processes.mjs";

/** A lab's hold on this machine. */
export interface Claim {
  lab: string;
  dir: string;
  /** Paths to remove when the lab ends: the folder and the claims on ports. */
  paths: string[];
}

interface Owner {
  pid: number;
  start: string;
  keep: boolean;
}

const YOUNG_MS = 10_000;

/**
 * Makes a lab's folder, owned by this process.
 *
 * @throws LabError DISK_FULL, COMMAND_FAILED where it cannot be made
 */
export function claimFolder(lab: string, keep: boolean): Claim {
  const dir = path.join(root(), "labs", lab);
  const owner: Owner = { pid: process.pid, start: startOf(process.pid) ?? "", keep };
  try {
    mkdirSync(dir, { recursive: true });
    mkdirSync(path.join(root(), "ports"), { recursive: true });
    writeFileSync(path.join(dir, "owner.json"), JSON.stringify(owner));
  } catch (cause) {
    throw cannotWrite("make the lab's folder", cause, { file: dir, remedy: "lab" });
  }
  return { lab, dir, paths: [dir] };
}

/**
 * Claims a port on 127.0.0.1 that nobody listens on: the preferred one where it is free, else one outside the range from which
 * the system takes ports for outgoing connections, since such a connection could take the port while its broker is stopped.
 *
 * @throws LabError PORT_TAKEN where no port is free; DISK_FULL, COMMAND_FAILED where the claim cannot be written
 */
export async function claimPort(claim: Claim, preferred: number | null): Promise<number> {
  if (preferred !== null && (await take(claim, preferred))) return preferred;
  const [low, high] = [20_000, Math.min(32_000, firstEphemeralPort())];
  for (let tries = 0; tries < 200; tries++) {
    const port = low + Math.floor(Math.random() * (high - low));
    if (await take(claim, port)) return port;
  }
  throw new LabError(
    "PORT_TAKEN",
    `Cannot find a free port: 200 random ports from ${low} to ${high} are all taken`,
    { hint: "Do many labs run on this machine? `npm run clean` ends those that were kept." },
  );
}

async function take(claim: Claim, port: number): Promise<boolean> {
  const file = path.join(root(), "ports", String(port));
  try {
    writeFileSync(file, claim.lab, { flag: "wx" });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    rmSync(file, { force: true }); // made, but not written
    throw cannotWrite(`claim port ${port}`, cause, { file, remedy: "lab" });
  }
  if (await isFree(port)) {
    claim.paths.push(file);
    return true;
  }
  rmSync(file, { force: true });
  return false;
}

/** Says whether nobody listens on the port, neither on 127.0.0.1 nor on all interfaces. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer().once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function firstEphemeralPort(): number {
  try {
    return Number(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8").split("\t")[0]);
  } catch {
    return 49_152; // IANA's range, which macOS uses
  }
}

/** Gives back what the lab held. */
export function release(claim: Claim): void {
  for (const one of claim.paths) rmSync(one, { recursive: true, force: true, maxRetries: 5 });
}

/** Ends what dead owners left behind and returns one line for each; kept labs stay unless `kept` is set. */
export function sweep(options: { kept?: boolean } = {}): string[] {
  const said: string[] = [];
  // judged one by one at the moment of the signal: a broker that starts meanwhile has an owner, too
  const stays = (one: Marked): boolean =>
    startOf(one.ownerPid) === one.ownerStart || (one.keep && !options.kept);
  const alive = new Set(
    marked()
      .filter(stays)
      .map(({ lab }) => lab),
  );
  const ended = new Map<string, number>();
  signalMarked(
    (one) =>
      !stays(one) && !alive.has(one.lab) && ended.set(one.lab, (ended.get(one.lab) ?? 0) + 1) !== undefined,
    "SIGKILL",
  );
  for (const [lab, count] of ended)
    said.push(`ended ${count === 1 ? "a broker" : `${count} brokers`} that lab ${lab} left`);
  for (const lab of entries("labs")) {
    const dir = path.join(root(), "labs", lab);
    if (alive.has(lab) || isOwned(dir)) continue;
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    if (!ended.has(lab)) said.push(`removed the folder that lab ${lab} left`);
  }
  const ports = entries("ports").map((port) => path.join(root(), "ports", port));
  const owners = ports.map(textOf);
  const labs = new Set(entries("labs")); // read last: a lab has its folder before it has a port
  ports.forEach((file, index) => {
    const isBeingWritten = owners[index] === "" && isYoung(file);
    if (!labs.has(owners[index]!) && !isBeingWritten) rmSync(file, { force: true });
  });
  return said;
}

function isOwned(dir: string): boolean {
  try {
    const owner = JSON.parse(readFileSync(path.join(dir, "owner.json"), "utf8")) as Owner;
    return startOf(owner.pid) === owner.start;
  } catch {
    return isYoung(dir); // being made at this moment
  }
}

function isYoung(file: string): boolean {
  try {
    return Date.now() - statSync(file).mtimeMs < YOUNG_MS;
  } catch {
    return true;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(path.join(root(), folder));
  } catch {
    return [];
  }
}

function root(): string {
  return path.join(os.tmpdir(), `kafka-failure-lab-${process.getuid?.() ?? os.userInfo().username}`);
}
