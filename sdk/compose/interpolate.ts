// `$VAR`, `${VAR}`, `${VAR:-default}`, `${VAR-default}`, `${VAR:?message}`, `${VAR?message}`, `${VAR:+other}`, `${VAR+other}` and `$$`,
// by docker compose's rules: with the colon an empty variable counts as unset; defaults, messages and others may nest.

import { LabError } from "../errors.ts";
import type { Tree } from "./tree.ts";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Replaces the variables in every value of the tree; keys stay as they are.
 *
 * @throws LabError `BAD_COMPOSE` with file and line, for `${VAR:?message}` without VAR and for braces that hold no variable.
 */
export function interpolateTree(tree: Tree, env: Environment): Tree {
  switch (tree.kind) {
    case "scalar":
      if (typeof tree.value !== "string" || !tree.value.includes("$")) return tree;
      return { ...tree, value: inPlace(tree.value, env, tree) };
    case "list":
      return { ...tree, items: tree.items.map((item) => interpolateTree(item, env)) };
    case "map":
      return {
        ...tree,
        entries: new Map([...tree.entries].map(([key, value]) => [key, interpolateTree(value, env)])),
      };
  }
}

/**
 * Replaces the variables in one text; a variable that is not set becomes the empty text.
 *
 * @throws Error with a message that names the variable; `interpolateTree` adds the place.
 */
export function interpolate(text: string, env: Environment): string {
  let out = "";
  let i = 0;
  while (i < text.length) {
    const dollar = text.indexOf("$", i);
    if (dollar === -1) return out + text.slice(i);
    out += text.slice(i, dollar);
    const [value, end] = variableAt(text, dollar, env);
    out += value;
    i = end;
  }
  return out;
}

function inPlace(text: string, env: Environment, { at }: Tree): string {
  try {
    return interpolate(text, env);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const hint = why.startsWith("required")
      ? "Should it be set in the environment, or in the .env file?"
      : "Is a literal dollar meant? Write it as $$.";
    throw new LabError("BAD_COMPOSE", `Cannot interpolate ${JSON.stringify(text)}: ${why}`, { ...at, hint });
  }
}

function variableAt(text: string, dollar: number, env: Environment): [value: string, end: number] {
  if (text[dollar + 1] === "$") return ["$", dollar + 2];
  const bare = NAME.exec(text.slice(dollar + 1));
  if (bare !== null) return [env[bare[0]] ?? "", dollar + 1 + bare[0].length];
  if (text[dollar + 1] !== "{") return ["$", dollar + 1];
  const end = closing(text, dollar + 1);
  return [braced(text.slice(dollar + 2, end), env), end + 1];
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*/;

// Where the brace that opens at `open` is closed; a nested `${…}` brings its own.
function closing(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === "{" && text[i - 1] === "$") depth++;
    else if (text[i] === "}" && --depth === 0) return i;
  }
  throw new Error("a ${ is not closed");
}

function braced(inside: string, env: Environment): string {
  const name = NAME.exec(inside)?.[0];
  if (name === undefined) throw new Error(`\${${inside}} names no variable`);
  const operator = /^:?[-?+]/.exec(inside.slice(name.length))?.[0] ?? "";
  if (operator === "" && name !== inside) throw new Error(`\${${inside}} is no form that compose knows`);
  const word = inside.slice(name.length + operator.length);
  const value = env[name];
  const given = value !== undefined && (value !== "" || !operator.startsWith(":"));
  switch (operator.at(-1)) {
    case "-":
      return given ? value : interpolate(word, env);
    case "+":
      return given ? interpolate(word, env) : "";
    case "?":
      if (given) return value;
      throw new Error(
        `required variable ${name} is missing a value${word === "" ? "" : `: ${interpolate(word, env)}`}`,
      );
    default:
      return value ?? "";
  }
}
