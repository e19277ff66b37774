// Edits of compose files: variables of services, their images, volumes and ports.

import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Node } from "yaml";
import type { FixEdit, RemoveEdit, RenameEdit, SetEdit } from "../fix.ts";
import { withPort, withVolume } from "./lists.ts";
import {
  effectivePair,
  placeOf,
  resolved,
  type Service,
  serviceOf,
  type Variable,
  variableAt,
  variableOf,
  writtenValue,
} from "./services.ts";
import {
  type Block,
  below,
  endOf,
  indentAt,
  isFlow,
  pairEnd,
  pairOf,
  type Parsed,
  plainOrQuoted,
  replaced,
  scalarLike,
  startOf,
  withEntry,
  withoutEntry,
} from "./splice.ts";

/** The new text, or undefined where the edit has no place in it. */
export function editCompose(file: Parsed, edit: FixEdit): string | undefined {
  const service = serviceOf(file, edit.service);
  if (service === undefined) return undefined;
  switch (edit.action) {
    case "set":
      return withVariable(file, service, edit);
    case "remove":
      return withoutVariable(file, service, edit);
    case "rename":
      return renamed(file, service, edit);
    case "set-image": {
      const found = effectivePair(file, service.map, "image");
      if (found === undefined || found.pair.value === null) return undefined;
      const old = found.pair.value;
      if (!isScalar(old)) return undefined;
      const image = withDefault(String(old.source ?? old.value), edit.image);
      const shown = old.type === "PLAIN" ? image : scalarLike(file, old, image, false);
      return replaced(file.text, startOf(old), endOf(file, old), shown);
    }
    case "add-volume":
      return withVolume(file, service, edit);
    case "publish-port":
      return withPort(file, service, edit);
  }
}

function environmentOf(file: Parsed, { map }: Service): Node | null | undefined {
  return effectivePair(file, map, "environment")?.pair.value;
}

/** The variable that the service has, or else the one in the edit's line, as of an extended service. */
function find(file: Parsed, service: Service, { line, key }: RemoveEdit | RenameEdit): Variable | undefined {
  return variableOf(file, environmentOf(file, service), key) ?? variableAt(file, line, key);
}

// a dollar sign would begin a variable
const escaped = (value: string): string => value.replaceAll("$", "$$$$");

function withVariable(file: Parsed, service: Service, edit: SetEdit): string | undefined {
  const value = escaped(edit.value);
  const present = variableOf(file, environmentOf(file, service), edit.key);
  if (present !== undefined && writtenValue(present) === value) return file.text;
  const written = present ?? variableAt(file, edit.line, edit.key);
  const isShared = written !== undefined && !service.has(placeOf(written));
  if (written === undefined || (isShared && edit.isOwn === true)) return added(file, service, edit, value);
  const { text } = file;
  if (written.kind === "item") {
    const { item } = written;
    const shown = scalarLike(file, item, `${edit.key}=${value}`, false);
    return replaced(text, startOf(item), endOf(file, item), shown);
  }
  const { pair } = written;
  const old = pair.value;
  const inFlow = isFlow(written.block as Node);
  if (old === null || old.range == null || endOf(file, old) <= startOf(old)) {
    const end = pairEnd(file, pair);
    return replaced(text, end, end, ` ${plainOrQuoted(value, inFlow)}`);
  }
  const kept = withDefault(isScalar(old) ? (old.source ?? "") : "", value);
  const isQuoted = isScalar(old) && old.type !== "PLAIN";
  const shown = isQuoted
    ? scalarLike(file, old, kept, false)
    : kept === value
      ? plainOrQuoted(value, inFlow)
      : kept;
  return replaced(text, startOf(old), endOf(file, old), shown);
}

/** A value that a variable may override stays so: its default changes. */
function withDefault(source: string, value: string): string {
  const [, before] = /^(\$\{\w+:?-)[^${}]*\}$/.exec(source) ?? [];
  return before === undefined || /[{}#,\s]/.test(value) ? value : `${before}${value}}`;
}

function added(file: Parsed, service: Service, edit: SetEdit, value: string): string | undefined {
  const own = pairOf(service.map, "environment");
  const inherited = own === undefined ? environmentOf(file, service) : undefined;
  const block = resolved(file, own === undefined ? inherited : own.value);
  const isBehind = own === undefined ? inherited !== undefined : isAlias(own.value);
  if (isBehind && edit.isOwn === true) return overriding(file, service, edit, value);
  if (isMap(block) || isSeq(block)) {
    const entry = entryOf(block as Block, edit.key, value);
    return withEntry(file, block as Block, entry);
  }
  const line = `${edit.key}: ${plainOrQuoted(value)}`;
  if (own !== undefined) {
    const indent = indentAt(file, startOf(own.key));
    return indent === undefined ? undefined : below(file, pairEnd(file, own), [`${indent}  ${line}`]);
  }
  const flow = `environment: { ${edit.key}: ${plainOrQuoted(value, true)} }`;
  return withEntry(file, service.map as Block, { flow, lines: ["environment:", `  ${line}`] });
}

function entryOf(block: Block, key: string, value: string): { flow: string; lines: readonly string[] } {
  if (!isSeq(block)) {
    const flow = `${key}: ${plainOrQuoted(value, true)}`;
    return { flow, lines: [`${key}: ${plainOrQuoted(value)}`] };
  }
  const entry = `${key}=${value}`;
  const first = (block.items as Node[])[0];
  const isQuoted = isScalar(first) && first.type === "QUOTE_DOUBLE";
  const text = (inFlow: boolean): string => (isQuoted ? JSON.stringify(entry) : plainOrQuoted(entry, inFlow));
  return { flow: text(true), lines: [`- ${text(false)}`] };
}

/** An environment of its own for a service that has that of another: merged, with one variable over it. */
function overriding(file: Parsed, service: Service, { key }: SetEdit, value: string): string | undefined {
  const own = pairOf(service.map, "environment");
  const block = resolved(file, own === undefined ? environmentOf(file, service) : own.value);
  const anchor = isMap(block) ? block.anchor : undefined;
  if (anchor === undefined) return undefined;
  const lines = [`  <<: *${anchor}`, `  ${key}: ${plainOrQuoted(value)}`];
  const flow = `{ <<: *${anchor}, ${key}: ${plainOrQuoted(value, true)} }`;
  if (own === undefined)
    return withEntry(file, service.map as Block, {
      flow: `environment: ${flow}`,
      lines: ["environment:", ...lines],
    });
  const indent = isFlow(service.map) ? undefined : indentAt(file, startOf(own.key));
  const [from, to] = [startOf(own.value!), endOf(file, own.value!)];
  if (indent === undefined) return replaced(file.text, from, to, flow);
  const at = file.text.slice(0, from).trimEnd().length;
  return replaced(file.text, at, to, lines.map((line) => `${file.eol}${indent}${line}`).join(""));
}

function withoutVariable(file: Parsed, service: Service, edit: RemoveEdit): string | undefined {
  const found = find(file, service, edit);
  // another service's edit removed the line that both have
  if (found === undefined) return file.text;
  return withoutEntry(file, found.block, found.kind === "item" ? found.item : found.pair);
}

function renamed(file: Parsed, service: Service, edit: RenameEdit): string | undefined {
  const found = find(file, service, edit);
  if (found === undefined)
    return variableOf(file, environmentOf(file, service), edit.to) === undefined ? undefined : file.text;
  if (found.kind === "pair") {
    const { key } = found.pair;
    return replaced(file.text, startOf(key), endOf(file, key), edit.to);
  }
  const from = file.text.indexOf(edit.key, startOf(found.item));
  return from === -1 ? undefined : replaced(file.text, from, from + edit.key.length, edit.to);
}
