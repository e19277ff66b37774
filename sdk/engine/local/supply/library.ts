// One jar that is no part of Kafka, fetched when it is first needed: from the cache, by HTTPS, from Maven's
// local repository, or by Maven.

import { mkdtemp, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { LabError } from "../../../model/errors.ts";
import { run } from "../../../runtime/command.ts";
import type { Env } from "../../../runtime/env.ts";
import type { OnProgress } from "../../../runtime/progress.ts";
import { makeInCache } from "./cache.ts";
import { fetchByHttps } from "./https.ts";
import { checksumError, contentOf, flawOf, type Jar, placeJar } from "./jars.ts";
import { lastMeaningful } from "./maven.ts";
import { repositories } from "./settings.ts";

/** A jar, and where Maven finds it. */
export interface Library extends Jar {
  /** `group:artifact:version`. */
  readonly artifact: string;
}

/** ASM reads and writes class files (asm.ow2.io); this release reads those of Java 26. */
export const ASM: Library = {
  artifact: "org.ow2.asm:asm:9.9.1",
  path: "org/ow2/asm/asm/9.9.1/asm-9.9.1.jar",
  bytes: 126_252,
  sha256: "6f3828a215c920059a5efa2fb55c233d6c54ec5cadca99ce1b1bdd10077c7ddd",
};

interface Fetch {
  folder: string;
  env: Env;
  onProgress: OnProgress;
  signal?: AbortSignal | undefined;
}

const MAVEN_MS = 180_000;
/** As in pom.xml. */
const COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";

/**
 * Returns the path of a library's jar.
 *
 * @throws LabError `NO_MAVEN`, `NO_KAFKA` where it cannot be fetched; `CHECKSUM`, `DISK_FULL`,
 *   `UNSAFE_FOLDER`
 */
export async function supplyLibrary(
  library: Library,
  { cache, ...how }: Omit<Fetch, "folder"> & { cache: string },
): Promise<string> {
  const folder = makeInCache(cache, "jars", "libraries");
  const file = join(folder, library.path);
  if ((await flawOf(folder, library, false)) === undefined) return file;
  const fetch: Fetch = { ...how, folder };
  fetch.onProgress(`fetching ${basename(library.path)}, once`);
  if ((await byHttps(library, fetch)) || (await byLocalRepository(library, fetch))) return file;
  await byMaven(library, fetch);
  return file;
}

async function byHttps(library: Library, { folder, env, signal }: Fetch): Promise<boolean> {
  const { remote } = await repositories(env);
  if (remote === undefined) return false;
  try {
    await fetchByHttps({ remote, missing: [library], folder, onJar: () => {}, signal });
    return true;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof LabError) throw error;
    return false; // there are other ways
  }
}

async function byLocalRepository(library: Library, { folder, env }: Fetch): Promise<boolean> {
  const { local } = await repositories(env);
  return await placed(library, folder, join(local, library.path));
}

async function byMaven(library: Library, { folder, env, signal }: Fetch): Promise<void> {
  const into = await mkdtemp(join(folder, ".maven-"));
  try {
    const argv = ["mvn", "-B", COPY, `-Dartifact=${library.artifact}`, `-DoutputDirectory=${into}`];
    const result = await run(argv, { env, signal, timeoutMs: MAVEN_MS }).catch((error: unknown) => {
      if ((error as { code?: unknown } | null)?.code !== "ENOENT") throw error;
      throw cannotFetch("NO_MAVEN", library, "there is no Maven on the path");
    });
    if (result.exitCode !== 0)
      throw cannotFetch("NO_KAFKA", library, lastMeaningful(`${result.stdout}\n${result.stderr}`));
    if (!(await placed(library, folder, join(into, basename(library.path)))))
      throw checksumError(library, { kind: "missing" }, "Maven");
  } finally {
    await rm(into, { recursive: true, force: true });
  }
}

/** Copies a file that is the pinned one; says whether it was. */
async function placed(library: Library, folder: string, file: string): Promise<boolean> {
  try {
    return (await placeJar(folder, library, contentOf(file), library.bytes)) === undefined;
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === "ENOENT") return false;
    throw error;
  }
}

function cannotFetch(code: "NO_MAVEN" | "NO_KAFKA", { path }: Library, why: string): LabError {
  return new LabError(code, `Cannot fetch ${basename(path)}: ${why}`, {
    hint:
      "Install Maven, or set LAB_MAVEN_REPOSITORY to the address of a Maven repository. " +
      "Faults of disks need this jar; nothing else does.",
  });
}
