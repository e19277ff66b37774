// What the gate's runner takes for red, in a process of a file's own and in one that several files share, and
// what lanes print that run side by side.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runFiles } from "../../scripts/test/files.ts";
import { makeGroups } from "../../scripts/test/groups.ts";
import type { Tests } from "../../scripts/test/lane.ts";
import type { Outcome } from "../../scripts/test/outcome.ts";
import { makeOutput } from "../../scripts/test/output.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const isDeno = "Deno" in globalThis;
const runner = isDeno ? [process.execPath, "run", "-A", "--quiet"] : [process.execPath, "--import", "tsx"];

/** Test files by name; what is red of each is said by the runner's line for it. */
const FILES = {
  "a-green": `test("one", () => {}); test("two", () => {}); test.run();`,
  "b-fails": `test("one", () => assert.is(1, 2)); test("two", () => {}); test.run();`,
  "c-hook": `test.before(() => { throw new Error("no lab"); }); test("one", () => {}); test.run();`,
  "d-no-error": `test("one", () => { throw ""; }); test.run();`,
  "e-nothing": `test("one", () => {});`,
  "f-skips": `test.skip("one"); test("two", () => skip("no root")); test.run();`,
  "g-import": `throw new Error("cannot load");`,
  "h-green": `test("one", () => {}); test.run();`,
} as const;
const WRONG = {
  "i-rejects":
    `test("one", () => { setTimeout(() => Promise.reject(new Error("late"))); ` +
    "return new Promise(() => {}); }); test.run();",
  "j-after": `test("one", () => {}); test.run();`,
} as const;

const test = suite<{ folder: string }>("gate runner");
test.before((context) => {
  mkdirSync(path.join(root, ".lab"), { recursive: true });
  context.folder = mkdtempSync(path.join(root, ".lab", "runner-"));
});
test.after(({ folder }) => rmSync(folder, { recursive: true, force: true }));

/** Runs these files as a lane, and returns its outcome and its lines by file. */
async function lane(
  parent: string,
  files: Readonly<Record<string, string>>,
  { shared, again }: Pick<Tests, "shared" | "again"> = {},
): Promise<{ outcome: Outcome; lines: Map<string, string>; reds: number }> {
  const folder = mkdtempSync(path.join(parent, "lane-"));
  const head =
    `import { test } from "uvu"; import * as assert from "uvu/assert"; ` +
    `import { skip } from "../../../test/skip.ts";\n`;
  for (const [name, text] of Object.entries(files))
    writeFileSync(path.join(folder, `${name}.test.ts`), `${head}${text}\n`);
  const lines = new Map<string, string>();
  let reds = 0;
  const outcome = await runFiles({
    root,
    tests: {
      folder: path.relative(path.join(root, "test"), folder),
      runner,
      env: {},
      deadlineMs: 120_000,
      atOnce: 2,
      ...(shared && { shared }),
      ...(again && { again }),
    },
    pattern: undefined,
    groups: makeGroups(root),
    say(line) {
      const [, file, said] = /^[✓✘] .*?([\w-]+)\.test\.ts: (.*) \([\d.]+ s\)/.exec(line) ?? [];
      if (file !== undefined) lines.set(file, `${said}${line.split(" s)").at(-1)}`);
    },
    onRed: () => void reds++,
  });
  return { outcome, lines, reds };
}

for (const [how, shared] of [
  ["each in its own process", undefined],
  ["all in one process", { size: 20, not: /^-/ }],
] as const) {
  test(`red is what fails, what a hook or a load breaks, what throws no Error, and what tests nothing: ${how}`, async ({
    folder,
  }) => {
    const { outcome, lines, reds } = await lane(folder, FILES, { ...(shared && { shared }) });
    assert.equal(Object.fromEntries([...lines].sort()), {
      "a-green": "2 passed",
      "b-fails": "1 passed, 1 failed: exit 1",
      "c-hook": "0 passed, 1 failed: not all passed, although uvu exited with 0",
      "d-no-error": "0 passed, 1 failed: not all passed, although uvu exited with 0",
      "e-nothing": "0 passed, 1 failed: no test ran",
      "f-skips": "0 passed, 2 skipped",
      "g-import": "0 passed, 1 failed: exit 1 before its tests were over",
      "h-green": "1 passed",
    });
    assert.equal([outcome.passed, outcome.failed, outcome.skipped, reds], [4, 5, 2, 5]);
  });
}
test("a file that ends a shared process is red; those that had not begun run in another", async ({
  folder,
}) => {
  const files = { "a-after": FILES["h-green"], ...WRONG, "k-fails": FILES["b-fails"] };
  const { outcome, lines, reds } = await lane(folder, files, { shared: { size: 20, not: /^-/ } });
  assert.equal(Object.fromEntries([...lines].sort()), {
    "a-after": "1 passed",
    "i-rejects": "0 passed, 1 failed: exit 1 before its tests were over",
    "j-after": "1 passed",
    "k-fails": "1 passed, 1 failed: exit 1",
  });
  assert.is(outcome.why, "red: k-fails, i-rejects (exit 1 before its tests were over)");
  assert.equal([outcome.passed, outcome.failed, reds], [3, 2, 2]);
});
test("the file that ended a shared process is run once more, one with a failed test is not", async ({
  folder,
}) => {
  const mark = JSON.stringify(path.join(folder, "crashed-before"));
  const files = {
    "a-crashes": `import { existsSync, writeFileSync } from "node:fs"; import process from "node:process";
      const crash = () => { writeFileSync(${mark}, ""); process.kill(process.pid, "SIGKILL"); };
      test("one", () => { if (!existsSync(${mark})) crash(); }); test.run();`,
    "b-green": FILES["a-green"],
    "c-fails": FILES["b-fails"],
  };
  const { outcome, reds } = await lane(folder, files, { shared: { size: 20, not: /^-/ }, again: 1 });
  assert.equal([outcome.passed, outcome.failed, reds], [4, 1, 2]);
  assert.is(outcome.why, "red: c-fails; green at the second try: a-crashes");
});
test("few red files are run once more; what that comes to counts, and both are said", async ({ folder }) => {
  const mark = JSON.stringify(path.join(folder, "ran-before"));
  const files = {
    "a-once": `import { existsSync, writeFileSync } from "node:fs"; const before = existsSync(${mark});
      writeFileSync(${mark}, ""); test("one", () => assert.ok(before)); test.run();`,
    "b-green": FILES["a-green"],
    "c-fails": FILES["b-fails"],
  };
  const few = await lane(folder, files, { again: 2 });
  assert.equal([few.outcome.passed, few.outcome.failed, few.reds], [4, 1, 3]);
  assert.is(few.outcome.why, "red: c-fails; green at the second try: a-once");
  rmSync(path.join(folder, "ran-before"));
  const many = await lane(folder, files, { again: 1 });
  assert.equal([many.outcome.passed, many.outcome.failed, many.reds], [3, 2, 2]);
  assert.is(many.outcome.why, "red: c-fails, a-once");
});
test("a lane without a test is red", async ({ folder }) => {
  const { outcome } = await lane(folder, {});
  assert.equal([outcome.failed, outcome.why], [1, "no test was found"]);
});

test("one lane is shown as it runs, the others as a block each when they have ended", () => {
  const lines: string[] = [];
  const output = makeOutput(2, (line) => lines.push(line));
  const [docker, live] = [output.begin(1, "docker", "containers"), output.begin(0, "live", "brokers")];
  docker.say("one");
  live.say("two");
  docker.end();
  live.say("three");
  const deno = output.begin(1, "deno", "verbs");
  deno.say("four");
  live.end();
  assert.equal(output.lanes(), ["deno"]);
  output.flush();
  output.endTrack(0);
  deno.say("five");
  deno.end();
  assert.equal(lines, [
    "── docker begins, beside the others",
    "\n── live: brokers",
    "two",
    "\n── docker: containers",
    "one",
    "\n── live, continued",
    "three",
    "── deno begins, beside the others",
    "\n── deno: verbs",
    "four",
    "five",
  ]);
});
test.run();
