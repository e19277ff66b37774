// A node as Kafka's own scripts start it, or with the lab's flags.
//
//   properties, hosts ──▶ StorageTool, or the lab's formatting ──▶ kafka.Kafka
//
// The flags are those of kafka-server-start.sh and kafka-run-class.sh (3.9 and 4.x): their heap, collector,
// collection log and JMX.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  brokerFlags,
  formatLogDir,
  type Java,
  type KafkaService,
  type LabRecord,
  logConfig,
  loggingFlags,
  markOf,
  type Moved,
  propertiesText,
  randomId,
  recorded,
  type SuppliedKafka,
} from "@kafka-failure-lab/sdk/testing";

/**
 * `kafka`: as Kafka's scripts start a broker. `lab`: with the lab's flags, class-data archive and formatting,
 * and nothing else of it.
 */
export type Manner = "kafka" | "lab";

/** What the nodes of a cluster are started with. */
export interface Means {
  java: Java;
  kafka: SuppliedKafka;
  manner: Manner;
  archive: string | undefined;
  checkpoint: string;
  record: LabRecord;
  dir: string;
  isClosed(): boolean;
}

/** Formats a node's directory and starts it, as a child that the cluster's end ends. */
export async function startNode(
  one: Moved,
  service: KafkaService,
  means: Means,
  children: ChildProcess[],
): Promise<ChildProcess> {
  const node = prepareNode(one, service, means);
  const launch = launcherOf(node, means, children);
  if (means.manner === "lab") {
    await formatLogDir({
      dir: node.data,
      clusterId: service.clusterId ?? randomId(),
      nodeId: service.nodeId,
      bootstrap: means.checkpoint,
    });
    return launch(
      brokerFlags({ archive: means.archive, logging: means.kafka.logging }),
      "kafka.Kafka",
      node.properties,
    );
  }
  const format = ["format", "-t", service.clusterId ?? randomId(), "-c", node.properties];
  const [code] = (await once(
    launch(kafkaFlags("256M", means.kafka, []), "kafka.tools.StorageTool", ...format),
    "exit",
  )) as [number | null];
  if (code !== 0) throw new Error(`StorageTool exited with ${code} for ${node.service}`);
  const gcLog = path.join(node.dir, "kafkaServer-gc.log");
  const collections = `-Xlog:gc*:file=${gcLog}:time,tags:filecount=10,filesize=100M`;
  return launch(kafkaFlags("1G", means.kafka, ["-Xms1G", collections]), "kafka.Kafka", node.properties);
}

/** A node's files. */
interface NodeFiles {
  service: string;
  dir: string;
  /** Its log directory, not formatted yet. */
  data: string;
  hosts: string;
  properties: string;
}

function prepareNode(one: Moved, { service }: KafkaService, means: Means): NodeFiles {
  const dir = path.join(means.dir, service);
  const files = {
    service,
    dir,
    data: path.join(dir, "data"),
    hosts: path.join(dir, "hosts"),
    properties: path.join(dir, "server.properties"),
  };
  mkdirSync(dir, { recursive: true });
  const own: Record<string, string> =
    means.manner === "lab" ? { "log.cleaner.dedupe.buffer.size": "2097152" } : {};
  writeFileSync(files.properties, propertiesText({ ...own, ...one.properties, "log.dirs": files.data }));
  writeFileSync(files.hosts, one.hosts);
  return files;
}

/** Starts a program of Kafka's in a node's folder, as a child that the cluster's end ends. */
function launcherOf(
  { service, dir, hosts }: NodeFiles,
  means: Means,
  children: ChildProcess[],
): (flags: readonly string[], ...args: string[]) => ChildProcess {
  const record = { ...means.record, kind: "broker", service } as const;
  const classPath = ["-cp", means.kafka.classPath.join(path.delimiter)];
  const identity = [`-Djdk.net.hosts.file=${hosts}`, markOf(record), ...classPath];
  return (flags, ...args) => {
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
