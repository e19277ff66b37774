// Names become paths in one place: none leads out of its folder, and a scenario's is checked before anything
// happens.

import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { skip } from "../skip.ts";
import { attachLab, type LabError, startLab } from "@kafka-failure-lab/sdk";
import { beginRun } from "../../sdk/lab/run.ts";
import { inside, scenarioName } from "../../sdk/runtime/inside.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "lab-inside-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

test("inside() joins plain names", () => {
  assert.is(inside("/a", "b", "c.log"), path.join("/a", "b", "c.log"));
  assert.is(inside("/a", "..b", "-", "~", "x y"), path.join("/a", "..b", "-", "~", "x y"));
});
for (const name of [
  "",
  ".",
  "..",
  "../x",
  "a/b",
  "/etc",
  "a\\b",
  "a\0b",
  "../../../../evil-svc",
  "x".repeat(256),
  "한".repeat(86),
]) {
  test(`inside() refuses ${JSON.stringify(name.slice(0, 30))}`, () => {
    for (const names of [[name], ["a", name], [name, "a"]])
      assert.throws(
        () => inside("/base", ...names),
        (error: LabError) => error.code === "UNSAFE_NAME",
      );
  });
}

test("scenarioName() takes letters, digits, dots, underscores and dashes", () => {
  for (const name of [
    "01-broker-stops",
    "ad-hoc",
    "a.b_c",
    "..".replace("..", "x..y"),
    "시나리오-1",
    "_",
    "-",
  ])
    assert.is(scenarioName(name), name);
});
const BAD = [
  "",
  ".",
  "..",
  ".hidden",
  "../../x",
  "a/b",
  "a\\b",
  "a b",
  "a\nb",
  "a\0",
  "a\u202eb",
  "x".repeat(101),
];
for (const name of BAD) {
  test(
    `scenarioName(), startLab() and attachLab() refuse ${JSON.stringify(name.slice(0, 20))} before ` +
      "anything happens",
    async () => {
      assert.throws(
        () => scenarioName(name),
        (error: Error) => error instanceof RangeError,
      );
      const runs = path.join(folder, "runs");
      const common = { scenario: name, runs, onProgress: false } as const;
      for (const work of [startLab(common), attachLab({ ...common, project: "none" })]) {
        const error = await work.then(
          () => assert.unreachable("it started"),
          (e: unknown) => e,
        );
        assert.ok(error instanceof RangeError, String(error));
      }
      assert.equal(readdirSync(folder), []);
    },
  );
}
for (const name of [5, null, {}, ["a"]])
  test(`scenarioName() of ${JSON.stringify(name)} is a TypeError`, () =>
    assert.throws(
      () => scenarioName(name),
      (error: Error) => error instanceof TypeError,
    ));

test("beginRun() in a folder that cannot be made ends with an error", () => {
  if (process.platform !== "linux") return skip("only Linux has /proc");
  assert.throws(
    () => beginRun("/proc/none/runs", "ends"),
    (error: LabError) => error.code === "COMMAND_FAILED",
  );
});
test("beginRun() makes a folder and a history for this user alone, whatever the umask is", async () => {
  const umask = process.umask(0);
  try {
    const run = beginRun(path.join(folder, "made"), "modes");
    run.record({ kind: "note", atMs: 0, text: "secret" });
    await run.close();
    const modes = [
      path.join(folder, "made"),
      path.dirname(run.dir),
      run.dir,
      path.join(run.dir, "history.jsonl"),
    ];
    assert.equal(
      modes.map((file) => statSync(file).mode & 0o7777),
      [0o700, 0o700, 0o700, 0o600],
    );
    assert.is(existsSync(run.dir), true);
  } finally {
    process.umask(umask);
    rmSync(path.join(folder, "made"), { recursive: true, force: true });
  }
});
test.run();
