// The `@example`s of the doc comments are type-checked and run as they stand, on one cluster.

import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { differences, examples, programOf } from "../unit/documentation/examples.ts";
import { ROOT, typeErrors } from "../unit/documentation/face.ts";
import { program } from "./outside.ts";

test("the examples of the doc comments compile, run, and print what their comments say", () => {
  const all = examples();
  const file = `${ROOT}examples-${process.pid}.ts`; // at the root, where the package is found
  writeFileSync(file, programOf(all));
  try {
    assert.equal(typeErrors(file), []);
    const ran = spawnSync(...program(file), { encoding: "utf8", timeout: 120_000 });
    assert.equal(differences(all, ran.stdout), [], ran.stderr);
    assert.is(ran.status, 0, `${ran.stdout}\n${ran.stderr}`);
  } finally {
    rmSync(file);
  }
});
test.run();
