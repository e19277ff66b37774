// From the texts of compose files to one project. Nothing is read from the disk here, and nothing Kafka is known yet.

import { LabError } from "../errors.ts";
import { environmentOf, type FileReader } from "./environment.ts";
import { resolveExtends } from "./extends.ts";
import { interpolateTree, type Environment } from "./interpolate.ts";
import { mergeTrees } from "./merge.ts";
import { mountsOf } from "./mounts.ts";
import { portsOf } from "./ports.ts";
import {
  frozen,
  type ComposeProject,
  type ComposeService,
  type ComposeSource,
  type GivenKey,
} from "./project.ts";
import { parseTree, plain, type Mapping, type Tree } from "./tree.ts";

/** What parsing depends on besides the texts. */
export interface ParseOptions {
  /** For `${VAR}`, for variables without a value, and for COMPOSE_PROFILES. @default {} */
  readonly env?: Environment;
  /** Reads an `env_file`, by its path as written. @default none is there */
  readonly readFile?: FileReader;
}

/**
 * Parses compose files and merges each over those before it, as `docker compose -f a.yml -f b.yml` does.
 *
 * @throws LabError `BAD_COMPOSE` or `UNSUPPORTED` with file and line.
 */
export function parseCompose(sources: readonly ComposeSource[], options: ParseOptions = {}): ComposeProject {
  const { env = {}, readFile = () => undefined } = options;
  const files = sources.map(({ file }) => file);
  const roots = sources
    .flatMap(parseTree)
    .map((tree) => resolveExtends(interpolateTree(tree, env) as Mapping));
  roots.forEach(rejectInclude);
  // The first is merged over nothing, for its own tags.
  const root = roots.reduce((merged, next) => mergeTrees(merged, next), NOTHING);
  const services = root.entries.get("services");
  if (services?.kind !== "map" || services.entries.size === 0) {
    throw new LabError("BAD_COMPOSE", "Cannot read the compose file: it has no services", {
      file: files.join(", "),
    });
  }
  const all = [...services.entries].map(([name, tree]) => ({
    tree,
    service: serviceOf(name, tree, env, readFile),
  }));
  const idle = all.filter(({ tree }) => !isAskedFor(tree, env)).map(({ service }) => service.service);
  return frozen({
    name: textAt(root, "name"),
    files,
    services: all.map(({ service }) => service).filter(({ service }) => !idle.includes(service)),
    keys: keysOf(root),
    notes: idle.map((name) => `${name} is left out: COMPOSE_PROFILES names none of its profiles`),
  });
}

const NOTHING: Mapping = { kind: "map", entries: new Map(), at: { file: "", line: 0 } };

function rejectInclude(root: Mapping): void {
  const include = root.entries.get("include");
  if (include === undefined) return;
  throw new LabError("UNSUPPORTED", "Cannot read the compose file: it includes other files", {
    ...include.at,
    hint: "Could they be given one by one?",
  });
}

function serviceOf(name: string, tree: Tree, env: Environment, readFile: FileReader): ComposeService {
  if (tree.kind !== "map")
    throw new LabError("BAD_COMPOSE", `Cannot read the compose file: the service ${name} is not a mapping`, {
      ...tree.at,
    });
  return {
    service: name,
    at: tree.at,
    image: textAt(tree, "image"),
    ...environmentOf(tree, env, readFile),
    ports: portsOf(tree.entries.get("ports")),
    mounts: mountsOf(tree.entries.get("volumes"), tree.entries.get("tmpfs")),
    capAdd: [...new Set(textsIn(tree.entries.get("cap_add")))],
    containerName: textAt(tree, "container_name"),
    hostname: textAt(tree, "hostname"),
    aliases: aliasesOf(tree.entries.get("networks")),
    keys: keysOf(tree),
  };
}

function isAskedFor(tree: Tree, env: Environment): boolean {
  const profiles = tree.kind === "map" ? textsIn(tree.entries.get("profiles")) : [];
  const asked = (env["COMPOSE_PROFILES"] ?? "").split(",").map((profile) => profile.trim());
  return profiles.length === 0 || asked.includes("*") || profiles.some((profile) => asked.includes(profile));
}

function aliasesOf(networks: Tree | undefined): string[] {
  if (networks?.kind !== "map") return [];
  return [...networks.entries.values()].flatMap((network) =>
    network.kind === "map" ? textsIn(network.entries.get("aliases")) : [],
  );
}

function keysOf(map: Mapping): GivenKey[] {
  return [...map.entries].map(([key, tree]) => ({ key, at: tree.at, value: plain(tree) }));
}

function textsIn(tree: Tree | undefined): string[] {
  return tree?.kind === "list" ? tree.items.map((item) => String(plain(item))) : [];
}

function textAt(map: Mapping, key: string): string | null {
  const tree = map.entries.get(key);
  if (tree === undefined || (tree.kind === "scalar" && tree.value === null)) return null;
  if (tree.kind === "scalar") return String(tree.value);
  throw new LabError("BAD_COMPOSE", `Cannot read the compose file: ${key} is not text`, { ...tree.at });
}
