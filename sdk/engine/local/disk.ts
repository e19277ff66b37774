// Faults of disks in local processes: the agent is attached when the first fault comes, and taken out of the
// JVM's code when it goes.
//
//   <node>/disk/fault, seen      a process that is started while it is there gets the agent as -javaagent

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { type DiskFault, endsBroker } from "../../model/disk.ts";
import { LabError } from "../../model/errors.ts";
import { run } from "../../runtime/command.ts";
import type { Guardian } from "../../runtime/guardian/guardian.ts";
import { markOf, startOf } from "../../runtime/guardian/processes.mjs";
import { type ProcessRecord, recorded } from "../../runtime/guardian/records.mjs";
import type { OnProgress } from "../../runtime/progress.ts";
import {
  DIFFERS,
  faultText,
  foldersOf,
  FORGETS,
  momentOf,
  readSight,
  refusedAgent,
  untilShown,
  VIA,
} from "../disk/agent-files.ts";
import type { Disk, DiskAction, DiskSight } from "../disk/disk.ts";
import { forgottenWords } from "../disk/journal.ts";
import { noCompiler } from "../disk/unsupported.ts";
import { forget } from "./forget.ts";
import type { Jvm } from "./jvm.ts";
import { cacheFolder, diskAgent, type Env, type Java } from "./supply/mod.ts";

/** The disk of one node. */
export interface NodeDisk {
  readonly logDirs: readonly string[];
  /** Which of them has the metadata log, from 1; 0 where it has a folder of its own. */
  readonly metadataLogDir: number;
  /** Where the agent's files are while a fault is open. */
  readonly folder: string;
  /** Flags that its process is started with while a fault is open. */
  readonly flags: string[];
}

export interface LocalDiskParts {
  java: Java;
  env: Env;
  jvms: ReadonlyMap<string, Jvm>;
  disks: ReadonlyMap<string, NodeDisk>;
  guardian: Guardian;
  /** Whether the brokers outlive their owner. */
  keep: boolean;
  /** What is recorded of the programs that make and attach the agent. */
  record: Omit<ProcessRecord, "kind" | "service">;
  onProgress: OnProgress;
}

const ATTACH_MS = 30_000;
/** The exit code of a process that SIGKILL has ended. */
const KILLED = 137;
/** Removes the fault's file, and takes the agent out: what a guardian does when the owner is gone. */
const UNDO = 'folder=$1; shift; rm -f "$folder/fault"; "$@"; code=$?; rm -rf "$folder"; exit $code';

/** As the port, and what a start has to do first. */
export interface LocalDisk extends Disk {
  /** Before a process is started: loses what its disk has forgotten, and says so; undefined for nothing. */
  starts(service: string): Promise<string | undefined>;
}

interface State extends LocalDiskParts {
  /** The folder of the agent's jars, once they are made. */
  jars: string | undefined;
  /** Of nodes whose disk forgets: the folders on it. */
  readonly forgetful: Map<string, readonly string[]>;
}

export function makeLocalDisk(parts: LocalDiskParts): LocalDisk {
  const state: State = { ...parts, jars: undefined, forgetful: new Map() };
  return {
    async check(service, fault) {
      foldersOf(service, fault, diskOf(state, service).logDirs);
      state.jars ??= await madeJars(state);
    },
    apply: (service, fault) => apply(state, service, fault),
    undo: (service) => undo(state, service),
    seen: (service) => seen(diskOf(state, service)),
    starts: (service) => starts(state, service),
  };
}

/** A process that has ended by itself, or by SIGTERM, has lost nothing: the system writes it back. */
async function starts({ jvms, disks, forgetful }: State, service: string): Promise<string | undefined> {
  const folders = forgetful.get(service);
  const { state, exit } = jvms.get(service)!.status();
  if (folders === undefined || state !== "stopped") return undefined;
  const journal = path.join(disks.get(service)!.folder, "journal");
  if (exit?.code === KILLED) return forgottenWords(await forget(journal, folders));
  await rm(journal, { force: true });
  return undefined;
}

/** @throws LabError UNSUPPORTED where the agent cannot be made */
async function madeJars({ java, env, record, onProgress }: State): Promise<string> {
  const own = { ...record, kind: "tool", service: "compiler" } as const;
  const cache = cacheFolder(env);
  const made = await diskAgent({ java, cache, env, onProgress, marker: markOf(own), record: own });
  if (made.path !== undefined) return made.path;
  throw noCompiler(made.reason);
}

async function apply(state: State, service: string, fault: DiskFault): Promise<DiskAction> {
  const { guardian, keep } = state;
  const disk = diskOf(state, service);
  const jars = (state.jars ??= await madeJars(state));
  const began = performance.now();
  await mkdir(disk.folder, { recursive: true, mode: 0o700 });
  const folders = foldersOf(service, fault, disk.logDirs);
  // the agent is there as soon as it has loaded; a file that it does not know yet does nothing
  await writeFile(fileOf(disk), faultText(fault, { jars, folders }), { mode: 0o600 });
  if (fault.effect === "forgetful") state.forgetful.set(service, folders);
  disk.flags.push(`-javaagent:${path.join(jars, "agent.jar")}=${disk.folder}`);
  const argv = attachCommand(state, service, jars);
  // undone newest first: the disk, and then the end of the broker
  if (keep && endsBroker(fault, disk.metadataLogDir))
    guardian.open(service, state.jvms.get(service)!.revival);
  if (keep) guardian.open(idOf(service), ["/bin/sh", "-c", UNDO, "kafka-failure-lab", disk.folder, ...argv]);
  await attach(service, argv).catch(async (error: unknown) => {
    // a broker may end by the fault before it has answered
    if (((await seen(disk))?.failed ?? 0) === 0) throw error;
  });
  const tookMs = performance.now() - began;
  const isRunning = (): boolean => state.jvms.get(service)!.status().state === "running";
  const sight = await untilShown(() => seen(disk), isRunning);
  const effectAt = momentOf(sight, began);
  const differs = fault.effect === "forgetful" ? FORGETS : DIFFERS;
  return { effectAt, tookMs, via: VIA, differs, ...(sight && { seen: sight }) };
}

async function undo(state: State, service: string): Promise<DiskAction | undefined> {
  const disk = diskOf(state, service);
  if (disk.flags.length === 0) return undefined;
  const began = performance.now();
  const lost = await starts(state, service);
  const effectAt = performance.now(); // taken first: nothing that has waited goes on before it
  await rm(fileOf(disk), { force: true });
  let sight = await seen(disk);
  // a frozen process cannot be asked; its code passes a gate that is open
  if (state.jvms.get(service)!.status().state === "running") {
    await rm(path.join(disk.folder, "seen"), { force: true });
    await attach(service, attachCommand(state, service, state.jars!)).catch((error: unknown) => {
      if (state.jvms.get(service)!.status().state === "running") throw error; // else it has just ended
    });
    sight = (await seen(disk)) ?? sight;
  }
  await rm(disk.folder, { recursive: true, force: true });
  disk.flags.length = 0;
  state.forgetful.delete(service);
  state.guardian.healed(idOf(service));
  if (state.jvms.get(service)!.status().state === "running") state.guardian.healed(service);
  return {
    effectAt,
    tookMs: effectAt - began,
    via: `the agent was taken out${lost === undefined ? "" : `; ${lost}`}`,
    ...(sight && { seen: sight }),
  };
}

async function attach(service: string, argv: readonly string[]): Promise<void> {
  const { exitCode, stderr, command } = await run(argv, { timeoutMs: ATTACH_MS });
  if (exitCode !== 0) throw refusedAgent(service, command, exitCode, stderr);
}

/** Has a process load the agent, which then looks at the fault's file. */
function attachCommand({ java, jvms, record, disks }: State, service: string, jars: string): string[] {
  const own = { ...record, kind: "tool", service: "disk" } as const;
  const { pid } = jvms.get(service)!.status();
  const agent = path.join(jars, "agent.jar");
  return recorded(own, [
    java.path,
    ...["-Xmx32m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", markOf(own)],
    ...["-cp", agent, "lab.disk.Attach", String(pid), agent, disks.get(service)!.folder],
    ...(process.platform === "linux" ? [startOf(pid!) ?? "0"] : []),
  ]);
}

async function seen({ folder }: NodeDisk): Promise<DiskSight | undefined> {
  const text = await readFile(path.join(folder, "seen"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : readSight(text);
}

function fileOf({ folder }: NodeDisk): string {
  return path.join(folder, "fault");
}

function idOf(service: string): string {
  return `disk ${service}`;
}

/** @throws LabError NO_SUCH_BROKER */
function diskOf({ disks }: State, service: string): NodeDisk {
  const one = disks.get(service);
  if (one !== undefined) return one;
  throw new LabError("NO_SUCH_BROKER", `Cannot find the service ${service}`);
}
