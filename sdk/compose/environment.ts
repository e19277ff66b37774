// What a container finds in its environment: the `env_file`s in order, then `environment`, of which the later
// wins.

import { LabError } from "../model/errors.ts";
import type { Budget } from "../runtime/limits.ts";
import { dotenv } from "./dotenv.ts";
import { type Environment, roomForVariables } from "./interpolate.ts";
import { byName } from "./merge.ts";
import { assertName } from "./names.ts";
import type { SourceLocation } from "./project.ts";
import { plain, type Mapping, type Tree } from "./tree.ts";

/** Reads a file that a compose file names, by the path written there; undefined where there is none. */
export type FileReader = (path: string) => string | undefined;

/**
 * A container's environment, and where each variable was written (for one of an `env_file`, where that file
 * is named).
 */
export interface Variables {
  readonly environment: Record<string, string>;
  readonly variables: Record<string, SourceLocation>;
}

/** Reads an env file, each once; undefined where there is none. */
export type EnvFiles = (path: string) => Readonly<Record<string, string>> | undefined;

/**
 * Makes what reads a project's env files; their variables share one room, and each file is read and parsed
 * once.
 */
export function envFiles(readFile: FileReader, env: Environment): EnvFiles {
  const known = new Map<string, Readonly<Record<string, string>> | undefined>();
  const room = roomForVariables();
  return (path) => {
    if (!known.has(path)) {
      const text = readFile(path);
      known.set(path, text === undefined ? undefined : dotenv(text, env, { file: path, room }));
    }
    return known.get(path);
  };
}

/** What reading an environment depends on besides the service. */
export interface EnvironmentOptions {
  readonly env: Environment;
  readonly files: EnvFiles;
  /** What every variable is taken from. */
  readonly budget: Budget;
  /** Told of an `env_file` that is not there. @default it is an error */
  readonly missing?: (path: string, location: SourceLocation) => void;
}

/**
 * Reads a service's merged `environment` and `env_file`; a variable without a value is taken from `env`, and
 * left out where it is not there.
 *
 * @throws LabError `BAD_COMPOSE` with file and line where an `env_file` is missing, a name is no
 * variable's, or a value is neither text nor number nor boolean.
 */
export function environmentOf(
  service: Mapping,
  { env, files, budget, missing }: EnvironmentOptions,
): Variables {
  const result = new Map<string, string>();
  const variables = new Map<string, SourceLocation>();
  const set = (name: string, text: string | undefined, at: SourceLocation): void => {
    assertName("variable", name, at);
    budget.spend(1);
    if (text === undefined) result.delete(name);
    else result.set(name, text);
    variables.set(name, at);
  };
  for (const { path, required, tree } of filesOf(service.entries.get("env_file"))) {
    const read = files(path);
    if (read === undefined && required) {
      if (missing === undefined) throw bad(tree, `env_file ${path} is not there`);
      missing(path, tree.location);
    }
    for (const [name, text] of Object.entries(read ?? {})) set(name, text, tree.location);
  }
  const environment = service.entries.get("environment");
  for (const [name, value] of environment === undefined ? [] : byName(environment).entries) {
    if (value.kind !== "scalar") throw bad(value, `environment.${name} is neither text nor number`);
    set(name, value.value === null ? given(env, name) : String(value.value), value.location);
  }
  return { environment: Object.fromEntries(result), variables: Object.fromEntries(variables) };
}

function given(env: Environment, name: string): string | undefined {
  const value: unknown = env[name];
  return typeof value === "string" ? value : undefined;
}

function filesOf(tree: Tree | undefined): { path: string; required: boolean; tree: Tree }[] {
  if (tree === undefined) return [];
  return (tree.kind === "list" ? tree.items : [tree]).map((item) => {
    const value = plain(item);
    if (typeof value === "string") return { path: value, required: true, tree: item };
    const { path, required = true } = (value ?? {}) as Record<string, unknown>;
    if (typeof path !== "string") throw bad(item, "env_file names no path");
    return { path, required: required !== false, tree: item };
  });
}

function bad({ location }: Tree, why: string): LabError {
  return new LabError("BAD_COMPOSE", `Cannot read the compose file: ${why}`, { ...location });
}
