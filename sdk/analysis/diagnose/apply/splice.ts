// A text with some of it replaced: comments, order, anchors and quotes of everything else stay, since nothing
// else is touched.

import { isCollection, isMap, isScalar } from "yaml";
import type { Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { COMPOSE_TAGS } from "../../../compose/mod.ts";
import { type YamlText, parseYaml } from "../../../runtime/yaml.ts";

/** A YAML text, parsed, with what its edits need. */
export interface Parsed {
  readonly text: string;
  readonly yaml: YamlText;
  readonly documents: readonly Document[];
  /** The line break that the text has. */
  readonly eol: string;
  /** True for JSON, whose keys and texts are in double quotes. */
  readonly isJson: boolean;
}

export type KeyPair = Pair<Scalar, Node | null>;
export type Block = YAMLMap<Scalar, Node | null> | YAMLSeq<Node>;

/** Parses a text that has been read before. @throws Error where it is not YAML */
export function parsed(text: string, isJson: boolean): Parsed {
  // the parser takes no tabs for indentation; a blank is as wide
  const yaml = parseYaml(isJson ? text.replaceAll("\t", " ") : text, {
    refuse: ({ why }) => new Error(why),
    customTags: COMPOSE_TAGS,
  });
  return { text, yaml, documents: yaml.documents, eol: /\r\n/.test(text) ? "\r\n" : "\n", isJson };
}

export function replaced(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

export function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** Where a value ends, without the line break that a block's end has. */
export function endOf({ text }: Parsed, node: Node): number {
  let end = node.range?.[1] ?? 0;
  while (end > startOf(node) && /\s/.test(text[end - 1]!)) end--;
  return end;
}

export function pairEnd(file: Parsed, { key, value }: KeyPair): number {
  return value === null || value.range == null
    ? colonAfter(file, key)
    : Math.max(endOf(file, value), colonAfter(file, key));
}

function colonAfter({ text }: Parsed, key: Scalar): number {
  const found = text.indexOf(":", key.range?.[1] ?? 0);
  return found === -1 ? text.length : found + 1;
}

/** The pair of a mapping with a key. */
export function pairOf(map: Node | null | undefined, key: string): KeyPair | undefined {
  if (!isMap(map)) return undefined;
  return (map.items as KeyPair[]).find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
}

export function isFlow(node: Node): boolean {
  return isCollection(node) && node.flow === true;
}

/** The text of a scalar in place of another: in its quotes, if it has any. */
export function scalarLike({ isJson }: Parsed, old: Node | null, value: string, isTyped: boolean): string {
  if (isJson) return isTyped ? literal(value) : JSON.stringify(value);
  const type = isScalar(old) ? old.type : "PLAIN";
  if (type === "QUOTE_DOUBLE") return JSON.stringify(value);
  if (type === "QUOTE_SINGLE") return `'${value.replaceAll("'", "''")}'`;
  return plainOrQuoted(value);
}

/** A number or a truth value without quotes. */
export function literal(value: string): string {
  return /^(-?\d+|true|false)$/.test(value) ? value : JSON.stringify(value);
}

/** A text without quotes where YAML reads it as itself. */
export function plainOrQuoted(value: string, isInFlow: boolean = false): string {
  const isPlain =
    /^[\w./][\w./@:=+-]*( [\w./@:=+-]+)*$/.test(isInFlow ? value : value.replaceAll(",", "")) &&
    !/:(\s|$)|\s#/.test(value) &&
    !/^,|^(true|false|yes|no|on|off|null)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}

/** The blanks before what begins at an offset, if there is nothing else in its line. */
export function indentAt({ text }: Parsed, offset: number): string | undefined {
  const before = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  return /^[ \t]*$/.test(before) ? before : undefined;
}

export function lineEnd(text: string, offset: number): number {
  const found = text.indexOf("\n", offset);
  const end = found === -1 ? text.length : found;
  return text[end - 1] === "\r" && end > offset ? end - 1 : end;
}

/** Adds lines below what ends at an offset. */
export function below(file: Parsed, offset: number, lines: readonly string[]): string {
  const end = lineEnd(file.text, offset);
  return replaced(file.text, end, end, lines.map((line) => `${file.eol}${line}`).join(""));
}

/** Adds an entry, without its indentation, to a list or a mapping; `lines` are those of the block form. */
export function withEntry(
  file: Parsed,
  block: Block,
  { flow, lines }: { flow: string; lines: readonly string[] },
): string | undefined {
  const { text } = file;
  const items = block.items as (Node | KeyPair)[];
  const ends = (item: Node | KeyPair): number => ("key" in item ? pairEnd(file, item) : endOf(file, item));
  const starts = (item: Node | KeyPair): number => startOf("key" in item ? item.key : item);
  const last = items.at(-1);
  if (isFlow(block)) {
    if (last === undefined) return replaced(text, startOf(block) + 1, startOf(block) + 1, flow);
    const end = ends(last);
    const indent = items.length > 1 || file.isJson ? indentAt(file, starts(last)) : undefined;
    return replaced(text, end, end, indent === undefined ? `, ${flow}` : `,${file.eol}${indent}${flow}`);
  }
  if (last === undefined) return undefined;
  const first = starts(items[0]!);
  const isEntry = "key" in items[0]!;
  const indent = indentAt(file, isEntry ? first : text.lastIndexOf("-", first)) ?? besideDash(file, first);
  if (indent === undefined) return undefined;
  return below(
    file,
    ends(last),
    lines.map((line) => indent + line),
  );
}

/** The blanks that are as wide as a list's dash and what is before it, beside a mapping's first key. */
function besideDash({ text }: Parsed, offset: number): string | undefined {
  const before = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  return /^[ \t]*(-[ \t]+)+$/.test(before) ? before.replaceAll("-", " ") : undefined;
}

/** Takes an entry out of a list or a mapping, with its line where it has one. */
export function withoutEntry(file: Parsed, block: Block, item: Node | KeyPair): string {
  const { text } = file;
  const items = block.items as (Node | KeyPair)[];
  const i = items.indexOf(item);
  const begin = (one: Node | KeyPair): number => startOf("key" in one ? one.key : one);
  const end = (one: Node | KeyPair): number => ("key" in one ? pairEnd(file, one) : endOf(file, one));
  if (isFlow(block)) {
    const next = items[i + 1];
    if (next !== undefined) return replaced(text, begin(item), begin(next), "");
    const before = items[i - 1];
    return replaced(text, before === undefined ? begin(item) : end(before), end(item), "");
  }
  const from = text.lastIndexOf("\n", begin(item) - 1) + 1;
  const to = lineEnd(text, end(item));
  const after = text.startsWith("\r\n", to) ? to + 2 : Math.min(to + 1, text.length);
  return replaced(text, from, after, "");
}
