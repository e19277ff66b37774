// What a container finds in its environment: the `env_file`s in order, then `environment`, of which the later wins.

import { LabError } from "../errors.ts";
import { dotenv } from "./dotenv.ts";
import type { Environment } from "./interpolate.ts";
import { byName } from "./merge.ts";
import type { Place } from "./project.ts";
import { plain, type Mapping, type Tree } from "./tree.ts";

/** Reads a file that a compose file names, by the path written there; undefined where there is none. */
export type FileReader = (path: string) => string | undefined;

/** A container's environment, and where each variable was written (for one of an `env_file`, where that file is named). */
export interface Variables {
  readonly environment: Record<string, string>;
  readonly variables: Record<string, Place>;
}

/**
 * Reads a service's merged `environment` and `env_file`; a variable without a value is taken from `env`, and left out where it is not there.
 *
 * @throws LabError `BAD_COMPOSE` with file and line where an `env_file` is missing, or a value is neither text nor number nor boolean.
 */
export function environmentOf(service: Mapping, env: Environment, readFile: FileReader): Variables {
  const result: Record<string, string> = {};
  const variables: Record<string, Place> = {};
  for (const item of filesOf(service.entries.get("env_file"))) {
    const text = readFile(item.path);
    if (text !== undefined) {
      const read = dotenv(text, env);
      Object.assign(result, read);
      for (const name of Object.keys(read)) variables[name] = item.tree.at;
    } else if (item.required) throw bad(item.tree, `env_file ${item.path} is not there`);
  }
  const environment = service.entries.get("environment");
  for (const [name, value] of environment === undefined ? [] : byName(environment).entries) {
    if (value.kind !== "scalar") throw bad(value, `environment.${name} is neither text nor number`);
    const text = value.value === null ? env[name] : String(value.value);
    if (text === undefined) delete result[name];
    else result[name] = text;
    variables[name] = value.at;
  }
  return { environment: result, variables };
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

function bad({ at }: Tree, why: string): LabError {
  return new LabError("BAD_COMPOSE", `Cannot read the compose file: ${why}`, { ...at });
}
