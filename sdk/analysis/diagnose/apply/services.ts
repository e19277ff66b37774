// What a service of a compose file has, by itself or by a merge key (`<<`).

import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Node, Scalar } from "yaml";
import { type Block, type KeyPair, pairOf, type Parsed, startOf } from "./splice.ts";

/** A service's pair, its mapping, and what finds keys in it. */
export interface Service {
  readonly map: Node;
  /** Whether something is written within the service itself, and not behind an alias. */
  has(node: Node): boolean;
}

/** One variable: a pair of a mapping, or an entry of a list. */
export type Variable =
  | { readonly kind: "pair"; readonly pair: KeyPair; readonly block: Block }
  | { readonly kind: "item"; readonly item: Scalar; readonly block: Block };

/** The service of a name; undefined where the file does not write it out. */
export function serviceOf(file: Parsed, name: string | null): Service | undefined {
  const root = file.documents[0]?.contents as Node | undefined;
  const pair = name === null ? undefined : pairOf(resolved(file, pairOf(root, "services")?.value), name);
  const map = pair?.value ?? null;
  if (pair === undefined || !isMap(map)) return undefined;
  const [from, , to] = map.range!;
  return { map: map as Node, has: (node) => startOf(node) >= from && startOf(node) < to };
}

/** What an alias stands for; otherwise the node itself. */
export function resolved({ yaml }: Parsed, node: Node | null | undefined): Node | null | undefined {
  return isAlias(node) ? yaml.targetOf(node) : node;
}

const MOST_MERGES = 20;

/** The pair of a mapping with a key, or the one that a merge key brings. */
export function effectivePair(
  file: Parsed,
  map: Node | null | undefined,
  key: string,
  depth: number = 0,
): { readonly pair: KeyPair; readonly block: Block } | undefined {
  if (!isMap(map) || depth > MOST_MERGES) return undefined;
  const own = pairOf(map as Node, key);
  if (own !== undefined) return { pair: own, block: map as Block };
  const merged = pairOf(map as Node, "<<")?.value;
  const sources = isSeq(merged) ? (merged.items as Node[]) : merged == null ? [] : [merged];
  for (const source of sources) {
    const found = effectivePair(file, resolved(file, source), key, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The variable that a service's environment has, wherever it is written. */
export function variableOf(
  file: Parsed,
  environment: Node | null | undefined,
  key: string,
): Variable | undefined {
  const block = resolved(file, environment);
  if (isSeq(block)) {
    const item = (block.items as Node[]).find((one) => isScalar(one) && nameIn(String(one.value)) === key);
    return item === undefined ? undefined : { kind: "item", item: item as Scalar, block: block as Block };
  }
  const found = effectivePair(file, block, key);
  return found === undefined ? undefined : { kind: "pair", ...found };
}

/** The variable that is written in a line. */
export function variableAt(file: Parsed, line: number, key: string): Variable | undefined {
  const services = resolved(file, pairOf(file.documents[0]?.contents as Node | undefined, "services")?.value);
  const roots = file.documents.flatMap(({ contents }) => (contents === null ? [] : [contents as Node]));
  const isThere = (node: Node): boolean => file.yaml.position(startOf(node)).line === line;
  const search = (node: Node | null | undefined, depth: number): Variable | undefined => {
    if (depth > MOST_MERGES) return undefined;
    if (isMap(node))
      for (const pair of node.items as KeyPair[]) {
        if (isScalar(pair.key) && String(pair.key.value) === key && isThere(pair.key))
          return { kind: "pair", pair, block: node as Block };
        const found = search(pair.value, depth + 1);
        if (found !== undefined) return found;
      }
    if (isSeq(node))
      for (const item of node.items as Node[]) {
        if (isScalar(item) && nameIn(String(item.value)) === key && isThere(item))
          return { kind: "item", item, block: node as Block };
        const found = search(item, depth + 1);
        if (found !== undefined) return found;
      }
    return undefined;
  };
  return [services, ...roots].map((root) => search(root, 0)).find((one) => one !== undefined);
}

function nameIn(entry: string): string {
  return entry.replace(/=.*$/s, "");
}

/** A variable's value as written. */
export function writtenValue(variable: Variable): string {
  if (variable.kind === "item") return String(variable.item.value).replace(/^[^=]*=?/, "");
  const { value } = variable.pair;
  return isScalar(value) && value.value !== null ? String(value.source ?? value.value) : "";
}

/** Where a variable is written. */
export function placeOf(variable: Variable): Node {
  return variable.kind === "item" ? variable.item : variable.pair.key;
}
