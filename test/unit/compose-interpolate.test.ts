import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertLabError, refusal } from "./refusal.ts";
import { dotenv } from "../../sdk/compose/dotenv.ts";
import { interpolate } from "../../sdk/compose/interpolate.ts";
import { parseCompose } from "../../sdk/compose/mod.ts";

// X is set, E is empty, U is unset.
const env = { X: "x", E: "" };

const replaced: [text: string, result: string][] = [
  ["plain", "plain"],
  ["$X", "x"],
  ["${X}", "x"],
  ["$U|${U}", "|"],
  ["$X$X/${X}y", "xx/xy"],
  ["$$X $${X} a$$$$b", "$X ${X} a$$b"],
  ["$1 a$", "$1 a$"],
  ["${X:-d} ${E:-d} ${U:-d}", "x d d"],
  ["${X-d} ${E-d} ${U-d}", "x  d"],
  ["${X:+r} ${E:+r} ${U:+r}", "r  "],
  ["${X+r} ${E+r} ${U+r}", "r r "],
  ["${X:?m} ${X?m}${E?m}", "x x"],
  ["${U:-}", ""],
  ["${U:-a:b-c?d}", "a:b-c?d"],
  ["${U:-$X}", "x"],
  ["${U:-$$X}", "$X"],
  ["${U:-${X}-${U:-w}}", "x-w"],
  ["${U:-${X:+${E-q}}}|", "|"],
  ["image:${U:-1.${U:-2}}", "image:1.2"],
];

for (const [text, result] of replaced) {
  test(`interpolate() ${text}`, () => assert.is(interpolate(text, env), result));
}

const refused: [text: string, ...names: string[]][] = [
  ["${U:?is needed}", "U", "is needed"],
  ["${E:?is needed}", "E", "is needed"],
  ["${U?}", "U"],
  ["${U:?no ${X}}", "U", "no x"],
  ["${X", "${"],
  ["${}", "${}"],
  ["${X!y}", "${X!y}"],
  ["${X y}", "${X y}"],
];

for (const [text, ...names] of refused) {
  test(`interpolate() refuses ${text}`, () =>
    assert.throws(() => interpolate(text, env), refusal(Error, ...names)));
}

test("parseCompose() names file, line and remedy of a variable that is missing", () => {
  try {
    parseCompose([
      { file: "a.yml", text: "services:\n  a:\n    image: i\n    environment:\n      A: ${U:?give me U}\n" },
    ]);
    assert.unreachable();
  } catch (error) {
    const names = ["${U:?give me U}", "give me U"];
    const { facts } = assertLabError(error, "BAD_COMPOSE", { file: "a.yml", line: 5 }, names);
    assert.match(facts.hint!, ".env");
  }
});

test("parseCompose() leaves keys as they are", () => {
  const text = 'services:\n  a:\n    image: i\n    environment: {"${X}": "${X}"}\n';
  assert.equal(parseCompose([{ file: "a.yml", text }], { env }).services[0]?.environment, { "${X}": "x" });
});

const lines: [line: string, result: Record<string, string>][] = [
  ["A=1", { A: "1" }],
  ["export A=1", { A: "1" }],
  ["  A = spaced  ", { A: "spaced" }],
  ["A: yaml", { A: "yaml" }],
  ["A=", { A: "" }],
  ["X", { X: "x" }],
  ["U", {}],
  ["# A=1", {}],
  ["A=a # comment", { A: "a" }],
  ["A=a#b", { A: "a#b" }],
  ['A="a # b" # c', { A: "a # b" }],
  ['A="a\\nb"', { A: "a\nb" }],
  ["A='$X'", { A: "$X" }],
  ['A="$X"', { A: "x" }],
  ["A=${U:-d}", { A: "d" }],
  ["A=1\nB=$A", { A: "1", B: "1" }],
  ["A=b=c", { A: "b=c" }],
  ["A=1\r\nB=2\r\n", { A: "1", B: "2" }],
];

for (const [line, result] of lines) {
  test(`dotenv() ${JSON.stringify(line)}`, () => assert.equal(dotenv(line, env), result));
}

test.run();
