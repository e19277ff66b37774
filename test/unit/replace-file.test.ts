// A file is replaced whole, where it is what was read, and only where nobody else can exchange it.

import {
  chmodSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  lstatSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { LabError } from "../../sdk/model/errors.ts";
import { assertReplaceable, replaceText } from "../../sdk/runtime/replace-file.ts";

const folder = mkdtempSync(path.join(tmpdir(), "replace-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, text: string | Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

function codeOf(act: () => void): string {
  try {
    act();
  } catch (error) {
    return error instanceof LabError ? error.code : String(error);
  }
  return "none";
}

test("the text is another, mode and byte order mark stay, and nothing is left beside it", () => {
  const file = written("a.yml", "\uFEFFa: 1\n");
  chmodSync(file, 0o640);
  replaceText(file, { before: "a: 1\n", text: "a: 2\n" });
  assert.is(readFileSync(file, "utf8"), "\uFEFFa: 2\n");
  assert.is(statSync(file).mode & 0o777, 0o640);
  assert.equal(readdirSync(folder), ["a.yml"]);
});
test("a link stays, and what it leads to is replaced", () => {
  const file = written("real.yml", "a\n");
  const link = path.join(folder, "link.yml");
  symlinkSync(file, link);
  replaceText(link, { before: "a\n", text: "b\n" });
  assert.ok(lstatSync(link).isSymbolicLink());
  assert.is(readFileSync(file, "utf8"), "b\n");
});
test("a right to run as the owner is not given to another text", () => {
  const file = written("setuid.yml", "a");
  chmodSync(file, 0o4755);
  replaceText(file, { before: "a", text: "b" });
  assert.is(statSync(file).mode & 0o7777, 0o755);
});
test("what changed, is gone, no UTF-8, read-only, has another name or is open to others is refused", () => {
  const open = written("open.yml", "a");
  chmodSync(open, 0o666);
  const readOnly = written("read-only.yml", "a");
  chmodSync(readOnly, 0o444);
  const twin = written("twin.yml", "a");
  linkSync(twin, path.join(folder, "twin2.yml"));
  const cases: readonly (readonly [file: string, before: string, code: string])[] = [
    [written("changed.yml", "b"), "a", "FILE_CHANGED"],
    [path.join(folder, "none.yml"), "a", "FILE_CHANGED"],
    [written("latin.properties", Uint8Array.from([0x61, 0xe4])), "a\uFFFD", "BAD_CONFIGURATION"],
    [twin, "a", "BAD_CONFIGURATION"],
    [open, "a", "UNSAFE_FOLDER"],
    [readOnly, "a", "BAD_CONFIGURATION"],
  ];
  for (const [file, before, code] of cases) {
    assert.is(
      codeOf(() => assertReplaceable(file, { before, text: "x" })),
      code,
      file,
    );
    assert.is(
      codeOf(() => replaceText(file, { before, text: "x" })),
      code,
      file,
    );
  }
  assert.is(readFileSync(open, "utf8"), "a");
});
test.run();
