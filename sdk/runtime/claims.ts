// What a lab holds on this machine while it lives: a folder and some ports. Both are claimed by files, so
// that labs side by side never take the same, and both are taken back by the next lab where an earlier one
// could not give them up.
//
//   <state folder>/labs/<lab>/owner.json      who owns it
//                 /ports/<port>               contains <lab>
//                 /processes/<lab>/           a record of each process (guardian/records.mjs)
//
// The state folder and those in it are this user's alone (runtime/state-folder.ts). Nothing is written or
// removed anywhere else.

import { readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import process from "node:process";
import { cannotWrite } from "./disk.ts";
import { LabError } from "../model/errors.ts";
import { here, startOf } from "./guardian/processes.mjs";
import { endRecorded, type LabRecord, recordFolders } from "./guardian/records.mjs";
import { inside } from "./inside.ts";
import { removeInside } from "./own-folder.mjs";
import { openOwn, stateFolder } from "./state-folder.ts";

/** A lab's hold on this machine. */
export interface Claim {
  lab: string;
  /** The folder of this user's state, which everything in `paths` lies in. */
  root: string;
  dir: string;
  /** Paths to remove when the lab ends: the folder and the claims on ports. */
  paths: string[];
  /** What the records of the lab's processes have in common. */
  record: LabRecord;
}

/** The content of `owner.json`. */
export interface Owner {
  pid: number;
  start: string;
  keep: boolean;
  here: string;
}

/** What lies in the state folder. */
export const FOLDERS: readonly string[] = ["labs", "ports", "processes"];

/**
 * Makes a lab's folder, owned by this process.
 *
 * @throws LabError UNSAFE_FOLDER where the state folder is not this user's alone; DISK_FULL, COMMAND_FAILED
 * where it cannot be made
 */
export function claimFolder(lab: string, keep: boolean): Claim {
  const { folder: root } = stateFolder();
  const dir = inside(root, "labs", lab);
  const record = recordOf(lab, keep);
  const owner: Owner = { pid: record.ownerPid, start: record.ownerStart, keep, here: here() };
  const folders = [root, ...FOLDERS.map((name) => path.join(root, name)), dir];
  try {
    for (const folder of [...folders, record.folder, ...recordFolders(record.folder)]) openOwn(folder);
    writeFileSync(path.join(dir, "owner.json"), JSON.stringify(owner), { mode: 0o600 });
  } catch (cause) {
    if (cause instanceof LabError) throw cause;
    throw cannotWrite("make the lab's folder", cause, { file: dir, remedy: "lab" });
  }
  return { lab, root, dir, paths: [dir], record };
}

/**
 * A folder in a lab's own for files with secrets, made where it is missing.
 *
 * @throws LabError UNSAFE_FOLDER, DISK_FULL, COMMAND_FAILED
 */
export function secretFolder(lab: string): string {
  const { folder: root } = stateFolder();
  const dir = inside(root, "labs", lab);
  try {
    for (const folder of [root, path.join(root, "labs"), dir]) openOwn(folder);
    return openOwn(path.join(dir, "clients"))!;
  } catch (cause) {
    if (cause instanceof LabError) throw cause;
    throw cannotWrite("make a folder for secrets", cause, { file: dir, remedy: "lab" });
  }
}

/** What the records of the processes that this process starts for a lab have in common. */
export function recordOf(lab: string, keep: boolean): LabRecord {
  return {
    folder: inside(stateFolder().folder, "processes", lab),
    lab,
    ownerPid: process.pid,
    ownerStart: startOf(process.pid) ?? "",
    keep,
  };
}

/**
 * Claims a port on 127.0.0.1 that nobody listens on: the preferred one where it is free, else one outside the
 * range from which the system takes ports for outgoing connections, since such a connection could take the
 * port while its broker is stopped.
 *
 * @throws LabError PORT_TAKEN where no port is free; DISK_FULL, COMMAND_FAILED where the claim cannot be
 *   written
 */
export async function claimPort(claim: Claim, preferred: number | null): Promise<number> {
  if (preferred !== null && (await take(claim, preferred))) return preferred;
  const [low, high] = [20_000, Math.min(32_000, firstEphemeralPort())];
  for (let attempts = 0; attempts < 200; attempts++) {
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
  const file = path.join(claim.root, "ports", String(port));
  try {
    writeFileSync(file, claim.lab, { flag: "wx", mode: 0o600 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    removeInside(claim.root, file); // made, but not written
    throw cannotWrite(`claim port ${port}`, cause, { file, remedy: "lab" });
  }
  if (await isFree(port)) {
    claim.paths.push(file);
    return true;
  }
  removeInside(claim.root, file);
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

/**
 * Ends what still runs of a lab, gives back what it held, and returns a line for each thing that could not be
 * removed.
 */
export function release(claim: Claim): string[] {
  endRecorded(claim.record.folder, { kept: true });
  return claim.paths.flatMap((one) => remove(claim.root, one));
}

/** Removes something of the state, and returns a line where it stayed. */
export function remove(root: string, file: string): string[] {
  const why = removeInside(root, file);
  return why === undefined ? [] : [`could not remove ${file}: ${why}`];
}
