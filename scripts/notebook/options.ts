// The options of `npm run notebooks`.

import path from "node:path";
import {
  file,
  type Kind,
  milliseconds,
  quoted,
  readArguments,
  UsageError,
} from "@kafka-failure-lab/sdk/testing";
import { type KernelName, KERNELS } from "./spec.ts";
import { notebooks, scenarios } from "./where.ts";

export interface NotebooksOptions {
  names: readonly string[];
  kernel: KernelName;
  /**
   * `capture` executes and writes, `check` executes and compares, `cells` writes without executing, `edited`
   * executes the notebook's own cells and writes their outputs.
   */
  mode: "capture" | "check" | "cells" | "edited";
  /** Whether a capture replaces the recordings, too. */
  record: boolean;
  out: string;
  timeoutMs: number;
}

export const HELP: string = `npm run notebooks -- [NAME...]: writes and executes notebooks/NN-name.ipynb
and .ko.ipynb for scripts/NN-name.ts (all, or those whose names begin with NAME)

A notebook whose cells were edited is not overwritten.

  --as-edited       executes the cells of the notebook as they are, edited or not, and writes their outputs
                    into that notebook only
  --record          replaces the recordings in DIR/recordings, too, which machines without an engine replay
  --check           executes, writes nothing, and reports differences from the captured run
  --cells-only      writes the cells without executing; outputs of changed cells are dropped
  --kernel NAME     ${KERNELS.join(" or ")} (default tslab)
  --out DIR         where notebooks are written, and read by --check (default notebooks)
  --timeout TIME    limit for one cell: 90s, or a bare number of milliseconds (default 5m)
  -h, --help        this text

exit code: 0 done, 1 failed (the notebook is written up to the failure) or refused, 2 --check: the behaviour
differs`;

const kernel: Kind<KernelName> = (option, value) => {
  const known = KERNELS.find((one) => one === value);
  if (known !== undefined) return known;
  throw new UsageError(`Cannot use ${option} ${quoted(value)}: expected ${KERNELS.join(" or ")}`);
};

const MODES = { check: "check", "cells-only": "cells", "as-edited": "edited" } as const;

const OPTIONS = {
  check: "flag",
  "cells-only": "flag",
  "as-edited": "flag",
  record: "flag",
  kernel,
  out: file,
  timeout: milliseconds,
} as const;

/** @returns undefined where help is asked for. @throws UsageError, RangeError */
export function notebooksOptions(args: readonly string[]): NotebooksOptions | undefined {
  const given = readArguments(args, OPTIONS, { positionals: Infinity });
  if (given === null) return undefined;
  const { record, kernel = "tslab", out = notebooks, timeout = 300_000 } = given.values;
  const mode = modeOf(given.values);
  if (record && mode !== "capture")
    throw new UsageError("Cannot record: --record is for a run of the script's cells that is written");
  return {
    names: namesOf(given.positionals),
    kernel,
    mode,
    record,
    out: path.resolve(out),
    timeoutMs: timeout,
  };
}

/** @throws UsageError */
function modeOf(given: Readonly<Record<keyof typeof MODES, boolean>>): NotebooksOptions["mode"] {
  const asked = (Object.keys(MODES) as (keyof typeof MODES)[]).filter((flag) => given[flag]);
  if (asked.length > 1)
    throw new UsageError(`Cannot do both: --${asked[0]} and --${asked[1]} exclude each other`);
  return asked[0] === undefined ? "capture" : MODES[asked[0]];
}

function namesOf(wanted: readonly string[]): string[] {
  const all = scenarios();
  for (const one of wanted)
    if (!all.some((name) => name.startsWith(one)))
      throw new UsageError(`Cannot find a script ${quoted(one)}: there are ${all.join(", ")}`);
  return wanted.length === 0 ? all : all.filter((name) => wanted.some((one) => name.startsWith(one)));
}
