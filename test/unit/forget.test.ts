// What a disk that forgets loses: each file is cut to what was forced, and no other is touched.

import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { forgottenWords, readJournal } from "../../sdk/engine/disk/journal.ts";
import { forget } from "../../sdk/engine/local/forget.ts";

const test = suite<{ dir: string }>("forget");
test.before.each((context) => {
  context.dir = mkdtempSync(path.join(os.tmpdir(), "lab-forget-"));
});
test.after.each(({ dir }) => rmSync(dir, { recursive: true }));

test("readJournal() has the last length of each file, and no line that was not written to its end", () => {
  const text =
    "0 /data/a-0/0.log\n70 /data/a-0/0.log\n5 /data/with space/0.log\nx /data/b\n99 /data/a-0/0.lo";
  assert.equal(
    [...readJournal(text)],
    [
      ["/data/a-0/0.log", 70],
      ["/data/with space/0.log", 5],
    ],
  );
});
test("forget() cuts files to what was forced, and begins the journal anew", async ({ dir }) => {
  const data = path.join(dir, "data");
  mkdirSync(data);
  const at = (name: string): string => path.join(data, name);
  for (const name of ["long", "short", "untouched"]) writeFileSync(at(name), "x".repeat(100));
  writeFileSync(path.join(dir, "other"), "x".repeat(100));
  const journal = path.join(dir, "journal");
  const lines = [`0 ${at("long")}`, `40 ${at("long")}`, `100 ${at("short")}`, `0 ${at("gone")}`];
  writeFileSync(journal, `${[...lines, `0 ${path.join(dir, "other")}`, `0 ${at("../other")}`].join("\n")}\n`);
  const lost = await forget(journal, [data]);
  assert.equal(lost, { files: 1, bytes: 60 });
  assert.is(forgottenWords(lost), "1 file lost 60 bytes that were not forced");
  assert.equal(
    ["long", "short", "untouched", "../other"].map((name) => statSync(at(name)).size),
    [40, 100, 100, 100],
  );
  assert.not.ok(existsSync(journal));
  assert.equal(await forget(journal, [data]), { files: 0, bytes: 0 });
});
test.run();
