// The options of `npm run notebooks`.

import path from "node:path";
import {
  type Kind,
  milliseconds,
  quoted,
  readArguments,
  text,
  UsageError,
} from "@kafka-failure-lab/sdk/testing";
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

export const HELP: string = `npm run notebooks -- [NAME...]: writes and executes notebooks/NN-name.ipynb
and .ko.ipynb for scripts/NN-name.ts (all, or those whose names begin with NAME)

  --check           executes, writes nothing, and reports differences from the captured run
  --cells-only      writes the cells without executing; outputs of changed cells are dropped
  --kernel NAME     ${KERNELS.join(" or ")} (default tslab)
  --out DIR         where notebooks are written, and read by --check (default notebooks)
  --timeout TIME    limit for one cell: 90s, or a bare number of milliseconds (default 5m)
  -h, --help        this text

exit code: 0 done, 1 failed (the notebook is written up to the failure), 2 --check: the behaviour differs`;

const kernel: Kind<KernelName> = (option, value) => {
  const known = KERNELS.find((one) => one === value);
  if (known !== undefined) return known;
  throw new UsageError(`Cannot use ${option} ${quoted(value)}: expected ${KERNELS.join(" or ")}`);
};

const OPTIONS = {
  check: "flag",
  "cells-only": "flag",
  kernel,
  out: text,
  timeout: milliseconds,
} as const;

/** @returns undefined where help is asked for. @throws UsageError, RangeError */
export function notebooksOptions(args: readonly string[]): NotebooksOptions | undefined {
  const given = readArguments(args, OPTIONS, { positionals: Infinity });
  if (given === null) return undefined;
  const {
    check,
    "cells-only": cellsOnly,
    kernel = "tslab",
    out = notebooks,
    timeout = 300_000,
  } = given.values;
  if (check && cellsOnly)
    throw new UsageError("Cannot check without executing: --check and --cells-only exclude each other");
  return {
    names: namesOf(given.positionals),
    kernel,
    mode: check ? "check" : cellsOnly ? "cells" : "capture",
    out: path.resolve(out),
    timeoutMs: timeout,
  };
}

function namesOf(wanted: readonly string[]): string[] {
  const all = scenarios();
  for (const one of wanted)
    if (!all.some((name) => name.startsWith(one)))
      throw new UsageError(`Cannot find a script ${quoted(one)}: there are ${all.join(", ")}`);
  return wanted.length === 0 ? all : all.filter((name) => wanted.some((one) => name.startsWith(one)));
}
