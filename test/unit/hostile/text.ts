// A text that does all that a foreign text can do to a terminal or to XML, and the assertion that it did not.

import * as assert from "uvu/assert";

/** Begins a line of its own where a line break of it is kept. */
const FORGED = "FORGED: it held";

/**
 * Titles, clear-screen, hidden text, C1, bidi, invisible characters, half a pair, what XML forbids, markup.
 */
export const HOSTILE: string = [
  "h\x1b]0;title\x07\x1b[2J\x1b[8mhidden\x1b[31mred",
  "\x9b2J\x85\x00\b\x7f",
  "\u202e\u2066\u200e\u200f\u061c",
  "\u2028\u2029\u200b\u2060\ufeff\u00ad\u3164",
  "\u{e0041}\ud800\ufffe\uffff",
  "\t한국어 👩‍🚒 e\u0301\u00a0",
  `</text><script>alert(1)</script>" onload="alert(1)' href='javascript:alert(1) & ]]> <!-- &nbsp;`,
  `\r${FORGED}\r\n${FORGED}\n${FORGED}`,
].join("");

/** The same without half a pair, which no file in UTF-8 can hold. */
export const HOSTILE_IN_FILE: string = HOSTILE.replace("\ud800", "");

const BAD =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{NChar}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u3164\u{e0000}-\u{e0fff}]/u;

/** A Chinese character in a form of its own, and the three flags that are spelt with tags. */
const SPELT = /\p{Script=Han}[\u{e0100}-\u{e01ef}]|\u{1f3f4}[\u{e0061}-\u{e007a}]{5}\u{e007f}/gu;

/** Asserts that a text prints: nothing in it moves a cursor, hides or reorders. */
export function assertCharacters(text: string, what: string): void {
  const flat = text.replaceAll("\n", "").replace(SPELT, "");
  const found = BAD.exec(flat);
  const at = found === null ? "" : flat.slice(Math.max(0, found.index - 60), found.index);
  const code = found?.[0].codePointAt(0)?.toString(16);
  assert.is(found, null, `${what} has U+${code} behind ${JSON.stringify(at)}`);
}

/** Asserts that a text prints, and that no line of it was begun by a foreign text. */
export function assertPrintable(text: string, what: string): void {
  assertCharacters(text, what);
  assert.not.match(text, new RegExp(`^${FORGED}`, "m"), `${what} has a line that is not the lab's`);
}

/** Fields that hold free text: whoever wrote the history wrote them. */
const FREE = new Set(
  [
    "address api asked client clientId differs engine error group is kafka level logger member memberId",
    "name sentence service source text topic value",
    "via what why",
  ].flatMap((names) => names.split(" ")),
);

/** The same value with hostile text behind every free text in it; `keep` tells which fields stay. */
export function poisoned<T>(value: T, hostile: string, keep: readonly string[] = []): T {
  const walk = (one: unknown, name: string): unknown => {
    if (typeof one === "string") return FREE.has(name) && !keep.includes(name) ? `${one}${hostile}` : one;
    if (Array.isArray(one)) return one.map((item) => walk(item, name));
    if (typeof one !== "object" || one === null || one instanceof Date) return one;
    return Object.fromEntries(Object.entries(one).map(([key, item]) => [key, walk(item, key)]));
  };
  return walk(value, "") as T;
}
