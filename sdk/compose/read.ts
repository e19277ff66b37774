// The one function of this room that touches the disk.

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { LabError } from "../errors.ts";
import { dotenv } from "./dotenv.ts";
import type { Environment } from "./interpolate.ts";
import { parseCompose } from "./parse.ts";
import type { ComposeProject, ComposeSource } from "./project.ts";

/** Where to read and with which variables. */
export interface ReadOptions {
  readonly env: Environment;
  /** What relative paths of compose files are relative to. */
  readonly cwd: string;
  /** Sources that are merged after the files, such as `propertiesOverride()` makes. @default [] */
  readonly overrides?: readonly ComposeSource[];
}

/**
 * Reads compose files in order, with the `.env` beside the first and the `env_file`s they name, and parses them.
 *
 * As with docker compose, paths within the files are relative to the first file's folder, and `env` wins over `.env`.
 *
 * @throws LabError `BAD_COMPOSE` or `UNSUPPORTED` with file and line.
 */
export function readCompose(files: readonly string[], options: ReadOptions): ComposeProject {
  const { env, cwd, overrides = [] } = options;
  const paths = files.map((file) => resolve(cwd, file));
  const folder = dirname(paths[0] ?? resolve(cwd, "compose.yml"));
  const sources = paths.map((path, i) => ({
    file: files[i] ?? path,
    text: textOf(path) ?? missing(files[i] ?? path),
  }));
  const all: Environment = { ...dotenv(textOf(resolve(folder, ".env")) ?? "", env), ...env };
  return parseCompose([...sources, ...overrides], {
    env: all,
    readFile: (path) => textOf(resolve(folder, path)),
  });
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new LabError("BAD_COMPOSE", `Cannot read ${path}: ${(cause as Error).message}`, {
      file: path,
      cause,
    });
  }
}

function missing(file: string): never {
  throw new LabError("BAD_COMPOSE", "Cannot read the compose file: it is not there", {
    file,
    hint: "Is the path right, seen from the working directory?",
  });
}
