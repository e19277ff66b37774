// The one place where YAML of others is parsed: the library's documents, after they are known to be of
// bounded size.
//
//   text ─▶ tokens (counted) ─▶ concrete syntax (its depth limited) ─▶ documents ─▶ anchors, duplicate keys
//
// Who walks the documents resolves aliases by `targetOf` and takes each value from the budget: a few lines
// of aliases to aliases would otherwise be billions of values.

import { Composer, isAlias, isMap, isScalar, Lexer, LineCounter, Parser, visit } from "yaml";
import type { Alias, CST, Document, Node, Tags, YAMLMap } from "yaml";
import {
  type Budget,
  makeBudget,
  MAX_DEPTH,
  MAX_VALUES,
  MAX_YAML_DOCUMENTS,
  MAX_YAML_TOKENS,
} from "./limits.ts";

/** Why a text cannot be read: it is no YAML, it has one key twice, or it is over a limit. */
export interface YamlFlaw {
  readonly kind: "syntax" | "twin" | "limit";
  /** Counts from 1. */
  readonly line: number;
  /** One line, without the place. */
  readonly why: string;
}

/** Makes the error for a text that cannot be read. */
export type Refuse = (flaw: YamlFlaw) => Error;

/** The documents of a text, and what walking them needs. */
export interface YamlText {
  readonly documents: readonly Document[];
  /** Counts from 1, as columns do. */
  position(offset: number): { line: number; col: number };
  /** What an alias stands for; undefined where there is no such anchor before it. */
  targetOf(alias: Alias): Node | undefined;
  /** What the values of all documents are taken from, those behind aliases each time. */
  readonly budget: Budget;
}

/** What parsing depends on besides the text. */
export interface ParseYamlOptions {
  readonly refuse: Refuse;
  /** Tags beside YAML's own. @default [] */
  readonly customTags?: Tags;
}

/** Parses a text. @throws what `refuse` makes, for what is not YAML and for what is over a limit */
export function parseYaml(text: string, { refuse, customTags = [] }: ParseYamlOptions): YamlText {
  const lines = new LineCounter();
  const position = (offset: number): { line: number; col: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), col: Math.max(col, 1) };
  };
  const lineOf = (offset: number): number => position(offset).line;
  const tokens = tokensOf(text, lines, refuse);
  // the library compares each key of a mapping with all before it, which takes minutes for 50,000 keys
  const composer = new Composer({ uniqueKeys: false, customTags });
  const documents: Document[] = [];
  const targets = new Map<Alias, Node>();
  for (const document of composer.compose(tokens) as Iterable<Document>) {
    if (documents.push(document) > MAX_YAML_DOCUMENTS) throw refuse(limit(`${MAX_YAML_DOCUMENTS} documents`));
    const error = document.errors[0];
    if (error !== undefined)
      throw refuse({ kind: "syntax", line: lineOf(error.pos[0]), why: error.message.split("\n")[0]! });
    prepare(document, targets, (offset) =>
      refuse({ kind: "twin", line: lineOf(offset), why: "Map keys must be unique" }),
    );
  }
  return {
    documents,
    position,
    targetOf: (alias) => targets.get(alias),
    budget: makeBudget(MAX_VALUES, () =>
      refuse(limit(`${MAX_VALUES} values once its aliases are written out`)),
    ),
  };
}

function limit(most: string): YamlFlaw {
  return { kind: "limit", line: 1, why: `it has more than ${most}` };
}

// Token by token, because the parser itself recurses where deep collections end.
function tokensOf(text: string, lines: LineCounter, refuse: Refuse): CST.Token[] {
  const tokens: CST.Token[] = [];
  const budget = makeBudget(MAX_YAML_TOKENS, () => refuse(limit(`${MAX_YAML_TOKENS} YAML tokens`)));
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    budget.spend(1);
    tokens.push(...parser.next(lexeme));
    // beside the collections, the document and a scalar are open
    if (parser.stack.length > MAX_DEPTH + 2) {
      const { line } = lines.linePos(parser.offset);
      throw refuse({ kind: "limit", line, why: `it is nested deeper than ${MAX_DEPTH}` });
    }
  }
  tokens.push(...parser.end());
  return tokens;
}

// An alias means the last anchor of its name before it.
function prepare(document: Document, targets: Map<Alias, Node>, refuse: (offset: number) => Error): void {
  const anchors = new Map<string, Node>();
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) targets.set(node, target);
        return;
      }
      if (node.anchor) anchors.set(node.anchor, node as Node);
      if (isMap(node)) refuseTwins(node, refuse);
    },
  });
}

function refuseTwins(map: YAMLMap, refuse: (offset: number) => Error): void {
  const seen = new Set<unknown>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    if (seen.has(key.value)) throw refuse(key.range?.[0] ?? 0);
    seen.add(key.value);
  }
}
