// Room for a cluster: the ports of the compose files, the disk, the memory.

import { readdirSync, readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { ComposeProject } from "../compose/mod.ts";
import { readCompose } from "../compose/read.ts";
import { isFree } from "../runtime/claims.ts";
import { cacheFolder, type Env } from "../engine/local/supply/mod.ts";
import { stateFolder } from "../runtime/state-folder.ts";
import type { MachineCheck, Surroundings } from "./report.ts";

const COMPOSE = fileURLToPath(new URL("../../compose/", import.meta.url));

/** The lab's own compose files that describe a whole cluster. */
export function clusters(env: Env): { name: string; project: ComposeProject }[] {
  const files = readdirSync(COMPOSE)
    .filter((file) => file.endsWith(".yml") && !file.startsWith("fix-"))
    .sort();
  return files.map((file) => ({
    name: file.replace(/\.yml$/, ""),
    project: readCompose([path.join(COMPOSE, file)], { env, cwd: COMPOSE }),
  }));
}

/** A taken port stops `docker compose up` but not the local engine, which uses none of these. */
export async function checkPorts({ env }: Surroundings): Promise<MachineCheck[]> {
  const files = clusters(env).map(({ name, project }) => ({ name, ports: publishedPorts(project) }));
  const free = new Map<number, boolean>(); // each is tried once: two tries at a time would find each other
  for (const port of files.flatMap(({ ports }) => ports))
    if (!free.has(port)) free.set(port, await isFree(port));
  return files.map(({ name, ports }): MachineCheck => {
    const taken = ports.filter((port) => !free.get(port));
    const facts = { group: "local", name: `ports, ${name}` } as const;
    if (taken.length === 0) return { ...facts, state: "ok", found: `${ports.join(", ")} free` };
    return {
      ...facts,
      state: "missing",
      found: `${taken.join(", ")} taken: docker compose would fail, the local engine uses others`,
      remedy: `lsof -nP -iTCP:${taken.join(",")} -sTCP:LISTEN`,
    };
  });
}

function publishedPorts({ services }: ComposeProject): number[] {
  return services.flatMap(({ ports }) =>
    ports.flatMap(({ published, protocol }) => (published === null || protocol !== "tcp" ? [] : [published])),
  );
}

const MB = 1e6;
/** Two versions' jars and archives; the data and logs of three brokers under load for some minutes. */
const CACHE_NEEDED = 200 * MB;
const STATE_NEEDED = 300 * MB;

export async function checkDisk({ env }: Surroundings): Promise<MachineCheck[]> {
  return await Promise.all([
    diskOf("disk, cache", () => cacheFolder(env), CACHE_NEEDED, "export LAB_CACHE=/a/folder/on/another/disk"),
    diskOf(
      "disk, state",
      () => stateFolder(env).folder,
      STATE_NEEDED,
      "export LAB_STATE=/a/folder/on/another/disk",
    ),
  ]);
}

async function diskOf(
  name: string,
  folderOf: () => string,
  needed: number,
  remedy: string,
): Promise<MachineCheck> {
  let folder: string;
  let space: { bavail: number; bsize: number };
  try {
    folder = folderOf();
    space = await statfsOf(folder);
  } catch (error) {
    return { group: "local", name, state: "unknown", found: (error as Error).message.split("\n", 1)[0]! };
  }
  const { bavail, bsize } = space;
  const free = bavail * bsize;
  const isEnough = free >= needed;
  return {
    group: "local",
    name,
    state: isEnough ? "ok" : "missing",
    found: `${size(free)} free in ${folder}${isEnough ? "" : `, ${size(needed)} needed`}`,
    ...(isEnough ? {} : { remedy }),
  };
}

/** The disk of a folder that may not exist yet is that of the nearest one above it that does. */
async function statfsOf(folder: string): Promise<{ bavail: number; bsize: number }> {
  try {
    return await statfs(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || path.dirname(folder) === folder) throw error;
    return await statfsOf(path.dirname(folder));
  }
}

/** Three brokers under load, each with a heap of at most 256 MB. */
const MEMORY_NEEDED = 900 * MB;

export async function checkMemory({ platform }: Surroundings): Promise<MachineCheck[]> {
  const facts = { group: "local", name: "memory" } as const;
  // elsewhere the system counts as used what it would give back at once
  const isLinux = platform === "linux";
  const free = isLinux
    ? Math.min(availableOf(readFileSync("/proc/meminfo", "utf8")) ?? os.freemem(), limit())
    : os.totalmem();
  const have = `${size(free)} ${isLinux ? "available" : "in all"}`;
  const found = `${have}; three brokers take up to ${size(MEMORY_NEEDED)}`;
  return [
    free >= MEMORY_NEEDED
      ? { ...facts, state: "ok", found }
      : {
          ...facts,
          state: "missing",
          found,
          remedy: "npx tsx scripts/01-broker-stops.ts --cluster one-broker",
        },
  ];
}

/** Reads MemAvailable of /proc/meminfo, in bytes. */
export function availableOf(meminfo: string): number | undefined {
  const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}

/** What a container may use. */
function limit(): number {
  return process.constrainedMemory?.() || Infinity;
}

function size(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / MB)} MB`;
}
