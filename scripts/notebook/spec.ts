// The committed kernelspecs: which program a kernel is, and how it is interrupted.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { LabError } from "@kafka-failure-lab/sdk";
import { isContent } from "./wire.ts";

/** The folder of Jupyter's data: `JUPYTER_PATH` has to name it absolutely. */
export const jupyterPath: string = fileURLToPath(
  new URL("../../notebooks/.jupyter/", import.meta.url),
).replace(/[\\/]$/, "");

export type KernelName = "tslab" | "deno";
export const KERNELS: readonly KernelName[] = ["tslab", "deno"];

export interface KernelSpec {
  name: KernelName;
  displayName: string;
  /** With `{connection_file}` in it. */
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  interruptMode: "signal" | "message";
}

/**
 * Reads a committed kernelspec; this program's own Node and `LAB_DENO` take the places of `node` and `deno`.
 *
 * @throws LabError NO_KERNEL where the kernel's program is not on this machine
 */
export function readSpec(name: KernelName, env: NodeJS.ProcessEnv = process.env): KernelSpec {
  const dir = path.join(jupyterPath, "kernels", name);
  const spec: unknown = JSON.parse(readFileSync(path.join(dir, "kernel.json"), "utf8"));
  if (!isContent(spec) || !Array.isArray(spec["argv"]))
    throw new TypeError(`Cannot read the kernelspec ${name}: it has no argv`);
  const [program, ...args] = spec["argv"].map((arg) => String(arg).replaceAll("{resource_dir}", dir));
  return {
    name,
    displayName: String(spec["display_name"]),
    argv: [programOf(program!, env), ...args],
    env: isContent(spec["env"])
      ? Object.fromEntries(Object.entries(spec["env"]).map(([key, value]) => [key, String(value)]))
      : {},
    interruptMode: spec["interrupt_mode"] === "message" ? "message" : "signal",
  };
}

function programOf(program: string, env: NodeJS.ProcessEnv): string {
  if (program === "node" && !("Deno" in globalThis)) return process.execPath;
  const found = program === "deno" ? (env["LAB_DENO"] ?? onPath(program, env)) : onPath(program, env);
  if (found !== undefined) return found;
  throw new LabError("NO_KERNEL", `Cannot start the kernel: there is no ${program} on the path`, {
    hint:
      program === "deno"
        ? "`npm install -g deno` brings it, or LAB_DENO names it."
        : "Node 20.19 or newer has to be on the path.",
  });
}

/** Where the shell would find a program. */
export function onPath(program: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const names = process.platform === "win32" ? [`${program}.exe`, `${program}.cmd`] : [program];
  return (env["PATH"] ?? "")
    .split(path.delimiter)
    .flatMap((dir) => names.map((name) => path.join(dir, name)))
    .find((file) => existsSync(file));
}
