// The agent that faults of disks are made with: three jars, made once per Java and source.
//
//   sdk/engine/disk/java/*.java ──javac, jar──▶ <cache>/disk-agent/<key>/agent.jar      Agent, Gate, Attach
//                                                                        rewriter.jar   Rewriter
//                                                  ASM, from Maven ──────asm.jar

import { createHash } from "node:crypto";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Env } from "../../../runtime/env.ts";
import type { OnProgress } from "../../../runtime/progress.ts";
import { compile, type JavaOptions, type MadeByJava, madeOnce, pack, sourcesOf } from "./javac.ts";
import { ASM, supplyLibrary } from "./library.ts";

export interface DiskAgentOptions extends JavaOptions {
  cache: string;
  env: Env;
  onProgress: OnProgress;
}

const SOURCES = fileURLToPath(new URL("../../disk/java", import.meta.url));
/** The oldest Java that the brokers run on: a container may have another one than this machine. */
const RELEASE = 17;
/** Java's own classes call the gate, so the agent's jar is on the boot class path, too. */
const MANIFEST = [
  "Premain-Class: lab.disk.Agent",
  "Agent-Class: lab.disk.Agent",
  "Can-Retransform-Classes: true",
  "Boot-Class-Path: agent.jar",
  "",
].join("\n");

/**
 * Returns the folder of the agent's jars, making it where the cache lacks it.
 *
 * @throws LabError as `supplyLibrary`; the signal's reason
 */
export async function diskAgent(options: DiskAgentOptions): Promise<MadeByJava> {
  const sources = await sourcesOf(SOURCES);
  const { java, cache } = options;
  const hash = createHash("sha256")
    .update(JSON.stringify([java.version, java.vendor, ASM.sha256, MANIFEST, [...sources.values()]]))
    .digest("hex");
  const asm = await supplyLibrary(ASM, options);
  const key = `java-${java.major}-${hash.slice(0, 12)}`;
  return await madeOnce(cache, ["disk-agent", key], options, async (into) => {
    const [classes, rewriter, manifest] = ["classes", "rewriter", "manifest"].map((name) => join(into, name));
    await mkdir(classes!);
    await mkdir(rewriter!);
    await writeFile(manifest!, MANIFEST);
    const isRewriter = (file: string): boolean => file.endsWith("Rewriter.java");
    const all = [...sources.keys()];
    const common = { classPath: [asm], release: RELEASE };
    const reason =
      (await compile(options, {
        ...common,
        sources: all.filter((file) => !isRewriter(file)),
        into: classes!,
      })) ??
      (await compile(options, { ...common, sources: all.filter(isRewriter), into: rewriter! })) ??
      (await pack(options, ["cfm", join(into, "agent.jar"), manifest!, "-C", classes!, "."])) ??
      (await pack(options, ["cf", join(into, "rewriter.jar"), "-C", rewriter!, "."]));
    if (reason !== undefined) return reason;
    await copyFile(asm, join(into, "asm.jar"));
    for (const made of [classes!, rewriter!, manifest!]) await rm(made, { recursive: true });
    return undefined;
  });
}
