// Performs a scenario's cells in a kernel, from the first to the last, and keeps what came of them.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Result } from "@kafka-failure-lab/sdk";
import { runCell } from "./execute.ts";
import { type Kernel, startKernel } from "./kernel.ts";
import type { Output } from "./outputs.ts";
import type { Cell } from "./percent.ts";
import { scrubbed } from "./scrub.ts";
import { type KernelName, readSpec } from "./spec.ts";

/** Where notebooks lie, and their kernels run. */
export const notebooks: string = fileURLToPath(new URL("../../notebooks/", import.meta.url));

export interface Performance {
  /** By the cells' ids; a cell that was not reached has none. */
  outputs: ReadonlyMap<string, readonly Output[]>;
  /** What the last cell told through `finish`. */
  result?: Result & { kafka?: string; engine?: string };
  /** What went wrong: the cell's number and text, and its error. */
  failure?: string;
  tookMs: number;
}

export interface PerformOptions {
  kernel: KernelName;
  /** For a cell. */
  timeoutMs: number;
  /** Where the run is recorded for replay. */
  record?: string;
  env?: Readonly<Record<string, string>>;
  onCell?(cell: Cell, number: number): void;
}

/** Runs code cells in order and stops at the first error. @throws LabError NO_KERNEL, KERNEL_DIED, NOT_READY */
export async function perform(cells: readonly Cell[], { kernel: name, timeoutMs, record, env = {}, onCell }: PerformOptions): Promise<Performance> {
  const began = performance.now();
  const dir = mkdtempSync(path.join(os.tmpdir(), "notebook-"));
  const file = path.join(dir, "result.json");
  const outputs = new Map<string, readonly Output[]>();
  let kernel: Kernel | undefined;
  let failure: string | undefined;
  try {
    kernel = await startKernel(readSpec(name), { cwd: notebooks, env: { LAB_RESULT: file, ...(record !== undefined && { LAB_RECORD: record }), ...env } });
    for (const [i, cell] of cells.filter(({ kind }) => kind === "code").entries()) {
      onCell?.(cell, i + 1);
      const run = await runCell(kernel, cell.text, { timeoutMs });
      outputs.set(cell.id, scrubbed(run.outputs));
      if (run.isOk) continue;
      failure = told(cell, i + 1, run.outputs);
      break;
    }
    const result = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Result) : undefined;
    return { outputs, ...(result && { result }), ...(failure !== undefined && { failure }), tookMs: Math.round(performance.now() - began) };
  } finally {
    await kernel?.shutdown();
    await kernel?.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The error, and the cell with the line marked where the error tells of one: tslab's type errors begin with `line:column`. */
function told(cell: Cell, number: number, outputs: readonly Output[]): string {
  const errors = outputs.flatMap((one) => (one.output_type === "error" ? [one.evalue || one.ename, ...one.traceback] : one.output_type === "stream" && one.name === "stderr" ? [one.text] : []));
  const error = errors.join("\n").trim();
  const marked = new Set([...error.matchAll(/^(\d+):\d+ - /gm)].map(([, line]) => Number(line)));
  const text = cell.text.split("\n").map((line, i) => `${marked.has(i + 1) ? ">" : " "} ${String(i + 1).padStart(3)} ${line}`);
  return [`cell ${number}${cell.name === "" ? "" : ` (${cell.name})`} failed: ${error}`, ...text].join("\n");
}
