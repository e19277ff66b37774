// Faults of disks in containers: the agent's jars are copied into the container, and a process in it attaches
// them to the broker's JVM.
//
//   docker cp *.jar ─▶ /tmp/kafka-failure-lab ◀─ docker exec: fault, Attach, seen

import { performance } from "node:perf_hooks";
import path from "node:path";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import type { KafkaService } from "../../compose/mod.ts";
import { logDirsIn } from "../../kafka/mod.ts";
import type { DiskFault } from "../../model/disk.ts";
import { LabError } from "../../model/errors.ts";
import type { Guardian } from "../../runtime/guardian/guardian.ts";
import { MARK } from "../../runtime/guardian/processes.mjs";
import type { OnProgress } from "../../runtime/progress.ts";
import {
  DIFFERS,
  faultText,
  foldersOf,
  FORGETS,
  momentOf,
  readSight,
  untilShown,
  VIA,
} from "../disk/agent-files.ts";
import type { Disk, DiskAction, DiskSight } from "../disk/disk.ts";
import { noCompiler } from "../disk/unsupported.ts";
import { cacheFolder, chooseJava, diskAgent } from "../local/supply/mod.ts";
import type { Cli } from "./cli.ts";
import type { Container } from "./container.ts";
import { type Forgetful, makeForgetful } from "./forgetful.ts";

export interface DockerDiskParts {
  cli: Cli;
  services: readonly KafkaService[];
  containers: ReadonlyMap<string, Container>;
  guardian: Guardian;
  /** A private folder of this machine. */
  folder: string;
  onProgress: OnProgress;
}

export interface DockerDisk extends Disk {
  /** Before a container is started: loses what its disk has forgotten, and says so; undefined for nothing. */
  starts(service: string): Promise<string | undefined>;
  /** A container has been started: an open fault is made again, and what an old one has left is removed. */
  started(service: string): Promise<void>;
}

const FOLDER = "/tmp/kafka-failure-lab";
/** Finds the broker's JVM; this script's own command line has a backslash in the name. */
const FIND =
  "pid=; for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline 2>/dev/null | grep -q 'kafka\\.Kafka ' && " +
  "pid=${p#/proc/} && break; done";
const HAS = '[ -n "$pid" ]';
const FLAGS = "-Xmx32m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData";
const ATTACH =
  `"$(readlink /proc/$pid/exe)" ${FLAGS} -cp agent.jar lab.disk.Attach ` +
  `"$pid" ${FOLDER}/agent.jar ${FOLDER}`;
const APPLY =
  `cd ${FOLDER} && { ${FIND}; ${HAS}; } && rm -f seen journal && ` + `printf '%s' "$1" >fault && ${ATTACH}`;
const UNDO =
  `cd ${FOLDER} || exit 0; rm -f fault seen; ${FIND}; ${HAS} && ${ATTACH} && cat seen; ` +
  `cd /; rm -rf ${FOLDER}`;
/** What a guardian does: a container that has ended by its disk is started first. */
const HEAL = 'docker start "$1" >/dev/null && exec docker exec "$1" sh -c "$2"';
/** How long a container that is started again may take until its JVM takes the agent. */
const START_MS = 30_000;
const LOOK_MS = 100;
const LATE = "a container that is started again has a working disk for some seconds";
const FORGETS_LATE = "what a container that is started again writes in its first seconds counts as forced";

interface State extends DockerDiskParts {
  /** The text of the fault's file of each container whose disk is broken. */
  readonly broken: Map<string, string>;
  /** Containers that were stopped when their fault was undone. */
  readonly stale: Set<string>;
  readonly forgetful: Forgetful;
  jars: string | undefined;
}

export function makeDockerDisk(parts: DockerDiskParts): DockerDisk {
  const state: State = {
    ...parts,
    broken: new Map(),
    stale: new Set(),
    forgetful: makeForgetful({ ...parts, journal: `${FOLDER}/journal` }),
    jars: undefined,
  };
  return {
    async check(service, fault) {
      foldersOf(service, fault, logDirsOf(state, service));
      state.jars ??= await madeJars(state);
    },
    apply: (service, fault) => apply(state, service, fault),
    undo: (service) => undo(state, service),
    seen: (service) => seen(state, service),
    starts: (service) => state.forgetful.lost(service),
    started: (service) => started(state, service),
  };
}

/** @throws LabError UNSUPPORTED where the agent cannot be made; NO_JAVA */
async function madeJars({ cli: { env }, onProgress }: State): Promise<string> {
  const { java } = await chooseJava({ env });
  const marker = `${MARK}none/${process.pid}/0/end/compiler`;
  const made = await diskAgent({ java, cache: cacheFolder(env), env, onProgress, marker });
  if (made.path !== undefined) return made.path;
  throw noCompiler(made.reason);
}

/** @throws LabError UNSUPPORTED where the files do not say where the data is */
function logDirsOf({ services }: State, service: string): readonly string[] {
  const { properties } = services.find((one) => one.service === service)!;
  const listed = logDirsIn(properties);
  const relative = listed?.find((dir) => !dir.startsWith("/"));
  if (relative !== undefined)
    throw new LabError(
      "UNSUPPORTED",
      `Cannot break the disk of ${service}: ${relative} of its log.dirs is relative to a folder in the image`,
      { hint: "KAFKA_LOG_DIRS in the compose file may have its full path." },
    );
  if (listed !== undefined) return listed;
  throw new LabError("UNSUPPORTED", `Cannot break the disk of ${service}: its log.dirs is not known`, {
    hint: "KAFKA_LOG_DIRS in the compose file names them.",
  });
}

async function apply(state: State, service: string, fault: DiskFault): Promise<DiskAction> {
  const { cli, containers, guardian } = state;
  const { id } = containers.get(service)!;
  const jars = (state.jars ??= await madeJars(state));
  const began = performance.now();
  const folders = foldersOf(service, fault, logDirsOf(state, service));
  const text = faultText(fault, { jars: FOLDER, folders });
  state.broken.set(service, text);
  if (fault.effect === "forgetful") state.forgetful.add(service, folders);
  guardian.open(idOf(service), ["/bin/sh", "-c", HEAL, "kafka-failure-lab", id, UNDO]);
  await cli.docker(`prepare ${service}`, ["exec", id, "mkdir", "-p", "-m", "700", FOLDER]);
  for (const name of ["agent.jar", "rewriter.jar", "asm.jar"])
    await cli.docker(`copy ${name} into ${service}`, [
      "cp",
      path.join(jars, name),
      `${id}:${FOLDER}/${name}`,
    ]);
  await attach(state, service, text).catch(async (error: unknown) => {
    // a broker may end by the fault before it has answered
    if (((await seen(state, service))?.failed ?? 0) === 0) throw error;
  });
  const tookMs = performance.now() - began;
  const isRunning = (): boolean => state.containers.get(service)!.status().state === "running";
  const sight = await untilShown(() => seen(state, service), isRunning);
  return {
    effectAt: momentOf(sight, began),
    tookMs,
    via: `${VIA}, by docker exec`,
    differs: fault.effect === "forgetful" ? `${FORGETS}; ${FORGETS_LATE}` : `${DIFFERS}; ${LATE}`,
    ...(sight && { seen: sight }),
  };
}

async function attach({ cli, containers, forgetful }: State, service: string, text: string): Promise<void> {
  const { id } = containers.get(service)!;
  await forgetful.attached(service, () =>
    cli.docker(`load the agent into ${service}`, ["exec", id, "sh", "-c", APPLY, "sh", text]),
  );
}

async function undo(state: State, service: string): Promise<DiskAction | undefined> {
  const { broken, stale, forgetful, guardian } = state;
  if (!broken.has(service)) return undefined;
  const began = performance.now();
  const before = await seen(state, service);
  const lost = await forgetful.lost(service);
  const sight = (await takeOut(state, service)) ?? before;
  const effectAt = sight === before ? performance.now() : momentOf(sight, began);
  broken.delete(service);
  forgetful.delete(service);
  guardian.healed(idOf(service));
  const how = stale.has(service) ? "the process with the agent has ended" : "the agent was taken out";
  const via = lost === undefined ? how : `${how}; ${lost}`;
  return { effectAt, tookMs: effectAt - began, via, ...(sight && { seen: sight }) };
}

/** What has ended has nothing to be taken out of; its files are removed when it is started. */
async function takeOut(state: State, service: string): Promise<DiskSight | undefined> {
  const { cli, containers, stale } = state;
  const { id, status } = containers.get(service)!;
  try {
    if (status().state !== "stopped") {
      const { stdout } = await cli.docker(`heal the disk of ${service}`, ["exec", id, "sh", "-c", UNDO]);
      return readSight(stdout);
    }
  } catch (error) {
    if (status().state !== "stopped") throw error;
  }
  stale.add(service);
  return undefined;
}

async function started(state: State, service: string): Promise<void> {
  const { cli, broken, stale, containers } = state;
  const { id, status } = containers.get(service)!;
  const clean = ["exec", id, "rm", "-rf", FOLDER];
  if (stale.delete(service)) await cli.docker(`clean ${service}`, clean).catch(() => {}); // it has just ended
  const text = broken.get(service);
  if (text === undefined) return;
  const until = performance.now() + START_MS;
  for (;;) {
    try {
      return await attach(state, service, text);
    } catch (error) {
      if (status().state === "stopped") return;
      if (performance.now() > until) throw error;
      await wait(LOOK_MS);
    }
  }
}

/** From a container that has ended, too: `docker cp` reads its files. */
async function seen({ cli, containers }: State, service: string): Promise<DiskSight | undefined> {
  const { id } = containers.get(service)!;
  const answer = await cli
    .docker(`read what the agent of ${service} has seen`, ["cp", `${id}:${FOLDER}/seen`, "-"])
    .catch(() => undefined);
  return answer === undefined ? undefined : readSight(fileIn(answer.stdout));
}

/** The text of the one file of an archive: it begins after a header of 512 bytes, and ends before zeros. */
function fileIn(archive: string): string {
  return archive.slice(archive.indexOf("{"), archive.lastIndexOf("}") + 1);
}

function idOf(service: string): string {
  return `disk ${service}`;
}
