// The options of `npm run notebooks`.

import path from "node:path";
import { parseArgs } from "node:util";
import { toMs } from "@kafka-failure-lab/sdk";
import { readTime } from "../../sdk/duration.ts";
import { type KernelName, KERNELS } from "./spec.ts";
import { notebooks, scenarios } from "./where.ts";

export interface NotebooksOptions {
  names: readonly string[];
  kernel: KernelName;
  /** `capture` executes and writes, `check` executes and compares, `cells` writes without executing. */
  mode: "capture" | "check" | "cells";
  out: string;
  timeoutMs: number;
}

export const HELP: string = `npm run notebooks -- [NAME...]: writes and executes notebooks/NN-name.ipynb and .ko.ipynb for scripts/NN-name.ts (all of them, or those that NAME begins or names)

  --check           executes, writes nothing, and says where the behaviour differs from what was captured
  --cells-only      writes the scripts' cells without executing; what a changed cell had put out is dropped
  --kernel NAME     ${KERNELS.join(" or ")} (default tslab)
  --out DIR         where notebooks are written, and read for --check (default notebooks)
  --timeout TIME    for one cell: 90s, or a bare number of milliseconds (default 5m)
  -h, --help        this text

exit code: 0 done, 1 something broke (the notebook is written as far as it came), 2 --check: the behaviour differs`;

/** @returns undefined where help is asked for. @throws TypeError, RangeError */
export function notebooksOptions(args: readonly string[]): NotebooksOptions | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      check: { type: "boolean", default: false },
      "cells-only": { type: "boolean", default: false },
      kernel: { type: "string", default: "tslab" },
      out: { type: "string", default: notebooks },
      timeout: { type: "string", default: "5m" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  if (values.check && values["cells-only"])
    throw new TypeError("Cannot check without executing: --check and --cells-only exclude each other");
  const kernel = KERNELS.find((one) => one === values.kernel);
  if (kernel === undefined)
    throw new TypeError(`Cannot use --kernel ${values.kernel}: expected ${KERNELS.join(" or ")}`);
  return {
    names: namesOf(positionals),
    kernel,
    mode: values.check ? "check" : values["cells-only"] ? "cells" : "capture",
    out: path.resolve(values.out),
    timeoutMs: toMs(readTime("--timeout", values.timeout)),
  };
}

function namesOf(wanted: readonly string[]): string[] {
  const all = scenarios();
  for (const one of wanted)
    if (!all.some((name) => name.startsWith(one)))
      throw new TypeError(`Cannot find a script ${one}: there are ${all.join(", ")}`);
  return wanted.length === 0 ? all : all.filter((name) => wanted.some((one) => name.startsWith(one)));
}
