// Every notebook is executed again, and must behave as its captured outputs say.

import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { KernelName } from "../../scripts/notebook/spec.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** One test a notebook. */
export function behaviourOf(kernel: KernelName): void {
  const test = suite(`notebooks in ${kernel}`);
  for (const name of readdirSync(`${root}scripts`).filter((file) => /^\d\d-.*\.ts$/.test(file)).map((file) => file.replace(/\.ts$/, "")).sort()) {
    test(`${name} behaves as captured`, async () => {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--import", "tsx", "scripts/notebooks.ts", "--check", "--kernel", kernel, name], { cwd: root, env: { ...process.env, LAB_ENGINE: "local" } }).catch((error: { stdout?: string; stderr?: string }) => assert.unreachable(`${error.stdout}\n${error.stderr}`) as never);
      assert.match(stdout, new RegExp(`^${name} \\[${kernel}\\]: behaves as captured, verdict true, `), stderr);
    });
  }
  test.run();
}
