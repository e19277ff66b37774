// Finds texts with gaps in a line, in time that is linear in the line's length whatever the line contains.
//
//   "Topic … not present in metadata after … ms"      a pattern: text, and … for whatever is between
//    └ key: the longest whole word ─▶ index of words  a line is compared with few of all patterns only
//
// A pattern is no regular expression: it cannot backtrack, and what a pattern means can be read. A letter,
// digit or underscore at a pattern's ends does not match inside of a longer word.

/** A pattern, ready to be looked for. */
export interface Pattern {
  readonly parts: readonly string[];
  /** The word by which it is found; every line that matches contains it as a word. */
  readonly key: string;
  /** How many characters are compared: of two patterns that match, the longer one says more. */
  readonly weight: number;
}

const WORD = /[A-Za-z_]{3,}/g;
const WORD_CHARACTER = /^[A-Za-z0-9_]$/;

/** The words of a line by which patterns are found. */
export function wordsOf(line: string): Set<string> {
  return new Set(line.match(WORD) ?? []);
}

/** @throws RangeError for a pattern that has no word of its own */
export function readPattern(text: string): Pattern {
  const parts = text.split("…");
  const whole = parts.flatMap((part, at) => wholeWords(part, at === 0, at === parts.length - 1));
  const key = whole.sort((a, b) => b.length - a.length)[0];
  if (key === undefined) throw new RangeError(`Cannot look for ${JSON.stringify(text)}: it has no word`);
  return { parts, key, weight: text.length - parts.length + 1 };
}

/** At a gap a word may go on; at the pattern's ends it does not. */
function wholeWords(part: string, isFirst: boolean, isLast: boolean): string[] {
  return [...part.matchAll(WORD)].flatMap(({ 0: word, index }) => {
    const end = index + word.length;
    const begins = index > 0 ? !isDigit(part[index - 1]) : isFirst;
    const ends = end < part.length ? !isDigit(part[end]) : isLast;
    return begins && ends ? [word] : [];
  });
}

function isDigit(character = ""): boolean {
  return character >= "0" && character <= "9";
}

/** Whether a line contains the pattern's parts, in their order. */
export function isIn(line: string, { parts }: Pattern): boolean {
  const [first, ...rest] = parts as readonly [string, ...string[]];
  const last = rest.pop();
  let from = find(line, first, 0, true, last === undefined);
  for (const part of rest) {
    if (from === -1) return false;
    const at = line.indexOf(part, from);
    from = at === -1 ? -1 : at + part.length;
  }
  return from !== -1 && (last === undefined || find(line, last, from, false, true) !== -1);
}

/** Where the first occurrence ends that stands alone where it has to; -1 for none. */
function find(line: string, part: string, from: number, begins: boolean, ends: boolean): number {
  for (let at = line.indexOf(part, from); at !== -1; at = line.indexOf(part, at + 1)) {
    const end = at + part.length;
    const standsAlone =
      (!begins || !joins(line[at - 1], part[0])) && (!ends || !joins(part[part.length - 1], line[end]));
    if (standsAlone) return end;
  }
  return -1;
}

/** Whether two characters beside each other are of one word. */
function joins(left = "", right = ""): boolean {
  return WORD_CHARACTER.test(left) && WORD_CHARACTER.test(right);
}
