// A fault outlives nobody: however the owner of a lab ends, its brokers are gone, and others' are
// untouched.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { clean } from "@kafka-failure-lab/sdk";
import { startOf } from "@kafka-failure-lab/sdk/testing";
import { type Bystander, startBystander } from "./bystander.ts";
import { mention } from "./mention.ts";
import {
  brokerProcesses,
  claimedPorts,
  folderOf,
  isDocker,
  leftovers,
  program,
  roundTrip,
  reportingFailure,
  until,
} from "./outside.ts";

const test = suite("guardian");
const owner = fileURLToPath(new URL("./owner.ts", import.meta.url));
const spoof = fileURLToPath(new URL("./spoof.ts", import.meta.url));
let bystander: Bystander;

test.before(
  reportingFailure(async () => {
    bystander = await startBystander();
  }),
);
test.after(() => bystander?.close());

/** Starts an owner and waits until it says that it has come to the moment. */
async function ownerAt(
  moment: string,
  sign: string = moment,
  ...more: string[]
): Promise<{ child: ChildProcess; gone: Promise<number | null>; labs: () => string[]; said: () => string }> {
  const child = spawn(...program(owner, moment, ...more), { stdio: ["ignore", "pipe", "ignore"] });
  let said = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => (said += text));
  const gone = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const seen = new Set<string>();
  const look = (): void => {
    for (const { lab } of brokerProcesses(child.pid)) seen.add(lab);
  };
  await until(
    `the owner is at ${sign}`,
    () => {
      look();
      return said.includes(`at ${sign}`) || child.exitCode !== null;
    },
    60_000,
  );
  look();
  return { child, gone, labs: () => [...seen], said: () => said };
}

async function assertNothingLeft(child: ChildProcess, labs: string[]): Promise<void> {
  await until("the brokers are gone", () => brokerProcesses(child.pid).length === 0);
  await until("nothing is left of it in Docker", () => leftovers(child.pid).length === 0);
  for (const lab of labs)
    await until(
      "folder and ports are given back",
      () => !existsSync(folderOf(lab)) && claimedPorts(lab).length === 0,
    );
  await bystander.assertUntouched();
}

for (const moment of ["start", "boot", "load", "pause", "isolate", "java", "conclude", "close"]) {
  test(`SIGKILL of the owner at ${moment} leaves nothing behind`, async () => {
    const { child, gone, labs } = await ownerAt(moment);
    child.kill("SIGKILL");
    await gone;
    await assertNothingLeft(child, labs());
  });
}

for (const [signal, code, moment] of [
  ["SIGINT", 130, "pause"],
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

for (const [how, end] of [
  ["SIGKILL", (child: ChildProcess) => child.kill("SIGKILL")],
  ["SIGINT", (child: ChildProcess) => process.kill(child.pid!, "SIGINT")],
] as const) {
  test(`${how} of the owner leaves alone what only mentions its lab on the command line`, async () => {
    const { child, gone, labs } = await ownerAt("load");
    const mentions = await Promise.all(labs().map((lab) => mention(lab)));
    assert.is(mentions.length, 1);
    end(child);
    await gone;
    await assertNothingLeft(child, labs());
    for (const one of mentions) one.assertUntouched();
    await Promise.all(mentions.map((one) => one.close()));
  });
}

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
    await bystander.assertUntouched();
  });

for (const [moment, what] of [
  ["kill", "a broker that was killed"],
  ["stopping", "a broker whose stop is under way"],
] as const) {
  test(`keep: ${what} serves again when its owner is gone`, async () => {
    const { child, gone, labs, said } = await ownerAt(moment, moment, "keep");
    const before = brokerProcesses(child.pid).map(({ pid }) => pid);
    if (moment === "kill") assert.equal(before, []);
    child.kill("SIGKILL");
    await gone;
    await until("another process runs it", () =>
      brokerProcesses(child.pid).some(({ pid }) => !before.includes(pid)),
    );
    const address = /^client (\S+)$/m.exec(said())![1]!;
    await until("a client is answered", async () => (await roundTrip(address)) !== undefined, 180_000);
    await clean({ kept: true });
    await assertNothingLeft(child, labs());
  });
}
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
