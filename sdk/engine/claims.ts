// What a lab holds on this machine while it lives: a folder and some ports. Both are claimed by files, so that labs side by
// side never take the same, and both are taken back by the next lab where an earlier one could not give them up.
//
//   <tmp>/kafka-failure-lab-<uid>/labs/<lab>/owner.json      who owns it
//                                /ports/<port>               contains <lab>
//                                /processes/<lab>/           a record of each process (guardian/records.mjs)

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { cannotWrite } from "../disk.ts";
import { LabError } from "../errors.ts";
import { here, marked, startOf, whereIs } from "../guardian/processes.mjs";
import {
  endRecorded,
  type LabRecord,
  recordedIn,
  type RecordedProcess,
  recordFolders,
} from "../guardian/records.mjs";

/** A lab's hold on this machine. */
export interface Claim {
  lab: string;
  dir: string;
  /** Paths to remove when the lab ends: the folder and the claims on ports. */
  paths: string[];
  /** What the records of the lab's processes have in common. */
  record: LabRecord;
}

interface Owner {
  pid: number;
  start: string;
  keep: boolean;
  here: string;
}

const YOUNG_MS = 10_000;

/**
 * Makes a lab's folder, owned by this process.
 *
 * @throws LabError DISK_FULL, COMMAND_FAILED where it cannot be made
 */
export function claimFolder(lab: string, keep: boolean): Claim {
  const dir = path.join(root(), "labs", lab);
  const record = recordOf(lab, keep);
  const owner: Owner = { pid: record.ownerPid, start: record.ownerStart, keep, here: here() };
  try {
    mkdirSync(dir, { recursive: true });
    for (const folder of recordFolders(record.folder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
    mkdirSync(path.join(root(), "ports"), { recursive: true });
    writeFileSync(path.join(dir, "owner.json"), JSON.stringify(owner));
  } catch (cause) {
    throw cannotWrite("make the lab's folder", cause, { file: dir, remedy: "lab" });
  }
  return { lab, dir, paths: [dir], record };
}

/** What the records of the processes that this process starts for a lab have in common. */
export function recordOf(lab: string, keep: boolean): LabRecord {
  return {
    folder: path.join(root(), "processes", lab),
    lab,
    ownerPid: process.pid,
    ownerStart: startOf(process.pid) ?? "",
    keep,
  };
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

/** Gives back what the lab held, and ends what still runs of it. */
export function release(claim: Claim): void {
  endRecorded(claim.record.folder, { kept: true });
  for (const one of claim.paths) rmSync(one, { recursive: true, force: true, maxRetries: 5 });
}

/** Ends what dead owners left behind and returns one line for each; kept labs stay unless `kept` is set. */
export function sweep(options: { kept?: boolean } = {}): string[] {
  const said = [...new Set([...entries("labs"), ...entries("processes")])].flatMap((lab) =>
    sweepLab(lab, options),
  );
  const ports = entries("ports").map((port) => path.join(root(), "ports", port));
  const owners = ports.map(textOf);
  const labs = new Set(entries("labs")); // read last: a lab has its folder before it has a port
  ports.forEach((file, index) => {
    const isBeingWritten = owners[index] === "" && isYoung(file);
    if (!labs.has(owners[index]!) && !isBeingWritten) rmSync(file, { force: true });
  });
  return said;
}

function sweepLab(lab: string, options: { kept?: boolean }): string[] {
  const dir = path.join(root(), "labs", lab);
  const records = path.join(root(), "processes", lab);
  const alive = recordedIn(records);
  if (isOwned(dir, records, alive)) return [];
  const kept = options.kept === true || !alive.some(({ keep }) => keep);
  const { ended, left } = endRecorded(records, { kept });
  const said =
    ended === 0 ? [] : [`ended ${ended === 1 ? "a process" : `${ended} processes`} that lab ${lab} left`];
  if (!kept) return said;
  if (left.length > 0) return [...said, `could not end what lab ${lab} left: process ${left.join(", ")}`];
  const hadFolder = existsSync(dir);
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  return ended > 0 || !hadFolder ? said : [`removed the folder that lab ${lab} left`];
}

/** Says whether a lab's owner is alive, on another machine, or just making the lab. */
function isOwned(dir: string, records: string, alive: readonly RecordedProcess[]): boolean {
  if (alive.some(({ ownerPid, ownerStart }) => startOf(ownerPid) === ownerStart)) return true;
  try {
    const owner = JSON.parse(readFileSync(path.join(dir, "owner.json"), "utf8")) as Owner;
    const where = whereIs(owner.here);
    return where === "elsewhere" || (where === "here" && startOf(owner.pid) === owner.start);
  } catch {
    return [dir, records].some((one) => existsSync(one) && isYoung(one));
  }
}

/**
 * Returns a line for each process of this user that says on its command line that it is a lab's, that no
 * record names, and whose owner is gone. It may be a broker whose records were removed by hand, or any
 * program that mentions a lab: only its user can tell, and ends it.
 */
export function unrecorded(): string[] {
  const found = marked(); // first: a process that begins now may have its record a moment later
  const known = new Set(
    entries("processes")
      .flatMap((lab) => recordedIn(path.join(root(), "processes", lab)))
      .map(({ pid }) => pid),
  );
  return found
    .filter(({ pid, ownerPid, ownerStart }) => !known.has(pid) && startOf(ownerPid) !== ownerStart)
    .map(({ pid }) => `process ${pid} says that it is a lab's, and no record does: not ended`);
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
