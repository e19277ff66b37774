// Which errors a text contains, and what is known of each.
//
//   text ─▶ blocks (a message and its stack) ─▶ entries that match ─▶ the one that says most ─▶ counted
//                                                └ none, and it looks like an error ─▶ not known

import { type Block, blocksOf } from "./blocks.ts";
import type { ErrorEntry, ErrorFamily, KafkaErrorCause } from "./entry.ts";
import { looksLikeError } from "./line.ts";
import { codeIn, type Match, matchesOf } from "./match.ts";

/** Options of `explainError`. */
export interface ExplainErrorOptions {
  /** How many errors of each list are reported, in their order. @default 100 */
  readonly limit?: number;
}

/** An error of the text that is known. */
export interface ExplainedError {
  /** The entry's name in kebab-case, the same in every version of the lab: `not-enough-replicas`. */
  readonly id: string;
  /** Who writes such a line. */
  readonly family: ErrorFamily;
  /** The error's name, as its program writes it. */
  readonly title: string;
  /** Kafka's error code, where it is one: 19. */
  readonly code?: number;
  /** What it means: one or two sentences. */
  readonly means: string;
  /** Its causes, the most frequent first, each with what distinguishes it from the others. */
  readonly causes: readonly KafkaErrorCause[];
  /** The scenario that shows it, with its options: `01-broker-stops --how kill`. */
  readonly shownBy?: string;
  /** Where this is decided: a file of the project, a KIP or an issue. */
  readonly source: string;
  /** The line where it first occurs, from 1. */
  readonly line: number;
  /** The line where it last occurs. */
  readonly lastLine: number;
  /** How often it occurs; a stack counts once. */
  readonly count: number;
  /** That line, shortened to 300 characters; it is foreign text. */
  readonly text: string;
  /** The other known errors in the same stacks or lines, by their titles. */
  readonly beside: readonly string[];
}

/** What looks like an error, and is not known. */
export interface UnknownErrorLine {
  /** The line where it first occurs, from 1. */
  readonly line: number;
  /** How often it occurs, whatever its numbers are. */
  readonly count: number;
  /** That line, shortened to 300 characters; it is foreign text. */
  readonly text: string;
  /** Kafka's error code that it names. */
  readonly code?: { readonly name: string; readonly code: number };
}

/** What a text contains. */
export interface ExplainedErrors {
  /** What is known, by first appearance. */
  readonly errors: readonly ExplainedError[];
  /** What looks like an error and is not known, by first appearance. */
  readonly unknown: readonly UnknownErrorLine[];
  /** How many more of either were found than the limit. */
  readonly omitted: number;
}

/** The largest text that is read, in characters. */
export const MAX_ERROR_TEXT: number = 16 << 20;
/** The most lines that are read: each takes some microseconds, however short it is. */
export const MAX_ERROR_LINES: number = 1_000_000;

const SHOWN = 300;

/** Explains the errors of a text: see the face. */
export function explainError(text: string, { limit = 100 }: ExplainErrorOptions = {}): ExplainedErrors {
  if (text.length > MAX_ERROR_TEXT)
    throw new RangeError(
      `Cannot explain errors: the text has ${text.length} characters, expected at most ${MAX_ERROR_TEXT}`,
    );
  const known = new Map<string, Known>();
  const unknown = new Map<string, UnknownErrorLine>();
  let omitted = 0;
  const isAlone = !text.trim().includes("\n");
  for (const block of blocksOf(text)) {
    if (block[0].number > MAX_ERROR_LINES)
      throw new RangeError(`Cannot explain errors: the text has more than ${MAX_ERROR_LINES} lines`);
    const best = bestOf(block, isAlone);
    if (best !== undefined) note(known, best);
    else if (block.some((line) => looksLikeError(line))) omitted += noteUnknown(unknown, block, limit);
  }
  const all = [...known.values()];
  return {
    errors: all.slice(0, limit).map(explained),
    unknown: [...unknown.values()],
    omitted: omitted + Math.max(0, all.length - limit),
  };
}

interface Best {
  readonly entry: ErrorEntry;
  readonly number: number;
  readonly text: string;
  readonly others: readonly ErrorEntry[];
}

/** What only carries another error comes last; then the innermost line counts, then the longest pattern. */
function bestOf(block: Block, isAlone: boolean): Best | undefined {
  const found = block.flatMap((line, at) =>
    matchesOf(line.text, isAlone).map((match) => ({ ...match, line, at })),
  );
  const [best, ...rest] = found.sort((a, b) => rank(b) - rank(a) || b.at - a.at || b.weight - a.weight);
  if (best === undefined) return undefined;
  const others = new Set(rest.map(({ entry }) => entry));
  others.delete(best.entry);
  return { entry: best.entry, number: best.line.number, text: best.line.text, others: [...others] };
}

function rank({ entry }: Match): number {
  return entry.isWrapper ? 0 : 1;
}

interface Known {
  readonly best: Best;
  lastLine: number;
  count: number;
  readonly beside: Set<string>;
}

function note(known: Map<string, Known>, best: Best): void {
  const before = known.get(best.entry.id);
  const one = before ?? { best, lastLine: 0, count: 0, beside: new Set<string>() };
  one.lastLine = best.number;
  one.count += 1;
  for (const { title, isWrapper } of best.others) if (!isWrapper) one.beside.add(title);
  if (before === undefined) known.set(best.entry.id, one);
}

function explained({ best, lastLine, count, beside }: Known): ExplainedError {
  const { patterns: _, isWrapper: __, ...entry } = best.entry;
  return { ...entry, line: best.number, lastLine, count, text: shown(best.text), beside: [...beside] };
}

/** How many of them are not listed: 0 or 1. */
function noteUnknown(unknown: Map<string, UnknownErrorLine>, block: Block, limit: number): 0 | 1 {
  const line = block.find((one) => looksLikeError(one))!;
  const key = line.text.slice(0, SHOWN).replace(/\d+/g, "0");
  const before = unknown.get(key);
  if (before !== undefined) unknown.set(key, { ...before, count: before.count + 1 });
  else if (unknown.size >= limit) return 1;
  else {
    const code = codeIn(line.text);
    unknown.set(key, {
      line: line.number,
      count: 1,
      text: shown(line.text),
      ...(code !== undefined && { code }),
    });
  }
  return 0;
}

/** As it is: what prints it makes it printable. */
function shown(text: string): string {
  return text.trim().slice(0, SHOWN);
}
