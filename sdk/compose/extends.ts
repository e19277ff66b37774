// `extends` within one file: the service is merged over the one it names, before the files are merged.

import { LabError } from "../model/errors.ts";
import { type Budget, MAX_DEPTH } from "../runtime/limits.ts";
import { mergeTrees } from "./merge.ts";
import type { Mapping, Tree } from "./tree.ts";

/**
 * The services of another file that an `extends` names, or undefined where the service is to do without: a
 * function that knows files. It is asked with the service that extends.
 */
export type OtherFile = (path: string, at: { service: string; tree: Tree }) => Mapping | undefined;

/**
 * Resolves every `extends` of one file; each value of what comes out is taken from the budget.
 *
 * @throws LabError `UNSUPPORTED` for a service of another file without `otherFile`, `BAD_COMPOSE` for one
 * that
 * is not there, a circle, or too long a chain.
 */
export function resolveExtends(root: Mapping, budget: Budget, otherFile?: OtherFile): Mapping {
  const services = root.entries.get("services");
  if (services?.kind !== "map") return root;
  const done = new Map<string, Tree>();
  const entries = new Map(
    [...services.entries].map(([name, service]) => [name, resolved(name, service, [])]),
  );
  return { ...root, entries: new Map([...root.entries, ["services", { ...services, entries }]]) };

  function resolved(name: string, service: Tree, seen: readonly string[]): Tree {
    const known = done.get(name);
    if (known !== undefined) return known;
    const from = service.kind === "map" ? service.entries.get("extends") : undefined;
    const full = service.kind !== "map" || from === undefined ? service : merged(name, service, from, seen);
    spendAll(full, budget);
    done.set(name, full);
    return full;
  }

  function merged(name: string, service: Mapping, from: Tree, seen: readonly string[]): Tree {
    if (seen.includes(name))
      throw cannot(from, "BAD_COMPOSE", `${[...seen, name].join(" extends ")} is a circle`);
    if (seen.length >= MAX_DEPTH)
      throw cannot(from, "BAD_COMPOSE", `it is the end of more than ${MAX_DEPTH} extends`);
    const file = fileOf(from);
    const base = baseName(from, file !== undefined && otherFile !== undefined);
    const others =
      file === undefined ? (services as Mapping) : otherFile!(file, { service: name, tree: from });
    const other = others?.entries.get(base);
    if (other?.kind !== "map" && others !== undefined)
      throw cannot(from, "BAD_COMPOSE", `extends names ${base}, and there is no such service in this file`);
    const full =
      other?.kind !== "map"
        ? service
        : file === undefined
          ? (resolved(base, other, [...seen, name]) as Mapping)
          : other;
    const rest = new Map([...service.entries].filter(([key]) => key !== "extends"));
    return mergeTrees({ ...full, location: service.location }, { ...service, entries: rest }, [
      "services",
      name,
    ]);
  }
}

function spendAll(tree: Tree, budget: Budget): void {
  budget.spend(1);
  if (tree.kind === "list") for (const item of tree.items) spendAll(item, budget);
  else if (tree.kind === "map") for (const value of tree.entries.values()) spendAll(value, budget);
}

function fileOf(from: Tree): string | undefined {
  const file = from.kind === "map" ? from.entries.get("file") : undefined;
  return file?.kind === "scalar" && typeof file.value === "string" ? file.value : undefined;
}

function baseName(from: Tree, mayBeElsewhere: boolean): string {
  if (from.kind === "scalar" && typeof from.value === "string") return from.value;
  if (from.kind === "map" && from.entries.has("file") && !mayBeElsewhere)
    throw cannot(from, "UNSUPPORTED", "extends names another file");
  const service = from.kind === "map" ? from.entries.get("service") : undefined;
  if (service?.kind === "scalar" && typeof service.value === "string") return service.value;
  throw cannot(from, "BAD_COMPOSE", "extends names no service");
}

function cannot({ location }: Tree, code: "BAD_COMPOSE" | "UNSUPPORTED", why: string): LabError {
  const hint =
    code === "UNSUPPORTED" ? { hint: "Could that service be given with a second compose file instead?" } : {};
  return new LabError(code, `Cannot read the compose file: ${why}`, { ...location, ...hint });
}
