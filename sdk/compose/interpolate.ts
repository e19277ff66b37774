// `$VAR`, `${VAR}`, `${VAR:-default}`, `${VAR-default}`, `${VAR:?message}`, `${VAR?message}`,
// `${VAR:+other}`, `${VAR+other}` and `$$`, by docker compose's rules: with the colon an empty variable
// counts as unset; defaults, messages and others may nest.

import { LabError } from "../model/errors.ts";
import { type Budget, makeBudget, MAX_DEPTH, MAX_EXPANDED_CHARACTERS } from "../runtime/limits.ts";
import type { Tree } from "./tree.ts";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the variables of one file, or of one project, may make together; over it, `interpolate` throws an
 * Error.
 */
export function roomForVariables(): Budget {
  const why = `the variables make more than ${MAX_EXPANDED_CHARACTERS} characters`;
  return makeBudget(MAX_EXPANDED_CHARACTERS, () => new Error(why));
}

/**
 * Replaces the variables in every value of the tree; keys stay as they are.
 *
 * @throws LabError `BAD_COMPOSE` with file and line, for `${VAR:?message}` without VAR and for braces that
 *   hold no variable.
 */
export function interpolateTree(tree: Tree, env: Environment, room: Budget = roomForVariables()): Tree {
  switch (tree.kind) {
    case "scalar":
      if (typeof tree.value !== "string" || !tree.value.includes("$")) return tree;
      return { ...tree, value: inPlace(tree.value, env, room, tree) };
    case "list":
      return { ...tree, items: tree.items.map((item) => interpolateTree(item, env, room)) };
    case "map": {
      const entries = [...tree.entries].map(([key, value]): [string, Tree] => [
        key,
        interpolateTree(value, env, room),
      ]);
      return { ...tree, entries: new Map(entries) };
    }
  }
}

/**
 * Replaces the variables in one text; a variable that is not set becomes the empty text.
 *
 * @throws Error with a message that names the variable or the limit; `interpolateTree` adds the place.
 */
export function interpolate(text: string, env: Environment, room: Budget = roomForVariables()): string {
  return replaced(text, { env, room, depth: 0 });
}

interface Replacing {
  readonly env: Environment;
  readonly room: Budget;
  /** How many braces are around it. */
  readonly depth: number;
}

function replaced(text: string, how: Replacing): string {
  if (how.depth > MAX_DEPTH) throw new Error(`its variables are nested deeper than ${MAX_DEPTH}`);
  let out = "";
  let i = 0;
  while (i < text.length) {
    const dollar = text.indexOf("$", i);
    if (dollar === -1) return out + text.slice(i);
    out += text.slice(i, dollar);
    const [value, end] = variableAt(text, dollar, how);
    how.room.spend(value.length);
    out += value;
    i = end;
  }
  return out;
}

function inPlace(text: string, env: Environment, room: Budget, { location }: Tree): string {
  try {
    return interpolate(text, env, room);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const hint = why.startsWith("required")
      ? "Should it be set in the environment, or in the .env file?"
      : "Is a literal dollar meant? Write it as $$.";
    const shown = JSON.stringify(excerpt(text));
    throw new LabError("BAD_COMPOSE", `Cannot interpolate ${shown}: ${why}`, { ...location, hint });
  }
}

const LONG = 200;

function excerpt(text: string): string {
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
}

function variableAt(text: string, dollar: number, how: Replacing): [value: string, end: number] {
  if (text[dollar + 1] === "$") return ["$", dollar + 2];
  const bare = nameAt(text, dollar + 1);
  if (bare !== undefined) return [valueOf(how.env, bare) ?? "", dollar + 1 + bare.length];
  if (text[dollar + 1] !== "{") return ["$", dollar + 1];
  const end = closing(text, dollar + 1);
  return [braced(text.slice(dollar + 2, end), how), end + 1];
}

function nameAt(text: string, at: number): string | undefined {
  const name = /[A-Za-z_][A-Za-z0-9_]*/y;
  name.lastIndex = at;
  return name.exec(text)?.[0];
}

// what every object inherits, such as `constructor`, is no variable
function valueOf(env: Environment, name: string): string | undefined {
  const value: unknown = env[name];
  return typeof value === "string" ? value : undefined;
}

// Where the brace that opens at `open` is closed; a nested `${…}` brings its own.
function closing(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === "{" && text[i - 1] === "$") depth++;
    else if (text[i] === "}" && --depth === 0) return i;
  }
  throw new Error("a ${ is not closed");
}

function braced(inside: string, how: Replacing): string {
  const inner = (text: string): string => replaced(text, { ...how, depth: how.depth + 1 });
  const name = nameAt(inside, 0);
  if (name === undefined) throw new Error(`\${${excerpt(inside)}} names no variable`);
  const operator = /^:?[-?+]/.exec(inside.slice(name.length))?.[0] ?? "";
  if (operator === "" && name !== inside)
    throw new Error(`\${${excerpt(inside)}} is no form that compose knows`);
  const word = inside.slice(name.length + operator.length);
  const value = valueOf(how.env, name);
  const given = value !== undefined && (value !== "" || !operator.startsWith(":"));
  switch (operator.at(-1)) {
    case "-":
      return given ? value : inner(word);
    case "+":
      return given ? inner(word) : "";
    case "?":
      if (given) return value;
      throw new Error(
        `required variable ${name} is missing a value${word === "" ? "" : `: ${excerpt(inner(word))}`}`,
      );
    default:
      return value ?? "";
  }
}
