// `extends` within one file: the service is merged over the one it names, before the files are merged.

import { LabError } from "../errors.ts";
import { mergeTrees } from "./merge.ts";
import type { Mapping, Tree } from "./tree.ts";

/**
 * Resolves every `extends` of one file.
 *
 * @throws LabError `UNSUPPORTED` for a service of another file, `BAD_COMPOSE` for one that is not there or a circle.
 */
export function resolveExtends(root: Mapping): Mapping {
  const services = root.entries.get("services");
  if (services?.kind !== "map") return root;
  const entries = new Map(
    [...services.entries].map(([name, service]) => [name, resolved(name, service, services, [])]),
  );
  return { ...root, entries: new Map([...root.entries, ["services", { ...services, entries }]]) };
}

function resolved(name: string, service: Tree, services: Mapping, seen: readonly string[]): Tree {
  const from = service.kind === "map" ? service.entries.get("extends") : undefined;
  if (service.kind !== "map" || from === undefined) return service;
  if (seen.includes(name))
    throw cannot(from, "BAD_COMPOSE", `${[...seen, name].join(" extends ")} is a circle`);
  const base = baseName(from);
  const other = services.entries.get(base);
  if (other?.kind !== "map")
    throw cannot(from, "BAD_COMPOSE", `extends names ${base}, and there is no such service in this file`);
  const full = resolved(base, other, services, [...seen, name]) as Mapping;
  const rest = new Map([...service.entries].filter(([key]) => key !== "extends"));
  return mergeTrees({ ...full, at: service.at }, { ...service, entries: rest }, ["services", name]);
}

function baseName(from: Tree): string {
  if (from.kind === "scalar" && typeof from.value === "string") return from.value;
  if (from.kind === "map" && from.entries.has("file"))
    throw cannot(from, "UNSUPPORTED", "extends names another file");
  const service = from.kind === "map" ? from.entries.get("service") : undefined;
  if (service?.kind === "scalar" && typeof service.value === "string") return service.value;
  throw cannot(from, "BAD_COMPOSE", "extends names no service");
}

function cannot({ at }: Tree, code: "BAD_COMPOSE" | "UNSUPPORTED", why: string): LabError {
  const hint =
    code === "UNSUPPORTED" ? { hint: "Could that service be given with a second compose file instead?" } : {};
  return new LabError(code, `Cannot read the compose file: ${why}`, { ...at, ...hint });
}
