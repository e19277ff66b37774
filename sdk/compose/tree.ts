// YAML as compose reads it: aliases and `<<` are resolved, every value remembers its line, `!reset` and
// `!override` stay as tags.

import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Node, Pair, Tags, YAMLMap } from "yaml";
import { LabError } from "../model/errors.ts";
import { MAX_DEPTH } from "../runtime/limits.ts";
import { parseYaml, type YamlText } from "../runtime/yaml.ts";
import type { ComposeSource, SourceLocation } from "./project.ts";

/** A YAML value that knows where it was written. */
export type Tree = Scalar | List | Mapping;

export type Tag = "reset" | "override";

export interface Scalar {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  readonly location: SourceLocation;
  readonly tag?: Tag;
}

export interface List {
  readonly kind: "list";
  readonly items: readonly Tree[];
  readonly location: SourceLocation;
  readonly tag?: Tag;
}

export interface Mapping {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, Tree>;
  readonly location: SourceLocation;
  readonly tag?: Tag;
}

/** What kind of file is read: how its errors name it, and what they ask. */
export interface TreeKind {
  readonly code: "BAD_COMPOSE" | "BAD_CONFIGURATION";
  /** As it follows "Cannot read": `the compose file`. */
  readonly what: (file: string) => string;
  /** By what is wrong. */
  readonly hints: Readonly<Partial<Record<"syntax" | "twin" | "limit" | "top", string>>>;
}

/**
 * Reads one file as a list of documents; an empty one is left out.
 *
 * @throws LabError with the kind's code (`BAD_COMPOSE`), file and line where the text is not YAML, is over a
 * limit, or a document is no mapping.
 */
export function parseTree({ file, text }: ComposeSource, kind: TreeKind = COMPOSE_FILE): Mapping[] {
  const flaw: Flaw = (line, why, hint) => unreadable(kind, { file, line, why, hint });
  const yaml = parseYaml(text, {
    customTags: COMPOSE_TAGS,
    refuse: ({ kind: of, line, why }) => flaw(line, why, of),
  });
  const roots: Mapping[] = [];
  for (const { contents } of yaml.documents) {
    if (contents === null) continue;
    const root = toTree(contents as Node, { yaml, file, flaw, open: [], depth: 0 }, 1);
    if (root.kind === "map") roots.push(root);
    else if (root.kind !== "scalar" || root.value !== null)
      throw flaw(root.location.line, "the top level is not a mapping", "top");
  }
  return roots;
}

/** The tree as plain data, without places. */
export function plain(tree: Tree): unknown {
  switch (tree.kind) {
    case "scalar":
      return tree.value;
    case "list":
      return tree.items.map(plain);
    case "map":
      return Object.fromEntries([...tree.entries].map(([key, value]) => [key, plain(value)]));
  }
}

/**
 * What a value is as text, as compose's short forms have it; undefined for a list or a mapping, which has
 * none.
 */
export function textOf(tree: Tree): string | undefined {
  return tree.kind === "scalar" ? String(tree.value) : undefined;
}

/** The text of an error for a value that should be a scalar: what it says, or what it is instead. */
export function shownIn(tree: Tree, most = 100): string {
  const text = textOf(tree);
  if (text === undefined) return tree.kind === "list" ? "a list" : "a mapping";
  return JSON.stringify(text.length > most ? `${text.slice(0, most)}…` : text);
}

/** Makes the error for what cannot be read in a line. */
type Flaw = (line: number, why: string, hint?: keyof TreeKind["hints"]) => LabError;

interface Walk {
  readonly yaml: YamlText;
  readonly file: string;
  readonly flaw: Flaw;
  /** The anchors within which this is, one in another. */
  readonly open: readonly Node[];
  /** How many collections are around it, those of aliases counted. */
  readonly depth: number;
}

// Values of all kinds may carry the two tags; the node keeps its own kind.
/** Compose's own tags. */
export const COMPOSE_TAGS: Tags = ["!reset", "!override"].flatMap((tag) => [
  { tag, resolve: (text: string): string => text },
  { tag, collection: "map" as const },
  { tag, collection: "seq" as const },
]);

function toTree(node: Node, walk: Walk, line: number): Tree {
  walk.yaml.budget.spend(1);
  if (isAlias(node)) {
    const target = walk.yaml.targetOf(node);
    const refuse = (why: string): LabError => walk.flaw(line, why);
    if (target === undefined) throw refuse(`the alias *${node.source} has no anchor`);
    if (walk.open.includes(target)) throw refuse(`the alias *${node.source} is within its own anchor`);
    return toTree(target, { ...walk, open: [...walk.open, target] }, line);
  }
  const location: SourceLocation = { file: walk.file, line };
  const tag = node.tag === "!reset" ? "reset" : node.tag === "!override" ? "override" : undefined;
  const tagged = tag === undefined ? {} : { tag };
  if (walk.depth > MAX_DEPTH) throw walk.flaw(line, `it is nested deeper than ${MAX_DEPTH}`, "limit");
  const inner = { ...walk, depth: walk.depth + 1 };
  if (isMap(node)) return { kind: "map", entries: entriesOf(node, inner), location, ...tagged } as Mapping;
  if (isSeq(node)) {
    const items = (node.items as Node[]).map((item) => toTree(item, inner, startOf(item, walk, line)));
    return { kind: "list", items, location, ...tagged } as List;
  }
  return {
    kind: "scalar",
    value: isScalar(node) ? scalarOf(node.value, node.source) : null,
    location,
    ...tagged,
  } as Scalar;
}

function entriesOf(map: YAMLMap, walk: Walk): Map<string, Tree> {
  const own = new Map<string, Tree>();
  const inherited = new Map<string, Tree>();
  for (const pair of map.items as Pair<Node, Node | null>[]) {
    const line = startOf(pair.key, walk, 1);
    const key = isScalar(pair.key) ? (pair.key.source ?? String(pair.key.value)) : undefined;
    if (key === undefined) throw walk.flaw(line, "a key is not a scalar");
    const value: Tree =
      pair.value === null
        ? { kind: "scalar", value: null, location: { file: walk.file, line } }
        : toTree(pair.value, walk, line);
    if (key !== "<<") own.set(key, value);
    else
      for (const [name, from] of mergedIn(value, walk)) if (!inherited.has(name)) inherited.set(name, from);
  }
  return new Map([...inherited, ...own]);
}

// The value of `<<`: a mapping, or a list of mappings of which the first wins.
function mergedIn(value: Tree, { flaw }: Walk): [string, Tree][] {
  const maps = value.kind === "list" ? value.items : [value];
  return maps.flatMap((map) => {
    if (map.kind !== "map") throw flaw(map.location.line, "`<<` needs a mapping");
    return [...map.entries];
  });
}

// YAML 1.2's core schema, and the leading-zero octals that docker compose still reads as octal; a number too
// long for a double stays text.
function scalarOf(value: unknown, source: string | undefined): Scalar["value"] {
  if (typeof value === "number" && source !== undefined) {
    if (/^0[0-7]+$/.test(source)) return parseInt(source, 8);
    if (/^[-+]?\d+$/.test(source) && !Number.isSafeInteger(value)) return source;
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

function startOf(node: Node | null, walk: Walk, fallback: number): number {
  return node?.range ? walk.yaml.position(node.range[0]).line : fallback;
}

const COMPOSE_FILE: TreeKind = {
  code: "BAD_COMPOSE",
  what: () => "the compose file",
  hints: {
    syntax: "Is a quote or bracket left open, or a line indented otherwise than its neighbours?",
    twin: "Which of the two is meant?",
    limit: "Compose files of people are far smaller. Is it the right file?",
    top: "A compose file begins with `services:`.",
  },
};

interface Unreadable {
  readonly file: string;
  readonly line: number;
  readonly why: string;
  readonly hint: keyof TreeKind["hints"] | undefined;
}

function unreadable({ code, what, hints }: TreeKind, { file, line, why, hint }: Unreadable): LabError {
  const text = hint === undefined ? undefined : hints[hint];
  return new LabError(code, `Cannot read ${what(file)}: ${why}`, {
    file,
    line,
    ...(text === undefined ? {} : { hint: text }),
  });
}
