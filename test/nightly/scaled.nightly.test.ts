// The scaled run proves itself: at a tenth of the delay, with the client's timers scaled alike, scenario 03
// comes to the same as at full length.

import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { leftovers } from "../live/outside.ts";
import { begin, lastLine } from "../live/script.ts";

const test = suite("scaled");
const script = fileURLToPath(new URL("../../scripts/03-long-delay.ts", import.meta.url));

interface Step {
  name: string;
  where: string;
  outcome: string;
  count: number;
  predicted: { ends: string };
}
interface Result {
  verdict: boolean;
  steps: Step[];
  stays: boolean;
  moved: boolean;
}

for (const client of ["kafkajs", "java"]) {
  test(`${client}: the verdicts of the scaled and of the full-length run are equal, and so are the counts`, async () => {
    const [scaled, full] = (await Promise.all(
      ["3s", "30s"].map(async (delay) => {
        const ran = await begin(script, "--client", client, "--delay", delay, "--json").ended;
        assert.equal(leftovers(ran.pid), []);
        return lastLine<Result>(ran);
      }),
    )) as [Result, Result];
    assert.equal([scaled.verdict, scaled.stays, scaled.moved], [full.verdict, full.stays, full.moved]);
    assert.is(full.verdict, true);
    // what milliseconds or chance decide may end either way
    const decided = ({ steps }: Result): Step[] => steps.filter(({ predicted }) => predicted.ends !== "race");
    assert.equal(
      decided(scaled).map(({ name, where, outcome }) => [name, where, outcome]),
      decided(full).map(({ name, where, outcome }) => [name, where, outcome]),
    );
    for (const [index, step] of decided(scaled).entries()) {
      const other = decided(full)[index]!;
      assert.ok(
        Math.abs(step.count - other.count) <= 0.3,
        `${step.name} (${step.where}): ${step.count} D scaled, ${other.count} D at full length`,
      );
    }
  });
}
test.run();
