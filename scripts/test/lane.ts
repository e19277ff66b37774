// What a lane of the gate is.

import type { LaneName } from "./options.ts";

export interface Tests {
  folder: string;
  runner: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Of one process. */
  deadlineMs: number;
  /** How many processes. */
  atOnce: number;
  only?: RegExp;
  not?: RegExp;
  /** Names of the files that take longest: they begin first. */
  first?: readonly string[];
  /** Several files a process, except these. @default each file in a process of its own */
  shared?: { size: number; not: RegExp };
  /**
   * Red files are run once more, alone, when the lane's others have ended, if there are at most this many:
   * real brokers beside other work on a slow machine. Where files share a process, only one whose process
   * ended before its tests did: a runtime that crashes. What was red the first time is said at the end.
   *
   * @default 0
   */
  again?: number;
}

export interface Lane {
  name: LaneName;
  about: string;
  /** Lanes of different tracks run side by side. */
  track: 0 | 1;
  needsDeno?: boolean;
  needsDocker?: boolean;
  /** The test files that it runs; */
  tests?: Tests;
  /** or one program; */
  command?: readonly string[];
  /** or the guest, in which this lane runs. */
  guest?: LaneName;
}

/** How the runtimes are called. */
export interface Runtimes {
  node: readonly string[];
  deno: readonly string[];
  /** Deno's program by its whole path, for kernels, which are started elsewhere. */
  denoPath: string;
}
