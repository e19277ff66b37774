// Cells for the tests of kernels, and a kernel to run them in.

import path from "node:path";
import { fileURLToPath } from "node:url";
import { type CellRun, runCell } from "../../scripts/notebook/execute.ts";
import { type Kernel, startKernel } from "../../scripts/notebook/kernel.ts";
import { type KernelName, readSpec } from "../../scripts/notebook/spec.ts";

/** Where notebooks are: a kernel finds the lab from there. */
export const notebooks: string = path.join(fileURLToPath(new URL("../../", import.meta.url)), "notebooks");

/** The first cell of a small notebook: one broker. */
export const START = `
import { startLab } from "@kafka-failure-lab/sdk";
const lab = await startLab({
  scenario: "test-notebook",
  compose: ["one-broker"],
  timers: "fast",
  onProgress: false,
});
console.log("started");
`;

export async function open(name: KernelName): Promise<Kernel> {
  return await startKernel(readSpec(name), { cwd: notebooks, env: { LAB_ENGINE: "local" }, ownGroup: true });
}

export async function run(kernel: Kernel, code: string): Promise<CellRun & { said: string }> {
  const ran = await runCell(kernel, code, { timeoutMs: 90_000 });
  return { ...ran, said: saidBy(ran) };
}

/** Everything that a cell printed, errors among it. */
function saidBy({ outputs }: CellRun): string {
  return outputs
    .map((output) => {
      switch (output.output_type) {
        case "stream":
          return output.text;
        case "error":
          return [output.evalue, ...output.traceback].join("\n");
        default:
          return "";
      }
    })
    .join("");
}

/** Runs a cell that has to succeed, and returns what it printed. */
export async function must(kernel: Kernel, code: string): Promise<string> {
  const { isOk, said } = await run(kernel, code);
  if (!isOk) throw new Error(`the cell failed:\n${code}\n${said}`);
  return said;
}

/**
 * Runs a cell after an interruption: what an interrupted cell still tries is refused for a moment, and nobody
 * can tell whose the next call is.
 */
export async function onceHealed(kernel: Kernel, code: string): Promise<string> {
  for (const began = performance.now(); ; ) {
    const { isOk, said } = await run(kernel, code);
    if (isOk) return said;
    if (!said.includes("was interrupted") || performance.now() - began > 5_000)
      throw new Error(`the cell failed:\n${code}\n${said}`);
  }
}
