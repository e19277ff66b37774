// As scenario.test.ts: other clusters and faults.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lastLine, type Ran } from "./script.ts";

import { type Result, assertConfirmed, fileOf, run, runOf } from "./scenarios.ts";

const test = suite("scenario 01, variants");

/** It says that it held, or that it is inconclusive, as on a busy machine. */
function assertHeld({ code, out, err }: Ran): void {
  assert.match(out, code === 0 ? /^it held$/m : /^inconclusive$/m);
  assert.ok(code === 0 || code === 3, `${out}\n${err}`);
}

test("fixing the listeners alone changes nothing: one replica is still one replica", async () => {
  const ran = await run(
    "--cluster",
    "as-posted",
    "--fix",
    "listeners,bootstrap",
    "--timers",
    "fast",
    "--window",
    "3s",
    "--json",
  );
  const result = lastLine<Result>(ran);
  assert.equal([ran.code, result.clients["warm, all"], result.leader.after], [2, null, null], ran.err);
});

test("Kafka 4 and kill: a leader that is killed is replaced within the fast timers", async () => {
  const ran = await run("--kafka", "4", "--how", "kill", "--timers", "fast", "--window", "6s", "--json");
  const result = lastLine<Result>(ran);
  assertConfirmed(ran, result.verdict);
  assert.is(result.lost, 0, ran.err);
  assert.match(result.kafka, /^4\./);
});

test("pause: clients leave the frozen leader, which kafkajs alone would not", async () => {
  const ran = await run("--how", "pause", "--timers", "fast", "--window", "20s");
  assertHeld(ran);
  assert.match(ran.out, /measured: during pause \d/);
});

test("00 with --how pause: the frozen broker is reported as frozen, and the others are served", async () => {
  const ran = await runOf(fileOf("00-first-steps"), "--how", "pause", "--timers", "fast");
  assertHeld(ran);
  assert.match(ran.out, /^pause broker \d \(.*\): took effect after /m);
  assert.match(ran.out, /^measured: during pause \d: /m);
});

test.run();
