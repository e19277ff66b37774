// The README's first example is run as it stands, with the repository's name of the SDK.

import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { programIn } from "../../scripts/readme/picture.ts";
import { program } from "./outside.ts";

test("README's first example runs, and prints what the README shows", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const code = programIn(readme);
  const shown = readme.match(/```text\n([^]*?)```/)![1]!;
  // at the root, where the package is found
  const file = fileURLToPath(new URL(`../../readme-${process.pid}.ts`, import.meta.url));
  writeFileSync(file, code);
  try {
    const ran = spawnSync(...program(file), { encoding: "utf8", timeout: 300_000 });
    // a busy machine makes it inconclusive
    const isKnown = !/^inconclusive/m.test(ran.stdout);
    assert.is(ran.status, isKnown ? 0 : 3, `${ran.stdout}\n${ran.stderr}`);
    for (const line of shown.split("\n").filter((text) => /^(claim|it held)/.test(text)))
      if (isKnown || line.startsWith("claim"))
        assert.ok(ran.stdout.includes(line), `"${line}" is not in\n${ran.stdout}`);
    assert.match(ran.stdout, /measured: during kill \d+: probe [\d.]+ m?s.*; [\d,]+ acknowledged, 0 lost/);
    assert.match(ran.stdout, /my_topic-0 +\d─+\d─/);
  } finally {
    rmSync(file);
  }
});
test.run();
