// Paths on a command line start where the reader stands: npm runs every command in the folder of its package.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { program } from "../live/outside.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const reader = realpathSync(mkdtempSync(path.join(os.tmpdir(), "reader-")));
cpSync(path.join(root, "compose/as-posted.yml"), path.join(reader, "mine.yml"));
cpSync(path.join(root, "notebooks/recordings/01-broker-stops/1"), path.join(reader, "run"), {
  recursive: true,
});
cpSync(path.join(root, "scripts/table/data/2026-11-30.json"), path.join(reader, "data.json"));
writeFileSync(path.join(reader, "app.json"), '{"topic": "a/b"}');

/** As npm starts it for a reader in another folder. */
function start(script: string, ...args: string[]): { code: number | null; out: string; err: string } {
  const [command, argv] = program(path.join(root, "scripts", `${script}.ts`), ...args);
  const { status, stdout, stderr } = spawnSync(command, argv, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, INIT_CWD: reader, npm_package_json: path.join(root, "package.json") },
  });
  return { code: status, out: stdout, err: stderr };
}

const test = suite("paths of a reader in another folder");
for (const [script, args, code, said] of [
  ["predict", ["./mine.yml", "--fault", "kill"], 0, /^[^]*replicas 1/],
  ["predict", ["as-posted"], 0, /replicas 1/],
  ["diagnose", ["mine.yml"], 2, /^mine\.yml:\d/m],
  ["explain-error", ["--file", "mine.yml"], 0, /no error was found/],
  ["replay", ["run"], 0, /as recorded/],
  ["trace", ["run"], 0, /01-broker-stops of .*: run$/m],
  ["table", ["--from", "data.json"], 0, /predict/],
  ["notebooks", ["--cells-only", "--out", "made", "00"], 0, /written/],
  // what is wrong with a file says that it was read
  ["app", ["--settings", "app.json"], 1, /topic "a\/b"/],
  ["01-broker-stops", ["--cluster", "./data.json", "--engine", "local"], 1, /BAD_COMPOSE(?!.*no such)/],
] as const) {
  test(`${script} ${args.join(" ")}`, () => {
    const ended = start(script, ...args);
    assert.is(ended.code, code, `${ended.out}\n${ended.err}`);
    assert.match(`${ended.out}\n${ended.err}`, said);
  });
}
test("what is written stands where the reader stands", () => {
  assert.ok(existsSync(path.join(reader, "made", "00-first-steps.ipynb")));
  assert.not.ok(existsSync(path.join(root, "made")));
});
test.after(() => rmSync(reader, { recursive: true, force: true }));
test.run();
