// Edits of nested settings: application files of Spring Boot in YAML, and clients' settings in JSON.

import { isMap, isScalar, isSeq, visit } from "yaml";
import type { Document, Node } from "yaml";
import type { FixEdit, SetEdit } from "../fix.ts";
import { followed } from "./follow.ts";
import {
  type Block,
  endOf,
  type KeyPair,
  literal,
  pairEnd,
  pairOf,
  parsed,
  type Parsed,
  plainOrQuoted,
  replaced,
  scalarLike,
  startOf,
  withEntry,
  withoutEntry,
} from "./splice.ts";

/** A pair, and the mapping that it is in. */
export interface Found {
  readonly pair: KeyPair;
  readonly map: Block;
}

/** The pair that begins at a line, preferably at a column, and ends an edit's key. */
export function pairAt(file: Parsed, { line, column }: FixEdit, key: string): Found | undefined {
  const all: Found[] = [];
  for (const document of file.documents)
    visit(document, {
      Pair(_, pair, path) {
        const map = path.at(-1);
        if (!isScalar(pair.key) || !isMap(map)) return;
        const name = String(pair.key.value);
        if (key !== name && !key.endsWith(`.${name}`)) return;
        if (file.yaml.position(startOf(pair.key as Node)).line === line)
          all.push({ pair: pair as KeyPair, map: map as Block });
      },
    });
  return all.find(({ pair }) => file.yaml.position(startOf(pair.key)).col === column) ?? all[0];
}

/** The text with a pair's value replaced. */
export function withValue(file: Parsed, { pair }: Found, value: string, isTyped: boolean): string {
  const { text } = file;
  const old = pair.value;
  if (isSeq(old)) return replaced(text, startOf(old), endOf(file, old), listText(file, value));
  const shown = scalarLike(file, old, value, isTyped);
  if (old === null || old.range == null || startOf(old) === old.range[1]) {
    const end = pairEnd(file, pair);
    return replaced(text, end, end, ` ${shown}`);
  }
  return replaced(text, startOf(old), endOf(file, old), shown);
}

function listText({ isJson }: Parsed, value: string): string {
  const items = value.split(",").map((one) => one.trim());
  return `[${items.map((one) => (isJson ? JSON.stringify(one) : plainOrQuoted(one, true))).join(", ")}]`;
}

/** The new text, or undefined where the edit has no place in it. */
export function editTree(file: Parsed, edit: FixEdit): string | undefined {
  switch (edit.action) {
    case "set": {
      const found = pairAt(file, edit, edit.key);
      return found === undefined ? added(file, edit) : withValue(file, found, edit.value, true);
    }
    case "remove": {
      const found = pairAt(file, edit, edit.key) ?? pairByPath(file, edit.key);
      return found === undefined ? undefined : withoutEntry(file, found.map, found.pair);
    }
    case "rename":
      return renamed(file, edit, edit.to);
    default:
      return undefined;
  }
}

/** A key under its new name; under another parent it is added there, and removed here. */
function renamed(file: Parsed, edit: FixEdit & { key: string }, to: string): string | undefined {
  const found = pairAt(file, edit, edit.key);
  if (found === undefined) return undefined;
  const { key, value } = found.pair;
  const last = String(key.value);
  const parent = edit.key.slice(0, edit.key.length - last.length);
  // a producer's retries are in a mapping of their own
  const [outer = "", inner] = /^retry\.(\w+)$/.exec(to.slice(to.lastIndexOf("retry."))) ?? [];
  if (inner !== undefined && !parent.endsWith("retry.")) {
    const { text } = file;
    const shown = isScalar(value) ? String(value.value) : "";
    const nested = `{ ${file.isJson ? '"' : ""}${inner}${file.isJson ? '"' : ""}: ${literal(shown)} }`;
    const name = file.isJson ? '"retry"' : "retry";
    return outer === "" || pairOf(found.map as Node, "retry") !== undefined
      ? undefined
      : replaced(text, startOf(key), pairEnd(file, found.pair), `${name}: ${nested}`);
  }
  if (!to.startsWith(parent) && to.includes(".")) return moved(file, found, edit, to);
  const name = to.startsWith(parent) ? to.slice(parent.length) : to.slice(to.lastIndexOf(".") + 1);
  return replaced(file.text, startOf(key), endOf(file, key), file.isJson ? JSON.stringify(name) : name);
}

/** A key of one mapping in another: its value goes with it. */
function moved(file: Parsed, { pair }: Found, edit: FixEdit, to: string): string | undefined {
  const { value } = pair;
  if (!isScalar(value)) return undefined;
  const at = { ...edit, action: "set", key: to, value: String(value.source ?? value.value ?? "") } as SetEdit;
  const text = added(file, at);
  if (text === undefined) return undefined;
  const after = parsed(text, file.isJson);
  // what was added may be above it
  const lines = followed().changed(file.text, text);
  const old = pairAt(after, { ...edit, line: lines.now(edit.line) }, "key" in edit ? edit.key : "");
  return old === undefined ? undefined : withoutEntry(after, old.map, old.pair);
}

function pairByPath(file: Parsed, path: string): Found | undefined {
  return file.documents.map(({ contents }) => descend(contents as Node, path)).find(({ rest }) => rest === "")
    ?.found;
}

interface Descent {
  readonly map: Node | null;
  /** What of the path has no mapping yet. */
  readonly rest: string;
  readonly found?: Found;
}

/** Goes down a dotted path as far as there are mappings; a key may have dots itself. */
function descend(map: Node | null, path: string): Descent {
  if (!isMap(map)) return { map, rest: path };
  for (const pair of map.items as KeyPair[]) {
    const name = isScalar(pair.key) ? String(pair.key.value) : "";
    if (name === path) return { map, rest: "", found: { pair, map: map as Block } };
    if (name !== "" && path.startsWith(`${name}.`) && isMap(pair.value))
      return descend(pair.value as Node, path.slice(name.length + 1));
  }
  return { map, rest: path };
}

/** The document of a line: where that of several is written, it is among the same profile's settings. */
function documentAt({ documents, yaml }: Parsed, line: number): Document | undefined {
  return (
    documents.findLast(
      ({ contents }) => contents !== null && yaml.position(startOf(contents as Node)).line <= line,
    ) ?? documents[0]
  );
}

function added(file: Parsed, edit: SetEdit): string | undefined {
  const root = documentAt(file, edit.line)?.contents as Node | null | undefined;
  if (!isMap(root)) return undefined;
  const { map, rest, found } = descend(root as Node, edit.key);
  if (found !== undefined) return withValue(file, found, edit.value, true);
  if (!isMap(map)) return undefined;
  const parts = partsOf(rest);
  const name = (part: string): string => (file.isJson ? JSON.stringify(part) : part);
  const isList = file.isJson && parts.at(-1) === "brokers";
  const value = isList
    ? listText(file, edit.value)
    : file.isJson
      ? literal(edit.value)
      : plainOrQuoted(edit.value);
  const flow = parts.reduceRight(
    (inner, part, i) => (i === parts.length - 1 ? `${name(part)}: ${inner}` : `${name(part)}: { ${inner} }`),
    value,
  );
  const lines = parts.map(
    (part, i) => `${"  ".repeat(i)}${part}:${i === parts.length - 1 ? ` ${value}` : ""}`,
  );
  return withEntry(file, map as Block, { flow, lines });
}

/** A path's mappings; a property of Kafka's keeps its dots. */
function partsOf(path: string): string[] {
  // a connector's settings are one level of names with dots
  if (/^(producer|consumer|admin)\.override\./.test(path)) return [path];
  const [, before = "", property] = /^((?:.*\.)?properties)\.(.+)$/.exec(path) ?? [];
  if (property !== undefined) return [...before.split("."), property];
  return /^(spring|producer|consumer|send|subscribe|run|retry|listener|kafka|[a-z]+[A-Z])/.test(path)
    ? path.split(".")
    : [path];
}
