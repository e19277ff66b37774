// What ends the processes of a lab that is gone, and what it leaves alone: whoever only mentions the lab on
// its command line.

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { skip } from "../skip.ts";
import { clean } from "../../sdk/lab/clean.ts";
import { type Claim, claimFolder, release } from "../../sdk/runtime/claims.ts";
import { sweep } from "../../sdk/runtime/sweep.ts";
import { startGuardian } from "../../sdk/runtime/guardian/guardian.ts";
import { here, startOf } from "../../sdk/runtime/guardian/processes.mjs";
import { type LabRecord, recorded, recordedIn } from "../../sdk/runtime/guardian/records.mjs";
import { type Mention, mention } from "../live/mention.ts";
import { stateAt } from "./state-at.ts";

interface Scene {
  dir: string;
  restore: () => void;
  lab: string;
  claim: Claim;
  mentions: Mention;
  children: ChildProcess[];
}

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const test = suite<Scene>("sweep");
test.before.each(async (context) => {
  context.dir = mkdtempSync(path.join(os.tmpdir(), "lab-sweep-"));
  context.restore = stateAt(context.dir);
  context.lab = randomBytes(4).toString("hex");
  context.claim = claimFolder(context.lab, false);
  context.mentions = await mention(context.lab);
  context.children = [];
});
test.after.each(async ({ claim, mentions, children, dir, restore }) => {
  for (const child of children) child.kill("SIGKILL");
  await mentions.close();
  release(claim);
  restore();
  rmSync(dir, { recursive: true });
});

/** Starts a recorded process of the lab, by default with a dead owner; it waits for its standard input. */
async function start(scene: Scene, record: Partial<LabRecord> = {}): Promise<ChildProcess> {
  const dead = { ...scene.claim.record, ownerPid: 999_999_999 };
  const whole = { ...dead, kind: "broker", service: "kafka-1", ...record } as const;
  const [program, ...args] = recorded(whole, ["/bin/sh", "-c", "echo; read line"]);
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
  scene.children.push(child);
  await once(child.stdout, "data");
  return child;
}

function abandon({ dir }: Claim, owner: object = {}): void {
  const said = { pid: 999_999_999, start: "1", keep: false, here: here(), ...owner };
  writeFileSync(path.join(dir, "owner.json"), JSON.stringify(said));
}

const WAYS: readonly { what: string; end: (scene: Scene) => unknown }[] = [
  { what: "sweep()", end: ({ claim }) => (abandon(claim), sweep()) },
  { what: "clean()", end: ({ claim }) => (abandon(claim), clean({ kept: true })) },
  { what: "release()", end: ({ claim }) => release(claim) },
  { what: "the guardian", end: guard },
];

/** With a fault open, a guardian that is dismissed does as if its owner had died. */
async function guard({ claim }: Scene): Promise<void> {
  const log = path.join(os.tmpdir(), `guardian-${claim.lab}.log`);
  const guardian = startGuardian({
    processes: claim.record.folder,
    keep: false,
    root: claim.root,
    dirs: claim.paths,
    log,
  });
  guardian.open("nothing", ["true"]);
  await guardian.dismiss();
  rmSync(log, { force: true });
}

for (const { what, end } of WAYS) {
  test(`${what} ends what has a record, and not what only mentions the lab`, async (scene) => {
    const child = await start(scene);
    const gone = once(child, "exit");
    await end(scene);
    assert.equal(await gone, [null, "SIGKILL"]);
    scene.mentions.assertUntouched();
    assert.is(existsSync(scene.claim.dir), false);
    assert.is(existsSync(scene.claim.record.folder), false);
  });
}

test("sweep() and clean() leave a lab whose owner is alive, with or without its folder", async (scene) => {
  const child = await start(scene, { ownerPid: process.pid });
  const { record, dir } = scene.claim;
  sweep();
  rmSync(dir, { recursive: true });
  sweep();
  await clean({ kept: true });
  assert.is(child.exitCode ?? child.signalCode, null);
  assert.is(recordedIn(record.folder).length, 1);
});

test("sweep() leaves a lab of another machine alone, and removes one from before the last boot", ({
  claim,
}) => {
  abandon(claim, { here: "another/boot" });
  sweep();
  assert.is(existsSync(claim.dir), true);
  abandon(claim, { pid: process.pid, start: startOf(process.pid)!, here: `${here().split("/")[0]}/earlier` });
  sweep();
  assert.is(existsSync(claim.dir), false);
});

test("sweep() ends the clients of a kept lab, and its brokers only with `kept`", async (scene) => {
  abandon(scene.claim, { keep: true });
  const [client, broker] = [await start(scene), await start(scene, { keep: true })];
  const gone = once(client, "exit");
  sweep();
  assert.equal(await gone, [null, "SIGKILL"]);
  assert.is(broker.exitCode ?? broker.signalCode, null);
  assert.is(existsSync(scene.claim.dir), true);
  const too = once(broker, "exit");
  sweep({ kept: true });
  assert.equal(await too, [null, "SIGKILL"]);
  assert.is(existsSync(scene.claim.dir), false);
});

test("clean() tells the ids of processes that only mention a lab", async ({ mentions }) => {
  const lines = await clean({ kept: true });
  for (const pid of mentions.pids)
    assert.is(lines.filter((line) => new RegExp(`\\b${pid}\\b`).test(line)).length, 1, lines.join("\n"));
  mentions.assertUntouched();
});

if (isRoot && process.platform === "linux")
  test("clean() and the guardian leave another user's processes, and do not report them", async (scene) => {
    const others = await mention(scene.lab, { uid: NOBODY });
    try {
      const { pids } = others;
      const { folder } = scene.claim.record;
      const about = {
        lab: scene.lab,
        ownerPid: 1,
        ownerStart: "",
        kind: "broker",
        service: "kafka-1",
        here: here(),
      };
      // not even a record makes another user's process one of the lab's
      for (const pid of pids)
        writeFileSync(path.join(folder, "end", `${pid}-${startOf(pid)}`), `${JSON.stringify(about)}\n`);
      assert.equal(recordedIn(folder), []);
      for (const pid of pids) rmSync(path.join(folder, "end", `${pid}-${startOf(pid)}`));
      const lines = await clean({ kept: true });
      assert.not.match(lines.join("\n"), new RegExp(`\\b(${pids.join("|")})\\b`));
      await guard(scene);
      others.assertUntouched();
    } finally {
      await others.close();
    }
  });
else test("another user's processes", () => skip("only root on Linux can start another user's processes"));

test("a folder of records that others can write, or that is a link, holds no records", async (scene) => {
  const child = await start(scene);
  const { folder } = scene.claim.record;
  const other = mkdtempSync(path.join(os.tmpdir(), "kafka-failure-lab-records-"));
  mkdirSync(path.join(other, "end"), { mode: 0o700 });
  const [one] = recordedIn(folder);
  const name = `${one!.pid}-${one!.start}`;
  const about = { ...scene.claim.record, kind: "broker", service: "kafka-1", here: here() };
  writeFileSync(path.join(other, "end", name), `${JSON.stringify(about)}\n`);
  assert.is(recordedIn(other).length, 1);
  chmodSync(path.join(other, "end"), 0o777);
  assert.equal(recordedIn(other), []);
  chmodSync(path.join(other, "end"), 0o700);
  mkdirSync(path.join(other, "linked"));
  symlinkSync(path.join(other, "end"), path.join(other, "linked", "end"));
  assert.equal(recordedIn(path.join(other, "linked")), []);
  rmSync(other, { recursive: true });
  assert.is(child.exitCode ?? child.signalCode, null);
});
test("sweep() leaves a lab whose owner it cannot look at, and says so: it may be alive", ({ claim }) => {
  const owner = path.join(claim.dir, "owner.json");
  rmSync(owner);
  mkdirSync(owner); // can be seen, and not be read
  const { left } = sweep();
  assert.equal(
    left.filter((line) => line.includes(claim.dir)).map((line) => /could not look at .*EISDIR/.test(line)),
    [true],
  );
  assert.ok(existsSync(claim.dir));
});

test.run();
