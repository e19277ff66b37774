// What a run was made with, for its first lines: a captured output is worth what it says of its origin.

import { execFileSync, type StdioOptions } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { readable } from "../model/duration.ts";
import type { Lab } from "../lab/lab.ts";
import { printable } from "../model/printable.ts";
import manifest from "../package.json" with { type: "json" };

/**
 * Says date, the lab's version and revision, Kafka, engine, image or jars, runtime, and in what the cluster
 * differs from its file.
 */
export function about(lab: Pick<Lab, "engine" | "run" | "bootMs" | "differs">): string[] {
  const { kafka, kind, from } = lab.engine;
  return [
    `${lab.run.startedAt.toISOString().slice(0, 16).replace("T", " ")} UTC · kafka-failure-lab ` +
      `${version}${revision()} · ${runtime()}`,
    `Kafka ${kafka}, ${kind} engine (${from}), up after ${readable(lab.bootMs)}`,
    ...lab.differs.map((line) => `  differs: ${line}`),
  ].map((line) => printable(line));
}

/** The lab's own version. */
export const version: string = manifest.version;

/** What runs this program: `Node 20.19.0`, `Deno 2.9.6`. */
export function runtime(): string {
  const { deno } = process.versions as { deno?: string };
  return deno === undefined ? `Node ${process.versions.node}` : `Deno ${deno}`;
}

/** The commit, where the lab is run from its repository: an installed package lies in somebody else's. */
function revision(): string {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  if (!existsSync(`${root}.git`)) return "";
  try {
    const stdio: StdioOptions = ["ignore", "pipe", "ignore"];
    const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], {
      cwd: root,
      encoding: "utf8",
      stdio,
    });
    return ` (${commit.trim()})`;
  } catch {
    return "";
  }
}
