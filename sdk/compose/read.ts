// The one function of this room that touches the disk.

import { dirname, resolve } from "node:path";
import { readText, readTextIfThere } from "../runtime/read-file.ts";
import { dotenv } from "./dotenv.ts";
import type { Environment } from "./interpolate.ts";
import { parseCompose } from "./parse.ts";
import { type ComposeProject, type ComposeService, type ComposeSource, frozen } from "./project.ts";

/** Where to read and with which variables. */
export interface ReadOptions {
  readonly env: Environment;
  /** What relative paths of compose files are relative to. */
  readonly cwd: string;
  /** Sources that are merged after the files, such as `propertiesOverride()` makes. @default [] */
  readonly overrides?: readonly ComposeSource[];
}

/**
 * Reads compose files in order, with the `.env` beside the first and the `env_file`s they name, and parses
 * them.
 *
 * As with docker compose, paths within the files are relative to the first file's folder, and `env` wins over
 * `.env`.
 *
 * @throws LabError `BAD_COMPOSE` or `UNSUPPORTED` with file and line.
 */
export function readCompose(files: readonly string[], options: ReadOptions): ComposeProject {
  const { env, cwd, overrides = [] } = options;
  const paths = files.map((file) => resolve(cwd, file));
  const folder = dirname(paths[0] ?? resolve(cwd, "compose.yml"));
  const sources = paths.map((path, i) => ({ file: files[i] ?? path, text: composeText(path, files[i]) }));
  const all: Environment = { ...dotenv(envText(resolve(folder, ".env")) ?? "", env), ...env };
  const project = parseCompose([...sources, ...overrides], {
    env: all,
    readFile: (path) => envText(resolve(folder, path)),
  });
  return frozen({ ...project, services: project.services.map((service) => withFolders(service, folder)) });
}

/** The service with the folders that it mounts by their absolute paths. */
function withFolders(service: ComposeService, folder: string): ComposeService {
  const mounts = service.mounts.map((mount) =>
    mount.kind === "bind" && mount.source?.startsWith(".")
      ? { ...mount, source: resolve(folder, mount.source) }
      : mount,
  );
  return { ...service, mounts };
}

function composeText(path: string, shown: string = path): string {
  return readText(path, { code: "BAD_COMPOSE", what: "read the compose file", shown });
}

function envText(path: string): string | undefined {
  return readTextIfThere(path, { code: "BAD_COMPOSE", what: "read the env file" });
}
