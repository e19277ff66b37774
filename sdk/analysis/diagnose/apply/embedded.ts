// Edits of a file within a ConfigMap: a server.properties or an application.yml that is a block of text.

import { isMap, isScalar, visit } from "yaml";
import type { Scalar } from "yaml";
import type { FixEdit } from "../fix.ts";
import { editLines } from "./lines.ts";
import { parsed, type Parsed, replaced, startOf } from "./splice.ts";
import { editTree } from "./tree.ts";

/** The new text; undefined where the line is in no such block. */
export function editFileWithin(file: Parsed, edit: FixEdit): string | undefined {
  const block = blockAt(file, edit.line);
  if (block === undefined) return undefined;
  const { from, to, indent, isYaml } = block;
  const lines = file.text.slice(from, to).split("\n");
  const text = lines.map((line) => line.slice(Math.min(indent, line.search(/\S|$/)))).join("\n");
  const own = { ...edit, line: edit.line - file.yaml.position(from).line + 1 };
  const result = isYaml ? editedYaml(text, own) : editLines(text, own, false);
  if (result === undefined || result === text) return result === undefined ? undefined : file.text;
  const margin = " ".repeat(indent);
  const made = result
    .replace(/\r?\n$/, "")
    .split("\n")
    .map((line) => (/^\r?$/.test(line) ? line : margin + line));
  return replaced(file.text, from, to, made.join("\n"));
}

function editedYaml(text: string, edit: FixEdit): string | undefined {
  const inner = parsed(text, false);
  const result = editTree(inner, edit);
  if (result !== undefined) parsed(result, false);
  return result;
}

interface TextBlock {
  readonly from: number;
  /** Where its last line ends, without the line break. */
  readonly to: number;
  /** How many blanks are before each line. */
  readonly indent: number;
  readonly isYaml: boolean;
}

const NAME = /\.(ya?ml|properties|conf|cfg)$/i;

function blockAt(file: Parsed, line: number): TextBlock | undefined {
  const found: TextBlock[] = [];
  for (const document of file.documents)
    visit(document, {
      Pair(_, pair, path) {
        if (!isScalar(pair.key) || !isMap(path.at(-1)) || !isScalar(pair.value)) return;
        const name = String(pair.key.value);
        const block = NAME.test(name) ? blockOf(file, pair.value, /ya?ml$/i.test(name)) : undefined;
        if (block === undefined) return;
        const lineOf = (offset: number): number => file.yaml.position(offset).line;
        if (lineOf(block.from) <= line && line <= lineOf(block.to)) found.push(block);
      },
    });
  return found[0];
}

/** The lines of a literal block; undefined for any other text, or where its header gives the indentation. */
function blockOf({ text }: Parsed, scalar: Scalar, isYaml: boolean): TextBlock | undefined {
  if (scalar.type !== "BLOCK_LITERAL" || scalar.range == null) return undefined;
  const header = text.indexOf("\n", startOf(scalar));
  if (header === -1 || /\d/.test(text.slice(startOf(scalar), header))) return undefined;
  const from = header + 1;
  const content = text.slice(from, scalar.range[1]);
  const to = from + content.trimEnd().length;
  const margins = content.split("\n").filter((line) => line.trim() !== "");
  const indent = Math.min(...margins.map((line) => line.search(/\S/)));
  return margins.length === 0 ? undefined : { from, to, indent, isYaml };
}
