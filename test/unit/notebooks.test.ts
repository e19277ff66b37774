// Notebooks and their scripts: one is made from the other, and a test says so when they have come apart.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compareResults } from "@kafka-failure-lab/sdk/scenario";
import { failureLines, saidLines } from "../../scripts/notebook/failure.ts";
import { cellsDigest, editedIn, editsOf, generated, refuseEdited } from "../../scripts/notebook/edited.ts";
import {
  type Cell,
  capturedOf,
  GENERATED,
  LANGUAGES,
  type Notebook,
  readNotebook,
  withOutputs,
  withoutOutputs,
  writeNotebook,
} from "../../scripts/notebook/file.ts";
import { notebooksOptions } from "../../scripts/notebook/options.ts";
import { collector, type Output } from "../../scripts/notebook/outputs.ts";
import { toNotebook } from "../../scripts/notebook/percent.ts";
import { readSpec } from "../../scripts/notebook/spec.ts";
import { cellDifferences, keepOutputs } from "../../scripts/notebook/stale.ts";
import { tidy } from "../../scripts/notebook/tidy.ts";
import { notebookFile, scenarios, scriptFile } from "../../scripts/notebook/where.ts";

const kernel = { name: "tslab", displayName: "TypeScript (tslab)" };
const SCRIPT = `#!/usr/bin/env -S npx tsx
// stays in the script

// %% [markdown]
// # A claim
//
// Text with \`code\`.

// %% [markdown] {"lang":"ko"}
// # 주장

// %% start
import { startLab } from "@kafka-failure-lab/sdk";

const lab = await startLab(); // a comment stays

// %%
console.log("no name");

// %% [markdown]
// Only in English.
`;

const sources = (notebook: Notebook): string[] =>
  notebook.cells.map(({ cell_type, source }) => `${cell_type}: ${source}`);
const code = [
  'code: import { startLab } from "@kafka-failure-lab/sdk";\n\nconst lab = await startLab(); // a ' +
    "comment stays",
  'code: console.log("no name");',
];

const percent = suite("toNotebook()");

percent("has the English prose and the code, without what precedes the first mark", () => {
  assert.equal(sources(toNotebook(SCRIPT, { lang: "en", kernel })), [
    "markdown: # A claim\n\nText with `code`.",
    ...code,
    "markdown: Only in English.",
  ]);
});
percent(
  "has the Korean in the place of its English, the English where there is no Korean, and the same code",
  () => {
    assert.equal(sources(toNotebook(SCRIPT, { lang: "ko", kernel })), [
      "markdown: # 주장",
      ...code,
      "markdown: Only in English.",
    ]);
  },
);
percent(
  "names code cells by their marks and others by their text, so that an insertion elsewhere changes no id",
  () => {
    const ids = (script: string): string[] =>
      toNotebook(script, { lang: "en", kernel }).cells.map(({ id }) => id);
    const before = ids(SCRIPT);
    assert.is(before[1], "start");
    assert.equal(
      ids(SCRIPT.replace("// %% start", "// %% [markdown]\n// New.\n\n// %% start")).filter((id) =>
        before.includes(id),
      ),
      before,
    );
    assert.is(
      new Set(ids(SCRIPT.replace("// %%\n", "// %% start\n"))).size,
      4,
      "a name that comes twice is two ids",
    );
  },
);
percent("takes every line of the scripts behind the first mark, in its order", () => {
  const plain = (text: string): string[] =>
    text
      .split("\n")
      .map((line) => line.replace(/^\/\/ /, "").trim())
      .filter((line) => line !== "" && line !== "//");
  for (const name of scenarios()) {
    const script = readFileSync(scriptFile(name), "utf8");
    const [en, ko] = LANGUAGES.map((lang) => toNotebook(script, { lang, kernel }).cells) as [
      readonly Cell[],
      readonly Cell[],
    ];
    assert.is(en.length, ko.length, name);
    const sources = en
      .flatMap((cell, at) => (cell.source === ko[at]!.source ? [cell] : [cell, ko[at]!]))
      .flatMap(({ source }) => plain(source));
    assert.equal(
      sources,
      plain(script.slice(script.indexOf("\n// %%"))).filter((line) => !line.startsWith("%%")),
      name,
    );
  }
});
for (const [why, script, message] of [
  [
    "Korean without English before it",
    '// %% start\n1;\n\n// %% [markdown] {"lang":"ko"}\n// 주장\n',
    /line 4: there is no English prose right before it/,
  ],
  [
    "a language that is neither",
    '// %% [markdown] {"lang":"de"}\n// Behauptung\n',
    /line 1: expected \{"lang":"ko"\}/,
  ],
  ["a mark that is none", "// %% [raw]\n// x\n", /the mark in line 1: \/\/ %% \[raw\]/],
] as const) {
  percent(`refuses ${why}`, () => assert.throws(() => toNotebook(script, { lang: "ko", kernel }), message));
}
percent.run();

const file = suite("writeNotebook()");
const outputs: Output[][] = [
  [
    { output_type: "stream", name: "stdout", text: "one\ntwo\n" },
    { output_type: "display_data", data: { "text/html": "<b>\nx</b>" }, metadata: {} },
  ],
  [{ output_type: "execute_result", data: { "text/plain": "2" }, metadata: {}, execution_count: 17 }],
];
const captured = {
  verdict: true,
  figures: { lost: { value: 0 } },
  kafka: "3.9.2",
  engine: "local",
  kernel: "tslab",
  tookMs: 1,
  date: "2026-01-01T00:00:00.000Z",
} as const;
const whole = withOutputs(toNotebook(SCRIPT, { lang: "en", kernel }), outputs, captured);

file("is read back as it was written", () => {
  const text = writeNotebook(whole);
  assert.equal(readNotebook(text), whole);
  assert.equal(capturedOf(readNotebook(text)), captured);
  assert.is(writeNotebook(readNotebook(text)), text);
});
file("has text line by line, cells counted from 1, and one newline at its end", () => {
  const text = writeNotebook(whole);
  assert.match(text, /"one\\n",\n\s+"two\\n"/);
  assert.match(text, /[^\n]\n$/);
  assert.equal(
    whole.cells.flatMap((cell) => (cell.cell_type === "code" ? cell.execution_count : [])),
    [1, 2],
  );
  assert.match(text, /"execution_count": 2,\n\s+"outputs"/);
  assert.not.match(text, /17/);
});
file.run();

const collecting = suite("collector()");
collecting("joins what a stream prints, and keeps the order of streams", () => {
  const { outputs, take } = collector();
  for (const [name, text] of [
    ["stdout", "a"],
    ["stdout", "b\n"],
    ["stderr", "c\n"],
    ["stdout", "d\n"],
  ])
    take({ type: "stream", parent: "1", content: { name, text } });
  assert.equal(outputs, [
    { output_type: "stream", name: "stdout", text: "ab\n" },
    { output_type: "stream", name: "stderr", text: "c\n" },
    { output_type: "stream", name: "stdout", text: "d\n" },
  ]);
});
collecting("updates a display in place", () => {
  const { outputs, take } = collector();
  const show = (type: string, text: string, display_id: string): void =>
    take({
      type,
      parent: "1",
      content: { data: { "text/plain": text }, metadata: {}, transient: { display_id } },
    });
  show("display_data", "1 of 2", "a");
  show("display_data", "other", "b");
  show("update_display_data", "2 of 2", "a");
  assert.equal(
    outputs.map((output) => output.output_type === "display_data" && output.data["text/plain"]),
    ["2 of 2", "other"],
  );
});
collecting("clear_output drops what there is, with `wait` once something follows", () => {
  const { outputs, take } = collector();
  const print = (text: string): void =>
    take({ type: "stream", parent: "1", content: { name: "stdout", text } });
  print("a");
  take({ type: "clear_output", parent: "1", content: { wait: true } });
  assert.is(outputs.length, 1);
  print("b");
  assert.equal(outputs, [{ output_type: "stream", name: "stdout", text: "b" }]);
});
collecting.run();

const tidying = suite("tidy()");
const machine = { root: "/home/me/lab/", home: "/home/me", tmp: "/tmp" };
for (const [was, is] of [
  ["at /home/me/lab/sdk/lab.ts:3", "at sdk/lab.ts:3"],
  ["at file:///home/me/lab/sdk/lab.ts:3", "at sdk/lab.ts:3"],
  ["in /home/me/lab", "in ."],
  ["/home/me/.cache/x", "~/.cache/x"],
  ["/srv/home/me/x", "/srv/home/me/x"],
  ["/tmp/kernel-1/x", "<tmp>/kernel-1/x"],
] as const) {
  tidying(`${was} becomes ${is}`, () =>
    assert.equal(tidy([{ output_type: "stream", name: "stdout", text: was }], machine), [
      { output_type: "stream", name: "stdout", text: is },
    ]),
  );
}
tidying("drops what runtimes say of themselves, and a stream that said nothing else", () => {
  const noise =
    "(node:12) TimeoutNegativeWarning: -179 is a negative number.\nTimeout duration was set to " +
    "1.\n(Use `node --trace-warnings ...` to show where the warning was created)\n";
  assert.equal(tidy([{ output_type: "stream", name: "stderr", text: noise }], machine), []);
  assert.equal(tidy([{ output_type: "stream", name: "stderr", text: `lab: healed\n${noise}` }], machine), [
    { output_type: "stream", name: "stderr", text: "lab: healed\n" },
  ]);
  assert.is(
    tidy([{ output_type: "stream", name: "stdout", text: noise }], machine).length,
    1,
    "what a cell prints itself stays",
  );
});
tidying.run();

const failing = suite("failureLines()");
failing("marks the line that does not compile", () => {
  const lines = failureLines(
    { number: 3, name: "send", code: "const a = 1;\nconst b: number = 'x';" },
    {
      outputs: [
        {
          output_type: "stream",
          name: "stderr",
          text: "2:7 - Type 'string' is not assignable to type 'number'.\n",
        },
      ],
    },
  );
  assert.equal(lines, [
    "code cell 3, send:",
    "      1  const a = 1;",
    "  >   2  const b: number = 'x';",
    "",
    "2:7 - Type 'string' is not assignable to type 'number'.",
  ]);
});
failing("marks the line that threw where tslab prints it, and none where it stands twice", () => {
  const outputs: Output[] = [
    {
      output_type: "stream",
      name: "stderr",
      text: "evalmachine.<anonymous>:9\n  boom();\n  ^\n\nError: x\n",
    },
  ];
  assert.is(
    failureLines({ number: 1, name: undefined, code: "const a = 1;\n\n  boom();" }, { outputs })[3],
    "  >   3    boom();",
  );
  assert.not.match(
    failureLines({ number: 1, name: undefined, code: "boom();\nboom();" }, { outputs }).join("\n"),
    /^ {2}> /m,
  );
});
failing("takes Deno's traceback", () => {
  assert.match(
    failureLines(
      { number: 1, name: undefined, code: "f();" },
      {
        outputs: [
          {
            output_type: "error",
            ename: "Error",
            evalue: "x",
            traceback: ["Error: x", "    at <anonymous>:1:1"],
          },
        ],
      },
    ).join("\n"),
    /\nError: x\n {4}at <anonymous>:1:1$/,
  );
});
failing.run();

const saying = suite("saidLines()");
saying("takes streams, texts of displays and errors, line by line, without what is no text", () => {
  const outputs: Output[] = [
    { output_type: "stream", name: "stdout", text: "claim: x\nit did not hold\n\n" },
    { output_type: "display_data", data: { "text/plain": "a  b", "image/svg+xml": "<svg/>" }, metadata: {} },
    { output_type: "display_data", data: { "image/svg+xml": "<svg/>" }, metadata: {} },
    { output_type: "error", ename: "Error", evalue: "boom", traceback: [] },
  ];
  assert.equal(saidLines(outputs), ["claim: x", "it did not hold", "a  b", "boom"]);
});
saying.run();

const staling = suite("cellDifferences()");
const fresh = toNotebook(SCRIPT, { lang: "en", kernel });
staling("says nothing of a notebook that was made from the script, with its outputs", () =>
  assert.equal(cellDifferences(readNotebook(writeNotebook(whole)), fresh), []),
);
for (const [what, change, line] of [
  [
    "a line that differs",
    (cells: Cell[]) =>
      cells.with(1, { ...cells[1]!, source: cells[1]!.source.replace("startLab()", "startLab({})") }),
    /^cell 2 differs: line 3 is "const lab = await startLab\(\{\}\);.*in the script "const lab = await startLab\(\);/,
  ],
  [
    "a cell too few",
    (cells: Cell[]) => cells.slice(0, -1),
    /^cell 4 is not in the notebook: "Only in English\."$/,
  ],
  ["a cell too many", (cells: Cell[]) => [...cells, cells[0]!], /^cell 5 is not in the script: "# A claim"$/],
  [
    "prose in the place of code",
    (cells: Cell[]) => cells.with(2, cells[3]!),
    /^cell 3 is markdown, in the script code/,
  ],
  [
    "another id",
    (cells: Cell[]) => cells.with(1, { ...cells[1]!, id: "x" }),
    /^cell 2 is named x, in the script start$/,
  ],
] as const) {
  staling(`names ${what}`, () => {
    const lines = cellDifferences({ ...whole, cells: change([...whole.cells]) }, fresh);
    assert.match(lines.join("\n"), line);
  });
}
staling("keepOutputs() keeps everything where only prose changed", () => {
  const { notebook, changed } = keepOutputs(
    whole,
    toNotebook(SCRIPT.replace("Only in English", "In English only"), { lang: "en", kernel }),
  );
  assert.equal(changed, []);
  assert.equal(capturedOf(notebook), captured);
  assert.is(notebook.cells.at(-1)!.source, "In English only.");
  assert.equal(notebook.cells[1], whole.cells[1]);
});
staling("keepOutputs() drops the outputs of changed code, and what the whole came to", () => {
  const { notebook, changed } = keepOutputs(
    whole,
    toNotebook(SCRIPT.replace("startLab()", "startLab({})"), { lang: "en", kernel }),
  );
  assert.equal(changed, ["start"]);
  assert.is(capturedOf(notebook), undefined);
  assert.equal(
    notebook.cells.flatMap((cell) => (cell.cell_type === "code" ? cell.outputs.length : [])),
    [0, 1],
  );
});
staling.run();

const editing = suite("editsOf()");
const kept = generated(whole);
const edited: Notebook = {
  ...kept,
  cells: kept.cells.with(1, { ...kept.cells[1]!, source: `${kept.cells[1]!.source}\n// mine` } as Cell),
};
editing("is silent for what was generated, also by an earlier version of the script", () => {
  const later = toNotebook(SCRIPT.replace("startLab()", "startLab({})"), { lang: "en", kernel });
  assert.equal(editsOf(kept, fresh), []);
  assert.equal(editsOf(readNotebook(writeNotebook(kept)), later), []);
  assert.equal(editsOf(whole, fresh), [], "without a mark of what was generated the script decides");
});
editing("is silent for other outputs, ids and metadata, which editors of notebooks change", () => {
  const cells = kept.cells.map(
    (cell): Cell => (cell.cell_type === "code" ? { ...cell, outputs: [], id: `x${cell.id}` } : cell),
  );
  assert.equal(editsOf({ ...kept, cells }, fresh), []);
});
editing("names a cell that was changed, added or removed", () => {
  assert.match(editsOf(edited, fresh).join("\n"), /^cell 2 differs: line 4 is "\/\/ mine"/);
  assert.is(editsOf({ ...kept, cells: kept.cells.slice(1) }, fresh).length > 0, true);
  assert.is(editsOf({ ...kept, cells: [...kept.cells, kept.cells[0]!] }, fresh).length, 1);
});
editing("is silent where the script was edited in the same way", () => {
  const script = SCRIPT.replace("// a comment stays\n", "// a comment stays\n// mine\n");
  assert.equal(editsOf(edited, toNotebook(script, { lang: "en", kernel })), []);
});
for (const lang of LANGUAGES)
  editing(`refuseEdited() names the file, the edit, and how to run it, ${lang}`, () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "notebooks-"));
    const [both, file] = [{ en: fresh, ko: fresh }, notebookFile("00-x", lang, folder)];
    refuseEdited(folder, "00-x", both);
    writeFileSync(file, writeNotebook(kept));
    refuseEdited(folder, "00-x", both);
    writeFileSync(file, writeNotebook(edited));
    assert.equal(editedIn(folder, "00-x", both), [lang]);
    assert.throws(
      () => refuseEdited(folder, "00-x", both),
      (error: Error) =>
        error.name === "UsageError" &&
        error.message.includes(path.basename(file)) &&
        error.message.includes("// mine") &&
        error.message.includes("--as-edited"),
    );
    rmSync(folder, { recursive: true });
  });
editing("withOutputs() of an edited notebook keeps what the script's own run came to", () => {
  const again = withOutputs(withoutOutputs(edited), [outputs[0]!], undefined);
  assert.equal(capturedOf(again), captured);
  assert.equal(
    again.cells.flatMap((cell) => (cell.cell_type === "code" ? [cell.outputs.length] : [])),
    [2, 0],
    "outputs of an earlier run do not stay behind cells that were not reached",
  );
});
editing.run();

const comparing = suite("compareResults()");
const result = {
  verdict: true,
  figures: {
    lost: { value: 0 },
    outage: { ms: 300, within: [0, 1000] },
    "as posted": { ms: null, within: [0, 0] },
  },
} as const;
comparing("is silent for the same behaviour at another pace", () =>
  assert.equal(
    compareResults(result, {
      ...result,
      figures: { ...result.figures, outage: { ms: 999, within: [0, 1000] } },
    }),
    [],
  ),
);
for (const [what, now, line] of [
  ["another verdict", { ...result, verdict: false }, /verdict: was true, is false/],
  ["another value", { ...result, figures: { ...result.figures, lost: { value: 1 } } }, /lost: was 0, is 1/],
  [
    "a time out of bounds",
    { ...result, figures: { ...result.figures, outage: { ms: 1001, within: [0, 2000] } } },
    /outage: was 300 ms \(0 ms to 1\.0 s\), is 1\.0 s/,
  ],
  [
    "never in the place of a time",
    { ...result, figures: { ...result.figures, outage: { ms: null, within: [0, 1000] } } },
    /outage: .*is never/,
  ],
  [
    "a time in the place of never",
    { ...result, figures: { ...result.figures, "as posted": { ms: 5, within: [0, 10] } } },
    /as posted: was never, is 5 ms/,
  ],
  [
    "a figure that is missing",
    { ...result, figures: { lost: { value: 0 }, outage: result.figures.outage } },
    /as posted: was never, is missing/,
  ],
] as const) {
  comparing(`names ${what}`, () => assert.match(compareResults(result, now as never).join("\n"), line));
}
comparing.run();

const asking = suite("notebooksOptions()");
asking("takes names by their beginning, all of them by default", () => {
  assert.equal(
    notebooksOptions(["01"])!.names,
    scenarios().filter((name) => name.startsWith("01")),
  );
  assert.equal(notebooksOptions([])!.names, scenarios());
});
for (const [args, message] of [
  [["99"], /Cannot find a script 99: there are 0/],
  [["--kernel", "python"], /expected tslab or deno/],
  [["--check", "--cells-only"], /exclude each other/],
  [["--as-edited", "--check"], /exclude each other/],
  [["--record", "--check"], /Cannot record/],
  [["--record", "--as-edited"], /Cannot record/],
  [["--timeout", "soon"], /duration/],
] as const) {
  asking(`refuses ${args.join(" ")}`, () => assert.throws(() => notebooksOptions(args), message));
}
asking("records only where it is asked for, and executes the notebook's own cells with --as-edited", () => {
  const { mode, record } = notebooksOptions(["01"])!;
  assert.equal([mode, record], ["capture", false]);
  assert.is(notebooksOptions(["--record", "01"])!.record, true);
  assert.is(notebooksOptions(["--as-edited", "01"])!.mode, "edited");
  assert.is(notebooksOptions(["--check"])!.mode, "check");
});
asking("readSpec() says what brings Deno where it is missing, and takes LAB_DENO", () => {
  assert.throws(() => readSpec("deno", { PATH: "/nowhere" }), /no deno on the path\n.*npm install -g deno/);
  assert.is(readSpec("deno", { PATH: "/nowhere", LAB_DENO: "/opt/deno" }).argv[0], "/opt/deno");
});
asking.run();

const committed = suite("notebooks");
const MAXIMUM = 14;
for (const name of scenarios()) {
  for (const lang of LANGUAGES) {
    const where = notebookFile(name, lang);
    const of = toNotebook(readFileSync(scriptFile(name), "utf8"), { lang, kernel });
    committed(`${name}, ${lang}: the committed cells are the script's, and were executed to the end`, () => {
      assert.ok(existsSync(where), `there is no notebook: \`npm run notebooks -- ${name}\` writes it`);
      const notebook = readNotebook(readFileSync(where, "utf8"));
      const differences = cellDifferences(notebook, of);
      assert.is(
        differences.length,
        0,
        `the notebook is not its script's: \`npm run notebooks -- --record ${name}\` executes it anew ` +
          `(\`--cells-only\` where only prose changed)\n  ${differences.join("\n  ")}`,
      );
      assert.is(
        notebook.metadata[GENERATED],
        cellsDigest(notebook),
        `\`npm run notebooks -- --cells-only ${name}\` marks what it generated`,
      );
      assert.ok(
        capturedOf(notebook),
        `the notebook was not executed to its end: \`npm run notebooks -- ${name}\``,
      );
      assert.ok(
        notebook.cells.every((cell) => cell.cell_type !== "code" || cell.execution_count !== null),
        "a code cell was not executed",
      );
    });
    committed(`${name}, ${lang}: begins with prose and code, and has under 15 cells`, () => {
      assert.ok(of.cells.length <= MAXIMUM, `${of.cells.length} cells`);
      assert.is(of.cells[0]!.cell_type, "markdown");
      assert.is(of.cells.find((cell) => cell.cell_type === "code")?.id, "start");
    });
  }
}
committed.run();
