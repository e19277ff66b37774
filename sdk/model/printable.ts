// The one place where foreign text becomes printable.
//
//   history, compose file, broker log, a tool's stderr, an argument
//        │  printable(text)    where a value enters a line, a cell, an error's message or a picture:
//        ▼                     no control character, line break or colour of its own is left in it
//   line ─▶ paint(line) ─▶ print(lines), framed(svg)
//                              where text leaves the program: made printable once more, as a whole
//
// Both steps are needed. The last one cannot tell a colour that the caller's `paint` made from one that a
// record's value brings along, nor a line break of the lab from one in a topic's name; this is known only
// where the value enters. The first step alone could be forgotten by the next renderer.
//
// What does not print, or misleads a reader, becomes its escape: `\x1b`, `\u202e`. Escapes from U+007F on
// are those of JSON, and JSON itself escapes everything below U+0020. So a JSON text that is made printable
// is the same JSON value. An escape is printable, so the function is idempotent. A backslash stays: the
// result is for reading, it cannot be turned back.
//
// Sources: Unicode UTR 36 and UTS 39 (misleading characters), UAX 9 (bidi controls), UAX 44 (characters that
// take no room: Default_Ignorable_Code_Point), XML 1.0 section 2.2 (characters that XML does not allow),
// ECMA-48 section 8.3.117 (colours).

/** Options of `printable`. */
export interface PrintableOptions {
  /** Keeps line breaks; without it they become a space. @default false */
  lines?: boolean;
  /** Keeps colours (SGR), for a text that the caller has painted; with a limit, none. @default false */
  colours?: boolean;
  /** Cuts to so many characters, as a person counts them; the last one is `…`. @default not cut */
  limit?: number;
}

/** Makes a text safe to show on a terminal, in a notebook, and in XML and HTML. */
export function printable(text: string, options: PrintableOptions = {}): string {
  const { lines = false, colours = false, limit } = options;
  // what is cut off anyway is not looked at
  const whole = limit === undefined ? text : text.slice(0, UNITS * limit + 1);
  const shown = ASCII.test(whole)
    ? whole
    : escaped(whole, lines, colours && limit === undefined ? COLOURED : PLAIN);
  return limit === undefined ? shown : shortened(shown, limit);
}

const ASCII = /^[\x20-\x7e]*$/;
const TAB = "    ";

function escaped(text: string, lines: boolean, pattern: RegExp): string {
  const spaced = lines
    ? text.replaceAll("\r\n", "\n").replaceAll("\t", TAB)
    : text.replace(/[\t\r\n]+/g, " ");
  return spaced.replace(pattern, (found: string, kept: string | undefined) =>
    kept !== undefined || (lines && found === "\n") ? found : escapeOf(found),
  );
}

function escapeOf(character: string): string {
  if (character < " ") return `\\x${hex(character, 2)}`;
  return Array.from({ length: character.length }, (_, i) => `\\u${hex(character[i]!, 4)}`).join("");
}

function hex(unit: string, digits: number): string {
  return unit.charCodeAt(0).toString(16).padStart(digits, "0");
}

/** Controls, line separators, lone surrogates, noncharacters, and what takes no room (bidi controls, too). */
const BAD = String.raw`[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{NChar}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]`;

/** Scripts in which U+200C, U+200D and U+180E between two letters are spelling. */
const LETTER = `[${"Arab Syrc Mong Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Khmr Mymr Tibt"
  .split(" ")
  .map((script) => `\\p{Script=${script}}`)
  .join("")}]`;

const EMOJI = String.raw`\p{Extended_Pictographic}[\ufe0e\ufe0f]?\p{Emoji_Modifier}?`;

/** Letters as tags, the invisible characters of U+E0000. */
function tagged(text: string): string {
  return [...text].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join("");
}

/** Where characters that take no room are a part of what is seen, and of nothing else. */
const ORDINARY = [
  // the flags of England, Scotland and Wales, the only ones that are spelt with tags
  `\u{1f3f4}(?:${["gbeng", "gbsct", "gbwls"].map(tagged).join("|")})\u{e007f}`,
  `${EMOJI}(?:\\u200d${EMOJI})*`,
  String.raw`[0-9#*]\ufe0f\u20e3`,
  // one variation selector behind a Chinese character or a Mongolian letter
  String.raw`\p{Script=Han}[\ufe00-\ufe02\u{e0100}-\u{e01ef}]`,
  String.raw`\p{Script=Mong}[\u180b-\u180d\u180f]`,
  `(?<=${LETTER})[\\u200c\\u200d\\u180e](?=${LETTER})`,
].join("|");

/** Styles and foregrounds; not hidden (8), blinking (5, 6), black or a background: these can hide text. */
const SGR = String.raw`[0-479]|2[2-479]|3[1-79]|9[0-7]|38;5;(?!(?:0+|0*16|232)(?!\d))\d{1,3}`;
const COLOUR = String.raw`\x1b\[(?:(?:${SGR})(?:;(?:${SGR}))*)?m`;

const PLAIN = new RegExp(`(${ORDINARY})|${BAD}`, "gu");
const COLOURED = new RegExp(`(${COLOUR}|${ORDINARY})|${BAD}`, "gu");

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** A character with very many accents counts as more than one: so many code units each are room enough. */
const UNITS = 16;

function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let [count, end] = [0, 0];
  for (const { segment, index } of graphemes.segment(text)) {
    if (++count > limit || index + segment.length > UNITS * limit) return `${text.slice(0, end)}…`;
    if (count < limit && index + segment.length < UNITS * limit) end = index + segment.length;
  }
  return text;
}
