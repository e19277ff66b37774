// `npm run clean` ends what was kept and what was left, and nobody else's.

import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { skip } from "../skip.ts";
import { noOther, plantLinks, runAs } from "../programs/other-user.ts";
import { type Bystander, startBystander } from "./bystander.ts";
import {
  brokerProcesses,
  claimedPorts,
  folderOf,
  leftovers,
  program,
  reportingFailure,
  until,
} from "./outside.ts";

const test = suite("clean");
const clean = fileURLToPath(new URL("../../scripts/clean.ts", import.meta.url));
const owner = fileURLToPath(new URL("./owner.ts", import.meta.url));
let bystander: Bystander;

test.before(
  reportingFailure(async () => {
    bystander = await startBystander();
  }),
);
test.after(() => bystander?.close());

async function run(...args: string[]): Promise<{ code: number | null; stdout: string }> {
  const child = spawn(...program(clean, ...args), { stdio: ["ignore", "pipe", "ignore"] });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout };
}

test("clean ends a kept lab whose owner is gone, not one whose owner lives, and then has nothing to do", async () => {
  await run(); // what earlier programs left is not this test's
  const child = spawn(...program(owner, "load", "keep"), { stdio: ["ignore", "pipe", "ignore"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  await until("the owner runs under load", () => said.includes("at load"), 180_000);
  const [kept] = brokerProcesses(child.pid);
  const lab = kept!.lab;

  const early = await run();
  assert.not.match(early.stdout, new RegExp(lab), "its owner lives");
  assert.is(brokerProcesses(child.pid).length, 1);

  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
  assert.is(brokerProcesses(child.pid).length, 1, "it was to be kept");

  const { code, stdout } = await run();
  assert.is(code, 0);
  assert.match(stdout, new RegExp(`lab ${lab}`));
  await until("the kept broker is gone", () => brokerProcesses(child.pid).length === 0);
  // a young claim stays for ten seconds, and a folder until the kernel has taken its processes down
  await until(
    "its folder and its ports are given back",
    async () => (await run(), !existsSync(folderOf(lab)) && claimedPorts(lab).length === 0),
  );

  // docker may be here without a daemon, and another lane may just have killed the owner of a process
  const rest = (await run()).stdout.split("\n").filter((line) => !line.endsWith("does: not ended"));
  assert.match(rest.join("\n"), /^((nothing to clean|Docker was not checked: .*)\n)?$/);
  assert.equal(leftovers(child.pid), []);
  await bystander.assertUntouched();
});

test("clean follows no link that another user has planted where labs may keep their state", async () => {
  if (noOther !== undefined) return skip(noOther);
  const shared = mkdtempSync(path.join(os.tmpdir(), "lab-planted-"));
  try {
    chmodSync(shared, 0o1777);
    const victim = path.join(shared, "victim");
    mkdirSync(path.join(victim, "sub"), { recursive: true });
    writeFileSync(path.join(victim, "file"), "dear");
    for (const folder of [victim, path.join(victim, "sub")]) utimesSync(folder, 1_000_000_000, 1_000_000_000);
    for (const name of ["kafka-failure-lab-0", "kafka-failure-lab-state-0"])
      plantLinks(path.join(shared, name), victim);
    const { code, err } = await runAs({ env: { TMPDIR: shared, XDG_RUNTIME_DIR: shared } }, clean);
    assert.is(code, 0, err);
    assert.equal(readdirSync(victim).sort(), ["file", "sub"]);
  } finally {
    rmSync(shared, { recursive: true, force: true });
  }
});

test("clean --help says what it does, and an unknown flag is refused with 1", async () => {
  assert.match((await run("--help")).stdout, /^npm run clean:/);
  assert.is((await run("--kept")).code, 1);
});

test.run();
