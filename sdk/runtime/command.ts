// Runs a program to its end and hands back what it said; no shell in between.

import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { startOf } from "./guardian/processes.mjs";
import type { Env } from "./env.ts";

/** What a program left behind; the same record for success and failure. */
export interface CommandResult {
  readonly command: string;
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly tookMs: number;
}

/** How to run a program. */
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

/**
 * Runs a program and resolves when it has ended, however it ended.
 *
 * Rejects with the system's error where it cannot be started (`code` is `ENOENT` for a program that does not
 * exist) and with the signal's reason when aborted; the program is then killed.
 */
export function run(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { env, signal, timeoutMs, onLine, onPid } = options;
  const [program = "", ...args] = argv;
  const started = performance.now();
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const child = spawn(program, args, {
      env: { ...(env ?? process.env) },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    if (child.pid !== undefined) onPid?.(child.pid);
    let stdout = "",
      stderr = "",
      rest = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine?.(line);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    // a group of its own, so that what the program started ends with it; its pipes would otherwise stay open
    const kill = (): void => endGroup(child);
    process.once("exit", kill);
    const timer = timeoutMs === undefined ? undefined : setTimeout(kill, timeoutMs);
    signal?.addEventListener("abort", kill, { once: true });
    const settle = (): void => {
      clearTimeout(timer);
      process.off("exit", kill);
      signal?.removeEventListener("abort", kill);
    };
    child.once("error", (error) => (settle(), reject(error)));
    child.once("close", (exitCode) => {
      settle();
      if (signal?.aborted) return reject(signal.reason);
      resolve({ command: argv.join(" "), exitCode, stdout, stderr, tookMs: performance.now() - started });
    });
  });
}

/**
 * Ends a program that was started in a process group of its own (`detached`), and what it has started in
 * there.
 */
export function endGroup(child: ChildProcess): void {
  const { pid } = child;
  const hasEnded = child.exitCode !== null || child.signalCode !== null;
  // no process gets the id of a group that has members: where one has it, the group is gone, and the id is
  // somebody else's
  if (pid === undefined || (hasEnded && startOf(pid) !== undefined)) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // it has just ended
  }
}
