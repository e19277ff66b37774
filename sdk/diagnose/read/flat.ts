// YAML and JSON as dotted keys, each with its line and column; JSON is YAML to the parser.

import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from "yaml";
import type { Document, Node, Pair } from "yaml";
import { LabError } from "../../errors.ts";
import type { Location } from "../setting.ts";

/** One leaf: its path, and its value as text; a list of scalars is one leaf, joined by commas. */
export interface Leaf {
  readonly path: string;
  readonly value: string;
  readonly at: Location;
}

/** What a diagnosis reads: a name to show, and the text. */
export interface Text {
  readonly file: string;
  readonly text: string;
}

/**
 * Reads every document of a YAML file as a list of leaves; `plain` says what another reader makes of a text
 * without quotes.
 *
 * @throws LabError `BAD_CONFIGURATION` with file and line
 */
export function leavesOfYaml({ file, text }: Text, plain?: (text: string) => string): Leaf[][] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines }) as Document[];
  return documents.map((document) => {
    const error = document.errors[0];
    if (error !== undefined)
      throw unreadable(
        file,
        error.linePos?.[0].line ?? 1,
        `this is not YAML: ${error.message.split("\n")[0]}`,
      );
    const at = (node: Node | null): Location => {
      const { line, col } = lines.linePos(node?.range?.[0] ?? 0);
      return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
    };
    const leaves: Leaf[] = [];
    if (document.contents !== null)
      walk(document.contents, {
        document,
        at,
        leaves,
        path: "",
        where: at(document.contents),
        depth: 0,
        plain,
      });
    return leaves;
  });
}

/**
 * Reads a JSON file as a list of leaves.
 *
 * @throws LabError `BAD_CONFIGURATION` with the file
 */
export function leavesOfJson(source: Text): Leaf[] {
  const text = source.text.replace(/^\uFEFF/, " ");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new LabError(
      "BAD_CONFIGURATION",
      `Cannot read ${source.file}: this is not JSON: ${(cause as Error).message}`,
      { file: source.file, cause },
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw unreadable(source.file, 1, "the top level is not an object");
  // the YAML parser takes no tabs for indentation; a blank is as wide
  return leavesOfYaml({ ...source, text: text.replaceAll("\t", " ") })[0] ?? [];
}

interface Walk {
  readonly document: Document;
  at(node: Node | null): Location;
  readonly leaves: Leaf[];
  readonly path: string;
  /** Where the key is. */
  readonly where: Location;
  readonly depth: number;
  readonly plain: ((text: string) => string) | undefined;
}

const DEEPEST = 100;

function walk(node: Node | null, state: Walk): void {
  const { document, leaves, path, where } = state;
  if (state.depth > DEEPEST)
    throw unreadable(where.file, where.line, "an alias is within its own anchor, or it is nested too deeply");
  if (isAlias(node)) return walk(node.resolve(document) ?? null, { ...state, depth: state.depth + 1 });
  if (isMap(node)) {
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const key = isScalar(pair.key) ? String(pair.key.value) : "";
      const inner = { ...state, depth: state.depth + 1 };
      if (key === "<<") walk(pair.value, inner);
      else
        walk(pair.value, { ...inner, path: path === "" ? key : `${path}.${key}`, where: state.at(pair.key) });
    }
  } else if (isSeq(node)) {
    const items = node.items as Node[];
    if (items.every(isScalar))
      leaves.push({ path, value: items.map((item) => textOf(item, state)).join(","), at: where });
    else items.forEach((item, i) => walk(item, { ...state, path: `${path}[${i}]`, depth: state.depth + 1 }));
  } else leaves.push({ path, value: textOf(node, state), at: where });
}

function textOf(node: Node | null, { plain }: Walk): string {
  if (!isScalar(node) || node.value === null) return "";
  return plain !== undefined &&
    node.type === "PLAIN" &&
    node.source !== undefined &&
    !node.source.startsWith("0x")
    ? plain(node.source)
    : String(node.value);
}

/** What cannot be read, in the one form that it is told. */
export function unreadable(file: string, line: number, why: string): LabError {
  return new LabError("BAD_CONFIGURATION", `Cannot read ${file}: ${why}`, { file, line });
}
