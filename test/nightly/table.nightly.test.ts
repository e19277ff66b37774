// The scenario table on real brokers: no outcome is predicted wrongly, and 95 % of the windows hold what was
// measured.

import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { WINDOWS_RIGHT } from "../../scripts/table/compare.ts";
import { ROWS } from "../../scripts/table/rows.ts";
import { leftovers } from "../live/outside.ts";
import { begin, lastLine } from "../live/script.ts";

const test = suite("table");
const script = fileURLToPath(new URL("../../scripts/table.ts", import.meta.url));

interface Result {
  exitCode: number;
  outcomes: number;
  outcomesRight: number;
  windows: number;
  windowsRight: number;
  misses: string[];
  rows: { id: string }[];
  failed: { id: string; why: string }[];
}

test("every row of the local engine is measured, no outcome is wrong, and the windows hold", async () => {
  const ran = await begin(script, "--engine", "local", "--json").ended;
  assert.equal(leftovers(ran.pid), []);
  const result = lastLine<Result>(ran);
  assert.equal(result.failed, []);
  assert.is(result.rows.length, ROWS.filter(({ engine }) => engine === "local").length);
  assert.is(result.outcomesRight, result.outcomes, result.misses.join("\n"));
  assert.ok(
    result.windowsRight >= result.windows * WINDOWS_RIGHT,
    `windows ${result.windowsRight} of ${result.windows}:\n${result.misses.join("\n")}`,
  );
  assert.is(ran.code, 0);
});
test.run();
