// The rules of the fuzz lane, each seen to fail.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { LabError } from "@kafka-failure-lab/sdk";
import { judgeError, judgeMessage, judgeSvg, judgeText } from "../fuzz/guest/oracle.ts";
import { entriesOf } from "../fuzz/guest/properties.ts";

const kinds = (problems: readonly { kind: string }[]): string[] =>
  problems.map(({ kind }) => kind.split(":", 1)[0]!);

for (const [shown, found] of [
  ["broker 1 served after 2 s", []],
  ["Error\n    at read (file:///lab/sdk/run.ts:1:2)", ["stack trace"]],
  ["broker undefined", ["shows undefined"]],
  ["needs NaN", ["shows NaN"]],
  ["got [object Object]", ["shows [object Object]"]],
  ["topic \u001b[2J", ["control character"]],
  ["topic \u202eabc", ["control character"]],
  ["two\tcolumns\nand a line, 한국어 ✓ ░", []],
] as const)
  test(`judgeText() of ${JSON.stringify(shown)}`, () =>
    assert.equal(kinds(judgeText(shown, "")), [...found]));

test("judgeText() lets a word of the input come back", () =>
  assert.equal(judgeText("Cannot use undefined", "[ undefined ]"), []));

for (const [thrown, found] of [
  [new LabError("BAD_RUN", "Cannot read the run: it is empty"), []],
  [new TypeError("Cannot use acks 2: expected 0, 1 or all"), []],
  [new RangeError(""), ["error without a first line"]],
  [new Error("ENOENT"), ["throws Error"]],
  ["text", ["throws string"]],
] as const)
  test(`judgeError() of ${String(thrown)}`, () => assert.equal(kinds(judgeError(thrown, "")), [...found]));

for (const [name, mistake] of [
  ["a property of nothing", () => (null as unknown as string).length],
  ["a call of no function", () => ({}) as unknown as () => void],
  [
    "too deep",
    function deep(): unknown {
      return [deep()];
    },
  ],
  ["no date", () => new Date(Number.NaN).toISOString()],
  ["no list", () => new Array(-1)],
  ["no iterable", () => [...(5 as unknown as [])]],
  [
    "a circle",
    () => {
      const circle: Record<string, unknown> = {};
      circle["self"] = circle;
      return JSON.stringify(circle);
    },
  ],
] as const)
  test(`judgeError() of ${name} is the engine's own`, () => {
    try {
      const returned = mistake();
      if (typeof returned === "object") (returned as unknown as () => void)();
      assert.unreachable();
    } catch (error) {
      assert.equal(kinds(judgeError(error, "")), ["raw error"]);
    }
  });

test("judgeMessage() finds the engine's words in what a command prints", () =>
  assert.equal(kinds(judgeMessage("Option '--leader' argument is ambiguous.\n", "")), ["raw error"]));
test("judgeSvg() takes XML and nothing else", () => {
  assert.equal(judgeSvg('<svg xmlns="http://www.w3.org/2000/svg"><text>a &amp; b</text></svg>'), []);
  assert.equal(kinds(judgeSvg("<svg><text>a & b</svg>")), ["not well-formed"]);
  assert.equal(kinds(judgeSvg("<svg>\u0001</svg>")), ["not well-formed"]);
});
test("entriesOf() reads keys as java.util.Properties does", () =>
  assert.equal(
    entriesOf("# no\na=1\nb : 2\nc\\ d=3\ne\\\n  f=4\n!no\ng=5\\\\\nh=6\n").map(([key]) => key),
    ["a", "b", "c d", "ef", "g", "h"],
  ));
test.run();
