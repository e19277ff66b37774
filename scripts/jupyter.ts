#!/usr/bin/env -S npx tsx
// Starts Jupyter in notebooks/ with the committed kernels: `npm run jupyter -- --help`

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import process from "node:process";
import { LabError, print } from "@kafka-failure-lab/sdk";
import { runCommand, UsageError } from "@kafka-failure-lab/sdk/testing";
import { jupyterPath, KERNELS, onPath, readSpec } from "./notebook/spec.ts";
import { notebooks } from "./notebook/where.ts";

const HELP = `npm run jupyter -- [OPTIONS]: starts Jupyter in notebooks/, kernels ${KERNELS.join(" and ")}

  JupyterLab if it is installed, else the classic Notebook. OPTIONS are passed on:
  \`npm run jupyter -- --no-browser --port 8890\`.
  Other front ends find the kernels with JUPYTER_PATH set to ${jupyterPath}`;

const INSTALL = `Cannot start Jupyter: it is not installed. Install it with one of
  pip install jupyterlab
  apt-get install jupyter-notebook
The notebooks also run without it: \`npm run notebooks -- --help\`.`;

const env = environment();
const args = process.argv.slice(2);
await runCommand("npm run jupyter --", HELP, async () => {
  if (args.includes("--help") || args.includes("-h")) return null;
  const app = ["lab", "notebook"].find(
    (name) => spawnSync("jupyter", [name, "--version"], { env, stdio: "ignore" }).status === 0,
  );
  if (app === undefined) throw new UsageError(INSTALL);
  for (const line of kernelLines()) print(line);
  return await start(app);
});

/** The kernels' folder first, and the folder of LAB_DENO on the path: Jupyter looks for `deno` there. */
function environment(): NodeJS.ProcessEnv {
  const deno = process.env["LAB_DENO"];
  const folders =
    deno !== undefined && path.basename(deno, ".exe") === "deno" ? [path.dirname(path.resolve(deno))] : [];
  return {
    ...process.env,
    JUPYTER_PATH: [jupyterPath, ...(process.env["JUPYTER_PATH"] ? [process.env["JUPYTER_PATH"]] : [])].join(
      path.delimiter,
    ),
    PATH: [...folders, process.env["PATH"] ?? ""].join(path.delimiter),
  };
}

function kernelLines(): string[] {
  return KERNELS.map((name) => {
    try {
      // as Jupyter starts it: by the path alone
      const { displayName } = readSpec(name, { PATH: env["PATH"] });
      return `kernel ${displayName}`;
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      return `no kernel ${name}: ${error.message.replace(/\n\s*/g, ". ")}`;
    }
  });
}

/** Ctrl-C reaches Jupyter by itself, which asks back; this program ends with it. */
async function start(app: string): Promise<number> {
  const child = spawn(onPath("jupyter", env) ?? "jupyter", [app, ...args], {
    cwd: notebooks,
    env,
    stdio: "inherit",
  });
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  const [code] = (await once(child, "exit")) as [number | null]; // rejects where it could not be started
  return code ?? 1;
}
