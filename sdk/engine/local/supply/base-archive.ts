// The class-data archive of Java's own classes, on which Kafka's is laid. A JDK brings one; a runtime that
// was put together with `jlink` has none unless `--generate-cds-archive` was given, and Java writes no
// archive of an application (JEP 350) without it. The lab then makes one in its cache; the folder of the
// runtime stays as it is.

import { rename } from "node:fs/promises";
import { join } from "node:path";
import { type ProcessRecord, recorded } from "../../../runtime/guardian/records.mjs";
import { exitWords, run } from "../../../runtime/command.ts";
import { closeToOthers } from "./cache.ts";
import type { Java } from "./java.ts";

/** Which Java, and where its archive is to be kept. */
export interface BaseArchiveOptions {
  java: Java;
  /** An empty folder, removed by the caller. */
  work: string;
  /** Where the archive is to stay: an application's archive names it. */
  into: string;
  /** Is called before an archive is made, which takes some seconds. */
  onMake(): void;
  record?: ProcessRecord | undefined;
  signal?: AbortSignal | undefined;
}

/** The archive to lay an application's on: `default` is the one that Java finds by itself. */
export type BaseArchive =
  | { readonly kind: "default" }
  | { readonly kind: "own"; readonly path: string }
  | { readonly kind: "failed"; readonly reason: string };

/** Two starts of Java at most; the making takes about a second. */
const PATIENCE_MS = 60_000;

/** Says which archive of Java's own classes there is, making one where Java has none. */
export async function baseArchive(options: BaseArchiveOptions): Promise<BaseArchive> {
  const { java, work, into, onMake } = options;
  if ((await start(options, ["-Xshare:on", "-version"])).exitCode === 0) return { kind: "default" };
  onMake();
  const made = join(work, "base.jsa");
  // the collector of JDK builds: only it can archive objects, and the others can load them (Java 17 and
  // newer)
  const dumped = await start(options, ["-Xshare:dump", "-XX:+UseG1GC", "-Xmx128m", sharedFile(made)]);
  const taken = await start(options, ["-Xshare:on", sharedFile(made), "-version"]);
  if (taken.exitCode !== 0) {
    const why = lastLine(dumped.exitCode === 0 ? taken : dumped);
    return {
      kind: "failed",
      reason: `Java ${java.major} has no archive of its own classes, and makes none: ${why}`,
    };
  }
  await closeToOthers(made);
  await rename(made, into);
  return { kind: "own", path: into };
}

/** The option that names an archive. */
export function sharedFile(path: string): string {
  return `-XX:SharedArchiveFile=${path}`;
}

interface Started {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** Starts Java with the collector of the brokers unless another is given. */
async function start(
  { java, record, signal }: BaseArchiveOptions,
  args: readonly string[],
): Promise<Started> {
  const collector = args.some((one) => one.includes("GC")) ? [] : ["-XX:+UseSerialGC"];
  return await run(recorded(record, [java.path, ...collector, ...args]), { signal, timeoutMs: PATIENCE_MS });
}

function lastLine({ exitCode, stdout, stderr }: Started): string {
  const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
  return lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? `it ${exitWords(exitCode)}`;
}
