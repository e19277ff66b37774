// Reads the arguments of a command: each option by its kind, and one wording for every mistake.
//
//   argv ─▶ parseArgs (tokens only) ─▶ known option? value there? ─▶ its kind ─▶ values
//
// parseArgs itself refuses `--delay -5s` as ambiguous. Here an option that takes a value takes a negative
// one, too, so that the mistake that is reported is the one that was made: a delay cannot be negative.

import { parseArgs } from "node:util";
import type { Kind } from "./kinds.ts";
import { nearestName } from "./nearest.ts";
import { quoted, UsageError } from "./usage.ts";

/** An option that may be given several times. */
export interface Many<T> {
  readonly many: Kind<T>;
}

/** An option: without a value, with one (the last one given counts), or with several. */
export type Option = "flag" | Kind<unknown> | Many<unknown>;
export type Options = Readonly<Record<string, Option>>;

/** What was given. A flag that was not given is false, any other option undefined. */
export type Values<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends "flag"
    ? boolean
    : O[Name] extends Many<infer T>
      ? readonly T[]
      : O[Name] extends Kind<infer T>
        ? T | undefined
        : never;
};

export interface Arguments<O extends Options> {
  readonly values: Values<O>;
  readonly positionals: readonly string[];
}

/** What else a command takes. */
export interface ArgumentsOptions {
  /** How many arguments without a dash are taken. @default 0 */
  readonly positionals?: number;
}

/**
 * Reads a command's arguments; null where `-h` or `--help` is among them, whatever else is.
 *
 * @throws UsageError; what a kind throws
 */
export function readArguments<const O extends Options>(
  argv: readonly string[],
  options: O,
  { positionals: most = 0 }: ArgumentsOptions = {},
): Arguments<O> | null {
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    tokens: true,
    options: Object.fromEntries([
      ...Object.entries(options).map(([name, option]) => [name, { type: typeOf(option) }] as const),
      ["help", { type: "boolean", short: "h" }] as const,
    ]),
  });
  if (tokens.some((token) => token.kind === "option" && token.name === "help")) return null;
  const given = new Map<string, unknown[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName } = token;
    if (!Object.hasOwn(options, name)) throw unknown(rawName, Object.keys(options));
    given.set(name, [...(given.get(name) ?? []), valueOf(options[name]!, token)]);
  }
  refuseMore(positionals, most);
  return { values: valuesOf(options, given), positionals };
}

function typeOf(option: Option): "boolean" | "string" {
  return option === "flag" ? "boolean" : "string";
}

interface Given {
  rawName: string;
  value?: string | undefined;
  inlineValue?: boolean | undefined;
}

/** `-5`, `-5s`, `-.5`: a value, not an option. */
const NEGATIVE = /^-\.?\d/;

function valueOf(option: Option, { rawName, value, inlineValue = false }: Given): unknown {
  if (option === "flag") {
    if (value === undefined) return true;
    throw new UsageError(`Cannot use ${rawName}=${quoted(value)}: it takes no value`);
  }
  if (value === undefined || (!inlineValue && value.startsWith("-") && !NEGATIVE.test(value)))
    throw new UsageError(`Cannot use ${rawName}: its value is missing`);
  return (typeof option === "function" ? option : option.many)(rawName, value);
}

function valuesOf<O extends Options>(options: O, given: ReadonlyMap<string, unknown[]>): Values<O> {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => {
      const all = given.get(name) ?? [];
      if (option === "flag") return [name, all.length > 0];
      return [name, typeof option === "function" ? all.at(-1) : all];
    }),
  ) as Values<O>;
}

function unknown(rawName: string, names: readonly string[]): UsageError {
  const near = nearestName(rawName.replace(/^--?/, ""), [...names, "help"]);
  return new UsageError(
    `Unknown option '${printed(rawName)}'${near === undefined ? "" : `: did you mean --${near}?`}`,
  );
}

function refuseMore(positionals: readonly string[], most: number): void {
  const more = positionals[most];
  if (more !== undefined)
    throw new UsageError(
      `Unexpected argument '${printed(more)}': expected ${most === 0 ? "options only" : `at most ${most}`}`,
    );
  if (positionals.includes("")) throw new UsageError(`Cannot use the argument "": it is empty`);
}

function printed(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}
