// Ends and removes what labs that are gone have left on this machine: processes, folders and claims on ports.

import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { FOLDERS, type Owner, remove } from "./claims.ts";
import { marked, startOf, whereIs } from "./guardian/processes.mjs";
import { endRecorded, recordedIn, type RecordedProcess } from "./guardian/records.mjs";
import { openOwn, stateFolder } from "./state-folder.ts";

/** What a sweep has done, a line each. */
export interface Swept {
  done: string[];
  /** What it could not remove or end, and why. */
  left: string[];
}

/**
 * Ends what dead owners left behind; kept labs stay unless `kept` is set. What cannot be removed stays, and
 * keeps nothing else there.
 *
 * @throws LabError UNSAFE_FOLDER where the state folder is not this user's alone: nothing is ended or removed
 * then
 */
export function sweep(options: { kept?: boolean } = {}): Swept {
  const root = openSwept();
  if (root === undefined) return { done: [], left: [] };
  try {
    const labs = new Set([...entries(root, "labs"), ...entries(root, "processes")]);
    const swept = [...labs].map((lab) => sweepLab(root, lab, options));
    return {
      done: swept.flatMap(({ done }) => done),
      left: [...swept.flatMap(({ left }) => left), ...sweepPorts(root)],
    };
  } catch (error) {
    return { done: [], left: [unseen(root, error)] };
  }
}

/** What cannot be looked at may be a living lab's: it stays, and is reported. */
function unseen(file: string, error: unknown): string {
  return `could not look at ${file}: ${(error as Error).message}`;
}

/**
 * Gives back the ports of labs that have no folder any more, and returns a line for each that could not be.
 */
function sweepPorts(root: string): string[] {
  const ports = entries(root, "ports").map((port) => path.join(root, "ports", port));
  const owners = ports.map(textOf);
  const labs = new Set(entries(root, "labs")); // read last: a lab has its folder before it has a port
  return ports.flatMap((file, index) => {
    const isBeingWritten = owners[index] === "" && isYoung(file);
    return labs.has(owners[index]!) || isBeingWritten ? [] : remove(root, file);
  });
}

/**
 * The state folder, if there is one, with the folders in it looked at as well: what is a link there leads
 * somewhere else.
 */
function openSwept(): string | undefined {
  const { folder } = stateFolder();
  const root = openOwn(folder, { make: false });
  if (root !== undefined) for (const name of FOLDERS) openOwn(path.join(root, name), { make: false });
  return root;
}

function sweepLab(root: string, lab: string, options: { kept?: boolean }): Swept {
  const dir = path.join(root, "labs", lab);
  const records = path.join(root, "processes", lab);
  const alive = recordedIn(records);
  try {
    if (isOwned(dir, records, alive)) return { done: [], left: [] };
  } catch (error) {
    return { done: [], left: [unseen(dir, error)] };
  }
  const kept = options.kept === true || !alive.some(({ keep }) => keep);
  const { ended, left } = endRecorded(records, { kept });
  const done =
    ended === 0 ? [] : [`ended ${ended === 1 ? "a process" : `${ended} processes`} that lab ${lab} left`];
  if (!kept) return { done, left: [] };
  if (left.length > 0)
    return { done, left: [`could not end what lab ${lab} left: process ${left.join(", ")}`] };
  if (!existsSync(dir)) return { done, left: [] };
  const stayed = remove(root, dir);
  if (ended === 0 && stayed.length === 0) done.push(`removed the folder that lab ${lab} left`);
  return { done, left: stayed };
}

/**
 * Says whether a lab's owner is alive, on another machine, or just making the lab.
 *
 * @throws the system's error where that could not be looked at
 */
function isOwned(dir: string, records: string, alive: readonly RecordedProcess[]): boolean {
  if (alive.some(({ ownerPid, ownerStart }) => startOf(ownerPid) === ownerStart)) return true;
  try {
    const owner = JSON.parse(readFileSync(path.join(dir, "owner.json"), "utf8")) as Owner;
    const where = whereIs(owner.here);
    return where === "elsewhere" || (where === "here" && startOf(owner.pid) === owner.start);
  } catch (error) {
    if (!isAbsent(error) && !(error instanceof SyntaxError)) throw error;
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
  const root = stateFolder().folder;
  const known = new Set(
    entries(root, "processes")
      .flatMap((lab) => recordedIn(path.join(root, "processes", lab)))
      .map(({ pid }) => pid),
  );
  return found
    .filter(({ pid, ownerPid, ownerStart }) => !known.has(pid) && startOf(ownerPid) !== ownerStart)
    .map(({ pid }) => `process ${pid} says that it is a lab's, and no record does: not ended`);
}

const YOUNG_MS = 10_000;

function isYoung(file: string): boolean {
  try {
    return Date.now() - lstatSync(file).mtimeMs < YOUNG_MS;
  } catch {
    return true;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    return whenAbsent(error, "");
  }
}

function entries(root: string, folder: string): string[] {
  try {
    return readdirSync(path.join(root, folder));
  } catch (error) {
    return whenAbsent(error, []);
  }
}

/** The value for what is not there. @throws the error of what is there and could not be looked at */
function whenAbsent<T>(error: unknown, value: T): T {
  if (isAbsent(error)) return value;
  throw error;
}

function isAbsent(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
}
