// Scenarios of elections and rolling restarts as a person runs them.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { leftovers } from "./outside.ts";
import { fileOf, runOf } from "./scenarios.ts";
import { lastLine } from "./script.ts";

const test = suite("scenarios, elections");

interface Result {
  verdict: boolean | "unknown";
  exitCode: number;
}
interface Unclean extends Result {
  loss: {
    lost: number;
    passedOver: number;
    truncated: { broker: number; hadTo: number; keptTo: number }[];
    expected: { least: number; most: number };
  };
}

for (const kafka of ["3.9", "4"])
  test(`12 with Kafka ${kafka}: what only the others had is lost, thrown away and passed over`, async () => {
    const args = ["--kafka", kafka, "--timers", "fast", "--json"];
    const ran = await runOf(fileOf("12-unclean-election"), ...args);
    const { loss, verdict, exitCode } = lastLine<Unclean>(ran);
    assert.equal([ran.code, exitCode, verdict], [0, 0, true], ran.err);
    assert.ok(loss.expected.least > 0 && loss.lost >= loss.expected.least, "lost");
    const [returned] = loss.truncated;
    assert.ok(returned !== undefined && returned.hadTo - returned.keptTo >= loss.lost, "thrown away");
    assert.ok(loss.passedOver > 0, "passed over");
    assert.equal(leftovers(ran.pid), []);
  });

interface Rolls extends Result {
  rolls: { wait: string; least: number; asExpected: boolean | "unknown" }[];
}
test("11: with a wait no ISR is below the minimum, without one some is", async () => {
  const ran = await runOf(fileOf("11-rolling-restart"), "--timers", "fast", "--json");
  const { rolls, verdict, exitCode } = lastLine<Rolls>(ran);
  assert.equal([ran.code, exitCode, verdict], [0, 0, true], ran.err);
  assert.equal(
    rolls.map(({ wait, least }) => [wait, least >= 2]),
    [
      ["full isr", true],
      ["none", false],
    ],
  );
  assert.equal(leftovers(ran.pid), []);
});
test.run();
