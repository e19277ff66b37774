// Finds the Java that runs the brokers.

import { constants } from "node:fs";
import { access, readFile, realpath } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { LabError } from "../../../model/errors.ts";
import type { Env } from "../../../runtime/env.ts";
import { run } from "../../../runtime/command.ts";

/** The oldest Java that Kafka's brokers run on (4.x needs 17; 3.9 would take 8, but is not tried there). */
const OLDEST = 17;

/** A Java that was found, and what distinguishes its builds. */
export interface Java {
  /** The `java` program, links resolved. */
  readonly path: string;
  /** 17, 21, 25 … */
  readonly major: number;
  /** The build, such as `17.0.15+6-Debian-1deb12u1`. */
  readonly version: string;
  readonly vendor: string;
}

/**
 * Finds a Java of version 17 or newer: first `JAVA_HOME`'s, then the one on the path.
 *
 * A `JAVA_HOME` that is missing or too old is passed over if the path has a better one. The version is read
 * from the `release` file beside the program, since asking the program costs a start of Java.
 *
 * @throws LabError `NO_JAVA` where there is none, or none new enough; the two differ in message and remedy.
 */
export async function findJava(options: { env: Env; signal?: AbortSignal }): Promise<Java> {
  const { env, signal } = options;
  const tooOld: Java[] = [];
  for (const program of await programs(env)) {
    signal?.throwIfAborted();
    const java = await describe(program, signal);
    if (java === undefined) continue;
    if (java.major >= OLDEST) return java;
    tooOld.push(java);
  }
  const first = tooOld[0];
  if (first !== undefined) {
    throw new LabError(
      "NO_JAVA",
      `Cannot start brokers: Java ${first.major} is too old, Kafka needs ${OLDEST} or newer`,
      {
        file: first.path,
        hint: `Install a newer one with \`${installCommand()}\`, or point JAVA_HOME at it.`,
      },
    );
  }
  const home = env["JAVA_HOME"];
  const where = home
    ? `neither in JAVA_HOME (${home}) nor on the path`
    : "JAVA_HOME is not set and the path has no java";
  throw new LabError("NO_JAVA", `Cannot start brokers: no Java, ${where}`, {
    hint: `Install one with \`${installCommand()}\`, or set JAVA_HOME.`,
  });
}

function installCommand(): string {
  return process.platform === "darwin"
    ? "brew install openjdk@21"
    : `sudo apt-get install openjdk-${OLDEST}-jre-headless`;
}

/** Lists the `java` programs to try, best first. */
async function programs(env: Env): Promise<string[]> {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  if (env["JAVA_HOME"]) folders.unshift(join(env["JAVA_HOME"], "bin"));
  const found: string[] = [];
  for (const folder of folders) {
    const file = join(folder, "java");
    if (
      await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      found.push(await realpath(file));
  }
  return [...new Set(found)];
}

async function describe(path: string, signal: AbortSignal | undefined): Promise<Java | undefined> {
  const release = await readFile(join(dirname(dirname(path)), "release"), "utf8").catch(() => "");
  return readJava(path, properties(release, /^(\w+)="?(.*?)"?$/gm, RELEASE)) ?? (await ask(path, signal));
}

/**
 * Asks the program itself: where no `release` file lies beside it, as with the launchers of macOS and of
 * version managers.
 */
async function ask(path: string, signal: AbortSignal | undefined): Promise<Java | undefined> {
  const answer = await run([path, "-XshowSettings:properties", "-version"], {
    signal,
    timeoutMs: 20_000,
  }).catch(() => undefined);
  signal?.throwIfAborted();
  if (answer?.exitCode !== 0) return undefined;
  const home = /^\s*java\.home = (.*)$/m.exec(answer.stderr)?.[1];
  return readJava(
    home === undefined ? path : join(home, "bin", "java"),
    properties(answer.stderr, /^\s*([\w.]+) = (.*)$/gm, SETTINGS),
  );
}

interface JavaProperties {
  version?: string;
  build?: string;
  vendor?: string;
}

const RELEASE: Readonly<Record<string, keyof JavaProperties>> = {
  JAVA_VERSION: "version",
  JAVA_RUNTIME_VERSION: "build",
  IMPLEMENTOR: "vendor",
};
const SETTINGS: Readonly<Record<string, keyof JavaProperties>> = {
  "java.version": "version",
  "java.runtime.version": "build",
  "java.vendor": "vendor",
};

function properties(
  text: string,
  line: RegExp,
  names: Readonly<Record<string, keyof JavaProperties>>,
): JavaProperties {
  const found: JavaProperties = {};
  for (const [, key = "", value = ""] of text.matchAll(line)) {
    const name = names[key];
    if (name !== undefined) found[name] = value;
  }
  return found;
}

function readJava(path: string, { version, build, vendor }: JavaProperties): Java | undefined {
  const major = majorOf(version ?? "");
  return major === undefined
    ? undefined
    : { path, major, version: build ?? version ?? "", vendor: vendor ?? "unknown" };
}

/** Reads 17 from `17.0.15`, 8 from `1.8.0_402`. */
function majorOf(version: string): number | undefined {
  const [, old, major] = /^(1\.)?(\d+)/.exec(version) ?? [];
  return major === undefined || (old !== undefined && major === "") ? undefined : Number(major);
}
