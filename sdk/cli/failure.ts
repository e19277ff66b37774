// How a command says that something went wrong: for a person, a few lines; LAB_DEBUG=1 shows the stack.
//
//   a mistake     an option, a file, the machine: what cannot be done, why, a hint, where options are listed
//   a bug         anything else: one line, and how its stack is seen

import process from "node:process";
import { inspect } from "node:util";
import { LabError } from "../model/errors.ts";
import { asStarted } from "./started.ts";
import { UsageError } from "./usage.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * `Cannot predict for broker 9: …`, `--delay: Cannot read the duration…`: the lab's own words, no runtime's.
 */
const WORDED = /^(?:--?[\w-]+: )?Cannot [^\n]+?: /;

/** Whether the person who typed the command can mend what went wrong: an argument, a file, the machine. */
export function isMistake(error: unknown): error is Error {
  if (error instanceof LabError || error instanceof UsageError) return true;
  if (!(error instanceof Error)) return false;
  if ([TypeError, RangeError, SyntaxError].some((kind) => error instanceof kind))
    return WORDED.test(error.message);
  return isOfSystem(error);
}

/** What the operating system refused: a file, a folder, a port. */
function isOfSystem(error: Error): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return typeof syscall === "string" && typeof code === "string" && /^E[A-Z0-9]+$/.test(code);
}

/** Whether `LAB_DEBUG` asks for stack traces. */
export function isDebugging(env: Env = process.env): boolean {
  return !["", "0", "false", undefined].includes(env["LAB_DEBUG"]);
}

/**
 * What a command writes to standard error before it ends with exit code 1.
 *
 * @param program how it was started: `npm run predict --`
 */
export function failureText(program: string, error: unknown, env: Env = process.env): string {
  if (isDebugging(env)) return inspect(error, { depth: 4 });
  if (isMistake(error)) return asStarted(`${mistake(error)}\n${program} --help lists the options.`);
  return [
    asStarted(`Unexpected error in ${program.replace(/ --$/, "")}: ${firstLine(error)}`),
    "This is a bug of the lab. LAB_DEBUG=1 shows where it is; please report it with what that prints.",
  ].join("\n");
}

function mistake(error: Error): string {
  if (error instanceof LabError) return String(error);
  return isOfSystem(error) ? `Cannot go on: ${error.message}` : error.message;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : `thrown ${inspect(error)}`;
  return text.split("\n", 1)[0]!;
}
