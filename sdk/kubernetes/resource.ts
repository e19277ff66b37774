// Kubernetes resources of manifests: several documents in a file, and lists of resources in a document.
//
//   text ─▶ trees ─▶ resources ─▶ pods ─▶ services, as a compose file has them ─▶ Kafka's nodes
//                        └─▶ Strimzi's clusters and node pools ──────────────────────┘

import { LabError } from "../model/errors.ts";
import type { ComposeSource, SourceLocation } from "../compose/project.ts";
import { type Mapping, parseTree, textOf, type Tree, type TreeKind } from "../compose/tree.ts";
import { MAX_VALUES } from "../runtime/limits.ts";

/** One resource, and where it is. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Null where the manifest leaves it to who applies it. */
  readonly namespace: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly tree: Mapping;
  /** Where its kind is written. */
  readonly location: SourceLocation;
  /** The first line of it. */
  readonly firstLine: number;
}

const MANIFEST: TreeKind = {
  code: "BAD_CONFIGURATION",
  what: (file) => `the manifest ${file}`,
  hints: {
    syntax: "Is it a chart's template? Give what `helm template` renders.",
    twin: "Which of the two is meant?",
    limit: "Manifests of people are far smaller. Is it the right file?",
    top: "A manifest begins with `apiVersion:` and `kind:`.",
  },
};

/** Whether a text has manifests: `apiVersion` and `kind` at the top of a document, in YAML or JSON. */
export function isManifest(text: string): boolean {
  if (/^\s*\{/.test(text)) return /"apiVersion"\s*:/.test(text) && /"kind"\s*:/.test(text);
  return (
    /^(["']?)apiVersion\1\s*:/m.test(text) && /^(["']?)kind\1\s*:/m.test(text) && !/^services\s*:/m.test(text)
  );
}

/**
 * Reads the resources of manifests in order; `List`s are taken apart.
 *
 * @throws LabError `BAD_CONFIGURATION` with file and line where a text cannot be read
 */
export function resourcesOf(sources: readonly ComposeSource[]): Resource[] {
  const found = sources.flatMap((source) =>
    parseTree(source, MANIFEST).flatMap((tree) => resourcesIn(tree, null)),
  );
  if (found.length > MAX_VALUES)
    throw new LabError("BAD_CONFIGURATION", `Cannot read the manifests: more than ${MAX_VALUES} resources`);
  // of two with one name the later is applied over the earlier
  const last = new Map(found.map((one) => [identityOf(one), one]));
  return found.filter((one) => one.name === "" || last.get(identityOf(one)) === one);
}

// pools of two clusters may be meant for two namespaces
function identityOf({ apiVersion, kind, name, namespace, labels }: Resource): string {
  return JSON.stringify([
    apiVersion.replace(/\/?[^/]*$/, ""),
    kind,
    namespace,
    name,
    labels["strimzi.io/cluster"],
  ]);
}

function resourcesIn(tree: Mapping, kindOfList: string | null): Resource[] {
  const kind = textAt(tree, "kind") ?? kindOfList?.replace(/List$/, "") ?? "";
  const items = at(tree, "items");
  if (/List$/.test(kind) && items?.kind === "list")
    return items.items.flatMap((item) => (item.kind === "map" ? resourcesIn(item, kind) : []));
  const apiVersion = textAt(tree, "apiVersion") ?? "";
  if (kind === "" || (apiVersion === "" && kindOfList === null)) return [];
  return [
    {
      apiVersion,
      kind,
      name: textAt(tree, "metadata", "name") ?? textAt(tree, "metadata", "generateName") ?? "",
      namespace: textAt(tree, "metadata", "namespace") ?? null,
      labels: textsIn(at(tree, "metadata", "labels")),
      annotations: textsIn(at(tree, "metadata", "annotations")),
      tree,
      location: at(tree, "kind")?.location ?? tree.location,
      firstLine: [...tree.entries.values()].reduce(
        (least, one) => Math.min(least, one.location.line),
        Infinity,
      ),
    },
  ];
}

/** How a sentence names a resource: `StatefulSet kafka`. */
export function named({ kind, name }: Pick<Resource, "kind" | "name">): string {
  return `${kind} ${name}`;
}

/** What is at a path of keys; undefined where there is nothing, or null. */
export function at(tree: Tree | undefined, ...path: readonly string[]): Tree | undefined {
  let found = tree;
  for (const key of path) found = found?.kind === "map" ? found.entries.get(key) : undefined;
  return found?.kind === "scalar" && found.value === null ? undefined : found;
}

/** The text of a scalar at a path. */
export function textAt(tree: Tree | undefined, ...path: readonly string[]): string | undefined {
  const found = at(tree, ...path);
  return found === undefined ? undefined : textOf(found);
}

/** A whole number at a path, not below 0. */
export function countAt(tree: Tree | undefined, ...path: readonly string[]): number | undefined {
  const text = textAt(tree, ...path);
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** The mappings of a list at a path. */
export function mapsAt(tree: Tree | undefined, ...path: readonly string[]): Mapping[] {
  const found = at(tree, ...path);
  return found?.kind === "list" ? found.items.filter((item): item is Mapping => item.kind === "map") : [];
}

/** The texts of a list at a path. */
export function listAt(tree: Tree | undefined, ...path: readonly string[]): string[] {
  const found = at(tree, ...path);
  return found?.kind === "list" ? found.items.flatMap((item) => textOf(item) ?? []) : [];
}

/** The scalars of a mapping as texts. */
export function textsIn(tree: Tree | undefined): Record<string, string> {
  if (tree?.kind !== "map") return {};
  return Object.fromEntries(
    [...tree.entries].flatMap(([key, value]) => {
      const text = textOf(value);
      return text === undefined ? [] : [[key, text] as const];
    }),
  );
}

/** The scalar values of a mapping by key, each with its place. */
export function scalarsIn(
  tree: Tree | undefined,
): { key: string; value: string; isText: boolean; location: SourceLocation }[] {
  if (tree?.kind !== "map") return [];
  return [...tree.entries].flatMap(([key, value]) =>
    value.kind !== "scalar" || value.value === null
      ? []
      : [
          {
            key,
            value: String(value.value),
            isText: typeof value.value === "string",
            location: value.location,
          },
        ],
  );
}

/** Whether a map of labels has all of a selector's. */
export function selects(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

/** Whether two resources may be in one namespace: equal, or not said. */
export function isSameNamespace(a: string | null, b: string | null): boolean {
  return a === null || b === null || a === b;
}
