// What a `java` program is: read from the `release` file beside it, else asked of the program.

import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { exitWords, run } from "../../../runtime/command.ts";

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

/** Describes the Java of a program; a text says why it cannot be one that runs. */
export async function describeJava(path: string, signal: AbortSignal | undefined): Promise<Java | string> {
  const home = dirname(dirname(path));
  const release = await readFile(join(home, "release"), "utf8").catch(() => "");
  const facts = properties(release, /^(\w+)="?(.*?)"?$/gm, RELEASE);
  const java = readJava(path, facts);
  if (java === undefined) return await ask(path, signal);
  return (await breakageOf(home, java, facts)) ?? java;
}

/**
 * Says why a Java with a `release` file cannot run, as far as that is seen without starting it: it was made
 * for another machine, or most of it has been removed. The launcher reads `lib/jvm.cfg` first (Java 9 and
 * newer).
 */
async function breakageOf(
  home: string,
  { major }: Java,
  { machine }: JavaProperties,
): Promise<string | undefined> {
  const own = MACHINES[process.arch];
  if (machine !== undefined && own !== undefined && !own.includes(machine))
    return `it is for ${machine}, this machine is ${own[0]}`;
  if (major < 9) return undefined;
  const hasConfig = await stat(join(home, "lib", "jvm.cfg")).then(
    () => true,
    ({ code }: NodeJS.ErrnoException) => code !== "ENOENT" && code !== "ENOTDIR",
  );
  return hasConfig ? undefined : "it is not complete: lib/jvm.cfg is not there";
}

/** What `release` files call the processors that Node names. */
const MACHINES: Readonly<Record<string, readonly string[]>> = {
  x64: ["x86_64", "amd64", "x64"],
  arm64: ["aarch64", "arm64"],
};

/**
 * Asks the program itself: where no `release` file lies beside it, as with the launchers of macOS and of
 * version managers.
 */
async function ask(path: string, signal: AbortSignal | undefined): Promise<Java | string> {
  const answer = await run([path, "-XshowSettings:properties", "-version"], {
    signal,
    timeoutMs: 20_000,
  }).catch((error: Error) => error.message);
  signal?.throwIfAborted();
  if (typeof answer === "string") return `it cannot be started: ${answer}`;
  if (answer.exitCode !== 0) {
    const said = answer.stderr.trim().split("\n")[0] ?? "";
    return `it does not answer: it ${exitWords(answer.exitCode)}${said === "" ? "" : `, ${said}`}`;
  }
  const home = /^\s*java\.home = (.*)$/m.exec(answer.stderr)?.[1];
  const found = readJava(
    home === undefined ? path : join(home, "bin", "java"),
    properties(answer.stderr, /^\s*([\w.]+) = (.*)$/gm, SETTINGS),
  );
  return found ?? "it does not say which version it is";
}

interface JavaProperties {
  version?: string;
  build?: string;
  vendor?: string;
  machine?: string;
}

const RELEASE: Readonly<Record<string, keyof JavaProperties>> = {
  JAVA_VERSION: "version",
  JAVA_RUNTIME_VERSION: "build",
  IMPLEMENTOR: "vendor",
  OS_ARCH: "machine",
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
