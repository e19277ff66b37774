// YAML and JSON as dotted keys, each with its line and column; JSON is YAML to the parser.

import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Node, Pair } from "yaml";
import { LabError } from "../../../model/errors.ts";
import { type Budget, makeBudget, MAX_DEPTH, MAX_EXPANDED_CHARACTERS } from "../../../runtime/limits.ts";
import { parseYaml, type YamlText } from "../../../runtime/yaml.ts";
import type { Location } from "../setting.ts";

/** One leaf: its path, and its value as text; a list of scalars is one leaf, joined by commas. */
export interface Leaf {
  readonly path: string;
  readonly value: string;
  readonly location: Location;
}

/** What a diagnosis reads: a name to show, and the text. */
export interface Text {
  /** Its name: decides its kind, and is shown in findings. */
  readonly file: string;
  /** Its contents. */
  readonly text: string;
}

/**
 * Reads every document of a YAML file as a list of leaves; `plain` says what another reader makes of a text
 * without quotes.
 *
 * @throws LabError `BAD_CONFIGURATION` with file and line
 */
export function leavesOfYaml({ file, text }: Text, plain?: (text: string) => string): Leaf[][] {
  const yaml = parseYaml(text, {
    refuse: ({ kind, line, why }) =>
      unreadable(file, line, kind === "limit" ? why : `this is not YAML: ${why}`),
  });
  const at = (node: Node | null): Location => {
    const { line, col } = yaml.position(node?.range?.[0] ?? 0);
    return { file, line, column: col };
  };
  const why = `its keys and values are longer than ${MAX_EXPANDED_CHARACTERS} characters once written out`;
  const characters = makeBudget(MAX_EXPANDED_CHARACTERS, () => unreadable(file, 1, why));
  return yaml.documents.map(({ contents }) => {
    const leaves: Leaf[] = [];
    if (contents !== null) {
      const root = contents as Node;
      walk(root, { yaml, characters, at, leaves, path: "", where: at(root), depth: 0, plain });
    }
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
  readonly yaml: YamlText;
  /** Of the leaves' paths and values. */
  readonly characters: Budget;
  at(node: Node | null): Location;
  readonly leaves: Leaf[];
  readonly path: string;
  /** Where the key is. */
  readonly where: Location;
  readonly depth: number;
  readonly plain: ((text: string) => string) | undefined;
}

function walk(node: Node | null, state: Walk): void {
  const { yaml, path, where } = state;
  yaml.budget.spend(1);
  if (state.depth > MAX_DEPTH) {
    const why = `an alias is within its own anchor, or it is nested deeper than ${MAX_DEPTH}`;
    throw unreadable(where.file, where.line, why);
  }
  if (isAlias(node)) return walk(yaml.targetOf(node) ?? null, { ...state, depth: state.depth + 1 });
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
    if (items.every(isScalar)) {
      yaml.budget.spend(items.length);
      addLeaf(items.map((item) => textOf(item, state)).join(","), state);
    } else
      items.forEach((item, i) => walk(item, { ...state, path: `${path}[${i}]`, depth: state.depth + 1 }));
  } else addLeaf(textOf(node, state), state);
}

function addLeaf(value: string, { characters, leaves, path, where }: Walk): void {
  characters.spend(path.length + value.length);
  leaves.push({ path, value, location: where });
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

/** What cannot be read, in the one form that is reported. */
export function unreadable(file: string, line: number, why: string): LabError {
  return new LabError("BAD_CONFIGURATION", `Cannot read ${file}: ${why}`, { file, line });
}
