// Texts that nobody expects: numbers at every edge, names that are paths, and what a terminal obeys.

import fc from "fast-check";

/** Every number that some reader takes for another. */
export const NUMBERS: readonly string[] = [
  "0",
  "1",
  "-1",
  "",
  " ",
  "ten",
  "1.5",
  "1e3",
  "1e20",
  "0x10",
  "010",
  "+1",
  "1_000",
  "٣",
  "5s",
  "1m30s",
  "-5ms",
  "99999h",
  "2147483647",
  "2147483648",
  "-2147483649",
  "9007199254740993",
  "9223372036854775808",
  "65535",
  "65536",
  "99999999999999999999999999",
  "1,2",
  "1,,2",
  "true",
  "yes",
  "Infinity",
];

const ODD: readonly string[] = [
  "a",
  "..",
  ".",
  "/",
  "a/b",
  "../../../../evil",
  "a b",
  "-a",
  "--",
  "*",
  "~",
  "#",
  "%s",
  "$",
  "$$",
  "${",
  "${X}",
  "${X:?no}",
  "${X:-${Y}}",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "x\nfuzz.injected=1",
  "x\rfuzz.injected=1",
  "x\u0000y",
  "x\\",
  "x\\\nfuzz.injected=1",
  "\u001b[2J\u001b]0;title\u0007",
  "\u009b31m",
  "\u202eabc\u2066",
  "\u2028",
  "\ud800",
  "\u{1f600}",
  "e\u0301".repeat(40),
  "한국어",
  "<svg onload=1>&amp;]]>",
  "'\"`",
  "localhost:9092",
  "a:1,b:2",
  "x".repeat(5000),
];

/** A text, mostly short. */
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ODD) },
  { weight: 4, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
);

/** A number, mostly one that is none. */
export const number: fc.Arbitrary<number> = fc.constantFrom(
  0,
  1,
  -1,
  1.5,
  65_536,
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  1e21,
  1e308,
  -1e308,
  5e-324,
);

/** A value of JSON or YAML: a scalar, a list, a mapping, deep at times. */
export const json: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    number,
    fc.constantFrom(null, true, false),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(text, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;
