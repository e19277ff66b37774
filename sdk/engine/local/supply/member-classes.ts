// The lab's own program in Java, a member of a consumer group, compiled once per Java, Kafka and source.
//
//   sdk/client/member/java/*.java ──javac, which Java itself brings──▶ <cache>/members/<key>/lab/*.class
//
// A Java without a compiler (a headless runtime of some distributions, what `jlink` makes) is no error: the
// caller goes on without the program, and says so.

import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { run } from "../../../runtime/command.ts";
import { type ProcessRecord, recorded } from "../../../runtime/guardian/records.mjs";
import { assertCache, closeToOthers, exists, makeInCache, sweepOf } from "./cache.ts";
import type { Java } from "./java.ts";
import type { SuppliedKafka } from "./supply.ts";

/** A folder of classes, for a class path, or why there is none. */
export type MemberClasses = { readonly path: string } | { readonly path: undefined; readonly reason: string };

/** What the program is compiled with. */
export interface MemberClassesOptions {
  java: Java;
  kafka: SuppliedKafka;
  /** The cache's folder. */
  cache: string;
  /** An argument that names the compiler's process in the process table. */
  marker: string;
  /** What is recorded of the compiler's process. @default nothing */
  record?: ProcessRecord;
  signal?: AbortSignal;
}

/** About 0.6 s on an idle machine. */
const COMPILE_MS = 120_000;

const SOURCES = fileURLToPath(new URL("../../../client/member/java", import.meta.url));

/**
 * Returns the compiled program, compiling it where the cache lacks it.
 *
 * @throws LabError `UNSAFE_FOLDER`; the signal's reason
 */
export async function memberClasses(options: MemberClassesOptions): Promise<MemberClasses> {
  const { java, kafka, cache } = options;
  assertCache(cache);
  const sources = await sourcesOf(SOURCES);
  const path = join(cache, "members", keyOf(java, kafka, sources));
  if (await exists(path)) return { path };
  let work: string | undefined;
  try {
    const folder = makeInCache(cache, "members");
    await sweepOf(folder, /^compiling-(\d+)-/);
    work = await mkdtemp(join(folder, `compiling-${process.pid}-`));
    const reason = await compile(options, [...sources.keys()], work);
    if (reason !== undefined) return { path: undefined, reason };
    await closeToOthers(work);
    // another process may have been as quick: its classes are the same
    await rename(work, path).catch(async (error: unknown) => {
      if (!(await exists(path))) throw error;
    });
    return { path };
  } catch (error) {
    options.signal?.throwIfAborted();
    return { path: undefined, reason: `the cache cannot be written (${(error as Error).message})` };
  } finally {
    if (work !== undefined) await rm(work, { recursive: true, force: true });
  }
}

/** The texts of the program's files, by path, sorted. */
async function sourcesOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".java")).sort();
  const paths = names.map((name) => join(folder, name));
  const texts = await Promise.all(paths.map((file) => readFile(file, "utf8")));
  return new Map(paths.map((file, index) => [file, texts[index]!]));
}

function keyOf(java: Java, kafka: SuppliedKafka, sources: ReadonlyMap<string, string>): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([java.version, java.vendor, kafka.version, [...sources.values()]]))
    .digest("hex");
  return `kafka-${kafka.version}-java-${java.major}-${hash.slice(0, 12)}`;
}

/** Runs the compiler as a module: a `java` that has it needs no `javac` beside it. */
async function compile(
  { java, kafka, marker, record, signal }: MemberClassesOptions,
  sources: readonly string[],
  into: string,
): Promise<string | undefined> {
  const { exitCode, stdout, stderr } = await run(
    recorded(record, [
      java.path,
      ...["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", marker],
      ...["-m", "jdk.compiler/com.sun.tools.javac.Main", "-proc:none", "-nowarn", "-encoding", "UTF-8"],
      ...["-d", into, "-cp", kafka.classPath.join(delimiter), ...sources],
    ]),
    { timeoutMs: COMPILE_MS, ...(signal && { signal }) },
  );
  if (exitCode === 0) return undefined;
  const said = `${stderr}\n${stdout}`;
  if (/Module \S+ not found/i.test(said)) return `Java ${java.version} brings no compiler`;
  const first = said.split("\n").find((line) => /error|exception/i.test(line)) ?? said.trim().split("\n")[0];
  return `its compiler refuses the lab's program: ${first ?? "for an unknown reason"}`;
}
