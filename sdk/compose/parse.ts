// From the texts of compose files to one project. Nothing is read from the disk here, and nothing Kafka is
// known yet.

import { LabError } from "../model/errors.ts";
import { makeBudget, MAX_VALUES } from "../runtime/limits.ts";
import { envFiles, environmentOf, type EnvironmentOptions, type FileReader } from "./environment.ts";
import { resolveExtends } from "./extends.ts";
import { withOtherFiles } from "./other-files.ts";
import { interpolateTree, roomForVariables, type Environment } from "./interpolate.ts";
import { mergeTrees } from "./merge.ts";
import { mountsOf } from "./mounts.ts";
import { assertName, type NameKind, projectNameOf } from "./names.ts";
import { assertExposed, portsOf } from "./ports.ts";
import {
  frozen,
  type ComposeProject,
  type ComposeService,
  type ComposeSource,
  type Gap,
  type GivenKey,
  type SourceLocation,
} from "./project.ts";
import { type Mapping, parseTree, plain, shownIn, textOf, type Tree } from "./tree.ts";

/** What parsing depends on besides the texts. */
export interface ParseOptions {
  /** For `${VAR}`, for variables without a value, and for COMPOSE_PROFILES. @default {} */
  readonly env?: Environment;
  /** Reads an `env_file`, by its path as written. @default none is there */
  readonly readFile?: FileReader;
  /**
   * What happens where a file that another names is not there: it is an error, or it is noted in `gaps` and
   * the
   * reading goes on. `include` and `extends` of other files are read only if it is noted.
   *
   * @default "refuse"
   */
  readonly missing?: "refuse" | "note";
}

/**
 * Parses compose files and merges each over those before it, as `docker compose -f a.yml -f b.yml` does.
 *
 * @throws LabError `BAD_COMPOSE` or `UNSUPPORTED` with file and line.
 */
export function parseCompose(sources: readonly ComposeSource[], options: ParseOptions = {}): ComposeProject {
  const { env = {}, readFile = () => undefined, missing = "refuse" } = options;
  const files = sources.map(({ file }) => file);
  const why = `it has more than ${MAX_VALUES} values once \`extends\`, env files and ports are written out`;
  const budget = makeBudget(MAX_VALUES, () => {
    return new LabError("BAD_COMPOSE", `Cannot read the compose file: ${why}`, { file: files.join(", ") });
  });
  const room = roomForVariables();
  const gaps: Gap[] = [];
  const roots = sources.flatMap((source) => {
    const trees = parseTree(source).map((tree) => interpolateTree(tree, env, room) as Mapping);
    const others = { readFile, env, room, budget, missing: (gap: Gap) => void gaps.push(gap) };
    // the reader knows where the first file's folder is
    if (missing === "note") return withOtherFiles(trees, "", others);
    trees.forEach(rejectInclude);
    return trees.map((tree) => resolveExtends(tree, budget));
  });
  // The first is merged over nothing, for its own tags.
  const root = roots.reduce((merged, next) => mergeTrees(merged, next), NOTHING);
  const services = root.entries.get("services") ?? (gaps.length > 0 ? NOTHING : undefined);
  if (services?.kind !== "map" || (services.entries.size === 0 && gaps.length === 0)) {
    throw new LabError("BAD_COMPOSE", "Cannot read the compose file: it has no services", {
      file: files.join(", "),
    });
  }
  for (const kind of ["volume", "network"] as const) assertNames(kind, root.entries.get(`${kind}s`));
  const reading = { env, files: envFiles(readFile, env), budget };
  const all = [...services.entries].map(([name, tree]) => {
    const note = (path: string, location: SourceLocation): void =>
      void gaps.push({ service: name, key: "env_file", path, location });
    return {
      tree,
      service: serviceOf(name, tree, missing === "note" ? { ...reading, missing: note } : reading),
    };
  });
  const asked = all.filter(({ tree }) => isAskedFor(tree, env)).map(({ service }) => service);
  const idle = all
    .filter(({ tree }) => !isAskedFor(tree, env))
    .map(({ tree, service }) => ({ service, profiles: profilesOf(tree) }));
  return frozen({
    name: projectName(root),
    files,
    services: asked,
    keys: keysOf(root),
    notes: idle.map(
      ({ service: { service } }) => `${service} is left out: COMPOSE_PROFILES names none of its profiles`,
    ),
    idle,
    gaps,
  });
}

const NOTHING: Mapping = { kind: "map", entries: new Map(), location: { file: "", line: 0 } };

function rejectInclude(root: Mapping): void {
  const include = root.entries.get("include");
  if (include === undefined) return;
  throw new LabError("UNSUPPORTED", "Cannot read the compose file: it includes other files", {
    ...include.location,
    hint: "Could they be given one by one?",
  });
}

function projectName(root: Mapping): string | null {
  const name = textAt(root, "name");
  if (name === null) return null;
  const known = projectNameOf(name);
  if (known === "") throw unreadable(root.entries.get("name")!, "`name` leaves no letter and no digit");
  return known;
}

function assertNames(kind: "volume" | "network", tree: Tree | undefined): void {
  if (tree?.kind === "map") for (const [name, { location }] of tree.entries) assertName(kind, name, location);
}

function serviceOf(name: string, tree: Tree, reading: EnvironmentOptions): ComposeService {
  assertName("service", name, tree.location);
  if (tree.kind !== "map") throw unreadable(tree, `the service ${name} is not a mapping`);
  const ports = portsOf(tree.entries.get("ports"), reading.budget);
  assertExposed(tree.entries.get("expose"));
  return {
    service: name,
    location: tree.location,
    image: nameAt(tree, "image", "image"),
    ...environmentOf(tree, reading),
    ports,
    mounts: mountsOf(tree.entries.get("volumes"), tree.entries.get("tmpfs"), reading.missing !== undefined),
    capAdd: [...new Set(textsIn(tree.entries.get("cap_add")))],
    containerName: nameAt(tree, "container_name", "container"),
    hostname: nameAt(tree, "hostname", "host"),
    aliases: aliasesOf(tree.entries.get("networks")),
    keys: keysOf(tree),
  };
}

function isAskedFor(tree: Tree, env: Environment): boolean {
  const profiles = profilesOf(tree);
  const asked = (env["COMPOSE_PROFILES"] ?? "").split(",").map((profile) => profile.trim());
  return profiles.length === 0 || asked.includes("*") || profiles.some((profile) => asked.includes(profile));
}

function profilesOf(tree: Tree): string[] {
  return tree.kind === "map" ? textsIn(tree.entries.get("profiles")) : [];
}

function aliasesOf(networks: Tree | undefined): string[] {
  if (networks?.kind !== "map") return [];
  const lists = [...networks.entries.values()].flatMap((network) =>
    network.kind === "map" ? (network.entries.get("aliases") ?? []) : [],
  );
  return lists.flatMap((list) => {
    const names = textsIn(list);
    for (const name of names) assertName("host", name, list.location);
    return names;
  });
}

function keysOf(map: Mapping): GivenKey[] {
  return [...map.entries].map(([key, tree]) => ({ key, location: tree.location, value: plain(tree) }));
}

function textsIn(tree: Tree | undefined): string[] {
  if (tree?.kind !== "list") return [];
  return tree.items.map((item) => {
    const text = textOf(item);
    if (text !== undefined) return text;
    const why = `${shownIn(item)} stands where text is expected`;
    throw new LabError("BAD_COMPOSE", `Cannot read the compose file: ${why}`, { ...item.location });
  });
}

// A name that is empty is none: so is a variable without a value.
function nameAt(map: Mapping, key: string, kind: NameKind): string | null {
  const name = textAt(map, key);
  if (name === null || name === "") return null;
  assertName(kind, name, map.entries.get(key)!.location);
  return name;
}

function textAt(map: Mapping, key: string): string | null {
  const tree = map.entries.get(key);
  if (tree === undefined || (tree.kind === "scalar" && tree.value === null)) return null;
  if (tree.kind === "scalar") return String(tree.value);
  throw unreadable(tree, `${key} is not text`);
}

function unreadable({ location }: Tree, why: string): LabError {
  return new LabError("BAD_COMPOSE", `Cannot read the compose file: ${why}`, { ...location });
}
