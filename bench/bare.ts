// The same cluster without the lab's optimisations: Kafka's own flags and formatting, no immediate election.
//
//   compose/ ──▶ the lab's addresses and ports ──▶ for each node StorageTool, then kafka.Kafka

import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import {
  bootstrapCheckpoint,
  cacheFolder,
  catchInterrupts,
  type Claim,
  claimFolder,
  claimPort,
  classDataArchive,
  findJava,
  type Java,
  type KafkaService,
  kafkaServices,
  type LabRecord,
  markOf,
  type Moved,
  moveToLoopback,
  type PortPair,
  readComposeFiles as readCompose,
  release,
  startGuardian,
  type SuppliedKafka,
  supplyKafka,
  wantedPorts,
} from "@kafka-failure-lab/sdk/testing";
import { type Manner, type Means, startNode } from "./bare-node.ts";
import { endedCpuSeconds } from "./consumption.ts";

/** Brokers that run, not necessarily serve. */
export interface Bare extends AsyncDisposable {
  /** `host:port` of every broker, for clients. */
  readonly bootstrap: readonly string[];
  readonly pids: readonly number[];
  /** When the first process was started, by `performance.now()`. */
  readonly beganAt: number;
  /** Processor time of the formatting. */
  readonly formatCpuSeconds: number;
}

/**
 * Starts the nodes of one of the lab's own compose files; each formats its directory and then starts, all at
 * once.
 */
export async function startBare(compose: string, manner: Manner): Promise<Bare> {
  const env = process.env;
  const file = fileURLToPath(new URL(`../compose/${compose}.yml`, import.meta.url));
  const services = kafkaServices(readCompose([file], { env, cwd: process.cwd() }));
  const java = await findJava({ env });
  const kafka = await supplyKafka({ version: env["LAB_KAFKA"] ?? services[0]!.version, env });
  const lab = `bench${randomBytes(4).toString("hex")}`;
  const claim = claimFolder(lab, false);
  const { record } = claim;
  const { archive, checkpoint } = await prepare(java, kafka, record);
  const guardian = startGuardian({
    processes: record.folder,
    keep: false,
    root: claim.root,
    dirs: claim.paths,
    log: path.join(claim.dir, "guardian.log"),
  });
  const children: ChildProcess[] = [];
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await endAll(children);
    release(claim);
    await guardian.dismiss();
    letGo();
  };
  const letGo = catchInterrupts(close, () => {});
  try {
    const moved = await assignPorts(services, claim);
    guardian.watch(claim.paths);
    const [beganAt, ended] = [performance.now(), endedCpuSeconds()];
    const { dir } = claim;
    const means = { java, kafka, manner, archive, checkpoint, record, dir, isClosed: () => isClosed };
    const brokers = await Promise.all(
      moved.map((one, index) => startNode(one, services[index]!, means, children)),
    );
    return {
      bootstrap: moved.flatMap(({ client }) => client ?? []),
      pids: brokers.map(({ pid }) => pid!),
      beganAt,
      formatCpuSeconds: endedCpuSeconds() - ended,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    if (isClosed) return await new Promise<never>(() => {}); // interrupted: the program is about to end
    await close();
    throw error;
  }
}

/** What the lab makes once for a version of Kafka, and keeps in its cache. */
async function prepare(
  java: Java,
  kafka: SuppliedKafka,
  record: LabRecord,
): Promise<Pick<Means, "archive" | "checkpoint">> {
  const { env } = process;
  const cache = cacheFolder(env);
  const training = { ...record, kind: "tool", service: "training" } as const;
  const archive = await classDataArchive({ java, kafka, cache, marker: markOf(training), record: training });
  return { archive: archive.path, checkpoint: await bootstrapCheckpoint({ java, kafka, cache, env }) };
}

async function endAll(children: readonly ChildProcess[]): Promise<void> {
  await Promise.all(
    children.map(async (child) => {
      if (child.exitCode === null && child.signalCode === null && child.kill("SIGKILL"))
        await once(child, "exit");
    }),
  );
}

async function assignPorts(services: readonly KafkaService[], claim: Claim): Promise<Moved[]> {
  const places = new Map<string, PortPair>();
  for (const { service, port, preferred } of wantedPorts(services)) {
    const link = await claimPort(claim, preferred);
    places.set(`${service}:${port}`, { link, own: link }); // nothing stands in front
  }
  return moveToLoopback(services, (service, port) => places.get(`${service}:${port}`), {
    hostName: os.hostname(),
    manyLoopbacks: false,
  });
}
