// What is diagnosed: files, and the files of folders that may be Kafka's.

import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { type DiagnoseInput, LabError } from "@kafka-failure-lab/sdk";
import { CONFIGURATION_KINDS, type ConfigurationKind } from "@kafka-failure-lab/sdk/diagnose";
import { isManifest, quoted, readText, readTextIfThere, UsageError } from "@kafka-failure-lab/sdk/testing";

/**
 * The files, and those of folders, with the kinds that `as` gives them.
 *
 * @throws UsageError for an unknown kind; LabError BAD_CONFIGURATION for what cannot be read
 */
export function inputsOf(files: readonly string[], as: readonly string[], cwd: string): DiagnoseInput[] {
  const kinds = new Map(
    as.map((text): [string, ConfigurationKind] => {
      const [, file = "", kind = ""] = /^(?:(.*)=)?([^=]*)$/.exec(text) ?? [];
      const known = CONFIGURATION_KINDS.find((one) => one === kind);
      if (known === undefined)
        throw new UsageError(
          `Cannot take a file for ${quoted(kind)}: there are ${CONFIGURATION_KINDS.join(", ")}`,
        );
      if (file !== "" && !files.includes(file))
        throw new UsageError(`Cannot take ${quoted(file)} for ${kind}: it is not among the files`);
      return [file, known];
    }),
  );
  return files.flatMap((file) => {
    if (isFolder(path.resolve(cwd, file))) return filesIn(file, cwd);
    const kind = kinds.get(file) ?? kinds.get("");
    return { file: shown(file, cwd), text: textOf(file, cwd), ...(kind !== undefined && { kind }) };
  });
}

/** The files of a folder that may be Kafka's, compose files as docker compose takes them. */
function filesIn(folder: string, cwd: string): DiagnoseInput[] {
  const all = namesIn(folder, cwd);
  const compose = COMPOSE.find((name) => all.includes(name));
  const override = compose?.replace(/(?=\.ya?ml$)/, ".override");
  const manifests = all.filter(
    (name) => /\.ya?ml$/i.test(name) && isManifest(textOf(path.join(folder, name), cwd)),
  );
  const names = [...new Set([compose, override, ...all.filter((name) => READ.test(name)), ...manifests])];
  const files = names.filter((name) => name !== undefined && all.includes(name));
  if (files.length === 0)
    throw new LabError("BAD_CONFIGURATION", `Cannot read ${folder}: the folder has no file of a known kind`, {
      file: folder,
      hint: "Read are .properties, .conf, .cfg, compose files, application.yml and .env, not in subfolders.",
    });
  return files.map((name) => {
    const file = path.join(folder, name!);
    return { file: shown(file, cwd), text: textOf(file, cwd), isOptional: true };
  });
}

function namesIn(folder: string, cwd: string): string[] {
  try {
    return readdirSync(path.resolve(cwd, folder), { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch (cause) {
    throw new LabError("BAD_CONFIGURATION", `Cannot read ${folder}: ${(cause as Error).message}`, {
      file: folder,
      cause,
    });
  }
}

/** In the order in which docker compose looks for them. */
const COMPOSE = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
/** Beside manifests; other YAML, settings in JSON, and sources are given by name. */
const READ = /\.(properties|conf|cfg)$|^\.env$|^application[^.]*\.ya?ml$/i;

/** What cannot be looked at is none: reading it says why. */
export function isFolder(file: string): boolean {
  try {
    return statSync(file).isDirectory();
  } catch {
    return false;
  }
}

// Relative to here, as code hosts want it.
function shown(file: string, cwd: string): string {
  const relative = path.relative(cwd, path.resolve(cwd, file));
  return relative.startsWith("..") ? file : relative;
}

export function textOf(file: string, cwd: string): string {
  return readText(path.resolve(cwd, file), { code: "BAD_CONFIGURATION", shown: file });
}

export function envText(file: string): string | undefined {
  return readTextIfThere(file, { code: "BAD_COMPOSE", what: "read the env file" });
}
