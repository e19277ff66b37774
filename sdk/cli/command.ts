// The way into every command: its errors are lines and exit code 1, and whoever reads its output may stop.

import process from "node:process";
import { LabError } from "../model/errors.ts";
import { isNotebook } from "../notebook/notebook.ts";
import { print, printError } from "../runtime/print.ts";
import { failureText, isDebugging } from "./failure.ts";
import { asStarted } from "./started.ts";

/** What a command has to say in the end, and how it exits. */
export interface Printed {
  readonly exitCode: number;
  /** For standard output; `""` is nothing. */
  readonly out: string;
  /** For standard error. */
  readonly err: string;
}

/**
 * Runs a command: it ends with the exit code that `main` returns, or with 1 and a line for what it throws.
 *
 * @param program how it was started: `npm run predict --`
 * @param main returns null where help is asked for
 */
export async function runCommand(
  program: string,
  help: string,
  main: () => Done | Promise<Done>,
): Promise<void> {
  guardOutput();
  try {
    const done = await main();
    if (typeof done === "number") setExitCode(done);
    else if (done === null) write({ exitCode: 0, out: asStarted(help), err: "" });
    else write(done.out === help ? { ...done, out: asStarted(help) } : done);
  } catch (error) {
    fail(program, error);
  }
}

type Done = number | Printed | null;

function write({ exitCode, out, err }: Printed): void {
  if (out !== "") print(out);
  if (err !== "") printError(err);
  setExitCode(exitCode);
}

/** An output that could not be written has set it already. */
function setExitCode(code: number): void {
  process.exitCode ||= code;
}

/** Ends the program with 1, and says why. */
export function fail(program: string, error: unknown): never {
  printError(failureText(program, error));
  process.exit(1);
}

/** A command's failure, as it is printed. */
export function failed(
  program: string,
  error: unknown,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Printed {
  return { exitCode: 1, out: "", err: failureText(program, error, env) };
}

/**
 * Returns what was read of a command line. A mistake is printed with where the options are listed, and ends
 * the program with 1; null, which asks for help, is answered with it and ends the program with 0.
 *
 * From here on a LabError that the program does not catch is printed in the same way, and a closed standard
 * output is no error. In a notebook nothing of this is done: a cell shows what it throws.
 */
export function orHelp<T>(program: string, help: () => string, read: () => T | null): T {
  if (!isNotebook()) {
    guardOutput();
    reportUncaught(program);
  }
  let found: T | null;
  try {
    found = read();
  } catch (error) {
    if (isNotebook()) throw error;
    fail(program, error);
  }
  if (found !== null) return found;
  print(asStarted(help()));
  process.exit(0);
}

let isReported = false;

/** Other errors are the script's own: for whoever writes it, the runtime shows where they are. */
function reportUncaught(program: string): void {
  if (isReported) return;
  isReported = true;
  process.on("uncaughtExceptionMonitor", (error) => {
    if (!(error instanceof LabError) || process.listenerCount("uncaughtException") > 0 || isDebugging())
      return;
    fail(program, error);
  });
}

let isGuarded = false;

/** `… | head -1` closes the pipe when it has its line: the command goes on, to its own exit code. */
function guardOutput(): void {
  if (isGuarded) return;
  isGuarded = true;
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") return;
      process.exitCode = 1;
      if (stream === process.stdout) printError(`Cannot write the output: ${error.message}`);
    });
}
