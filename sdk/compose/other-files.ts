// Files that compose files name: `include` and the `file` of `extends`. Read where they are there, and noted
// where they are not.

import path from "node:path";
import type { Budget } from "../runtime/limits.ts";
import type { FileReader } from "./environment.ts";
import { resolveExtends } from "./extends.ts";
import { interpolateTree, type Environment } from "./interpolate.ts";
import { mergeTrees } from "./merge.ts";
import type { Gap } from "./project.ts";
import { type Mapping, parseTree, plain, type Tree } from "./tree.ts";

/** What reading other files depends on. */
export interface OtherFiles {
  readonly readFile: FileReader;
  readonly env: Environment;
  /** What the values of variables are taken from. */
  readonly room: Budget;
  readonly budget: Budget;
  /** Told of each file that is not there. */
  missing(gap: Gap): void;
}

/** More files in one another are not followed. */
const MOST_NESTED = 20;

/**
 * One file's documents with what they include and extend, each before what includes it.
 *
 * Paths are relative to the file that names them.
 */
export function withOtherFiles(
  roots: readonly Mapping[],
  from: string,
  reading: OtherFiles,
  open: readonly string[] = [],
): Mapping[] {
  const folder = path.posix.dirname(from.replaceAll("\\", "/"));
  const treesOf = (file: string): Mapping[] | undefined => {
    const name = path.posix.isAbsolute(file) ? file : path.posix.join(folder, file);
    if (open.includes(name) || open.length >= MOST_NESTED) return [];
    const text = reading.readFile(name);
    if (text === undefined) return undefined;
    const inner = parseTree({ file: name, text }).map(
      (tree) => interpolateTree(tree, reading.env, reading.room) as Mapping,
    );
    return withOtherFiles(inner, name, reading, [...open, name]);
  };
  return roots.flatMap((root) => {
    const included = includesOf(root).flatMap(({ file, tree }) => {
      const trees = treesOf(file);
      if (trees === undefined)
        reading.missing({ service: null, key: "include", path: file, location: tree.location });
      return trees ?? [];
    });
    const own = resolveExtends(root, reading.budget, (file, { service, tree }) => {
      const trees = treesOf(file);
      if (trees === undefined)
        reading.missing({ service, key: "extends", path: file, location: tree.location });
      return trees === undefined ? undefined : servicesOf(trees);
    });
    return [...included, own];
  });
}

function servicesOf(trees: readonly Mapping[]): Mapping | undefined {
  const [first, ...others] = trees;
  if (first === undefined) return undefined;
  const services = others.reduce((merged, next) => mergeTrees(merged, next), first).entries.get("services");
  return services?.kind === "map" ? services : undefined;
}

function includesOf(root: Mapping): { file: string; tree: Tree }[] {
  const include = root.entries.get("include");
  if (include === undefined) return [];
  return (include.kind === "list" ? include.items : [include]).flatMap((tree) => {
    const value = plain(tree);
    const path = typeof value === "object" && value !== null ? (value as { path?: unknown }).path : value;
    return (Array.isArray(path) ? path : [path])
      .filter((file): file is string => typeof file === "string")
      .map((file) => ({ file, tree }));
  });
}
