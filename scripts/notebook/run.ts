// Executes a script's notebook in a kernel, and reads what it came to.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { LabError } from "@kafka-failure-lab/sdk";
import type { Result } from "@kafka-failure-lab/sdk/scenario";
import { runCell } from "./execute.ts";
import { failureLines } from "./failure.ts";
import type { CodeCell, Notebook } from "./file.ts";
import { startKernel } from "./kernel.ts";
import type { Output } from "./outputs.ts";
import type { KernelSpec } from "./spec.ts";
import { machine, tidy } from "./tidy.ts";
import { isContent } from "./wire.ts";

export interface Executed {
  /** Code cell by code cell, as far as it came. */
  outputs: readonly (readonly Output[])[];
  /** Absent where a cell failed, or none was needed. */
  result?: Result;
  /** Why it did not come to its end, in lines. */
  failure?: readonly string[];
  tookMs: number;
}

export interface RunOptions {
  spec: KernelSpec;
  root: string;
  cwd: string;
  /** For each cell. */
  timeoutMs: number;
  /** Where the labs of the notebook are recorded; not at all where it is left out. */
  record?: string;
  /** Whether a notebook that never calls `finish` has failed. @default true */
  needsResult?: boolean;
  onCell?: (number: number, cell: CodeCell) => void;
}

/**
 * Runs every code cell until one fails. A kernel that dies, or a cell that takes too long, is a failure, too.
 */
export async function runNotebook(
  notebook: Notebook,
  { spec, root, cwd, timeoutMs, record, needsResult = true, onCell }: RunOptions,
): Promise<Executed> {
  const began = performance.now();
  const dir = mkdtempSync(path.join(os.tmpdir(), "notebook-"));
  const file = path.join(dir, "result.json");
  const outputs: Output[][] = [];
  const end = (rest: Pick<Executed, "result" | "failure">): Executed => ({
    outputs,
    ...rest,
    tookMs: Math.round(performance.now() - began),
  });
  try {
    await using kernel = await startKernel(spec, {
      cwd,
      env: { LAB_RESULT: file, LAB_RECORD: record ?? "" },
    });
    const cells = notebook.cells.filter((cell) => cell.cell_type === "code");
    for (const [index, cell] of cells.entries()) {
      const about = { number: index + 1, name: cell.metadata.name, code: cell.source };
      onCell?.(about.number, cell);
      const ran = await runCell(kernel, cell.source, { timeoutMs }).catch((error: unknown) => {
        if (error instanceof LabError) return error;
        throw error;
      });
      if (ran instanceof LabError)
        return end({ failure: [...failureLines(about, { outputs: [] }).slice(0, -1), ran.message] });
      outputs.push(tidy(ran.outputs, machine(root)));
      if (!ran.isOk) return end({ failure: failureLines(about, ran) });
    }
    if (!existsSync(file) && !needsResult) return end({});
    if (!existsSync(file))
      return end({ failure: ["No cell came to a result: does the last one call `finish`?"] });
    return end({ result: resultOf(JSON.parse(readFileSync(file, "utf8"))) });
  } catch (error) {
    if (error instanceof LabError) return end({ failure: error.message.split("\n") });
    throw error;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** `finish` wrote it a moment ago. */
function resultOf(value: unknown): Result {
  if (!isContent(value) || !isContent(value["figures"]) || value["verdict"] === undefined)
    throw new TypeError("Cannot read the result: it has no verdict or no figures");
  return value as unknown as Result;
}
