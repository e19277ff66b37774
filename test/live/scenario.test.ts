// The scripts as a person runs them: exit code, last line, nothing left behind.

import { readFileSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isDocker, leftovers } from "./outside.ts";
import { lastLine } from "./script.ts";

import { type Result, run } from "./scenarios.ts";

const test = suite("scenario 01");

test("as posted: nobody takes over, nobody is served again, and the exit code says so", async () => {
  const ran = await run("--cluster", "as-posted", "--window", "4s", "--json");
  const result = lastLine<Result>(ran);
  assert.equal([ran.code, result.verdict, result.lost], [2, false, 0], ran.err);
  assert.equal(result.clients, {
    "warm, one": null,
    "warm, all": null,
    "cold, all": null,
    "cold, one": null,
  });
  assert.equal([result.leader.after, result.controller.after], [null, null]);
  assert.equal(result.isr.before.length, 1);
  assert.ok(result.fullIsrAfterHeal);
  assert.ok(result.acknowledged >= 100);
  assert.equal(leftovers(ran.pid), []);
});

test("replication without listeners: the broker that follows is refused by its own localhost and leaves the ISR", async () => {
  const ran = await run(
    "--cluster",
    "as-posted",
    "--fix",
    "replication",
    "--timers",
    "fast",
    "--window",
    "3s",
    "--json",
  );
  const result = lastLine<Result>(ran);
  assert.equal([ran.code, result.isr.before.length, result.leader.after], [2, 1, null], ran.err);
  const log = readFileSync(
    path.join(result.run, `${result.leader.before === 1 ? "kafka2" : "kafka"}.log`),
    "utf8",
  );
  assert.match(
    log,
    isDocker
      ? /Connection to node \d \(localhost\/127\.0\.0\.1:\d+\) could not be established/
      : /Connection to node \d \(localhost\/127\.0\.0\.10\d:\d+\) could not be established/,
  );
});
test.run();
