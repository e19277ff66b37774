// Notebooks and the scripts that they are made of.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compareResults, type Figure, type Result } from "@kafka-failure-lab/sdk";
import { bookOf, bookText, readBook, staleCells } from "../../scripts/notebook/book.ts";
import { cellsOf, LANGUAGES } from "../../scripts/notebook/percent.ts";
import { scrubbed } from "../../scripts/notebook/scrub.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const names = readdirSync(`${root}scripts`).filter((file) => /^\d\d-.*\.ts$/.test(file)).map((file) => file.replace(/\.ts$/, ""));
const scriptOf = (name: string): string => readFileSync(`${root}scripts/${name}.ts`, "utf8");
const SCRIPT = `#!/usr/bin/env -S npx tsx
// of the script only

// %% [markdown]
// # Title
//
//     indented

// %% [markdown] {"lang":"ko"}
// # 제목

// %% first
const one = 1;

console.log(one);

// %%
await 0;
`;

test("cellsOf() takes a script apart, in either language", () => {
  const [english, korean] = LANGUAGES.map((language) => cellsOf(SCRIPT, language).map(({ kind, name, text }) => [kind, name, text]));
  const code = [["code", "first", "const one = 1;\n\nconsole.log(one);"], ["code", "", "await 0;"]];
  assert.equal(english, [["markdown", "", "# Title\n\n    indented"], ...code]);
  assert.equal(korean, [["markdown", "", "# 제목"], ...code]);
});
test("cellsOf() gives both languages the same ids, and another text another one", () => {
  assert.equal(cellsOf(SCRIPT, "ko").map(({ id }) => id), cellsOf(SCRIPT).map(({ id }) => id));
  const changed = cellsOf(SCRIPT.replace("one = 1", "one = 2")).map(({ id }) => id);
  assert.equal(changed.map((id, i) => id === cellsOf(SCRIPT)[i]!.id), [true, false, true]);
});
test("bookOf() keeps outputs with their cells, as lines", () => {
  const cells = cellsOf(SCRIPT);
  const book = bookOf(cells, new Map([[cells[1]!.id, [{ output_type: "stream", name: "stdout", text: "a\nb\n" }]]]));
  assert.equal(book.cells.map(({ outputs, execution_count }) => [outputs, execution_count]), [[undefined, undefined], [[{ output_type: "stream", name: "stdout", text: ["a\n", "b\n"] }], 1], [[], null]]);
  assert.match(bookText(book), /[^\n]\n$/);
});
test("staleCells() says which cell is not the script's", () => {
  const book = bookOf(cellsOf(SCRIPT));
  assert.equal(staleCells(book, cellsOf(SCRIPT)), []);
  assert.match(staleCells(book, cellsOf(SCRIPT.replace("one = 1", "one = 2"))).join(), /^cell 2 \(first\) is not the script's/);
  assert.match(staleCells(book, cellsOf(SCRIPT.replace("// %%\nawait 0;\n", ""))).join(), /^3 cells, the script has 2$/);
});
test("scrubbed() leaves no folder of this machine and no remark of a runtime", () => {
  const [first, ...rest] = scrubbed([{ output_type: "stream", name: "stdout", text: `at ${root}sdk/lab.ts` }, { output_type: "stream", name: "stderr", text: "Warning \"deno jupyter\" is unstable and might change in the future.\n" }]);
  assert.equal([first, rest], [{ output_type: "stream", name: "stdout", text: "at sdk/lab.ts" }, []]);
});

const figures: Record<string, Figure> = { led: { is: true }, lost: { is: 0 }, gap: { ms: 300, within: [0, 5000] }, never: { ms: null, within: [0, 5000] } };
const result = (changes: Record<string, Figure>, verdict: Result["verdict"] = true) => ({ verdict, figures: { ...figures, ...changes } });
for (const [what, now, expected] of [
  ["nothing where only times differ within bounds", result({ gap: { ms: 4999, within: [0, 1] } }), []],
  ["another verdict", result({}, false), ["verdict: was true, is false"]],
  ["another value", result({ lost: { is: 3 } }), ["lost: was 0, is 3"]],
  ["a time beyond its bounds", result({ gap: { ms: 5001, within: [0, 9000] } }), ["gap: was 300 ms (0 ms to 5.0 s), is 5.0 s"]],
  ["what never came and now does", result({ never: { ms: 10, within: [0, 5000] } }), ["never: was never, is 10 ms"]],
  ["what came and now never does", result({ gap: { ms: null, within: [0, 5000] } }), ["gap: was 300 ms (0 ms to 5.0 s), is never"]],
  ["what is new", result({ more: { is: "x" } }), ["more: is new: x"]],
] as const) {
  test(`compareResults() tells ${what}`, () => assert.equal(compareResults({ verdict: true, figures }, now), expected));
}
test("compareResults() tells what is gone", () => assert.equal(compareResults({ verdict: true, figures }, { verdict: true, figures: { led: { is: true } } }), ["lost: was 0, is not there any more", "gap: was 300 ms, is not there any more", "never: was never, is not there any more"]));

for (const name of names) {
  test(`${name} has under 15 cells, begins with prose, and all of its prose in Korean`, () => {
    const [english, korean] = [cellsOf(scriptOf(name)), cellsOf(scriptOf(name), "ko")];
    assert.ok(english.length < 15, `${english.length} cells`);
    assert.is(english[0]!.kind, "markdown");
    for (const [i, { kind, text }] of korean.entries()) if (kind === "markdown") assert.ok(/[가-힣]/.test(text), `cell ${i + 1} has no Korean: ${text.slice(0, 60)}`);
  });
  for (const language of LANGUAGES) {
    const file = `notebooks/${name}${language === "en" ? "" : `.${language}`}.ipynb`;
    test(`${file} has the script's cells, and outputs of a run that ended`, () => {
      assert.ok(existsSync(root + file), `${file} is not there: \`npm run notebooks -- ${name}\` writes it`);
      const book = readBook(root + file);
      assert.equal(staleCells(book, cellsOf(scriptOf(name), language)), [], `${file} is not of the script as it is: \`npm run notebooks -- ${name}\` writes it anew`);
      assert.is(book.metadata["kafka-failure-lab"]?.verdict, true);
      for (const cell of book.cells.filter(({ cell_type }) => cell_type === "code")) assert.ok(cell.execution_count !== null, `the cell ${cell.metadata.name} was not executed`);
      const text = readFileSync(root + file, "utf8");
      assert.not.match(text, /\/root\/|\/home\/|"output_type": "error"/);
    });
  }
}
test.run();
