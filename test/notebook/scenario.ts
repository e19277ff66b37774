// One test for each notebook: executed anew in a kernel, it behaves as it was captured.

import { spawnSync } from "node:child_process";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { KernelName } from "../../scripts/notebook/spec.ts";
import { root, scenarios } from "../../scripts/notebook/where.ts";

/** What takes minutes: many clusters, long delays, sessions that have to expire. */
export const LONG: RegExp = /^(0[1235-9]|1\d)-/;
/** The matrix of causes, and long delays. */
export const DELAYS: RegExp = /^0[23]-/;
/** Scenarios of consumer groups, of elections and of disks. */
export const NIGHTLY: RegExp = /^(0[56789]|1\d)-/;

export function testScenarios(kernel: KernelName, isAsked: (name: string) => boolean = () => true): void {
  const test = suite(`notebooks, ${kernel}`);
  for (const name of scenarios().filter(isAsked)) {
    test(`${name} behaves as captured`, () => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["--import", "tsx", "scripts/notebooks.ts", "--check", "--kernel", kernel, name],
        { cwd: root, encoding: "utf8" },
      );
      assert.is(status, 0, `${stdout}${stderr}`);
    });
  }
  test.run();
}
