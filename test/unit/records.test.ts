// How a process comes to its record, and what a record is good for.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { here, startOf } from "../../sdk/runtime/guardian/processes.mjs";
import {
  canRun,
  endRecorded,
  type ProcessRecord,
  recorded,
  recordedIn,
  recordFolders,
  signalRecorded,
} from "../../sdk/runtime/guardian/records.mjs";

const test = suite<{ folder: string; record: ProcessRecord }>("records");
test.before.each((context) => {
  context.folder = mkdtempSync(path.join(os.tmpdir(), "kafka-failure-lab-records-"));
  for (const folder of recordFolders(context.folder)) mkdirSync(folder, { mode: 0o700 });
  context.record = {
    folder: context.folder,
    lab: "lab",
    ownerPid: process.pid,
    ownerStart: startOf(process.pid)!,
    keep: false,
    kind: "broker",
    service: "kafka-1",
  };
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

const sh = (script: string, ...args: string[]): [string, ...string[]] => [
  "/bin/sh",
  "-c",
  script,
  "program",
  ...args,
];

function run(record: ProcessRecord, argv: [string, ...string[]], env: NodeJS.ProcessEnv = process.env) {
  const [program, ...args] = recorded(record, argv);
  return spawnSync(program, args, { encoding: "utf8", env });
}

test("recorded(): the record is there, whole and private, before the program runs", ({ folder, record }) => {
  const { stdout, status } = run(record, sh('echo $$; cat "$1"/*', path.join(folder, "end")));
  const [pid, text] = stdout.split("\n");
  assert.is(status, 0);
  const { folder: _, keep: __, ...said } = record;
  assert.equal(JSON.parse(text!), { ...said, here: here() });
  const [name, ...more] = readdirSync(path.join(folder, "end"));
  assert.equal(more, []);
  assert.match(name!, new RegExp(`^${pid}-.`), "the shell's id is the program's");
  assert.is(statSync(path.join(folder, "end", name!)).mode & 0o777, 0o600);
  assert.equal(recordedIn(folder), [], "its process has ended");
});

test("recorded(): a process that is alive has the start time of its record, and `keep` its folder", async ({
  record,
}) => {
  const [program, ...args] = recorded({ ...record, keep: true }, sh("echo; read line"));
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  await once(child.stdout, "data");
  const { pid } = child;
  assert.equal(recordedIn(record.folder), [
    { ...record, keep: true, here: here(), pid, start: startOf(pid!) },
  ]);
  const gone = once(child, "exit");
  child.stdin.end();
  await gone;
  assert.equal(recordedIn(record.folder), []);
});

test("recorded(): without the folder the program does not run, and the exit code is 125", ({
  folder,
  record,
}) => {
  const sign = path.join(folder, "ran");
  rmSync(path.join(folder, "end"), { recursive: true });
  const { status, stderr } = run(record, sh('echo >"$1"', sign));
  assert.is(status, 125);
  assert.match(stderr, path.join(folder, "end"));
  assert.is(existsSync(sign), false);
  assert.is(run({ ...record, keep: true }, sh('echo >"$1"', sign)).status, 0, "the other folder is there");
  assert.is(existsSync(sign), true);
});

test("recorded(): arguments, environment, umask and exit code are the program's", ({ folder, record }) => {
  const args = ["", "a b", "*", "$(touch ran)", "`touch ran`", "-n", "'\"\\", "two\nlines", "--", "$1"];
  const spoilt = { ...record, service: "'\n$(touch ran)\"" };
  const ran = run(spoilt, sh('for one; do printf "%s|" "$one"; done; exit 7', ...args));
  assert.is(ran.stdout, args.map((one) => `${one}|`).join(""));
  assert.is(ran.status, 7);
  assert.is(ran.stderr, "");
  const env = { PATH: process.env["PATH"], kfl_folder: "mine", IFS: "x" };
  const asked = sh('umask; echo "$PATH:$kfl_folder"; ulimit -n');
  const [program, ...rest] = asked;
  const plain = spawnSync(program, rest, { encoding: "utf8", env: { PATH: env.PATH } });
  assert.is(run(record, asked, { PATH: env.PATH }).stdout, plain.stdout);
  assert.is(existsSync("ran"), false);
  assert.is(existsSync(path.join(folder, "ran")), false);
});

test("recorded(): a signal that ends the program is told as without the shell", async ({ record }) => {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const [program, ...args] = recorded(record, sh("echo; read line"));
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    await once(child.stdout, "data");
    const gone = once(child, "exit");
    assert.is(
      signalRecorded(record.folder, ({ pid }) => pid === child.pid, signal),
      1,
    );
    assert.equal(await gone, [null, signal]);
  }
});

test("recorded() without a record is the command line as it was", () => {
  assert.equal(recorded(undefined, ["java", "-version"]), ["java", "-version"]);
});

test("canRun() tells what the shell would tell with 127", ({ record }) => {
  assert.is(canRun("/no/such/java"), false);
  assert.is(canRun("/bin/sh"), true);
  assert.is(run(record, ["/no/such/java"]).status, 127);
});

const WRONG: readonly {
  what: string;
  name: (pid: number, start: string) => string;
  place?: string;
  stays?: true;
}[] = [
  { what: "another start time", name: (pid, start) => `${pid}-${start}1` },
  { what: "another boot", name: (pid, start) => `${pid}-${start}`, place: `${here().split("/")[0]}/earlier` },
  { what: "another machine", name: (pid, start) => `${pid}-${start}`, place: "another/boot", stays: true },
  { what: "a name that is none", name: () => "README" },
];
for (const { what, name, place = here(), stays = false } of WRONG) {
  test(`a record with ${what} signals nobody and is ${stays ? "left" : "removed"}`, async ({
    folder,
    record,
  }) => {
    const child = spawn(...(["/bin/sh", ["-c", "echo; read line"]] as const), {
      stdio: ["pipe", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    const file = path.join(folder, "end", name(child.pid!, startOf(child.pid!)!));
    writeFileSync(file, `${JSON.stringify({ ...record, here: place })}\n`);
    assert.is(
      signalRecorded(folder, () => true, "SIGKILL"),
      0,
    );
    assert.equal(endRecorded(folder, { kept: true, patienceMs: 0 }), { ended: 0, left: [] });
    assert.is(existsSync(file), stays);
    assert.is(existsSync(folder), stays);
    const gone = once(child, "exit");
    child.stdin.end();
    const [code, by] = (await gone) as [number | null, string | null];
    assert.is(by, null, "somebody has ended it");
    assert.is(code, 1); // `read` at the end of its input
  });
}

test("endRecorded() leaves no process behind, however far each has come", async ({ folder, record }) => {
  for (let round = 0; round < 5; round++) {
    for (const one of recordFolders(folder)) mkdirSync(one, { mode: 0o700, recursive: true });
    const children = Array.from({ length: 12 }, () => {
      const [program, ...args] = recorded(record, sh("read line"));
      return spawn(program, args, { stdio: ["pipe", "ignore", "ignore"] });
    });
    const ends = children.map((child) => once(child, "exit") as Promise<[number | null, string | null]>);
    if (round > 0) await new Promise((resolve) => setImmediate(resolve));
    const { ended, left } = endRecorded(folder, { kept: true });
    assert.equal(left, []);
    const how = (await Promise.all(ends)).map(([code, by]) => by ?? code);
    assert.ok(
      how.every((one) => one === "SIGKILL" || one === 125),
      how.join(),
    );
    assert.is(how.filter((one) => one === "SIGKILL").length, ended);
    assert.is(existsSync(folder), false);
  }
});
test.run();
