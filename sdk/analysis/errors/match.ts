// Which entries a line matches. An index of words leaves few patterns to compare a line with.

import { errorCode } from "../../kafka/error-codes.ts";
import type { ErrorEntry } from "./entry.ts";
import { ENTRIES } from "./known/mod.ts";
import { isIn, type Pattern, readPattern, wordsOf } from "./pattern.ts";

/** An entry that a line matches, and how much of the line its pattern compares. */
export interface Match {
  readonly entry: ErrorEntry;
  readonly weight: number;
}

type Indexed = Pattern & { readonly entry: ErrorEntry };

let index: ReadonlyMap<string, readonly Indexed[]> | undefined;

/**
 * The entries that a line matches, each once, with its longest pattern.
 *
 * @param isAlone whether nothing else was asked: then a bare number is a code
 */
export function matchesOf(line: string, isAlone = false): Match[] {
  const weights = new Map<ErrorEntry, number>();
  const add = (entry: ErrorEntry, weight: number): void => {
    weights.set(entry, Math.max(weight, weights.get(entry) ?? 0));
  };
  const known = (index ??= indexed());
  for (const word of wordsOf(line))
    for (const pattern of known.get(word) ?? [])
      if (pattern.weight > (weights.get(pattern.entry) ?? 0) && isIn(line, pattern))
        add(pattern.entry, pattern.weight);
  const numbered = ofNumber(line, isAlone);
  if (numbered !== undefined) add(numbered, 1);
  return [...weights].map(([entry, weight]) => ({ entry, weight }));
}

function indexed(): Map<string, Indexed[]> {
  const found = new Map<string, Indexed[]>();
  for (const entry of ENTRIES)
    for (const text of entry.patterns) {
      const pattern = { ...readPattern(text), entry };
      found.set(pattern.key, [...(found.get(pattern.key) ?? []), pattern]);
    }
  return found;
}

/** `errorCode=19`, `Kafka error code: 19`; other programs have an `error code 1`, too. */
const NUMBER = /\b(?:error_?code|kafka error code)["']?[ =:(]{1,3}(-?\d{1,3})\b/i;
const BARE = /^\s{0,20}(-?\d{1,3})\s{0,20}$/;

function ofNumber(line: string, isAlone: boolean): ErrorEntry | undefined {
  const number = NUMBER.exec(line)?.[1] ?? (isAlone ? BARE.exec(line)?.[1] : undefined);
  return number === undefined ? undefined : ENTRIES.find(({ code }) => code === Number(number));
}

/** The code of Kafka's that a line names, whether or not there is an entry for it. */
export function codeIn(line: string): { name: string; code: number } | undefined {
  for (const name of wordsOf(line)) {
    const code = errorCode(name);
    if (code !== undefined && code !== 0) return { name, code };
  }
  return undefined;
}
