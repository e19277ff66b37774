// An edited notebook: it is not overwritten, and its own cells are run with --as-edited. No brokers.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { saidLines } from "../../scripts/notebook/failure.ts";
import { type Cell, readNotebook, writeNotebook } from "../../scripts/notebook/file.ts";
import { root } from "../../scripts/notebook/where.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "edited-"));
const file = path.join(folder, "00-first-steps.ipynb");
const run = (...args: string[]) =>
  spawnSync(process.execPath, ["--import", "tsx", "scripts/notebooks.ts", "--out", folder, ...args, "00"], {
    cwd: root,
    encoding: "utf8",
  });
const texts = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(path.join(folder, name), "utf8")]),
  );

const test = suite("an edited notebook");
test("is not overwritten, and its own cells run with --as-edited, which changes no other file", () => {
  assert.is(run("--cells-only").status, 0);
  const other = texts()["00-first-steps.ko.ipynb"];
  const made = readNotebook(readFileSync(file, "utf8"));
  const own: Cell = {
    cell_type: "code",
    id: "mine",
    metadata: {},
    source: "console.log(`mine: ${6 * 7}`);",
    execution_count: null,
    outputs: [],
  };
  writeFileSync(file, writeNotebook({ ...made, cells: [made.cells[0]!, own] }));
  const before = texts();
  for (const args of [[], ["--record"], ["--cells-only"]]) {
    const { status, stderr } = run(...args);
    assert.is(status, 1, stderr);
    assert.match(stderr, /00-first-steps\.ipynb: its cells were edited[^]*--as-edited/);
    assert.equal(texts(), before, "nothing was written");
  }
  const { status, stdout, stderr } = run("--as-edited");
  assert.is(status, 0, `${stdout}${stderr}`);
  const after = texts();
  assert.equal(Object.keys(after), Object.keys(before), "no recording");
  assert.is(after["00-first-steps.ko.ipynb"], other);
  const { cells } = readNotebook(after["00-first-steps.ipynb"]!);
  assert.equal(
    cells.map(({ source }) => source),
    [made.cells[0]!.source, own.source],
  );
  const [, ran] = cells;
  assert.equal(saidLines(ran?.cell_type === "code" ? ran.outputs : []), ["mine: 42"]);
});
test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
