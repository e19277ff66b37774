// Scenario 01 on the posted cluster with every cause fixed, as a person runs it.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertConfirmed, type Result, run } from "./scenarios.ts";
import { lastLine } from "./script.ts";

const test = suite("scenario 01, fixed");

test("with all four causes fixed: the other broker takes over and nothing is lost", async () => {
  const ran = await run(
    "--cluster",
    "as-posted",
    "--fix",
    "replication,quorum,listeners,bootstrap",
    "--timers",
    "fast",
    "--window",
    "5s",
    "--json",
  );
  const result = lastLine<Result>(ran);
  assertConfirmed(ran, result.verdict);
  assert.is(result.lost, 0, ran.err);
  assert.is(result.clients["cold, one"], null, "its only bootstrap server is gone");
  for (const client of ["warm, all", "cold, all"])
    assert.ok(
      result.verdict === "unknown" || result.clients[client]! < 6000,
      `${client}: ${result.clients[client]} ms`,
    );
  assert.is.not(result.leader.after, result.leader.before);
  assert.is.not(result.leader.after, null);
  assert.ok(existsSync(path.join(result.run, "timeline.txt")));
  assert.is(
    (JSON.parse(readFileSync(path.join(result.run, "verdict.json"), "utf8")) as { verdict: unknown }).verdict,
    result.verdict,
  );
});
test.run();
