import { execFileSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeGroups } from "../../scripts/test/groups.ts";

/** Whether a process of this command line lives. */
const lives = (args: string): boolean =>
  execFileSync("ps", ["-axww", "-o", "stat=,args="], { encoding: "utf8" })
    .split("\n")
    .some((line) => !/^\s*Z/.test(line) && line.trimEnd().endsWith(args));
async function until(holds: () => boolean): Promise<void> {
  for (
    const deadline = performance.now() + 60_000;
    !holds();
    await new Promise((resolve) => setTimeout(resolve, 20))
  )
    assert.ok(performance.now() < deadline, `not so: ${holds}`);
}

test("execute() ends at its deadline with everything that the program started", async () => {
  const { code, signal, output } = await makeGroups(".").execute(
    ["sh", "-c", "echo begun; sleep 101.1 & wait"],
    300,
  );
  assert.equal([code, signal, output], [null, "SIGKILL", "begun\n"]);
  await until(() => !lives("sleep 101.1"));
});
test("execute() ends a program that does not end for so long after its last words", async () => {
  const began = performance.now();
  const { signal, output } = await makeGroups(".").execute(
    ["sh", "-c", "printf 'work\\ndo'; sleep 0.2; printf 'ne\\nmore'; sleep 105.1 & wait"],
    600_000,
    {},
    { words: /^done$/m, graceMs: 300 },
  );
  assert.equal([signal, output], ["SIGKILL", "work\ndone\nmore"]);
  assert.ok(performance.now() - began < 60_000, "it waited for the sleep of 105 s");
  await until(() => !lives("sleep 105.1"));
});
test("execute() tells of a program that does not exist as a shell does", async () =>
  assert.is((await makeGroups(".").execute(["no-such-program-here"], 1000)).code, 127));
test("end() waits for a group whose first process has ended, kills what is late, and lets nothing begin", async () => {
  const groups = makeGroups(".");
  const resolved: string[] = [];
  // a program that heals after its parent has gone, and one that does not listen
  for (const [name, script] of [
    ["heals", "(trap 'sleep 0.4; exit' TERM; while :; do sleep 0.1; done; sleep 102.1) & sleep 102.2"],
    ["deaf", "trap '' TERM; sleep 103.1 & sleep 103.2"],
  ] as const) {
    void groups.execute(["sh", "-c", script, name], 60_000).then(() => resolved.push(name));
  }
  await until(() => ["sleep 102.2", "sleep 103.1", "sleep 103.2"].every(lives));
  assert.equal(groups.names(), ["heals", "deaf"]);
  const began = performance.now();
  const ending = groups.end(1500);
  void groups.execute(["sleep", "104.1"], 60_000);
  assert.equal(await ending, ["deaf"]);
  assert.ok(performance.now() - began < 60_000, "it waited for the sleeps of 100 s");
  await until(() => !["sleep 102.2", "sleep 103.1", "sleep 103.2", "sleep 104.1"].some(lives));
  assert.equal(resolved, []);
});
test("end() does not wait where nothing runs", async () => {
  const began = performance.now();
  assert.equal(await makeGroups(".").end(600_000), []);
  assert.ok(performance.now() - began < 60_000, "it waited for the grace of 600 s");
});
test.run();
