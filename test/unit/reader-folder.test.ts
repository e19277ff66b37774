// Paths on a command line start from where the reader stands, whichever runner of scripts moved the program.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { composePath, file, fromReader, readerFolder, toReader } from "../../sdk/cli/mod.ts";

const test = suite("readerFolder()");
const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), "reader-folder-")));
const [home, inner, elsewhere] = ["", "inner", "elsewhere"].map((name) => path.join(root, "p", name)) as [
  string,
  string,
  string,
];
for (const folder of [home, inner, elsewhere]) mkdirSync(folder, { recursive: true });
writeFileSync(path.join(home, "package.json"), "{}");
const manifest = path.join(home, "package.json");

for (const [what, cwd, env, expected] of [
  ["no runner", inner, {}, inner],
  ["npm run in a folder of the package", home, { INIT_CWD: inner, npm_package_json: manifest }, inner],
  ["npm run in the package's folder", home, { INIT_CWD: home, npm_package_json: manifest }, home],
  [
    "a program that npm's script started elsewhere",
    elsewhere,
    { INIT_CWD: inner, npm_package_json: manifest },
    elsewhere,
  ],
  ["deno task, which names no manifest", home, { INIT_CWD: inner }, inner],
  ["INIT_CWD of some other program", elsewhere, { INIT_CWD: inner }, elsewhere],
  ["a folder that is gone", home, { INIT_CWD: path.join(root, "gone"), npm_package_json: manifest }, home],
  ["an INIT_CWD that is no whole path", home, { INIT_CWD: "inner", npm_package_json: manifest }, home],
] as const)
  test(what, () => assert.is(path.resolve(readerFolder({ cwd, env })), path.resolve(expected)));

test("fromReader() and toReader() lead there and back; nothing is changed where nobody was moved", () => {
  const moved = { cwd: home, env: { INIT_CWD: inner, npm_package_json: manifest } };
  assert.is(fromReader("a.yml", moved), path.join(inner, "a.yml"));
  assert.is(fromReader("/a.yml", moved), "/a.yml");
  assert.is(toReader(path.join(home, "b"), moved), path.join("..", "b"));
  assert.is(toReader(fromReader("../c", moved), moved), path.join("..", "c"));
  assert.is(fromReader("./a.yml", { cwd: inner, env: {} }), "./a.yml");
});

test("a bare word names a compose file of the lab's own, wherever the reader stands", () => {
  assert.is(composePath("as-posted"), "as-posted");
  assert.is(file("--out", "./x"), "./x");
});

const sdk = (name: string): string =>
  JSON.stringify(pathToFileURL(fileURLToPath(new URL(`../../sdk/cli/${name}`, import.meta.url))).href);

test("npm run: a child in another folder reads the paths of whoever called it", () => {
  const program = path.join(home, "program.mts");
  writeFileSync(
    program,
    `import { composePath, file, toReader } from ${sdk("mod.ts")};\n` +
      'console.log(JSON.stringify([file("--out", "x.json"), composePath("./c.yml"), composePath("shop"), ' +
      'toReader("runs/1")]));\n',
  );
  const runner = "Deno" in globalThis ? ["run", "-A"] : ["--import", import.meta.resolve("tsx")];
  const out = execFileSync(process.execPath, [...runner, program], {
    cwd: home,
    env: { ...process.env, INIT_CWD: inner, npm_package_json: manifest },
    encoding: "utf8",
  });
  assert.equal(JSON.parse(out), [
    path.join(inner, "x.json"),
    path.join(inner, "c.yml"),
    "shop",
    path.join("..", "runs", "1"),
  ]);
});
test.after(() => rmSync(root, { recursive: true, force: true }));
test.run();
