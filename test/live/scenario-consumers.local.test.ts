// Scenarios of consumer groups as a person runs them, with the faults that their notebooks do not have.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { leftovers } from "./outside.ts";
import { fileOf, runOf } from "./scenarios.ts";
import { lastLine, type Ran } from "./script.ts";

const test = suite("scenarios, consumers");

interface Result {
  verdict: boolean | "unknown";
  exitCode: number;
}

/** Confirmed, or inconclusive on a busy machine; nothing is left. */
function assertConfirmed(ran: Ran, { verdict, exitCode }: Result, isBusy: boolean): void {
  assert.equal([ran.code, exitCode, verdict], isBusy ? [3, 3, "unknown"] : [0, 0, true], ran.err);
  assert.equal(leftovers(ran.pid), []);
}

interface Died extends Result {
  groups: {
    name: string;
    ms: number;
    skipped: number;
    twice: number;
    asPredicted: boolean | "unknown";
    isWithin: boolean | "unknown";
    hasGoneOn: boolean;
  }[];
}

test("06 with --how pause: a frozen member is replaced when its session has expired", async () => {
  const ran = await runOf(fileOf("06-consumer-dies"), "--how", "pause", "--timers", "fast", "--json");
  const result = lastLine<Died>(ran);
  assert.equal(
    result.groups.map(({ name }) => name),
    ["before", "after", "auto"],
  );
  assert.equal(
    result.groups.filter(({ asPredicted }) => asPredicted === false),
    [],
  );
  const [before, ...others] = result.groups;
  // on a busy machine it was at another batch, or was just committing
  assert.ok(before!.skipped > 0 || before!.hasGoneOn, "what was committed first is skipped");
  assert.is(before!.twice, 0);
  for (const { name, skipped, twice, hasGoneOn } of others) {
    assert.is(skipped, 0, name);
    assert.ok(twice > 0 || hasGoneOn, `${name}: what was in hand is processed again`);
  }
  assertConfirmed(
    ran,
    result,
    result.groups.some((one) => [one.asPredicted, one.isWithin].includes("unknown")),
  );
});

interface Lost extends Result {
  roles: {
    replicas: number;
    group: string;
    role: string;
    ms: number;
    expected: { toMs: number | null };
    asPredicted: boolean | "unknown";
  }[];
}

test("05 with --how kill: three replicas of the offsets, and one", async () => {
  const args = ["--how", "kill", "--client", "java", "--timers", "fast", "--window", "6s", "--json"];
  const ran = await runOf(fileOf("05-consumer-loses-a-broker"), ...args);
  const result = lastLine<Lost>(ran);
  assert.equal(
    result.roles.filter(({ asPredicted }) => asPredicted === false),
    [],
    ran.err,
  );
  const rolesAt = (replicas: number): string[] =>
    result.roles.filter((one) => one.replicas === replicas).map(({ role }) => role);
  for (const replicas of [3, 1])
    for (const role of ["leader", "both", "coordinator", "neither"])
      assert.ok(rolesAt(replicas).includes(role), `${replicas}: ${role}`);
  const waiting = result.roles.filter(({ expected }) => expected.toMs === null); // JSON has no Infinity
  assert.ok(waiting.length > 0 && waiting.every(({ replicas }) => replicas === 1));
  // a member on a busy machine still processes what it was given before
  assert.ok(waiting.every(({ ms, asPredicted }) => ms >= 6_000 || asPredicted === "unknown"));
  // the producer's own predictions are judged, too, and a busy machine makes them inconclusive
  assertConfirmed(ran, result, result.verdict === "unknown");
});

test.run();
