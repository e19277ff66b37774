// Finds the column of a setting in the text of a compose file.

import type { ComposeSource, SourceLocation } from "../../../compose/mod.ts";
import type { Location } from "../setting.ts";

/** Finds a word's column in a line, and whether the line assigns with `=`. */
export type Locate = ((source: SourceLocation, word: string) => Location) & {
  isList(source: SourceLocation, word: string): boolean;
};

/** Longer lines are not searched: with thousands of variables in one line it would take minutes. */
const LONG_LINE = 10_000;

/** A location in compose files is a line; the column is that of the word in it. */
export function locator(sources: readonly ComposeSource[]): Locate {
  const texts = new Map(sources.map(({ file, text }) => [file, text.split(/\r\n|\n/)]));
  const lineOf = ({ file, line }: SourceLocation): string => texts.get(file)?.[line - 1] ?? "";
  const locate = (source: SourceLocation, word: string): Location => {
    const text = lineOf(source);
    const found = text.length > LONG_LINE ? -1 : text.indexOf(word);
    return {
      file: source.file,
      line: Math.max(source.line, 1),
      column: (found === -1 ? text.search(/\S/) : found) + 1 || 1,
    };
  };
  return Object.assign(locate, {
    isList: (source: SourceLocation, word: string) => lineOf(source).slice(0, LONG_LINE).includes(`${word}=`),
  });
}
