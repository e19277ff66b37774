// The same cluster without the lab's optimisations: Kafka's own flags and formatting, no immediate election.
//
//   compose/ ──▶ the lab's addresses and ports ──▶ for each node StorageTool, then kafka.Kafka
//
// The flags are those of kafka-server-start.sh and kafka-run-class.sh (3.9 and 4.x): their heap, collector,
// collection log and JMX.

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import {
  bootstrapCheckpoint,
  brokerFlags,
  cacheFolder,
  catchInterrupts,
  type Claim,
  claimFolder,
  claimPort,
  classDataArchive,
  findJava,
  formatLogDir,
  type Java,
  type KafkaService,
  kafkaServices,
  type LabRecord,
  logConfig,
  loggingFlags,
  markOf,
  type Moved,
  moveToLoopback,
  type PortPair,
  propertiesText,
  randomId,
  readComposeFiles as readCompose,
  recorded,
  release,
  startGuardian,
  type SuppliedKafka,
  supplyKafka,
  wantedPorts,
} from "@kafka-failure-lab/sdk/testing";
import { endedCpuSeconds } from "./consumption.ts";

/**
 * `kafka`: as Kafka's scripts start a broker. `lab`: with the lab's flags, class-data archive and formatting,
 * and nothing else of it.
 */
export type Manner = "kafka" | "lab";

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

interface Means {
  java: Java;
  kafka: SuppliedKafka;
  manner: Manner;
  archive: string | undefined;
  checkpoint: string;
  record: LabRecord;
  dir: string;
  isClosed(): boolean;
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
  const training = { ...record, kind: "tool", service: "training" } as const;
  const cache = cacheFolder(env);
  const archive = await classDataArchive({ java, kafka, cache, marker: markOf(training), record: training });
  const checkpoint = await bootstrapCheckpoint({ java, kafka, cache, env });
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
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode === null && child.signalCode === null && child.kill("SIGKILL"))
          await once(child, "exit");
      }),
    );
    release(claim);
    await guardian.dismiss();
    letGo();
  };
  const letGo = catchInterrupts(close, () => {});
  try {
    const moved = await assignPorts(services, claim);
    guardian.watch(claim.paths);
    const [beganAt, ended] = [performance.now(), endedCpuSeconds()];
    const means = {
      java,
      kafka,
      manner,
      archive: archive.path,
      checkpoint,
      record,
      dir: claim.dir,
      isClosed: () => isClosed,
    };
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

async function startNode(
  one: Moved,
  { service, nodeId, clusterId }: KafkaService,
  means: Means,
  children: ChildProcess[],
): Promise<ChildProcess> {
  const dir = path.join(means.dir, service);
  const data = path.join(dir, "data");
  mkdirSync(dir, { recursive: true });
  const own: Record<string, string> =
    means.manner === "lab" ? { "log.cleaner.dedupe.buffer.size": "2097152" } : {};
  const properties = path.join(dir, "server.properties");
  writeFileSync(properties, propertiesText({ ...own, ...one.properties, "log.dirs": data }));
  writeFileSync(path.join(dir, "hosts"), one.hosts);
  const record = { ...means.record, kind: "broker", service } as const;
  const identity = [
    `-Djdk.net.hosts.file=${path.join(dir, "hosts")}`,
    markOf(record),
    "-cp",
    means.kafka.classPath.join(path.delimiter),
  ];
  const launch = (flags: readonly string[], ...args: string[]): ChildProcess => {
    if (means.isClosed()) throw new Error(`Cannot start ${service}: the cluster is closed`);
    const log = openSync(path.join(dir, "log"), "a");
    const [program, ...rest] = recorded(record, [means.java.path, ...flags, ...identity, ...args]);
    const child = spawn(program, rest, {
      cwd: dir,
      detached: true,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    children.push(child);
    return child;
  };
  if (means.manner === "lab") {
    await formatLogDir({
      dir: data,
      clusterId: clusterId ?? randomId(),
      nodeId,
      bootstrap: means.checkpoint,
    });
    return launch(
      brokerFlags({ archive: means.archive, logging: means.kafka.logging }),
      "kafka.Kafka",
      properties,
    );
  }
  const [code] = (await once(
    launch(
      kafkaFlags("256M", means.kafka, []),
      "kafka.tools.StorageTool",
      "format",
      "-t",
      clusterId ?? randomId(),
      "-c",
      properties,
    ),
    "exit",
  )) as [number | null];
  if (code !== 0) throw new Error(`StorageTool exited with ${code} for ${service}`);
  const gcLog = path.join(dir, "kafkaServer-gc.log");
  const collections = `-Xlog:gc*:file=${gcLog}:time,tags:filecount=10,filesize=100M`;
  return launch(kafkaFlags("1G", means.kafka, ["-Xms1G", collections]), "kafka.Kafka", properties);
}

/**
 * What kafka-run-class.sh gives every Java (KAFKA_JVM_PERFORMANCE_OPTS, KAFKA_JMX_OPTS), with the heap of the
 * script that calls it.
 */
function kafkaFlags(heap: string, { logging }: SuppliedKafka, more: readonly string[]): string[] {
  return [
    `-Xmx${heap}`,
    ...more,
    "-server",
    "-XX:+UseG1GC",
    "-XX:MaxGCPauseMillis=20",
    "-XX:InitiatingHeapOccupancyPercent=35",
    "-XX:+ExplicitGCInvokesConcurrent",
    "-XX:MaxInlineLevel=15",
    "-Djava.awt.headless=true",
    "-Dcom.sun.management.jmxremote",
    "-Dcom.sun.management.jmxremote.authenticate=false",
    "-Dcom.sun.management.jmxremote.ssl=false",
    ...loggingFlags(logging, logConfig(logging)),
  ];
}
