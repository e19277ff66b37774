// The `.env` format as compose reads it: NAME=value lines, comments, `export`, quotes; variables are replaced
// except in single quotes.

import { LabError } from "../model/errors.ts";
import type { Budget } from "../runtime/limits.ts";
import { interpolate, roomForVariables, type Environment } from "./interpolate.ts";

/** What reading depends on besides the text and the environment. */
export interface DotenvOptions {
  /** The file's name in errors. @default ".env" */
  readonly file?: string;
  /** What the variables may make. @default a file's share */
  readonly room?: Budget;
}

/**
 * Reads the text of a `.env` file; a value may use the variables before it and those of `env`, which win.
 *
 * @throws LabError `BAD_COMPOSE` with file and line
 */
export function dotenv(
  text: string,
  env: Environment = {},
  options: DotenvOptions = {},
): Record<string, string> {
  const { file = ".env", room = roomForVariables() } = options;
  const result = new Map<string, string>();
  const known: Record<string, string | undefined> = { ...env };
  const lines = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  let line = 1;
  for (let at = 0; at < lines.length; ) {
    LINE.lastIndex = at;
    const found = LINE.exec(lines);
    if (found === null) throw bad(file, line, "it is no NAME=value, or a quote is not closed");
    const { name } = found.groups!;
    const value = name === undefined ? undefined : valueOf(found, known, room, { file, line });
    if (name !== undefined && value !== undefined) {
      result.set(name, value);
      if (!Object.hasOwn(env, name)) known[name] = value;
    }
    line += found[0].split("\n").length - 1;
    at += found[0].length;
  }
  return Object.fromEntries(result);
}

// What follows a closed quote is dropped, as compose drops it.
const VALUE = [
  /'(?<single>[^']*)'[^\n]*/,
  /"(?<double>(?:[^"\\]|\\[^])*)"[^\n]*/,
  /(?<bare>(?!['"])[^\n]*)/,
].map(({ source }) => source);
const NAME = /(?:export[ \t]+)?(?<name>[\w.[\]-]+)[ \t]*/.source;
const ASSIGNMENT = `${NAME}(?:[=:][ \\t]*(?:${VALUE.join("|")}))?`;
const LINE = new RegExp(`[ \\t]*(?:#[^\\n]*|${ASSIGNMENT})?(?:\\n|$)`, "y");

// only from the first blank on, which keeps a long row of blanks from being tried at each of them
const COMMENT = /(?<!\s)(?:^|\s+)#.*$/;

function valueOf(
  { groups }: RegExpExecArray,
  env: Environment,
  room: Budget,
  at: { file: string; line: number },
): string | undefined {
  const { name = "", single, double, bare } = groups!;
  try {
    if (single !== undefined) return single;
    if (double !== undefined) return interpolate(unescaped(double), env, room);
    if (bare !== undefined) return interpolate(bare.replace(COMMENT, "").trim(), env, room);
    return Object.hasOwn(env, name) ? env[name] : undefined;
  } catch (cause) {
    throw bad(at.file, at.line, cause instanceof Error ? cause.message : String(cause));
  }
}

function unescaped(text: string): string {
  return text.replace(
    /\\([nrt"\\])/g,
    (_, letter: string) => ({ n: "\n", r: "\r", t: "\t" })[letter] ?? letter,
  );
}

function bad(file: string, line: number, why: string): LabError {
  return new LabError("BAD_COMPOSE", `Cannot read the env file: ${why}`, { file, line });
}
