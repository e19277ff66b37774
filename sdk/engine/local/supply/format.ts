// Formats a log directory without starting Java.
//
//     meta.properties         cluster id, node id, a fresh directory id: written here
//     bootstrap checkpoint    the first metadata records (metadata.version and features): the same bytes for
//                             every node of a Kafka
//                             version, made once by Kafka's own StorageTool and kept in the cache
//
// StorageTool does the same and costs a second of Java for each node.

import { randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { LabError } from "../../../model/errors.ts";
import { type ProcessRecord, recorded } from "../../../runtime/guardian/records.mjs";
import { propertiesText } from "../../../runtime/properties-file.ts";
import type { Env } from "../../../runtime/env.ts";
import { exitWords, run } from "../../../runtime/command.ts";
import { assertCache, closeToOthers, makeInCache } from "./cache.ts";
import { logConfig, loggingFlags } from "./flags.ts";
import { cannotFill, diskFull } from "./jars.ts";
import type { Java } from "./java.ts";
import type { SuppliedKafka } from "./supply.ts";

/** What is needed to make a version's bootstrap checkpoint. */
export interface BootstrapOptions {
  java: Java;
  kafka: SuppliedKafka;
  /** The cache's folder. */
  cache: string;
  env?: Env;
  /**
   * What is recorded of the tool's process, by which a guardian ends it if its owner is gone. @default none
   */
  record?: ProcessRecord;
  signal?: AbortSignal;
}

/**
 * Returns the folder of a version's bootstrap checkpoint, making it with Kafka's StorageTool where the cache
 * has none.
 *
 * Kafka 3.9 names the file `bootstrap.checkpoint`; 4.4 lays it into `__cluster_metadata-0/` as the log's
 * first snapshot. The folder holds whatever the tool wrote except `meta.properties`, at its place relative to
 * the log directory.
 *
 * @throws LabError `COMMAND_FAILED`, `DISK_FULL`, `UNSAFE_FOLDER`, `NO_KAFKA` where the cache cannot be
 * written
 */
export async function bootstrapCheckpoint(options: BootstrapOptions): Promise<string> {
  const kept = join(options.cache, "format", options.kafka.version);
  assertCache(options.cache);
  if (await isFolder(kept)) return kept;
  const temporary = await workFolder(options.cache);
  try {
    const made = await runStorageTool(options, temporary);
    await rename(made, kept).catch(async (error: unknown) => {
      if (!(await isFolder(kept))) throw error; // else another process was quicker
    });
    return kept;
  } catch (error) {
    throw diskFull(error, options.cache, 4096) ?? error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function workFolder(cache: string): Promise<string> {
  try {
    return await mkdtemp(join(makeInCache(cache, "format"), ".storage-tool-"));
  } catch (error) {
    throw error instanceof LabError ? error : cannotFill(error, join(cache, "format"), 4096);
  }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}

async function runStorageTool(
  { java, kafka, env, record, signal }: BootstrapOptions,
  folder: string,
): Promise<string> {
  const properties = join(folder, "server.properties");
  const data = join(folder, "data");
  await writeFile(properties, toolProperties(data));
  const flags = [
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    ...loggingFlags(kafka.logging, logConfig(kafka.logging)),
  ];
  const argv: [string, ...string[]] = [
    java.path,
    ...flags,
    "-cp",
    kafka.classPath.join(delimiter),
    "kafka.tools.StorageTool",
    "format",
    "-t",
    randomId(),
    "-c",
    properties,
  ];
  const result = await run(recorded(record, argv), { env, signal, timeoutMs: 60_000 });
  if (result.exitCode !== 0) {
    throw new LabError(
      "COMMAND_FAILED",
      `Cannot format for Kafka ${kafka.version}: StorageTool ${exitWords(result.exitCode)}`,
      {
        command: `${java.path} -cp … kafka.tools.StorageTool format`,
        exitCode: result.exitCode,
        stderr: result.stderr,
      },
    );
  }
  await rm(join(data, "meta.properties"));
  await closeToOthers(data);
  return data;
}

function toolProperties(dir: string): string {
  return propertiesText({
    "node.id": "1",
    "process.roles": "broker,controller",
    "controller.quorum.voters": "1@localhost:9093",
    "controller.listener.names": "CONTROLLER",
    listeners: "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": dir,
  });
}

/** What a log directory is formatted with. */
export interface FormatOptions {
  /** The log directory (`log.dirs`, `metadata.log.dir`); made where it does not exist. */
  dir: string;
  clusterId: string;
  /** Kafka's `node.id`. */
  nodeId: number;
  /**
   * The folder of the version's checkpoint, as {@link bootstrapCheckpoint} returns it; undefined for a
   * directory without the metadata log, where Kafka 4 refuses to start with one.
   */
  bootstrap: string | undefined;
  /** Stands for election at once when it starts; for exactly one voter of a new cluster. @default false */
  firstCandidate?: boolean;
}

/** Formats a log directory as `kafka-storage format` does for static quorum voters. */
export async function formatLogDir(options: FormatOptions): Promise<void> {
  const { dir, clusterId, nodeId, bootstrap, firstCandidate = false } = options;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (bootstrap !== undefined) await cp(bootstrap, dir, { recursive: true });
  await writeFile(
    join(dir, "meta.properties"),
    propertiesText({
      "cluster.id": clusterId,
      version: "1",
      "directory.id": randomId(),
      "node.id": String(nodeId),
    }),
    { mode: 0o600 },
  );
  if (!firstCandidate) return;
  await mkdir(join(dir, "__cluster_metadata-0"), { recursive: true });
  await writeFile(join(dir, "__cluster_metadata-0", "quorum-state"), JSON.stringify(votedForItself(nodeId)), {
    mode: 0o600,
  });
}

/**
 * The state of a voter that has just voted for itself in epoch 1, as Kafka's `FileQuorumStateStore` reads it
 * (version 0: static voters).
 *
 * A voter that finds this at its start resumes as candidate (`QuorumState.initialize`) and asks for votes at
 * once, instead of waiting for its random election timeout of one to two times
 * `controller.quorum.election.timeout.ms`.
 */
function votedForItself(nodeId: number): object {
  return {
    clusterId: "",
    leaderId: -1,
    leaderEpoch: 1,
    votedId: nodeId,
    appliedOffset: 0,
    currentVoters: [],
    data_version: 0,
  };
}

/**
 * A random id as Kafka writes its own: 16 bytes in URL-safe base64; one that begins with a dash would read as
 * an option.
 */
export function randomId(): string {
  const id = randomBytes(16).toString("base64url");
  return id.startsWith("-") ? randomId() : id;
}
