// The way through Maven: it knows its own repository, proxies and credentials, so nothing needs to be
// configured here.

import { mkdtemp, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { LabError } from "../../../model/errors.ts";
import type { Env } from "../../../runtime/env.ts";
import type { OnProgress } from "../../../runtime/progress.ts";
import { type CommandResult, exitWords, run } from "../../../runtime/command.ts";
import {
  contentOf,
  cannotFill,
  checksumError,
  diskFull,
  type Flaw,
  type Jar,
  megabytes,
  type PinnedJars,
  placeJar,
} from "./jars.ts";
import type { Logging } from "./version.ts";

/** Builds the command that gathers the jars of a version, in the layout of a repository, into a folder. */
export function mavenCommand(options: {
  version: string;
  logging: Logging;
  into: string;
  repository?: string | undefined;
}): string[] {
  const pom = fileURLToPath(new URL("pom.xml", import.meta.url));
  return [
    "mvn",
    "-B",
    "-f",
    pom,
    `-P${options.logging}`,
    `-Dkafka.version=${options.version}`,
    ...(options.repository === undefined ? [] : [`-Dmaven.repo.local=${options.repository}`]),
    "dependency:copy-dependencies",
    "-DincludeScope=runtime",
    "-Dmdep.useRepositoryLayout=true",
    `-DoutputDirectory=${options.into}`,
  ];
}

/** What the way through Maven needs. */
export interface MavenOptions {
  pinned: PinnedJars;
  /** The jars that the folder lacks. */
  missing: readonly Jar[];
  /** Where they belong. */
  folder: string;
  env: Env;
  onProgress: OnProgress;
  signal?: AbortSignal | undefined;
}

/**
 * Fetches jars with Maven.
 *
 * Maven may serve a spoilt file from the user's own repository; the second try therefore starts with an empty
 * one.
 *
 * @throws LabError `NO_MAVEN`, `NO_KAFKA`, `CHECKSUM` or `DISK_FULL`
 */
export async function fetchByMaven(options: MavenOptions): Promise<void> {
  const { folder, missing } = options;
  const neededBytes = missing.reduce((sum, jar) => sum + jar.bytes, 0);
  const temporary = await mkdtemp(join(folder, ".maven-")).catch((error: unknown) => {
    throw cannotFill(error, folder, neededBytes);
  });
  try {
    let left = await attempt(options, missing, temporary, undefined);
    if (left.length > 0)
      left = await attempt(
        options,
        left.map(([jar]) => jar),
        temporary,
        join(temporary, "repository"),
      );
    const [first] = left;
    if (first !== undefined) throw checksumError(first[0], first[1], "Maven");
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Runs Maven once, places what is sound, and returns what is not. */
async function attempt(
  options: MavenOptions,
  wanted: readonly Jar[],
  temporary: string,
  repository: string | undefined,
): Promise<[Jar, Flaw][]> {
  const { pinned, folder, env, signal } = options;
  const into = join(temporary, repository === undefined ? "first" : "second");
  const argv = mavenCommand({ version: pinned.kafka, logging: pinned.logging, into, repository });
  const result = await run(argv, { env, signal, onLine: counter(options) }).catch((error: unknown) => {
    throw (error as { code?: unknown } | null)?.code === "ENOENT" ? noMaven(pinned.kafka) : error;
  });
  const neededBytes = wanted.reduce((sum, jar) => sum + jar.bytes, 0);
  if (result.exitCode !== 0) throw failure(result, options, neededBytes);
  const left: [Jar, Flaw][] = [];
  for (const jar of wanted) {
    const flaw = await placeJar(folder, jar, contentOf(join(into, jar.path)), neededBytes).catch(missingFile);
    if (flaw !== undefined) left.push([jar, flaw]);
  }
  return left;
}

function missingFile(error: unknown): Flaw {
  if ((error as { code?: unknown } | null)?.code === "ENOENT") return { kind: "missing" };
  throw error;
}

/** Turns Maven's "Downloaded …" lines into progress. */
function counter({ pinned, onProgress }: MavenOptions): (line: string) => void {
  const jars = new Map(pinned.jars.map((jar) => [basename(jar.path), jar]));
  let count = 0,
    bytes = 0;
  return (line) => {
    const name = /^(?:\[INFO\] )?Downloaded from .*\/([^/ ]+\.jar)\b/.exec(line)?.[1];
    const jar = name === undefined ? undefined : jars.get(name);
    if (jar === undefined) return;
    count += 1;
    bytes += jar.bytes;
    onProgress(
      `Kafka ${pinned.kafka}: ${count} of ${pinned.jars.length} jars, ${megabytes(bytes)} MB`,
      "count",
    );
  };
}

function noMaven(version: string): LabError {
  return new LabError("NO_MAVEN", `Cannot fetch Kafka ${version}: there is no Maven on the path`, {
    hint: [
      "One of these mends it:",
      "install Maven (`sudo apt-get install maven`, `brew install maven`);",
      "set LAB_MAVEN_REPOSITORY to the address of a Maven repository;",
      "set KAFKA_HOME to an unpacked Kafka.",
    ].join("\n    "),
  });
}

function failure(result: CommandResult, { pinned, folder }: MavenOptions, neededBytes: number): LabError {
  const output = `${result.stdout}\n${result.stderr}`;
  if (/No space left on device|Disk quota exceeded/.test(output)) {
    const full = diskFull(
      Object.assign(new Error(lastMeaningful(output)), { code: "ENOSPC" }),
      folder,
      neededBytes,
    );
    if (full !== undefined) return full;
  }
  return new LabError(
    "NO_KAFKA",
    `Cannot fetch Kafka ${pinned.kafka}: ` +
      `mvn ${exitWords(result.exitCode)} after ${(result.tookMs / 1000).toFixed(1)} s`,
    {
      command: result.command,
      exitCode: result.exitCode,
      stderr: lastMeaningful(output),
      hint:
        "Can Maven reach its repository? " +
        "LAB_MAVEN_REPOSITORY names another one, KAFKA_HOME an unpacked Kafka.",
    },
  );
}

/** The first error that Maven states: what follows it is advice on switches, with links. */
export function lastMeaningful(output: string): string {
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const error = lines.find(
    (line) => line.startsWith("[ERROR] ") && !/^\[ERROR\] (?:\[?Help|To see|Re-run|For more)/.test(line),
  );
  return (error ?? lines.at(-1) ?? "").replace(/^\[ERROR\] /, "");
}
