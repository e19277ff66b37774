// Supplies Kafka's jars, by the first way that works: KAFKA_HOME, the cache, HTTPS, Maven's local repository,
// Maven.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../../../model/errors.ts";
import type { Env } from "../../../runtime/env.ts";
import type { OnProgress } from "../../../runtime/progress.ts";
import { labVerify } from "../../environment.ts";
import { assertCache, cacheFolder, makeInCache } from "./cache.ts";
import { readKafkaHome } from "./home.ts";
import { fetchByHttps } from "./https.ts";
import {
  contentOf,
  cannotFill,
  flawOf,
  type Jar,
  megabytes,
  type PinnedJars,
  pinnedJars,
  placeJar,
  sweepParts,
} from "./jars.ts";
import { fetchByMaven } from "./maven.ts";
import { repositories } from "./settings.ts";
import { type Logging, loggingOf, resolveKafka } from "./version.ts";

/** Where the jars came from this time. `maven` covers Maven's local repository too. */
export type Via = "KAFKA_HOME" | "cache" | "https" | "maven";

/** Which Kafka, from where. */
export interface SupplyOptions {
  /** A version, a wish or an image tag, as {@link resolveKafka} takes it. */
  version: string;
  /**
   * Is read: `KAFKA_HOME`, `LAB_CACHE`, `LAB_VERIFY`, `LAB_MAVEN_REPOSITORY`, `HOME`, `PATH`,
   * `XDG_CACHE_HOME`.
   */
  env: Env;
  /** The cache's folder. @default {@link cacheFolder} of `env` */
  cache?: string;
  /** Is called with lines such as `Kafka 3.9.2: 34 of 58 jars, 31 MB`. */
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** A Kafka that is ready to run. */
export interface SuppliedKafka {
  readonly version: string;
  /** Every jar by name, sorted: class-data archives need the same class path each time. */
  readonly classPath: readonly string[];
  /**
   * What Kafka's command line tools need behind `classPath`; behind, because a class-data archive takes a
   * longer class path only so.
   */
  readonly tools: readonly string[];
  readonly via: Via;
  readonly logging: Logging;
  /** In what it differs from what was asked for. */
  readonly differs?: string;
}

/**
 * Supplies the jars of a Kafka version, fetching what the cache lacks.
 *
 * Jars in the cache are known by size and time; `LAB_VERIFY=1` takes every sum. A spoilt one is fetched
 * again, and said.
 *
 * @throws LabError `UNSUPPORTED`, `NO_KAFKA`, `NO_MAVEN`, `CHECKSUM`, `DISK_FULL`, `UNSAFE_FOLDER`
 */
export async function supplyKafka(options: SupplyOptions): Promise<SuppliedKafka> {
  const { env, cache = cacheFolder(env), onProgress = () => {}, signal } = options;
  const home = env["KAFKA_HOME"];
  if (home) return await fromHome(home, options.version);
  const { version, ...differs } = resolveKafka(options.version);
  const pinned = await pinnedJars(version);
  const folder = join(cache, "jars", version);
  assertCache(cache);
  const missing = await lacking({ pinned, folder, env, onProgress, signal });
  const via =
    missing.length === 0
      ? "cache"
      : await fetched({ pinned, cache, folder, missing, env, onProgress, signal });
  const [tools, broker] = [true, false].map((wanted) =>
    pinned.jars
      .filter((jar) => (jar.tools ?? false) === wanted)
      .map((jar) => join(folder, jar.path))
      .sort(),
  );
  return { version, classPath: broker!, tools: tools!, via, logging: pinned.logging, ...differs };
}

async function fromHome(home: string, wanted: string): Promise<SuppliedKafka> {
  const { version, classPath } = await readKafkaHome(home);
  const differs = isSame(version, wanted)
    ? {}
    : { differs: `Kafka ${version} of KAFKA_HOME runs where ${wanted} was asked for` };
  return { version, classPath, tools: [], via: "KAFKA_HOME", logging: loggingOf(version), ...differs };
}

function isSame(version: string, wanted: string): boolean {
  return wanted === "latest" || `${version}.`.startsWith(`${wanted}.`);
}

interface Fill {
  pinned: PinnedJars;
  cache: string;
  folder: string;
  missing: readonly Jar[];
  env: Env;
  onProgress: OnProgress;
  signal: AbortSignal | undefined;
}

/** Lists the jars that the cache lacks or holds spoilt, and says so of the spoilt ones. */
async function lacking({
  pinned,
  folder,
  env,
  onProgress,
  signal,
}: Omit<Fill, "missing" | "cache">): Promise<Jar[]> {
  const thorough = labVerify(env);
  const flaws = await Promise.all(
    pinned.jars.map(async (jar) => [jar, await flawOf(folder, jar, thorough)] as const),
  );
  signal?.throwIfAborted();
  const spoilt = flaws
    .filter(([, flaw]) => flaw?.kind === "differs")
    .map(([jar]) => jar.path.split("/").at(-1));
  if (spoilt.length > 0)
    onProgress(`Kafka ${pinned.kafka}: the cache is spoilt (${spoilt.join(", ")}), fetching again`);
  return flaws.filter(([, flaw]) => flaw !== undefined).map(([jar]) => jar);
}

/** Fetches what is missing, as a wait of its own. */
async function fetched(options: Fill): Promise<Via> {
  const { pinned, missing, onProgress } = options;
  const all = `${pinned.jars.length} jars, ${megabytes(total(pinned.jars))} MB`;
  onProgress(`Kafka ${pinned.kafka}: fetching ${missing.length} of ${all}, once`, "begin");
  const via = await fill(options);
  onProgress(`Kafka ${pinned.kafka}: ${pinned.jars.length} of ${all}`, "end");
  return via;
}

/** By the first way that works. */
async function fill(options: Fill): Promise<Via> {
  const { pinned, cache, folder, env, onProgress, signal } = options;
  const neededBytes = options.missing.reduce((sum, jar) => sum + jar.bytes, 0);
  try {
    makeInCache(cache, "jars", pinned.kafka);
  } catch (error) {
    throw error instanceof LabError ? error : cannotFill(error, folder, neededBytes);
  }
  await sweepParts(folder);
  const { remote, local } = await repositories(env);
  if (remote !== undefined && (await byHttps(options, remote))) return "https";
  signal?.throwIfAborted();
  const missing = await Promise.all(
    options.missing.map(async (jar) => ((await flawOf(folder, jar, false)) === undefined ? [] : [jar])),
  );
  const rest = { ...options, missing: missing.flat() };
  if (await byLocalRepository(rest, local)) return "maven";
  onProgress(`Kafka ${pinned.kafka}: fetching ${rest.missing.length} jars with Maven, once`, "count");
  await fetchByMaven(rest);
  return "maven";
}

/** Resolves with false where the wire failed; what is wrong with a file or with the disk is thrown. */
async function byHttps(
  { pinned, folder, missing, onProgress, signal }: Fill,
  remote: string,
): Promise<boolean> {
  let count = pinned.jars.length - missing.length,
    bytes = total(pinned.jars) - total(missing);
  const onJar = (jar: Jar): void => {
    count += 1;
    bytes += jar.bytes;
    onProgress(
      `Kafka ${pinned.kafka}: ${count} of ${pinned.jars.length} jars, ${megabytes(bytes)} MB`,
      "count",
    );
  };
  try {
    await fetchByHttps({ remote, missing, folder, onJar, signal });
    return true;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof LabError) throw error;
    onProgress(`Kafka ${pinned.kafka}: ${remote} does not serve it (${reason(error)}), trying Maven`);
    return false;
  }
}

/** Copies from what Maven has fetched before, if it holds every missing jar, unspoilt. */
async function byLocalRepository({ folder, missing, signal }: Fill, local: string): Promise<boolean> {
  const sizes = await Promise.all(
    missing.map((jar) =>
      stat(join(local, jar.path)).then(
        (facts) => facts.size === jar.bytes,
        () => false,
      ),
    ),
  );
  if (sizes.includes(false)) return false;
  for (const jar of missing) {
    signal?.throwIfAborted();
    if ((await placeJar(folder, jar, contentOf(join(local, jar.path)), total(missing))) !== undefined)
      return false;
  }
  return true;
}

function total(jars: readonly Jar[]): number {
  return jars.reduce((sum, jar) => sum + jar.bytes, 0);
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
