// From the names of compose files to running brokers: reads and merges them, then hands them to an engine.

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { honour, kafkaServices, propertiesOverride, readCompose } from "./compose/mod.ts";
import type { Engine, Exit } from "./engine/engine.ts";
import { openLocal } from "./engine/local/local.ts";
import { LabError } from "./errors.ts";

/** Which cluster to run, and how. */
export interface ClusterOptions {
  /** Compose files, later ones on top of earlier ones: paths, or names of the lab's own (`three-brokers`, `as-posted`, `fix-quorum`, …). @default ["three-brokers"] */
  compose?: readonly string[];
  /** @default "auto", or the environment's LAB_ENGINE */
  engine?: "auto" | "local";
  /** A Kafka version (`"4"`, `"3.9"`) in place of the image tag's. @default the environment's LAB_KAFKA, else the image tag's */
  kafka?: string;
  /** `"fast"` shortens the brokers' own timers so that a dead broker is noticed in 1.5 s instead of 9 s. @default "default" */
  timers?: "default" | "fast";
  /** Broker properties on top of the files', for every node. */
  properties?: Readonly<Record<string, string>>;
}

/** The timers of `timers: "fast"`: each is a broker's default divided by three to ten, and the order between them is kept. */
export const FAST_TIMERS: Readonly<Record<string, string>> = Object.freeze({
  "broker.heartbeat.interval.ms": "200",
  "broker.session.timeout.ms": "1500",
  "controller.quorum.fetch.timeout.ms": "600",
  "controller.quorum.election.timeout.ms": "300",
  "controller.quorum.election.backoff.max.ms": "200",
  "controller.quorum.request.timeout.ms": "600",
  "replica.lag.time.max.ms": "3000",
});

export interface OpenOptions extends ClusterOptions {
  logDir: string;
  keep: boolean;
  onProgress(line: string): void;
  onDeath(service: string, exit: Exit): void;
  signal?: AbortSignal;
}

/** Starts the nodes; what they are told of and in what the cluster differs is in the engine. */
export async function openEngine(options: OpenOptions): Promise<{ engine: Engine; notes: readonly string[]; files: readonly string[] }> {
  const { env } = process;
  const wanted = options.engine ?? env["LAB_ENGINE"] ?? "auto";
  if (wanted !== "auto" && wanted !== "local") {
    throw new LabError("NO_ENGINE", `Cannot use the engine ${JSON.stringify(wanted)}: this version has "local" ("auto" means the same)`, { hint: "The local engine needs Java 17 or newer, and no Docker." });
  }
  const files = (options.compose ?? ["three-brokers"]).map(fileOf);
  const properties = { ...(options.timers === "fast" ? FAST_TIMERS : {}), ...options.properties };
  const base = { env, cwd: process.cwd() };
  const plain = readCompose(files, base);
  const project = Object.keys(properties).length === 0 ? plain : readCompose(files, { ...base, overrides: [propertiesOverride(plain, properties)] });
  const notes = honour(project);
  const kafka = options.kafka ?? env["LAB_KAFKA"];
  const engine = await openLocal({
    lab: randomBytes(4).toString("hex"),
    services: kafkaServices(project),
    ...(kafka === undefined ? {} : { kafka }),
    logDir: options.logDir,
    keep: options.keep,
    env,
    onProgress: options.onProgress,
    onDeath: options.onDeath,
    ...(options.signal && { signal: options.signal }),
  });
  return { engine, notes, files };
}

/** A bare word names one of the lab's own files; everything else is a path. */
function fileOf(name: string): string {
  if (!/^[\w-]+$/.test(name)) return name;
  const own = path.join(fileURLToPath(new URL("../compose/", import.meta.url)), `${name}.yml`);
  if (existsSync(own)) return own;
  throw new LabError("BAD_COMPOSE", `Cannot find the compose file ${name}: the lab has none of that name`, { file: own, hint: "A path to a file of your own has a dot or a slash in it, such as ./compose.yml." });
}
