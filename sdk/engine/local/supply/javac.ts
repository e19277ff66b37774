// The lab's own programs in Java, compiled once per Java and source by the compiler that Java itself brings.
//
// A Java without a compiler (a headless runtime of some distributions, what `jlink` makes) is no error: the
// caller goes on without the program, and says so.

import { mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import process from "node:process";
import { run } from "../../../runtime/command.ts";
import { type ProcessRecord, recorded } from "../../../runtime/guardian/records.mjs";
import { assertCache, closeToOthers, exists, makeInCache, sweepOf } from "./cache.ts";
import type { Java } from "./java.ts";

/** A folder of classes or jars, or why there is none. */
export type MadeByJava = { readonly path: string } | { readonly path: undefined; readonly reason: string };

/** What a program is made with. */
export interface JavaOptions {
  java: Java;
  /** An argument that names the compiler's process in the process table. */
  marker: string;
  /** What is recorded of the compiler's process. @default nothing */
  record?: ProcessRecord | undefined;
  signal?: AbortSignal | undefined;
}

/** About 0.6 s on an idle machine. */
const COMPILE_MS = 120_000;
const FLAGS = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"];

/**
 * Returns a folder of the cache, making it where the cache lacks it: `make` fills an empty folder, or returns
 * why it cannot.
 *
 * @param name the folder's name in the cache, then in that folder: `["members", "kafka-3.9.2-…"]`
 * @throws LabError `UNSAFE_FOLDER`; the signal's reason
 */
export async function madeOnce(
  cache: string,
  [kind, key]: readonly [kind: string, key: string],
  { signal }: Pick<JavaOptions, "signal">,
  make: (into: string) => Promise<string | undefined>,
): Promise<MadeByJava> {
  assertCache(cache);
  const path = join(cache, kind, key);
  if (await exists(path)) return { path };
  let work: string | undefined;
  try {
    const folder = makeInCache(cache, kind);
    await sweepOf(folder, /^compiling-(\d+)-/);
    work = await mkdtemp(join(folder, `compiling-${process.pid}-`));
    const reason = await make(work);
    if (reason !== undefined) return { path: undefined, reason };
    await closeToOthers(work);
    // another process may have been as quick: its classes are the same
    await rename(work, path).catch(async (error: unknown) => {
      if (!(await exists(path))) throw error;
    });
    return { path };
  } catch (error) {
    signal?.throwIfAborted();
    return { path: undefined, reason: `the cache cannot be written (${(error as Error).message})` };
  } finally {
    if (work !== undefined) await rm(work, { recursive: true, force: true });
  }
}

/** The texts of a folder's files in Java, by path, sorted. */
export async function sourcesOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".java")).sort();
  const paths = names.map((name) => join(folder, name));
  const texts = await Promise.all(paths.map((file) => readFile(file, "utf8")));
  return new Map(paths.map((file, index) => [file, texts[index]!]));
}

/** Compiles a program; returns why it could not, where it could not. */
export async function compile(
  options: JavaOptions,
  given: { sources: readonly string[]; classPath: readonly string[]; into: string; release?: number },
): Promise<string | undefined> {
  const { sources, classPath, into, release } = given;
  // as a module: a `java` that has it needs no `javac` beside it
  return await runTool(options, "jdk.compiler/com.sun.tools.javac.Main", [
    ...["-proc:none", "-nowarn", "-encoding", "UTF-8"],
    ...(release === undefined ? [] : ["--release", String(release)]),
    ...["-d", into, "-cp", classPath.join(delimiter), ...sources],
  ]);
}

/** Packs classes into a jar; returns why it could not, where it could not. */
export async function pack(options: JavaOptions, args: readonly string[]): Promise<string | undefined> {
  return await runTool(options, "jdk.jartool/sun.tools.jar.Main", args);
}

/** Runs a tool of the JDK as a module. */
async function runTool(
  { java, marker, record, signal }: JavaOptions,
  module: string,
  args: readonly string[],
): Promise<string | undefined> {
  const { exitCode, stdout, stderr } = await run(
    recorded(record, [java.path, ...FLAGS, marker, "-m", module, ...args]),
    { timeoutMs: COMPILE_MS, ...(signal && { signal }) },
  );
  if (exitCode === 0) return undefined;
  const said = `${stderr}\n${stdout}`;
  if (/Module \S+ not found/i.test(said)) return `Java ${java.version} brings no compiler`;
  const first = said.split("\n").find((line) => /error|exception/i.test(line)) ?? said.trim().split("\n")[0];
  return `its compiler refuses the lab's program: ${first ?? "for an unknown reason"}`;
}
