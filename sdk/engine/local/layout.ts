// A node's folder, and the command that runs its broker in it.
//
//   <folder>/<service>/server.properties, hosts, data/, metadata/

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { KafkaService } from "../../compose/mod.ts";
import { logDirsIn } from "../../kafka/mod.ts";
import { cannotWrite } from "../../runtime/disk.ts";
import { LabError } from "../../model/errors.ts";
import { markOf } from "../../runtime/guardian/processes.mjs";
import type { ProcessRecord } from "../../runtime/guardian/records.mjs";
import { inside } from "../../runtime/inside.ts";
import { propertiesText } from "../../runtime/properties-file.ts";
import type { NodeDisk } from "./disk.ts";
import type { JvmCommand } from "./jvm.ts";
import type { Moved } from "./rewrite.ts";
import { brokerFlags, formatLogDir, type Java, randomId, type SuppliedKafka } from "./supply/mod.ts";

/** A node that is to be written. */
export interface Layout {
  node: Moved;
  service: KafkaService;
  /** Whether it is the first to stand for election. */
  isFirstCandidate: boolean;
  java: Java;
  kafka: SuppliedKafka;
  /** The class-data archive, where there is one. */
  archive: string | undefined;
  /** The bootstrap checkpoint that its log folders are formatted with. */
  bootstrap: string;
  dir: string;
  record: ProcessRecord;
  logDir: string;
}

/** A node that has been written. */
export interface LaidOut {
  command: JvmCommand;
  disk: NodeDisk;
}

/**
 * Writes a node's folder and returns the command that runs it, and where its data is.
 *
 * @throws LabError DISK_FULL, COMMAND_FAILED where it cannot be written
 */
export async function layOut(layout: Layout): Promise<LaidOut> {
  try {
    return await write(layout);
  } catch (cause) {
    if (cause instanceof LabError) throw cause;
    throw cannotWrite(`write the folder of ${layout.node.service}`, cause, {
      file: layout.dir,
      remedy: "lab",
    });
  }
}

async function write(layout: Layout): Promise<LaidOut> {
  const { node, java, kafka, dir, record, logDir } = layout;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { properties, logDirs, metadataDir } = propertiesIn(dir, node.properties);
  await formatAll(layout, properties, logDirs, metadataDir);
  const hosts = path.join(dir, "hosts");
  const file = path.join(dir, "server.properties");
  await writeFile(hosts, node.hosts, { mode: 0o600 });
  await writeFile(file, propertiesText(properties), { mode: 0o600 }); // there may be passwords in it
  const metadataLogDir = metadataDir === undefined ? 1 : 0;
  const disk: NodeDisk = { logDirs, metadataLogDir, folder: path.join(dir, "disk"), flags: [] };
  const command: JvmCommand = {
    record,
    java: java.path,
    args: [...flagsOf(layout, hosts), "-cp", kafka.classPath.join(":"), "kafka.Kafka", file],
    flags: disk.flags,
    dir,
    logFile: logFileOf(logDir, node.service),
  };
  return { command, disk };
}

interface Folders {
  properties: Record<string, string>;
  logDirs: readonly string[];
  /** Where it is not one of the log folders. */
  metadataDir: string | undefined;
}

/** The node's properties with its data in its own folder. */
function propertiesIn(dir: string, given: Readonly<Record<string, string>>): Folders {
  const properties: Record<string, string> = {
    "log.cleaner.dedupe.buffer.size": "2097152", // Kafka's 128 MiB are half of the heap
    ...given,
  };
  const logDirs = (logDirsIn(properties) ?? ["data"]).map((_, index) =>
    path.join(dir, `data${index === 0 ? "" : index}`),
  );
  properties["log.dirs"] = logDirs.join(",");
  delete properties["log.dir"];
  if (properties["metadata.log.dir"] === undefined) return { properties, logDirs, metadataDir: undefined };
  const metadataDir = path.join(dir, "metadata");
  properties["metadata.log.dir"] = metadataDir;
  return { properties, logDirs, metadataDir };
}

async function formatAll(
  { service, bootstrap, isFirstCandidate }: Layout,
  properties: Readonly<Record<string, string>>,
  logDirs: readonly string[],
  metadataDir: string | undefined,
): Promise<void> {
  // a single voter leads at once
  const hasOthers = (properties["controller.quorum.voters"] ?? "").includes(",");
  const ofMetadata = metadataDir ?? logDirs[0];
  for (const dir of [...logDirs, ...(metadataDir === undefined ? [] : [metadataDir])])
    await formatLogDir({
      dir,
      clusterId: service.clusterId ?? randomId(),
      nodeId: service.nodeId,
      bootstrap: dir === ofMetadata ? bootstrap : undefined,
      firstCandidate: isFirstCandidate && hasOthers && dir === ofMetadata,
    });
}

function flagsOf({ archive, kafka, service, record }: Layout, hosts: string): string[] {
  return [
    ...brokerFlags({
      archive,
      logging: kafka.logging,
      heap: service.java.heap ?? undefined,
      performance: service.java.performance ?? undefined,
      more: service.java.more,
    }),
    "-XX:-UsePerfData", // its file would lie beside the lab's folder, and stay after a SIGKILL
    `-Djdk.net.hosts.file=${hosts}`,
    markOf(record),
  ];
}

export function logFileOf(logDir: string, service: string): string {
  return inside(logDir, `${service}.log`);
}
