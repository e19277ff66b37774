// Runs a program to its end and hands back what it said: zx's `$`, which starts and ends it as the lab does.
//
//   run(argv) ─▶ $ ─▶ spawn(program, args), no shell, a process group of its own ─▶ CommandResult
//                 └─ time limit, signal or the end of this process ─▶ SIGKILL to the group
//
// What zx does by itself, and why not here, is in docs/decisions/zx.md.

import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import process from "node:process";
import { $ } from "zx/core";
import { startOf } from "./guardian/processes.mjs";
import type { Env } from "./env.ts";
import { splitLines } from "./split-lines.ts";

/** What a program left behind; the same record for success and failure. */
export interface CommandResult {
  readonly command: string;
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
}

/** How to run a program. */
/** How a program ended, as a predicate: `exited with 1`, `was ended by a signal`. */
export function exitWords(exitCode: number | null): string {
  return exitCode === null ? "was ended by a signal" : `exited with ${exitCode}`;
}

export interface CommandOptions {
  env?: Env | undefined;
  signal?: AbortSignal | undefined;
  /** Is killed after this time. @default no limit */
  timeoutMs?: number | undefined;
  /** Is called with each line of its standard output, as it comes. */
  onLine?: (line: string) => void;
  /** Is called with the process's id, which is also its group's, as soon as it runs. */
  onPid?: ((pid: number) => void) | undefined;
}

/** What has left the group may hold its pipes open; nobody waits for it longer than this after the end. */
const DRAIN_MS = 100;

/** Whatever ZX_* variables say. The shell is never started: `spawn` takes its place. */
const HOW = {
  shell: "/bin/sh",
  prefix: "",
  postfix: "",
  quote: (text: string): string => text,
  stdio: ["ignore", "pipe", "pipe"],
  detached: true,
  nothrow: true,
  quiet: true,
  verbose: false,
  preferLocal: false,
  timeout: 0,
  log: () => {},
} as const;

/**
 * Runs a program and resolves when it has ended, however it ended.
 *
 * Rejects with the system's error where it cannot be started (`code` is `ENOENT` for a program that does not
 * exist) and with the signal's reason when aborted; the program is then killed.
 */
export async function run(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { env = process.env, signal, timeoutMs, onLine, onPid } = options;
  signal?.throwIfAborted();
  const started = performance.now();
  let child: ChildProcess | undefined;
  const start = (_shell: string, _args: readonly string[], how: SpawnOptions): ChildProcess =>
    (child = begin(argv, how, onLine));
  const running = $({
    ...HOW,
    stdio: [...HOW.stdio],
    cwd: process.cwd(), // zx would take the one in which it was loaded
    env: { ...env },
    spawn: start as typeof spawn,
  })`${argv.join(" ")}`;
  const failed = new Promise<never>((_, reject) => child?.once("error", reject));
  failed.catch(() => {});
  if (child?.pid !== undefined) onPid?.(child.pid);
  // a group of its own, so that what the program started ends with it; its pipes would otherwise stay open
  let draining: NodeJS.Timeout | undefined;
  const kill = (): void => {
    endGroup(child);
    draining = setTimeout(() => [child?.stdout, child?.stderr].map((pipe) => pipe?.destroy()), DRAIN_MS);
  };
  process.once("exit", kill);
  const timer = timeoutMs === undefined ? undefined : setTimeout(kill, timeoutMs);
  signal?.addEventListener("abort", kill, { once: true });
  try {
    const { exitCode, stdout, stderr, cause } = await Promise.race([running, failed]);
    signal?.throwIfAborted();
    if (cause !== undefined && cause !== null) throw cause;
    return { command: argv.join(" "), exitCode, stdout, stderr, tookMs: performance.now() - started };
  } finally {
    clearTimeout(timer);
    clearTimeout(draining);
    process.off("exit", kill);
    signal?.removeEventListener("abort", kill);
  }
}

/** Starts the program itself. Text is decoded here: zx would cut characters where chunks of its bytes end. */
function begin(
  [program = "", ...args]: readonly string[],
  { env, cwd, stdio, detached }: SpawnOptions,
  onLine: CommandOptions["onLine"],
): ChildProcess {
  const child: ChildProcess = spawn(program, args, { env, cwd, stdio, detached } as SpawnOptions);
  child.stderr?.setEncoding("utf8");
  child.stdout?.setEncoding("utf8").on("data", splitLines((line) => onLine?.(line)).add);
  return child;
}

/** Ends a program that was started in a process group of its own, and what it has started in there. */
function endGroup(child: ChildProcess | undefined): void {
  if (child?.pid === undefined) return;
  const { pid, exitCode, signalCode } = child;
  const hasEnded = exitCode !== null || signalCode !== null;
  // no process gets the id of a group that has members: where one has it, the group is gone, and the id is
  // somebody else's
  if (hasEnded && startOf(pid) !== undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // it has just ended
  }
}
