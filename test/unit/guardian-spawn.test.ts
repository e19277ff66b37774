// A guardian whose process the system does not start: said as an error of the lab, and nothing more.

import { spawnSync } from "node:child_process";
import process from "node:process";
import { test } from "uvu";
import * as assert from "uvu/assert";

const GUARDIAN = new URL("../../sdk/runtime/guardian/guardian.ts", import.meta.url).href;

/** Runs in a process of its own: an event that nobody listens for would end it. */
const owner = (fail: string): string => `
  const { default: process } = await import("node:process");
  const { startGuardian } = await import(${JSON.stringify(GUARDIAN)});
  const order = { processes: "/there/is/no/such/folder", keep: true, dirs: [], log: "/dev/null" };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const tooLong = "x".repeat(1 << 20); // an argument that no system takes
  const guardian = startGuardian(order);
  const { pid } = guardian;
  ${fail}
  try { startGuardian({ ...order, dirs }); } catch (error) { console.log(error.code); }
  await turn();
  process.kill(pid, "SIGKILL");
  for (let isThere = true; isThere; await turn())
    try { process.kill(pid, 0); } catch { isThere = false; }
  await guardian.dismiss();
  console.log("dismissed");
`;

const NO_PROGRAM = `
  const dirs = [];
  Object.defineProperty(process, "execPath", { value: "/there/is/no/such/program" });
`;
const TOO_LONG = `
  const dirs = [tooLong];
  guardian.watch(dirs);
`;
const isDeno = "Deno" in globalThis;

for (const [why, fail] of [
  ["its arguments are too long", TOO_LONG],
  // Deno's own path cannot be another
  ...(isDeno ? [] : [["its program is not there", NO_PROGRAM] as const]),
] as const)
  test(`a guardian is refused as COMMAND_FAILED, or not replaced, where ${why}`, () => {
    const args = isDeno
      ? ["eval", owner(fail)]
      : ["--import", "tsx", "--input-type=module", "--eval", owner(fail)];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.is(stderr, "");
    assert.equal(stdout.split("\n"), ["COMMAND_FAILED", "dismissed", ""]);
    assert.is(status, 0);
  });

test.run();
