// The command line of explained errors: lines in, text out.

import {
  errorLines,
  explainError,
  type ExplainedError,
  type ExplainedErrors,
} from "@kafka-failure-lab/sdk/diagnose";
import {
  asStarted,
  count,
  failed,
  file,
  type Printed,
  readArguments,
  readText,
  UsageError,
  type Values,
} from "@kafka-failure-lab/sdk/testing";
import path from "node:path";
import { assertLog, MAX_INPUT_BYTES } from "./input.ts";

/** What --help prints. */
export const HELP: string = `npm run explain-error -- [LINE]: explains errors of Kafka, its clients and images

LINE is an error line, a name such as NOT_ENOUGH_REPLICAS, or the number of an error code of Kafka; without
it a log is read from the standard input:

  docker compose logs kafka | npm run explain-error

  --file FILE    a log that is read instead
  --limit N      how many errors are listed (default 100)
  --json         one JSON object: errors, unknown, omitted
  -h, --help     this text

A stack trace is one error. Repeated errors are counted, and listed where they first occur. At most 16 MiB and
a million lines are read, and of each line 4096 characters.
exit code: 0 every error is known, or there is none, 3 there are errors that are not known, 1 no input`;

const OPTIONS = {
  file,
  limit: count({ least: 1, most: 10_000, cannot: (limit) => `use the limit ${limit}` }),
  json: "flag",
} as const;

/** Where the command runs. */
export interface Invocation {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads the standard input; undefined where that is a terminal, at which nobody would end it. */
  readonly input: (() => Promise<string>) | undefined;
}

/** Runs the command line; it reads its input and touches nothing else. */
export async function explainErrorCommand(argv: readonly string[], invocation: Invocation): Promise<Printed> {
  try {
    const given = readArguments(argv, OPTIONS, { positionals: Infinity });
    if (given === null) return { exitCode: 0, out: HELP, err: "" };
    const text = await textOf(given.positionals, given.values, invocation);
    assertLog(text);
    const { limit } = given.values;
    const found = explainError(text, limit === undefined ? {} : { limit });
    const exitCode = found.unknown.length > 0 ? 3 : 0;
    const typed = { ...found, errors: found.errors.map(asTyped) } satisfies ExplainedErrors;
    const out = given.values.json ? JSON.stringify(typed) : lines(typed).join("\n");
    return { exitCode, out, err: "" };
  } catch (error) {
    return failed("npm run explain-error --", error, invocation.env);
  }
}

async function textOf(
  words: readonly string[],
  values: Values<typeof OPTIONS>,
  { cwd, input }: Invocation,
): Promise<string> {
  if (words.length > 0 && values.file !== undefined)
    throw new UsageError("Cannot explain errors: expected a LINE or --file, not both");
  if (words.length > 0) return words.join(" ");
  if (values.file !== undefined)
    return readText(path.resolve(cwd, values.file), {
      code: "BAD_CONFIGURATION",
      shown: values.file,
      limit: MAX_INPUT_BYTES,
    });
  if (input === undefined) throw new UsageError("Cannot explain errors: expected a LINE, --file or an input");
  return input();
}

function lines(found: ExplainedErrors): string[] {
  return errorLines(found).map((line) => (line.startsWith("  shown by: ") ? asStarted(line) : line));
}

/** The lab's commands in the form in which the reader can type them. */
function asTyped(error: ExplainedError): ExplainedError {
  const causes = error.causes.map(({ check, ...cause }) => ({
    ...cause,
    ...(check !== undefined && { check: asStarted(check) }),
  }));
  return { ...error, causes };
}
