// Which programs are a tslab kernel.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { isTslab } from "../../sdk/notebook/notebook.ts";

for (const [program, expected] of [
  ["/usr/local/bin/tslab", true],
  ["/p/node_modules/.bin/tslab", true],
  ["/p/node_modules/tslab/bin/tslab", true],
  ["/p/node_modules/tslab/dist/main.js", true],
  ["/p/notebooks/.jupyter/kernels/tslab/kernel.cjs", true],
  ["/home/me/tslab/scripts/01-broker-stops.ts", false],
  ["/home/me/tslab-lab/test.ts", false],
  ["/p/tslab.ts", false],
  ["", false],
] as const) {
  test(`isTslab(${JSON.stringify(program)}) is ${expected}`, () => assert.is(isTslab(program), expected));
}
test.run();
