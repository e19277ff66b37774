// How a later compose file changes an earlier one, by docker compose's own rules:
//
//   scalar   the later replaces            map    merged key by key            list   the later is appended
//   environment, labels, …   list or map, merged by name          command, entrypoint, healthcheck.test   the later replaces
//   `!reset` takes the earlier value away; `!override` puts the later in its place unmerged
//
// Ports and volumes are appended here; portsOf() and mountsOf() let the later of two equal ones win.

import { LabError } from "../model/errors.ts";
import type { List, Mapping, Tree } from "./tree.ts";

/**
 * Merges the later tree over the earlier one.
 *
 * @throws LabError `BAD_COMPOSE` with the later's file and line where a map or list meets another kind.
 */
export function mergeTrees(earlier: Mapping, later: Mapping, path: readonly string[] = []): Mapping {
  const entries = new Map(earlier.entries);
  for (const [key, value] of later.entries) {
    const merged = mergeAt(entries.get(key), value, [...path, key]);
    if (merged === undefined) entries.delete(key);
    else entries.set(key, merged);
  }
  return { ...earlier, entries };
}

/** Reads a list of `NAME=value` or a map as a map; `NAME` alone has the value null. */
export function byName(tree: Tree, separator: string = "="): Mapping {
  if (tree.kind === "map") return tree;
  if (tree.kind === "scalar" && tree.value === null)
    return { kind: "map", entries: new Map(), location: tree.location };
  if (tree.kind === "scalar") throw mismatch(tree, "a list or a mapping is needed");
  const entries = new Map<string, Tree>();
  for (const item of tree.items) {
    if (item.kind !== "scalar" || item.value === null) throw mismatch(item, "a list of NAME=value is needed");
    const text = String(item.value);
    const split = text.indexOf(separator);
    const name = split === -1 ? text : text.slice(0, split);
    entries.set(name, {
      kind: "scalar",
      value: split === -1 ? null : text.slice(split + 1),
      location: item.location,
    });
  }
  return { kind: "map", entries, location: tree.location };
}

// Within a service: what may be a list or a map, and what one file states as a whole.
const BY_NAME = new Set([
  "environment",
  "labels",
  "annotations",
  "sysctls",
  "depends_on",
  "networks",
  "extra_hosts",
]);
const WHOLE = new Set(["command", "entrypoint", "healthcheck.test"]);
const LIST_OR_ONE = new Set(["env_file", "dns", "dns_search", "tmpfs"]);

function mergeAt(earlier: Tree | undefined, later: Tree, path: readonly string[]): Tree | undefined {
  if (later.tag === "reset") return undefined;
  const inService = path[0] === "services" && path.length > 2 ? path.slice(2).join(".") : "";
  if (earlier === undefined || later.tag === "override" || WHOLE.has(inService)) return withoutResets(later);
  if (later.kind === "scalar" && later.value === null) return earlier;
  if (earlier.kind === "scalar" && earlier.value === null) return withoutResets(later);
  if (BY_NAME.has(inService)) return overByName(byName(earlier), byName(later), path);
  if (LIST_OR_ONE.has(inService)) return appended(listOf(earlier), listOf(later));
  if (earlier.kind === "map" && later.kind === "map") return mergeTrees(earlier, later, path);
  if (earlier.kind === "list" && later.kind === "list") return appended(earlier, later);
  if (earlier.kind === "scalar" && later.kind === "scalar") return later;
  throw mismatch(
    later,
    `${path.join(".")} is a ${earlier.kind} in ${earlier.location.file}:${earlier.location.line} and a ${later.kind} here`,
  );
}

// Here a null is a value of its own: take the variable from the caller's environment.
function overByName(earlier: Mapping, later: Mapping, path: readonly string[]): Mapping {
  const merged = new Map(mergeTrees(earlier, later, path).entries);
  if (path.at(-1) !== "environment") return { ...earlier, entries: merged };
  for (const [name, value] of later.entries)
    if (value.kind === "scalar" && value.tag === undefined) merged.set(name, value);
  return { ...earlier, entries: merged };
}

// What is merged over nothing may hold `!reset` too. `!override` stays: after `extends` it still has the
// earlier files before it.
function withoutResets(tree: Tree): Tree {
  switch (tree.kind) {
    case "scalar":
      return tree;
    case "list":
      return { ...tree, items: tree.items.filter(({ tag }) => tag !== "reset").map(withoutResets) };
    case "map": {
      const kept = [...tree.entries].filter(([, { tag }]) => tag !== "reset");
      return { ...tree, entries: new Map(kept.map(([key, value]) => [key, withoutResets(value)])) };
    }
  }
}

function listOf(tree: Tree): List {
  return tree.kind === "list" ? tree : { kind: "list", items: [tree], location: tree.location };
}

function appended(earlier: List, later: List): List {
  return { ...earlier, items: [...earlier.items, ...later.items.map(withoutResets)] };
}

function mismatch({ location }: Tree, why: string): LabError {
  return new LabError("BAD_COMPOSE", `Cannot merge the compose files: ${why}`, { ...location });
}
