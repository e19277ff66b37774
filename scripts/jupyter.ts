#!/usr/bin/env -S npx tsx
// Starts the Jupyter of this machine with the lab's kernels, in the folder of the notebooks.

import { spawn, spawnSync } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { jupyterPath, KERNELS, onPath, readSpec } from "./notebook/spec.ts";
import { notebooks } from "./notebook/where.ts";

const HELP = `npm run jupyter -- [ARGUMENT...]: starts Jupyter with the kernels tslab and Deno; arguments go to Jupyter (--no-browser, --port 8889)`;
const args = process.argv.slice(2);
if (args.some((one) => one === "--help" || one === "-h")) {
  console.log(HELP);
  process.exit(0);
}
// Jupyter finds a kernel's files in a folder it is told absolutely, and its program on the path
const deno = process.env["LAB_DENO"];
const env = {
  ...process.env,
  JUPYTER_PATH: [jupyterPath, process.env["JUPYTER_PATH"]].filter(Boolean).join(path.delimiter),
  PATH: [path.dirname(process.execPath), ...(deno === undefined ? [] : [path.dirname(path.resolve(deno))]), process.env["PATH"]].join(path.delimiter),
};
const has = (...command: string[]): boolean => onPath("jupyter") !== undefined && spawnSync("jupyter", [...command, "--version"], { env, stdio: "ignore" }).status === 0;
const front = ["lab", "notebook"].find((one) => has(one));
if (front === undefined) {
  console.error(`Cannot start Jupyter: it is not on the path.
  pip install jupyterlab              or: pipx install jupyterlab
  apt-get install jupyter-notebook    Debian, Ubuntu
Without it, \`npm run notebooks -- 01\` executes a notebook, and VS Code opens one: notebooks/README.md.`);
  process.exit(1);
}
for (const name of KERNELS) {
  try {
    console.log(`kernel: ${readSpec(name).displayName}`);
  } catch (error) {
    console.log(`no kernel ${name}: ${(error as Error).message}`);
  }
}
const child = spawn("jupyter", [front, ...args], { cwd: notebooks, env, stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
child.once("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
