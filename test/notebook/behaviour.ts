// Every notebook is executed again, and must behave as its captured outputs say.

import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { KernelName } from "../../scripts/notebook/spec.ts";
import { root, scenarios } from "../../scripts/notebook/where.ts";

/** One test a notebook. */
export function behaviourOf(kernel: KernelName): void {
  const test = suite(`notebooks in ${kernel}`);
  for (const name of scenarios()) {
    test(`${name} behaves as captured`, async () => {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--import", "tsx", "scripts/notebooks.ts", "--check", "--kernel", kernel, name], { cwd: root, env: { ...process.env, LAB_ENGINE: "local" } }).catch((error: { stdout?: string; stderr?: string }) => assert.unreachable(`${error.stdout}\n${error.stderr}`) as never);
      assert.match(stdout, /done: verdict true, as captured/, stderr);
    });
  }
  test.run();
}
