// Fixes that change a resource itself: a key by its path.

import type { SourceLocation } from "../../../../compose/mod.ts";
import type { Tree } from "../../../../compose/tree.ts";
import type { Resource } from "../../../../kubernetes/mod.ts";
import type { EditPlace, Fix } from "../../fix.ts";

/** Keys, and indexes of lists, from the resource's top. */
export type KeyPath = readonly (string | number)[];

/** The fix that gives a key of a resource a value; `text` is how a sentence says it. */
export function setIn(
  resource: Resource,
  path: KeyPath,
  key: string,
  value: string,
  text: string = `${key}: ${value}`,
): Fix {
  return { text, edits: [{ action: "set", ...placeIn(resource, path, key), key, value }] };
}

/** The fix that removes a key of a resource. */
export function removeIn(resource: Resource, path: KeyPath, key: string): Fix {
  return { text: `remove ${key}`, edits: [{ action: "remove", ...placeIn(resource, path, key), key }] };
}

function placeIn(resource: Resource, path: KeyPath, key: string): EditPlace {
  const { file, line } = nearest(resource.tree, [...path, key], resource.location);
  return { file, line, column: 1, service: null, path };
}

/** Where the end of a path is written, or the last part of it that is. */
function nearest(tree: Tree, path: KeyPath, location: SourceLocation): SourceLocation {
  const [first, ...rest] = path;
  const next =
    typeof first === "number"
      ? tree.kind === "list"
        ? tree.items[first]
        : undefined
      : tree.kind === "map" && first !== undefined
        ? tree.entries.get(first)
        : undefined;
  return next === undefined ? location : nearest(next, rest, next.location);
}
