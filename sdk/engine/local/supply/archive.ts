// The class-data archive: Kafka's classes, parsed once per Java and Kafka version and mapped at every later
// start.

import { createHash, randomBytes } from "node:crypto";
import { link, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { startOf } from "../../../runtime/guardian/processes.mjs";
import type { OnProgress } from "../../../runtime/progress.ts";
import type { ProcessRecord } from "../../../runtime/guardian/records.mjs";
import { baseArchive } from "./base-archive.ts";
import { assertCache, closeToOthers, IN_CACHE, makeInCache, exists, sweepOf } from "./cache.ts";
import { brokerFlags } from "./flags.ts";
import { bootstrapCheckpoint } from "./format.ts";
import { diskFull } from "./jars.ts";
import type { Java } from "./java.ts";
import type { SuppliedKafka } from "./supply.ts";
import { train } from "./train.ts";

/** An archive, or why there is none. */
export type ClassData = { readonly path: string } | { readonly path: undefined; readonly reason: string };

/** What an archive is made from, and for. */
export interface ClassDataOptions {
  java: Java;
  kafka: SuppliedKafka;
  /** The cache's folder. */
  cache: string;
  /**
   * An argument for the training run's Java, such as `-Dlab.run=ID`, and nothing else of it: names it to
   * whoever looks at `ps`.
   */
  marker: string;
  /**
   * What is recorded of the training run's processes: by this a guardian ends them if their owner is gone.
   * Their folder lies in the cache; the next call sweeps it once its owner is gone. @default they are
   * recorded nowhere
   */
  record?: ProcessRecord;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/**
 * Returns the archive of a Java and a Kafka version, making it where the cache has none.
 *
 * Making it is a training run of some seconds: one throw-away broker on loopback, whose classes are dumped as
 * it ends. A Java without an archive of its own classes, as `jlink` makes them, gets one in the cache first
 * (base-archive.ts). While another process makes the same archive, for an hour after it could not be made,
 * and where the cache cannot be written, the answer is a reason instead of a path.
 *
 * @throws LabError `DISK_FULL`, `UNSAFE_FOLDER`; the signal's reason
 */
export async function classDataArchive(options: ClassDataOptions): Promise<ClassData> {
  const { java, kafka, cache, onProgress = () => {} } = options;
  const folder = join(cache, "class-data");
  assertCache(cache);
  const name = join(folder, await keyOf(java, kafka));
  const path = `${name}.jsa`;
  if (await exists(path)) return { path };
  const before = await lastFailure(`${name}.failed`);
  if (before !== undefined) return { path: undefined, reason: before };
  const hindrance = await claim(cache, `${name}.lock`);
  if (hindrance !== undefined) return { path: undefined, reason: hindrance };
  const work = await mkdtemp(join(folder, `training-${process.pid}-`));
  try {
    const failure = await make(options, { work, base: `${name}.base`, path });
    onProgress(`Kafka ${kafka.version}: fast starts on Java ${java.major}`, "end");
    if (failure === undefined) return { path };
    await writeFile(`${name}.failed`, failure, { mode: IN_CACHE.file });
    const again = "brokers start slower; the next try is in an hour";
    onProgress(`Kafka ${kafka.version}: no fast starts on Java ${java.major}: ${failure}; ${again}`);
    return { path: undefined, reason: failure };
  } catch (error) {
    throw diskFull(error, folder, ARCHIVE_BYTES) ?? error;
  } finally {
    await rm(work, { recursive: true, force: true });
    await rm(`${name}.lock`, { force: true });
  }
}

/** Makes the archive, and the one that it is laid on where Java has none; resolves with what went wrong. */
async function make(
  options: ClassDataOptions,
  { work, base, path }: { work: string; base: string; path: string },
): Promise<string | undefined> {
  const { java, kafka, cache, record, signal, onProgress = () => {} } = options;
  const begun = { ...(record && { record }), ...(signal && { signal }) };
  const fast = `Kafka ${kafka.version}: preparing fast starts on Java ${java.major}, once (about 10 s)`;
  onProgress(fast, "begin");
  const own = await baseArchive({
    ...begun,
    java,
    work,
    into: base,
    onMake: () =>
      onProgress(`${fast}; this Java has no archive of its own classes, and gets one first`, "begin"),
  });
  if (own.kind === "failed") return own.reason;
  const bootstrap = await bootstrapCheckpoint({ ...begun, java, kafka, cache });
  const on = own.kind === "own" ? { base: own.path } : {};
  const into = join(work, "classes.jsa");
  const failure = await train({ ...options, ...on, bootstrap, work, into });
  if (failure !== undefined) return failure;
  await closeToOthers(into);
  await rename(into, path);
  return undefined;
}

/** About how large an archive and its training run's folder are. */
const ARCHIVE_BYTES = 60e6;

/** Names all that an archive depends on: the Java build, the flags, and each jar with its size and time. */
async function keyOf(java: Java, kafka: SuppliedKafka): Promise<string> {
  const jars = await Promise.all(
    kafka.classPath.map(async (jar) => {
      const { size, mtimeMs } = await stat(jar);
      return [jar, size, mtimeMs];
    }),
  );
  const flags = brokerFlags({ logging: kafka.logging, logConfig: "" });
  const hash = createHash("sha256")
    .update(JSON.stringify([java, flags, jars]))
    .digest("hex");
  return `kafka-${kafka.version}-java-${java.major}-${hash.slice(0, 12)}`;
}

const HOUR_MS = 3_600_000;

async function lastFailure(file: string): Promise<string | undefined> {
  const facts = await stat(file).catch(() => undefined);
  return facts === undefined || Date.now() - facts.mtimeMs > HOUR_MS
    ? undefined
    : await readFile(file, "utf8");
}

/** Makes the folder ready and takes the lock in it; resolves with what is in the way, if anything is. */
async function claim(cache: string, file: string): Promise<string | undefined> {
  const folder = join(cache, "class-data");
  try {
    makeInCache(cache, "class-data");
    // folders and half-taken locks of training runs
    await sweepOf(folder, /(?:^training|\.lock)-(\d+)-/);
    return (await lock(file)) ? undefined : "another process is making it";
  } catch (error) {
    const full = diskFull(error, folder, ARCHIVE_BYTES);
    if (full !== undefined) throw full;
    return `the cache cannot be written (${(error as Error).message})`;
  }
}

/** Takes the lock unless a living process holds it. */
async function lock(file: string): Promise<boolean> {
  const mine = `${process.pid} ${startOf(process.pid)}`;
  const away = `${file}-${process.pid}-${randomBytes(4).toString("hex")}`;
  // written first and linked then: a lock is there whole or not at all, however its maker ends
  const take = async (): Promise<boolean> => {
    await writeFile(away, mine, { mode: IN_CACHE.file });
    const taken = await link(away, file).then(
      () => true,
      () => false,
    );
    await rm(away);
    return taken;
  };
  if (await take()) return true;
  const held = await readFile(file, "utf8").catch(() => "");
  const [pid, start] = held.split(" ");
  const age = await stat(file).then(
    (facts) => Date.now() - facts.mtimeMs,
    () => 0,
  );
  // an empty one is being written at this moment
  if (startOf(Number(pid)) === start || (held === "" && age < 10_000)) return false;
  // its owner is gone: of several that find it so, one moves it away; who moved a newer lock puts it back
  if (
    !(await rename(file, away).then(
      () => true,
      () => false,
    ))
  )
    return false;
  if ((await readFile(away, "utf8")) !== held) return await rename(away, file).then(() => false);
  await rm(away);
  return await take();
}
