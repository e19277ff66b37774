// What a running lab leaves in folders is for its user alone, and what another user has planted for it is
// neither followed nor removed.

import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { type Lab, startLab } from "@kafka-failure-lab/sdk";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { skip } from "../skip.ts";
import { canOther, noOther, plantLinks } from "../programs/other-user.ts";
import { brokerProcesses, folderOf, reportingFailure, until } from "./outside.ts";

const test = suite("private");
const shared = mkdtempSync(path.join(os.tmpdir(), "lab-private-live-"));
const victim = path.join(shared, "victim");
const { TMPDIR } = process.env;
const umask = process.umask(0); // whatever others may do by default, the lab's modes are its own
let lab: Lab;
let id = "";

test.before(
  reportingFailure(async () => {
    chmodSync(shared, 0o1777);
    mkdirSync(path.join(victim, "sub"), { recursive: true });
    writeFileSync(path.join(victim, "file"), "dear");
    for (const folder of [victim, path.join(victim, "sub")]) utimesSync(folder, 1_000_000_000, 1_000_000_000);
    if (noOther === undefined)
      for (const name of ["kafka-failure-lab", "kafka-failure-lab-0", "kafka-failure-lab-state-0"])
        plantLinks(path.join(shared, name), victim);
    process.env["TMPDIR"] = shared;
    lab = await startLab({
      scenario: "test-private",
      runs: path.join(shared, "runs"),
      compose: ["one-broker"],
      timers: "fast",
      onProgress: false,
    });
    id = brokerProcesses(process.pid)[0]!.lab;
  }),
);
test.after(async () => {
  await lab?.close();
  process.umask(umask);
  if (TMPDIR === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = TMPDIR;
  rmSync(shared, { recursive: true, force: true });
});

/**
 * Everything beneath a folder that another user reaches by these modes, itself included, with what it is open
 * to.
 */
function openIn(file: string): string[] {
  const facts = lstatSync(file);
  const own =
    facts.isSymbolicLink() || (facts.mode & 0o077) === 0
      ? []
      : [`${file} ${(facts.mode & 0o777).toString(8)}`];
  if (!facts.isDirectory() || own.length === 0) return own;
  return [...own, ...readdirSync(file).flatMap((name) => openIn(path.join(file, name)))];
}

test("the folders of a lab and of its run, with their logs, are closed to other users", async () => {
  assert.is((await lab.probe.send()).outcome, "ok");
  assert.is((await lab.probe({ client: "java", name: "java" }).send()).outcome, "ok");
  const state = folderOf(id);
  await until("the history is written", () => readdirSync(lab.run.dir).includes("history.jsonl"));
  for (const folder of [
    path.dirname(path.dirname(state)),
    path.dirname(state),
    state,
    path.join(shared, "runs"),
    lab.run.dir,
  ])
    assert.equal(openIn(folder), []);
  for (const folder of [state, path.join(state, "kafka-1"), lab.run.dir])
    for (const name of readdirSync(folder)) {
      const facts = lstatSync(path.join(folder, name));
      if (name !== "data")
        assert.is(facts.mode & 0o777, facts.isDirectory() ? 0o700 : 0o600, path.join(folder, name));
    }
  const files = readdirSync(lab.run.dir);
  for (const name of ["history.jsonl", "kafka-1.log"]) assert.ok(files.includes(name), files.join(", "));
  assert.ok(
    files.some((name) => name.endsWith(".properties")),
    files.join(", "),
  );
});

test("another user can neither list nor read them", () => {
  if (noOther !== undefined) return skip(noOther);
  for (const file of [folderOf(id), lab.run.dir]) {
    assert.is(canOther(`ls ${file}`), false, file);
    for (const name of readdirSync(file)) assert.is(canOther(`cat ${path.join(file, name)}`), false, name);
  }
});

test("conclude() writes for this user alone, and what another user planted was never used", async () => {
  await lab.conclude({ print: false, picture: true, exitCode: false });
  const names = readdirSync(lab.run.dir);
  for (const name of ["verdict.json", "timeline.txt", "timeline.svg", "explanation.txt"])
    assert.ok(names.includes(name), names.join(", "));
  for (const name of names) assert.is(lstatSync(path.join(lab.run.dir, name)).mode & 0o777, 0o600, name);
  assert.equal(readdirSync(victim).sort(), ["file", "sub"]);
});
test.run();
