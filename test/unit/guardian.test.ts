// What a guardian does where brokers are kept, with a shell in the place of a broker.

import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { startGuardian } from "../../sdk/runtime/guardian/guardian.ts";
import { recordFolders } from "../../sdk/runtime/guardian/records.mjs";
import { until } from "../live/outside.ts";

const CASES = [
  {
    title: "starts a broker again in its folder, with its environment and its log",
    java: "/bin/sh",
    said: "its own",
    output: /: faults healed, brokers kept, \d+ ms\n$/,
  },
  {
    title: "says which broker it could not start",
    java: "/no/such/java",
    said: "",
    output: /: not healed: kafka-1, brokers kept, \d+ ms\n$/,
  },
] as const;
for (const { title, java, said, output } of CASES) {
  test(`startGuardian() with keep: the guardian ${title}`, async () => {
    const dir = realpathSync(mkdtempSync(path.join(os.tmpdir(), "kafka-failure-lab-guardian-")));
    const logFile = path.join(dir, "kafka-1.log");
    const processes = path.join(dir, "processes");
    for (const folder of recordFolders(processes)) mkdirSync(folder, { recursive: true, mode: 0o700 });
    const guardian = startGuardian({
      processes,
      keep: true,
      dirs: [],
      log: path.join(dir, "guardian.log"),
    });
    guardian.open("kafka-1", {
      record: {
        folder: processes,
        lab: path.basename(dir),
        ownerPid: process.pid,
        ownerStart: "",
        keep: true,
        kind: "broker",
        service: "kafka-1",
      },
      java,
      args: ["-c", 'echo "$PWD $OF"'],
      dir,
      logFile,
      env: { OF: "its own" },
    });
    await guardian.dismiss(); // with a fault open it does as if its owner had died
    assert.match(readFileSync(path.join(dir, "guardian.log"), "utf8"), output);
    const expected = said === "" ? "" : `${dir} ${said}\n`;
    await until(
      "the broker has said what it was started with",
      () => readFileSync(logFile, "utf8") === expected,
    );
    rmSync(dir, { recursive: true, force: true });
  });
}
test("startGuardian(): the guardian removes nothing outside of the state folder or through a link", async () => {
  const dir = realpathSync(mkdtempSync(path.join(os.tmpdir(), "kafka-failure-lab-guardian-")));
  const [root, victim] = [path.join(dir, "state"), path.join(dir, "victim")];
  mkdirSync(path.join(root, "labs", "a1"), { recursive: true });
  chmodSync(root, 0o700);
  mkdirSync(path.join(victim, "sub"), { recursive: true });
  symlinkSync(victim, path.join(root, "link"));
  const log = path.join(dir, "guardian.log");
  const dirs = [
    victim,
    path.join(root, "link", "sub"),
    path.join(root, "..", "victim"),
    path.join(root, "labs", "a1"),
  ];
  const guardian = startGuardian({
    processes: path.join(dir, "processes"),
    keep: true,
    keepDirs: false,
    root,
    dirs,
    log,
  });
  guardian.open("nothing", ["true"]);
  await guardian.dismiss(); // with a fault open it does as if its owner had died
  assert.equal([readdirSync(victim), readdirSync(path.join(root, "labs"))], [["sub"], []]);
  assert.is(readFileSync(log, "utf8").match(/could not remove /g)?.length, 3);
  assert.is(statSync(log).mode & 0o777, 0o600);
  rmSync(dir, { recursive: true, force: true });
});
test.run();
