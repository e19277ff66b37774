// Edits of Kubernetes manifests: keys of a resource by their path, variables of a container by their names,
// and files that a ConfigMap has.

import { isMap, isScalar, isSeq } from "yaml";
import type { Node } from "yaml";
import type { FixEdit, RemoveEdit, RenameEdit, SetEdit } from "../fix.ts";
import { editFileWithin } from "./embedded.ts";
import { effectivePair, resolved } from "./services.ts";
import {
  type Block,
  below,
  endOf,
  indentAt,
  isFlow,
  type KeyPair,
  literal,
  pairEnd,
  pairOf,
  type Parsed,
  plainOrQuoted,
  replaced,
  startOf,
  withEntry,
  withoutEntry,
} from "./splice.ts";
import { withValue } from "./tree.ts";

/** The new text, or undefined where the edit has no place in it. */
export function editManifest(file: Parsed, edit: FixEdit): string | undefined {
  if (edit.path === undefined) return editFileWithin(file, edit);
  const resource = resourceAt(file, edit.line);
  if (resource === undefined) return undefined;
  const end = descend(file, resource, edit.path);
  if (end === undefined) return undefined;
  switch (edit.action) {
    case "set":
      return isSeq(end.node) ? withVariable(file, end.node as Block, edit) : withKey(file, end, edit);
    case "remove":
      return withoutKey(file, end.node, edit);
    case "rename":
      return renamed(file, end.node, edit);
    default:
      return undefined;
  }
}

/** The resource of a line; undefined where several begin in it. */
function resourceAt(file: Parsed, line: number): Node | undefined {
  const all = file.documents.flatMap(({ contents }) => resourcesIn(file, contents as Node | null));
  const lineOf = (node: Node): number => file.yaml.position(startOf(node)).line;
  const before = all.filter((node) => lineOf(node) <= line);
  const found = before.at(-1);
  return found === undefined || before.filter((node) => lineOf(node) === lineOf(found)).length > 1
    ? undefined
    : found;
}

function resourcesIn(file: Parsed, root: Node | null): Node[] {
  const kind = pairOf(root, "kind")?.value;
  const items = resolved(file, pairOf(root, "items")?.value);
  const isList = isScalar(kind) && /List$/.test(String(kind.value)) && isSeq(items);
  if (isList) return (items.items as Node[]).flatMap((item) => resourcesIn(file, resolved(file, item)!));
  return isMap(root) ? [root as Node] : [];
}

/** The end of a path as far as the resource has it. */
interface End {
  /** Null for a key without a value. */
  readonly node: Node | null;
  /** What of the path is not there. */
  readonly rest: readonly string[];
  /** The pair whose value the node is. */
  readonly pair: KeyPair | null;
}

function descend(file: Parsed, root: Node, path: readonly (string | number)[]): End | undefined {
  let end: End = { node: root, rest: [], pair: null };
  for (const [i, part] of path.entries()) {
    const node: Node | null | undefined = resolved(file, end.node);
    if (typeof part === "number") {
      const item = isSeq(node) ? (resolved(file, node.items[part] as Node) ?? undefined) : undefined;
      if (item === undefined) return undefined;
      end = { node: item, rest: [], pair: null };
    } else {
      const found = effectivePair(file, node, part);
      const rest = path.slice(i);
      if (found === undefined)
        return rest.every((one) => typeof one === "string")
          ? { ...end, node: node ?? null, rest }
          : undefined;
      end = { node: found.pair.value, rest: [], pair: found.pair };
    }
  }
  return { ...end, node: resolved(file, end.node) ?? null };
}

/** What Kubernetes takes as text only; anything else may be a number or a truth value. */
function isText(path: FixEdit["path"]): boolean {
  return /^(data|stringData|metadata)$/.test(String(path?.[0])) || path?.at(-1) === "env";
}

/** A text that no reader of YAML takes for anything else, in the quotes of the old one. */
function textIn(file: Parsed, old: Node | null, value: string, isInFlow: boolean): string {
  if (file.isJson) return JSON.stringify(value);
  if (isScalar(old) && old.type === "QUOTE_SINGLE") return `'${value.replaceAll("'", "''")}'`;
  const isPlain = /^[A-Za-z][^:]/.test(value) && plainOrQuoted(value, isInFlow) === value;
  return isPlain && isScalar(old) && old.type === "PLAIN" ? value : JSON.stringify(value);
}

function isWord(value: string): boolean {
  return /^[A-Za-z]\w+$/.test(value) && plainOrQuoted(value) === value;
}

/** A new value: a number or a truth value as it is, but for what is text only. */
function shown(file: Parsed, edit: SetEdit, isInFlow: boolean): string {
  if (isText(edit.path))
    return isWord(edit.value) && !file.isJson ? edit.value : textIn(file, null, edit.value, isInFlow);
  const isTyped = /^(-?\d+|true|false)$/.test(edit.value);
  return file.isJson || isTyped ? literal(edit.value) : plainOrQuoted(edit.value, isInFlow);
}

function withKey(file: Parsed, end: End, edit: SetEdit): string | undefined {
  const found = end.rest.length > 0 ? undefined : effectivePair(file, end.node, edit.key);
  if (found !== undefined) {
    const { pair, block } = found;
    const old = pair.value;
    if (isMap(old)) return undefined;
    if (isSeq(old)) return withValue(file, { pair, map: block }, edit.value, true);
    const isEmpty = old === null || endOf(file, old) <= startOf(old);
    const from = isEmpty ? pairEnd(file, pair) : startOf(old);
    const value =
      isText(edit.path) && !isEmpty
        ? textIn(file, old, edit.value, isFlow(block))
        : shown(file, edit, isFlow(block));
    return replaced(file.text, from, isEmpty ? from : endOf(file, old), isEmpty ? ` ${value}` : value);
  }
  const entry = entryOf(file, [...end.rest, edit.key], edit);
  if (isMap(end.node) && (end.node.items.length > 0 || isFlow(end.node as Node)))
    return withEntry(file, end.node as Block, entry);
  const isNothing = end.node === null || (isScalar(end.node) && end.node.value === null);
  const indent = end.pair === null || !isNothing ? undefined : indentAt(file, startOf(end.pair.key));
  return indent === undefined
    ? undefined
    : below(
        file,
        pairEnd(file, end.pair!),
        entry.lines.map((line) => `${indent}  ${line}`),
      );
}

/** An entry with the mappings that are not there yet; `env` has a list of variables. */
function entryOf(
  file: Parsed,
  keys: readonly string[],
  edit: SetEdit,
): { readonly flow: string; readonly lines: readonly string[] } {
  const name = (key: string): string => (file.isJson ? JSON.stringify(key) : plainOrQuoted(key));
  const last = keys.at(-1)!;
  const isVariable = edit.path?.at(-1) === "env";
  const own = isVariable
    ? variableOf(file, edit)
    : {
        flow: `${name(last)}: ${shown(file, edit, true)}`,
        lines: [`${name(last)}: ${shown(file, edit, false)}`],
      };
  return keys.slice(0, -1).reduceRight(({ flow, lines }, key, i) => {
    const isList = isVariable && i === keys.length - 2;
    return {
      flow: `${name(key)}: ${isList ? `[${flow}]` : `{ ${flow} }`}`,
      lines: [`${name(key)}:`, ...lines.map((line) => `  ${line}`)],
    };
  }, own);
}

function variableOf(
  file: Parsed,
  edit: SetEdit,
): { readonly flow: string; readonly lines: readonly string[] } {
  const quote = (text: string): string => (file.isJson ? JSON.stringify(text) : text);
  const flow = `{ ${quote("name")}: ${quote(edit.key)}, ${quote("value")}: ${shown(file, edit, true)} }`;
  return { flow, lines: [`- name: ${edit.key}`, `  value: ${shown(file, edit, false)}`] };
}

/** The entry of a container's variable. */
function itemOf(file: Parsed, list: Node | null, name: string): Node | undefined {
  if (!isSeq(list)) return undefined;
  return (list.items as Node[]).find((item) => {
    const found = effectivePair(file, resolved(file, item), "name")?.pair.value;
    return isScalar(found) && String(found.value) === name;
  });
}

function withVariable(file: Parsed, list: Block, edit: SetEdit): string | undefined {
  const item = resolved(file, itemOf(file, list, edit.key));
  if (item == null)
    return list.items.length === 0 && !isFlow(list)
      ? undefined
      : withEntry(file, list, variableOf(file, edit));
  if (pairOf(item, "valueFrom") !== undefined) return undefined;
  const old = pairOf(item, "value");
  const value = old?.value;
  if (old === undefined)
    return withEntry(file, item as Block, {
      flow: `${file.isJson ? '"value"' : "value"}: ${shown(file, edit, true)}`,
      lines: [`value: ${shown(file, edit, false)}`],
    });
  if (value == null || endOf(file, value) <= startOf(value)) {
    const end = pairEnd(file, old);
    return replaced(file.text, end, end, ` ${shown(file, edit, isFlow(item))}`);
  }
  if (!isScalar(value)) return undefined;
  return replaced(
    file.text,
    startOf(value),
    endOf(file, value),
    textIn(file, value, edit.value, isFlow(item)),
  );
}

function withoutKey(file: Parsed, node: Node | null, edit: RemoveEdit): string | undefined {
  if (isSeq(node)) {
    const item = itemOf(file, node as Node, edit.key);
    return item === undefined ? file.text : withoutEntry(file, node as Block, item);
  }
  const found = effectivePair(file, node, edit.key);
  if (found === undefined) return file.text;
  const isFirst = /-[ \t]*$/.test(lineBefore(file, startOf(found.pair.key)));
  return isFirst && !isFlow(found.block) ? undefined : withoutEntry(file, found.block, found.pair);
}

function lineBefore({ text }: Parsed, offset: number): string {
  return text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
}

function renamed(file: Parsed, node: Node | null, edit: RenameEdit): string | undefined {
  const item = isSeq(node) ? resolved(file, itemOf(file, node as Node, edit.key)) : undefined;
  const name = item == null ? undefined : pairOf(item, "name")?.value;
  const key = isSeq(node) ? name : effectivePair(file, node, edit.key)?.pair.key;
  if (key == null) return undefined;
  const to = file.isJson ? JSON.stringify(edit.to) : edit.to;
  return replaced(file.text, startOf(key), endOf(file, key), to);
}
