// The programs that everything runs on.

import process from "node:process";
import { LabError } from "../model/errors.ts";
import { findJava } from "../engine/local/supply/mod.ts";
import { install, type MachineCheck, type Surroundings } from "./report.ts";

const OLDEST_NODE: readonly [number, number] = [20, 19];
const OLDEST_DENO: readonly [number, number] = [2, 0];

export async function checkRuntime(): Promise<MachineCheck[]> {
  const { deno } = process.versions as { deno?: string };
  return [deno === undefined ? runtimeOf("Node", process.versions.node) : runtimeOf("Deno", deno)];
}

/** Judges a runtime by its version. */
export function runtimeOf(name: "Node" | "Deno", version: string): MachineCheck {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldMajor, oldMinor] = name === "Node" ? OLDEST_NODE : OLDEST_DENO;
  const isNew = major > oldMajor || (major === oldMajor && minor >= oldMinor);
  return {
    group: "runtime",
    name: "runtime",
    state: isNew ? "ok" : "missing",
    found: `${name} ${version}${isNew ? "" : `, needs ${oldMajor}.${oldMinor} or newer`}`,
    ...(isNew ? {} : { remedy: name === "Node" ? "npx n lts" : "deno upgrade" }),
  };
}

export async function checkJava({ env, platform, signal }: Surroundings): Promise<MachineCheck[]> {
  const found = await findJava({ env, signal }).catch((error: unknown) => {
    if (error instanceof LabError && error.code === "NO_JAVA") return error;
    throw error;
  });
  const facts = { group: "local", name: "Java" } as const;
  if (!(found instanceof LabError))
    return [{ ...facts, state: "ok", found: `Java ${found.version} (${found.vendor}), ${found.path}` }];
  const [line = ""] = found.message.split("\n");
  return [
    {
      ...facts,
      state: "missing",
      found: line.replace("Cannot start brokers: ", ""),
      remedy: install(platform, { apt: "openjdk-17-jre-headless", brew: "openjdk@21" }),
    },
  ];
}
