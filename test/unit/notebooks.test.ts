// Notebooks and the scripts that they are made of.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compareResults, type Figure, type Result } from "@kafka-failure-lab/sdk";
import { capturedOf, type Language, LANGUAGES, type Notebook, readNotebook, withOutputs, writeNotebook } from "../../scripts/notebook/file.ts";
import { toNotebook } from "../../scripts/notebook/percent.ts";
import { cellDifferences, keepOutputs } from "../../scripts/notebook/stale.ts";
import { tidy } from "../../scripts/notebook/tidy.ts";
import { notebookFile, scenarios, scriptFile } from "../../scripts/notebook/where.ts";

const scriptOf = (name: string): string => readFileSync(scriptFile(name), "utf8");
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

const kernel = { name: "tslab", displayName: "TypeScript (tslab)" };
const made = (script: string, lang: Language = "en"): Notebook => toNotebook(script, { lang, kernel });

test("toNotebook() takes a script apart, in either language", () => {
  const [english, korean] = LANGUAGES.map((lang) => made(SCRIPT, lang).cells.map(({ cell_type, metadata, source }) => [cell_type, metadata.name, source]));
  const code = [["code", "first", "const one = 1;\n\nconsole.log(one);"], ["code", undefined, "await 0;"]];
  assert.equal(english, [["markdown", undefined, "# Title\n\n    indented"], ...code]);
  assert.equal(korean, [["markdown", undefined, "# 제목"], ...code]);
});
test("toNotebook() gives each cell an id of its own that a change elsewhere does not change", () => {
  const ids = made(SCRIPT).cells.map(({ id }) => id);
  assert.is(new Set(ids).size, ids.length);
  assert.equal(made(SCRIPT.replace("# Title", "# Another")).cells.slice(1).map(({ id }) => id), ids.slice(1));
});
for (const [what, script, message] of [
  ["Korean without English before it", "// %% [markdown] {\"lang\":\"ko\"}\n// 제목\n", /no English prose right before it/],
  ["another language", "// %% [markdown]\n// x\n\n// %% [markdown] {\"lang\":\"de\"}\n// y\n", /line 4: expected \{"lang":"ko"\}/],
] as const) {
  test(`toNotebook() refuses ${what}`, () => assert.throws(() => made(script), (error: unknown) => error instanceof SyntaxError && message.test(error.message)));
}
test("writeNotebook() keeps outputs with their cells, by line, and readNotebook() reads them back", () => {
  const notebook = withOutputs(made(SCRIPT), [[{ output_type: "stream", name: "stdout", text: "a\nb\n" }]], undefined);
  const text = writeNotebook(notebook);
  assert.match(text, /[^\n]\n$/);
  assert.equal((JSON.parse(text) as { cells: { outputs?: unknown }[] }).cells.map(({ outputs }) => outputs), [undefined, [{ output_type: "stream", name: "stdout", text: ["a\n", "b\n"] }], []]);
  assert.equal(JSON.parse(writeNotebook(readNotebook(text))), JSON.parse(text));
});
test("cellDifferences() says which cell is not the script's", () => {
  assert.equal(cellDifferences(made(SCRIPT), made(SCRIPT)), []);
  assert.equal(cellDifferences(made(SCRIPT), made(SCRIPT.replace("one = 1", "one = 2"))), ['cell 2 differs: line 1 is "const one = 1;", in the script "const one = 2;"']);
  assert.equal(cellDifferences(made(SCRIPT), made(SCRIPT.replace("// %%\nawait 0;\n", ""))), ['cell 3 is not in the script: "await 0;"']);
});
test("keepOutputs() drops those of changed code, and keeps those of changed prose", () => {
  const committed = withOutputs(made(SCRIPT), [[{ output_type: "stream", name: "stdout", text: "1\n" }], []], undefined);
  const kept = keepOutputs(committed, made(SCRIPT.replace("# Title", "# Another")));
  assert.equal([kept.changed, kept.notebook.cells.map((cell) => (cell.cell_type === "code" ? cell.outputs.length : -1))], [[], [-1, 1, 0]]);
  assert.equal(keepOutputs(committed, made(SCRIPT.replace("one = 1", "one = 2"))).changed, ["first"]);
});
test("tidy() leaves no folder of this machine and no remark of a runtime", () => {
  const where = { root: "/srv/lab/", home: "/home/me", tmp: "/tmp" };
  const outputs = tidy([{ output_type: "stream", name: "stdout", text: "at /srv/lab/sdk/lab.ts, /home/me/x, /tmp/y" }, { output_type: "stream", name: "stderr", text: 'Warning "deno jupyter" is unstable and might change in the future.\n' }], where);
  assert.equal(outputs, [{ output_type: "stream", name: "stdout", text: "at sdk/lab.ts, ~/x, <tmp>/y" }]);
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

for (const name of scenarios()) {
  test(`${name} has under 15 cells, begins with prose, and all of its prose in Korean`, () => {
    const [english, korean] = LANGUAGES.map((lang) => made(scriptOf(name), lang).cells);
    assert.ok(english!.length < 15, `${english!.length} cells`);
    assert.is(english![0]!.cell_type, "markdown");
    for (const [i, { cell_type, source }] of korean!.entries()) if (cell_type === "markdown") assert.ok(/[가-힣]/.test(source), `cell ${i + 1} has no Korean: ${source.slice(0, 60)}`);
  });
  for (const lang of LANGUAGES) {
    const file = notebookFile(name, lang);
    test(`${path.basename(file)} has the script's cells, and outputs of a run that held`, () => {
      const remedy = `\`npm run notebooks -- ${name}\` writes it`;
      assert.ok(existsSync(file), `${file} is not there: ${remedy}`);
      const text = readFileSync(file, "utf8");
      const committed = readNotebook(text);
      assert.equal(cellDifferences(committed, made(scriptOf(name), lang)), [], remedy);
      assert.is(capturedOf(committed)?.verdict, true, remedy);
      for (const cell of committed.cells) if (cell.cell_type === "code") assert.ok(cell.execution_count !== null, `the cell ${cell.id} was not executed`);
      assert.not.match(text, /\/root\/|\/home\/|"output_type": "error"/);
    });
  }
}
test.run();
