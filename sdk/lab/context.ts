// What every part of a lab shares: the run, its progress lines, the teardown, and the signal that ends it.

import type { ProgressReporter } from "../notebook/progress.ts";
import type { Strangers } from "./observe/strangers.ts";
import type { SealableRun } from "./run.ts";
import type { Teardown } from "./teardown.ts";

export interface LabContext {
  run: SealableRun;
  progress: ProgressReporter;
  ending: Teardown;
  /** The caller's signal; in a notebook also the signal of the cell that runs now. */
  signal(): AbortSignal | undefined;
  /** Knows which clients of the brokers are other programs'. */
  strangers: Strangers;
  /** Writes a note into the history. */
  note(text: string): void;
}
