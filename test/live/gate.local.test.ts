// The gate's runner as a person runs it: what it refuses, and that nothing outlives it. It runs under Node,
// whichever runs this.

import process from "node:process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { childIds, leftovers, processes, until } from "./outside.ts";
import { assertRefused, begin } from "./script.ts";

const test = suite("gate");
const script = fileURLToPath(new URL("../../scripts/test.ts", import.meta.url));
const only = "Deno" in globalThis ? test.skip : test;

for (const [args, message] of [
  [["--lane", "unit", "clustr"], /clustr\b.*\bunit\b/],
  [["clustr"], /clustr\b.*\bformat, tsc, /],
  [["--lane", "tsc", "cluster"], /cluster\b.*\btsc\b/],
  [["("], /^Cannot use the pattern \(: .*\nnpm test -- --help lists the options\.\n$/],
  [["one", "two"], /one two\b.*'one\|two'/],
  [["--colour"], /^Unknown option '--colour'.*\nnpm test -- --help lists the options\.\n$/],
  [["--lane", "units"], /--lane units\b.*format, tsc, /],
  [["--times", "0"], /\b0 times/],
] as const) {
  only(`${args.join(" ")} is refused with a sentence`, () => assertRefused(script, args, message));
}

only("Ctrl-C ends the tests that run; their labs heal first, and nothing is left", async () => {
  const gate = begin(script, "--deno", "none", "--lane", "live", "^app\\.test");
  const owners = (): number[] =>
    childIds(gate.child.pid!).filter((pid) => processes().some(({ ownerPid }) => ownerPid === pid));
  await until("a test has brokers", () => owners().length > 0);
  const [owner] = owners();
  process.kill(gate.child.pid!, "SIGINT");
  const { code, out } = await gate.ended;
  assert.is(code, 130, out);
  assert.match(out, /SIGINT: ending test\/live\/app\.test\.ts\nall has ended\n$/);
  assert.equal(leftovers(owner), []);
});
test.run();
