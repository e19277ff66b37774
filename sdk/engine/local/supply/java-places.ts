// Where Java may be on a machine: what the reader has chosen (JAVA_HOME, the path), then the folders that
// packages, SDKMAN and macOS use.

import { constants } from "node:fs";
import { access, readdir, realpath } from "node:fs/promises";
import { delimiter, join } from "node:path";
import process from "node:process";
import { run } from "../../../runtime/command.ts";
import type { Env } from "../../../runtime/env.ts";
import { homeFolder } from "./cache.ts";

/** A `java` program, and where it was found. */
export interface JavaPlace {
  /** `JAVA_HOME`, `the path`, or the folder. */
  readonly source: string;
  /** The program, links resolved. */
  readonly program: string;
}

/** Lists the programs that the reader has chosen: JAVA_HOME's, then those on the path. */
export async function chosenPlaces(env: Env): Promise<JavaPlace[]> {
  const home = env["JAVA_HOME"];
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return await existing([
    ...(home ? [{ source: "JAVA_HOME", program: join(home, "bin", "java") }] : []),
    ...folders.map((folder) => ({ source: "the path", program: join(folder, "java") })),
  ]);
}

/**
 * Lists the programs in the usual folders of packages, of SDKMAN and of macOS.
 *
 * LAB_JAVA_FOLDERS, a list like PATH, names other folders in their place: each may hold several Javas. An
 * empty one names none.
 */
export async function usualPlaces(env: Env, platform: string = process.platform): Promise<JavaPlace[]> {
  const given = env["LAB_JAVA_FOLDERS"];
  const folders =
    given === undefined ? usualFolders(env, platform) : given.split(delimiter).filter((one) => one !== "");
  const listed = await Promise.all(folders.map(async (folder) => await homesIn(folder, platform)));
  const asked = given === undefined && platform === "darwin" ? await askMacOs() : [];
  return await existing([...listed.flat(), ...asked]);
}

function usualFolders(env: Env, platform: string): string[] {
  const home = homeFolder(env);
  const sdkman = join(env["SDKMAN_DIR"] || join(home, ".sdkman"), "candidates", "java");
  if (platform === "darwin")
    return [
      "/Library/Java/JavaVirtualMachines",
      join(home, "Library", "Java", "JavaVirtualMachines"),
      sdkman,
      "/opt/homebrew/opt",
      "/usr/local/opt",
    ];
  return ["/usr/lib/jvm", "/usr/lib64/jvm", "/usr/java", "/opt/java", sdkman];
}

/** Every folder in one of the usual folders, newest names last; on macOS a Java lies deeper in its bundle. */
async function homesIn(folder: string, platform: string): Promise<JavaPlace[]> {
  const names = (await readdir(folder).catch(() => [])).sort();
  const isBrew = folder.endsWith("/opt") && platform === "darwin";
  return names
    .filter((name) => !isBrew || name.startsWith("openjdk"))
    .flatMap((name) => {
      const home = join(folder, name);
      const deeper =
        platform === "darwin"
          ? [join(home, "Contents", "Home"), join(home, "libexec", "openjdk.jdk", "Contents", "Home")]
          : [];
      return [home, ...deeper].map((one) => ({ source: folder, program: join(one, "bin", "java") }));
    });
}

/** The Java that macOS itself would take. */
async function askMacOs(): Promise<JavaPlace[]> {
  const asked = await run(["/usr/libexec/java_home"], { timeoutMs: 5_000 }).catch(() => undefined);
  const home = asked?.exitCode === 0 ? asked.stdout.trim() : "";
  return home === "" ? [] : [{ source: "/usr/libexec/java_home", program: join(home, "bin", "java") }];
}

/** Those that may be executed, each once, at the place where it was found first. */
async function existing(places: readonly JavaPlace[]): Promise<JavaPlace[]> {
  const found = new Map<string, JavaPlace>();
  for (const { source, program } of places) {
    const isThere = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!isThere) continue;
    const resolved = await realpath(program);
    if (!found.has(resolved)) found.set(resolved, { source, program: resolved });
  }
  return [...found.values()];
}
