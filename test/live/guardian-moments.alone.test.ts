// As guardian.alone.test.ts, at the other moments and by the other ways of ending.

import { spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { clean } from "@kafka-failure-lab/sdk";
import { startOf } from "@kafka-failure-lab/sdk/testing";
import { mention } from "./mention.ts";
import {
  agentIsIn,
  brokerProcesses,
  containerIds,
  folderOf,
  isDocker,
  leftovers,
  program,
  roundTrip,
  until,
} from "./outside.ts";
import { besideBystander, ownerAt } from "./owners.ts";

const spoof = fileURLToPath(new URL("./spoof.ts", import.meta.url));

const test = suite("guardian, more moments");
const { assertNothingLeft, assertUntouched } = besideBystander(test);

for (const moment of ["start", "boot", "pause", "java", "conclude", "close"]) {
  test(`SIGKILL of the owner at ${moment} leaves nothing behind`, async () => {
    const { child, gone, labs } = await ownerAt(moment);
    child.kill("SIGKILL");
    await gone;
    await assertNothingLeft(child, labs());
  });
}

for (const [signal, code, moment] of [
  ["SIGTERM", 143, "pause"],
  ["SIGINT", 130, "wait"],
  ["SIGINT", 130, "boot"],
] as const) {
  test(`${signal} at ${moment} heals, ends the brokers before the owner, and exits with ${code}`, async () => {
    const { child, gone, labs } = await ownerAt(moment);
    process.kill(child.pid!, signal);
    assert.is(await gone, code);
    assert.equal(leftovers(child.pid), []);
    await assertNothingLeft(child, labs());
  });
}

for (const [moment, code] of [
  ["throw", 1],
  ["exit", 7],
  ["forget", 0],
] as const) {
  test(`an owner that ends by ${moment} exits with ${code} and leaves nothing behind`, async () => {
    const { child, gone, labs } = await ownerAt(moment, "start");
    assert.is(await gone, code);
    await assertNothingLeft(child, labs());
  });
}

test("SIGKILL of the owner leaves alone what only mentions its lab on the command line", async () => {
  const { child, gone, labs } = await ownerAt("load");
  const mentions = await Promise.all(labs().map((lab) => mention(lab)));
  assert.is(mentions.length, 1);
  child.kill("SIGKILL");
  await gone;
  await assertNothingLeft(child, labs());
  for (const one of mentions) one.assertUntouched();
  await Promise.all(mentions.map((one) => one.close()));
});

if (!isDocker)
  test("SIGKILL of the owner ends a broker whose flags carry the mark of another lab", async () => {
    const child = spawn(...program(spoof), { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    await until("its broker runs", () => said.includes("running") || child.exitCode !== null, 180_000);
    const [logDir, pid] = said.split(" ");
    const start = startOf(Number(pid));
    assert.is.not(start, undefined);
    process.kill(Number(pid), "SIGSTOP"); // without its folder it would soon end by itself
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    try {
      await until("the broker is gone", () => startOf(Number(pid)) !== start);
    } finally {
      if (startOf(Number(pid)) === start) process.kill(Number(pid), "SIGKILL");
      await until("its guardian is done", () => existsSync(path.join(logDir!, "guardian.log")));
      rmSync(logDir!, { recursive: true });
    }
    await assertUntouched();
  });

for (const [moment, what] of [
  ["kill", "a broker that was killed"],
  ["stopping", "a broker whose stop is under way"],
  ["power", "a broker that was killed and whose disk forgets"],
] as const) {
  test(`keep: ${what} serves again when its owner is gone`, async () => {
    const { child, gone, labs, said } = await ownerAt(moment, moment, "keep");
    const before = brokerProcesses(child.pid).map(({ pid }) => pid);
    if (moment !== "stopping") assert.equal(before, []);
    child.kill("SIGKILL");
    await gone;
    await until("another process runs it", () =>
      brokerProcesses(child.pid).some(({ pid }) => !before.includes(pid)),
    );
    const address = /^client (\S+)$/m.exec(said())![1]!;
    await until("a client is answered", async () => (await roundTrip(address)) !== undefined, 180_000);
    if (moment === "power")
      await until("the agent's files are gone", () => !hasAgentFiles(child.pid!, labs()[0]!));
    await clean({ kept: true });
    await assertNothingLeft(child, labs());
  });
}
test.run();

function hasAgentFiles(ownerPid: number, lab: string): boolean {
  if (!isDocker) return existsSync(path.join(folderOf(lab), "kafka-1", "disk"));
  return containerIds(ownerPid).some(agentIsIn);
}
