// A text before it is shown: escapes for what does not print or misleads, everything else as it is.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { printable, type PrintableOptions } from "../../sdk/model/printable.ts";
import { table } from "../../sdk/report/text/mod.ts";
import { letters, widthOf } from "../../sdk/report/text/width.ts";
import { assertCharacters } from "./hostile/text.ts";

const KEPT: readonly string[] = [
  "",
  "plain text, with a \\ and a \\x1b that is written out",
  "주문 토픽: 리더 브로커가 멈춘다",
  "e\u0301 ñ ü ß Ω я 日本語 中文 ไทย עברית العربية",
  "👩‍🚒 👨🏽‍🚀 🏳️‍🌈 🏴‍☠️ ❤️ ❤‍🔥 1️⃣ #️⃣ ☎︎ 🇰🇷 👨‍👩‍👧‍👦",
  "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
  "葛\u{e0100}城 凞\ufe00",
  "می\u200cخواهم क्\u200dष ক্\u200cষ",
  "█ ░ ─ · … → ▸ Δ ≤ € ☃",
];
for (const text of KEPT)
  test(`printable() keeps ${JSON.stringify(text)}`, () => {
    assert.is(printable(text), text);
    assert.is(printable(text, { lines: true, colours: true, limit: 100 }), text);
  });

const ESCAPED: readonly (readonly [string, string, PrintableOptions?])[] = [
  ["\x1b]0;title\x07", "\\x1b]0;title\\x07"],
  ["\x1b[2J\x1b[31mred", "\\x1b[2J\\x1b[31mred"],
  ["a\0\b\v\f\x7f\x80\x9bz", "a\\x00\\x08\\x0b\\x0c\\u007f\\u0080\\u009bz"],
  ["\u202eabc\u2066\u200e\u200f\u061c", "\\u202eabc\\u2066\\u200e\\u200f\\u061c"],
  ["a\u2028b\u2029c\x85d", "a\\u2028b\\u2029c\\u0085d"],
  ["a\u200bb\u2060c\ufeffd\u00ade\u034ff\u180eg", "a\\u200bb\\u2060c\\ufeffd\\u00ade\\u034ff\\u180eg"],
  ["\u115f\u1160\u3164\uffa0", "\\u115f\\u1160\\u3164\\uffa0"],
  ["\ud800 \udc00x", "\\ud800 \\udc00x"],
  ["\ufffe\uffff\ufdd0\u{1fffe}", "\\ufffe\\uffff\\ufdd0\\ud83f\\udffe"],
  ["tag\u{e0041}\u{e007f}", "tag\\udb40\\udc41\\udb40\\udc7f"],
  ["🏴\u{e0041}\u{e007f}", "🏴\\udb40\\udc41\\udb40\\udc7f"],
  ["a\u200db 한\u200d글 \u200c", "a\\u200db 한\\u200d글 \\u200c"],
  ["x\ufe0f ❤\ufe0f\ufe0f", "x\\ufe0f ❤\ufe0f\\ufe0f"],
  ["one\ntwo\r\nthree\tfour", "one two three four"],
  ["one\ntwo\r\nthree\rfour\tfive", "one\ntwo\nthree\\x0dfour    five", { lines: true }],
  ["\x1b[1;31mred\x1b[0m\x1b[m", "\x1b[1;31mred\x1b[0m\x1b[m", { colours: true }],
  ["\x1b[38;5;208mx\x1b[39m", "\x1b[38;5;208mx\x1b[39m", { colours: true }],
  ["\x1b[8mx\x1b[5m\x1b[30m\x1b[40m", "\\x1b[8mx\\x1b[5m\\x1b[30m\\x1b[40m", { colours: true }],
  ["\x1b[31;8m\x1b[38;5;0m\x1b[38;5;16m", "\\x1b[31;8m\\x1b[38;5;0m\\x1b[38;5;16m", { colours: true }],
  ["\x1b[2J\x1b]8;;x\x1b\\", "\\x1b[2J\\x1b]8;;x\\x1b\\", { colours: true }],
  ["a long value", "a lon…", { limit: 6 }],
  ["six 66", "six 66", { limit: 6 }],
  ["👩‍🚒👩‍🚒👩‍🚒", "👩‍🚒…", { limit: 2 }],
  ["\x1b\x1b\x1b", "\\x1b…", { limit: 5 }],
  ["x", "x", { limit: 1 }],
  ["xy", "…", { limit: 1 }],
];
for (const [text, expected, options] of ESCAPED)
  test(
    `printable() makes ${JSON.stringify(text)} ${JSON.stringify(expected)} ` +
      `${JSON.stringify(options ?? "")}`,
    () => assert.is(printable(text, options), expected),
  );

/** Texts in which everything that matters is frequent. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        ..."\x1b\x9b\x07\n\r\t\u202e\u200d\u200c\ufe0f\u3164\ud83d\ude92\ud800\u2028ab가e\u0301\\[31m;8",
      ),
      fc.constantFrom(
        "\x1b[31m",
        "\x1b[0m",
        "\x1b[2J",
        "👩‍🚒",
        "\u{e0067}",
        "\u{1f3f4}",
        "1\ufe0f\u20e3",
        "क्\u200dष",
        "\r\n",
      ),
      fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    ),
  )
  .map((parts) => parts.join(""));
const anyOptions: fc.Arbitrary<PrintableOptions> = fc.record(
  { lines: fc.boolean(), colours: fc.boolean(), limit: fc.integer({ min: 1, max: 40 }) },
  { requiredKeys: [] },
);
const SEED = { seed: 20_261_125, numRuns: 2000 };

test("printable() leaves only what prints, whatever the text is", () =>
  fc.assert(
    fc.property(anyText, fc.boolean(), (text, lines) => {
      const shown = printable(text, { lines });
      assertCharacters(shown, "the text");
      if (!lines) assert.not.match(shown, /\n/);
    }),
    SEED,
  ));
test("printable() is idempotent", () =>
  fc.assert(
    fc.property(anyText, anyOptions, (text, options) => {
      const once = printable(text, options);
      assert.is(printable(once, options), once);
    }),
    SEED,
  ));
test("printable() keeps to its limit, as a terminal counts", () =>
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 40 }), (text, limit) => {
      const shown = printable(text, { limit });
      assert.ok(letters(shown).length <= limit && shown.length <= 16 * limit, JSON.stringify(shown));
      if (letters(printable(text)).length <= limit && printable(text).length <= limit)
        assert.is(shown, printable(text));
    }),
    SEED,
  ));
test("printable() leaves a JSON text the same value", () =>
  fc.assert(
    fc.property(anyText, anyText, (name, value) => {
      const given = { [name]: value, list: [value] };
      for (const space of [undefined, 2]) {
        const shown = printable(JSON.stringify(given, undefined, space), { lines: true });
        assert.equal(JSON.parse(shown), JSON.parse(JSON.stringify(given)));
        assertCharacters(shown, "the JSON text");
      }
    }),
    SEED,
  ));
test("table() keeps its columns whatever is in its cells", () =>
  fc.assert(
    fc.property(anyText, anyText, (a, b) => {
      const lines = table(
        [
          [a, "|"],
          [b, "|"],
        ],
        { colours: false },
      );
      const [first, second] = lines.map((line) => widthOf(line));
      assert.is(first, second);
    }),
    SEED,
  ));
test("printable() takes time that is linear in the text, and with a limit hardly any", () => {
  const long = "\x1b".repeat(200_000) + "가👩\u200d".repeat(200_000);
  assert.ok(printable(long).length > 1_000_000);
  assert.is(letters(printable(long, { limit: 50 })).length, 50);
  assert.is(
    printable(`e${"\u0301".repeat(1_000_000)}`, { limit: 10 }).length <= 160,
    true,
    "accents are not for free",
  );
});
test.run();
