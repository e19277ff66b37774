// What a shell command printed, for the output of a scenario.

import { printable } from "../model/printable.ts";

/** What a command left behind, as zx gives it. */
export interface ShellOutput {
  readonly stdout: string;
  readonly stderr: string;
  /** Null where a signal has ended it. */
  readonly exitCode: number | null;
}

/** A command under way, as zx's `$` makes it. */
export interface ShellCommand extends PromiseLike<ShellOutput> {
  /** Its text, as the shell reads it. */
  readonly cmd: string;
}

/** Runs a shell command and returns its text and what it printed. */
export type Capture = (command: () => ShellCommand) => Promise<string>;

/**
 * Waits for the command. One that fails is an answer, too: a machine may have no `curl`, a broker may be
 * gone.
 *
 * @throws TypeError where `command` makes no command of zx; what it throws
 */
export async function capture(command: () => ShellCommand): Promise<string> {
  const running: unknown = command();
  if (!isCommand(running))
    throw new TypeError("Cannot call lab.capture(): command returned no command of zx");
  const left: unknown = await running.then(undefined, (error: unknown) => error);
  if (!isOutput(left)) throw left;
  const { stdout, stderr, exitCode } = left;
  const lines = [`$ ${running.cmd}`, stdout.trimEnd(), stderr.trimEnd()].filter((text) => text !== "");
  if (exitCode !== 0) lines.push(exitCode === null ? "ended by a signal" : `exit ${exitCode}`);
  return printable(lines.join("\n"), { lines: true });
}

function isCommand(value: unknown): value is ShellCommand {
  const { cmd, then } = (value ?? {}) as Partial<ShellCommand>;
  return typeof cmd === "string" && typeof then === "function";
}

function isOutput(value: unknown): value is ShellOutput {
  const { stdout, stderr } = (value ?? {}) as Partial<ShellOutput>;
  return typeof stdout === "string" && typeof stderr === "string";
}
