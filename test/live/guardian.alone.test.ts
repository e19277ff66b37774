// A fault outlives nobody: however the owner of a lab ends, its brokers are gone, and others' are
// untouched. More moments: guardian-moments.alone.test.ts.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { attachLab, clean } from "@kafka-failure-lab/sdk";
import { mention } from "./mention.ts";
import { brokerProcesses, folderOf, isDocker, leftovers, roundTrip, until } from "./outside.ts";
import { besideBystander, ownerAt } from "./owners.ts";

const test = suite("guardian");
const { assertNothingLeft } = besideBystander(test);

for (const moment of ["load", "isolate"]) {
  test(`SIGKILL of the owner at ${moment} leaves nothing behind`, async () => {
    const { child, gone, labs } = await ownerAt(moment);
    child.kill("SIGKILL");
    await gone;
    await assertNothingLeft(child, labs());
  });
}

test("SIGINT heals, ends the brokers before the owner, and exits with 130", async () => {
  const { child, gone, labs } = await ownerAt("pause");
  process.kill(child.pid!, "SIGINT");
  assert.is(await gone, 130);
  assert.equal(leftovers(child.pid), []);
  await assertNothingLeft(child, labs());
});

test("a guardian that is ended from outside is replaced, and the owner's end still leaves nothing behind", async () => {
  const { child, gone, labs } = await ownerAt("load");
  const guardians = (): number[] => childrenOf(child.pid!, "guardian.mjs");
  const [first] = guardians();
  process.kill(first!, "SIGKILL");
  await until("another guardian", () => guardians().some((pid) => pid !== first));
  child.kill("SIGKILL");
  await gone;
  await assertNothingLeft(child, labs());
});

test("keep: the brokers outlive their owner, thawed, and the next sweep with `kept` ends them", async () => {
  const { child, gone, labs } = await ownerAt("pause", "pause", "keep");
  child.kill("SIGKILL");
  await gone;
  await until("the kept broker is thawed", () =>
    brokerProcesses(child.pid).some(({ state }) => state !== "T"),
  );
  const [lab] = labs();
  // the last thing that a guardian does; a local broker has its data there
  if (isDocker) await until("its guardian is done", () => !existsSync(folderOf(lab!)));
  const cleaned = async (options?: { kept: boolean }): Promise<string[]> =>
    (await clean(options)).filter((line) => line.includes(lab!));
  assert.equal(await cleaned(), [], "kept means kept");
  assert.is(brokerProcesses(child.pid).length, 1);
  assert.is((await cleaned({ kept: true })).length, 1);
  await assertNothingLeft(child, labs());
});

test("keep: the network is healed when its owner is gone", async () => {
  const { child, gone, labs, said } = await ownerAt("isolate", "isolate", "keep");
  const address = /^client (\S+)$/m.exec(said())![1]!;
  assert.is(await roundTrip(address), undefined, "the fault does not act");
  child.kill("SIGKILL");
  await gone;
  await until("a client is answered", async () => (await roundTrip(address)) !== undefined);
  await clean({ kept: true });
  await assertNothingLeft(child, labs());
});

test("keep: the disk answers again when its owner is gone, and nothing of the fault is left", async () => {
  const { child, gone, labs, said } = await ownerAt("disk", "disk", "keep");
  const address = /^client (\S+)$/m.exec(said())![1]!;
  child.kill("SIGKILL");
  await gone;
  await using lab = await attachLab({ bootstrap: [address], scenario: "test-guardian", onProgress: false });
  assert.is((await lab.probe.send()).outcome, "ok");
  if (!isDocker) {
    const folder = path.join(folderOf(labs()[0]!), "kafka-1", "disk");
    assert.ok(existsSync(path.dirname(folder)));
    await until("its files are gone", () => !existsSync(folder));
  }
  await lab.close();
  await clean({ kept: true });
  await assertNothingLeft(child, labs());
});

test("SIGINT of the owner leaves alone what only mentions its lab on the command line", async () => {
  const { child, gone, labs } = await ownerAt("load");
  const mentions = await Promise.all(labs().map((lab) => mention(lab)));
  assert.is(mentions.length, 1);
  process.kill(child.pid!, "SIGINT");
  await gone;
  await assertNothingLeft(child, labs());
  for (const one of mentions) one.assertUntouched();
  await Promise.all(mentions.map((one) => one.close()));
});
test.run();

function childrenOf(parent: number, name: string): number[] {
  return commands()
    .filter((one) => one.parent === parent && one.args.includes(name))
    .map(({ pid }) => pid);
}

function commands(): { pid: number; parent: number; args: string }[] {
  return execFileSync("ps", ["-axww", "-o", "pid=,ppid=,args="], { encoding: "utf8" })
    .split("\n")
    .map((line) => {
      const [, pid, parent, args = ""] = line.match(/^\s*(\d+)\s+(\d+)\s+(.*)$/) ?? [];
      return { pid: Number(pid), parent: Number(parent), args };
    });
}
