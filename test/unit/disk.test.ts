// A disk that is full in the middle of a run: a small file system of its own, filled up, no fake.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertLabError, assertNames, refusal } from "./refusal.ts";
import { concludeParts } from "./conclude-parts.ts";
import { stateAt } from "./state-at.ts";
import { skip } from "../skip.ts";
import { startProgram } from "../../sdk/client/java/program.ts";
import { conclude } from "../../sdk/lab/conclude.ts";
import { cannotWrite } from "../../sdk/runtime/disk.ts";
import { claimFolder, claimPort } from "../../sdk/runtime/claims.ts";
import type { LabError } from "../../sdk/model/errors.ts";
import { beginRun, type Run } from "../../sdk/lab/run.ts";
import { until } from "../live/outside.ts";

const SKIPPED = "a small tmpfs can be mounted by root on Linux only";
const mayMount = process.platform === "linux" && process.getuid?.() === 0;

interface Disk {
  dir: string;
  /** Leaves no byte. */
  fill(): void;
  /** Gives back what `fill` took. */
  free(): void;
}

const test = suite<Disk>("disk");
test.before.each((context) => {
  context.dir = mkdtempSync(path.join(os.tmpdir(), "kafka-failure-lab-disk-"));
  if (mayMount) execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", context.dir]);
  const filler = path.join(context.dir, "filler");
  context.fill = () =>
    assert.throws(
      () => writeFileSync(filler, new Uint8Array(65_536 + 1)),
      (error: NodeJS.ErrnoException) => error.code === "ENOSPC",
    );
  context.free = () => rmSync(filler);
});
test.after.each(({ dir }) => {
  if (mayMount) execFileSync("umount", ["-l", dir]); // a stream that failed closes its file a moment later
  rmSync(dir, { recursive: true });
});

const failure = (work: Promise<unknown>): Promise<LabError> =>
  work.then(
    () => assert.unreachable("it succeeded"),
    (error: LabError) => error,
  ) as Promise<LabError>;
const note = (run: Run, text: string): void => run.record({ kind: "note", atMs: run.now(), text });

/** Waits for what the run says of itself when it cannot write. */
async function beginAndFail(dir: string, spoil: (run: Run) => void): Promise<{ run: Run; said: string[] }> {
  const said: string[] = [];
  const run = beginRun(dir, "disk", (line) => void said.push(line));
  spoil(run);
  note(run, "the first");
  await until("the run says that it cannot write", () => said.length > 0);
  return { run, said };
}

const CASES = [
  {
    what: "is full",
    spoil: ({ fill }: Disk) => fill(),
    why: "space",
    code: "DISK_FULL",
    hint: "`runs`",
  },
  {
    what: "refuses",
    spoil: (_: Disk, run: Run) => mkdirSync(path.join(run.dir, "history.jsonl")),
    why: "EISDIR",
    code: "COMMAND_FAILED",
    hint: "user",
  },
] as const;
for (const { what, spoil, why, code, hint } of CASES) {
  test(`beginRun() where the disk ${what}: in memory it goes on, close() rejects: ${code}`, async (disk) => {
    if (what === "is full" && !mayMount) return skip(SKIPPED);
    const { run, said } = await beginAndFail(disk.dir, (begun) => spoil(disk, begun));
    for (let count = 0; count < 1000; count++) note(run, `and another ${count}`);
    const error = await failure(run.close());
    const { facts } = assertLabError(error, code, { file: path.join(run.dir, "history.jsonl") }, [why]);
    assertNames(facts.hint!, [hint]);
    assert.is(said.length, 1, said.join("\n"));
    assertNames(said[0]!, ["history", why, "memory"]);
    assert.equal(
      run.history.flatMap((one) => (one.kind === "note" && one.text === said[0] ? [one.kind] : [])),
      ["note"],
    );
    assert.is(run.history.length, 1002);
  });
}
test("beginRun() where its folder cannot be made: COMMAND_FAILED", ({ dir }) => {
  writeFileSync(path.join(dir, "file"), "");
  assert.throws(() => beginRun(path.join(dir, "file"), "disk"), refusal("COMMAND_FAILED", "ENOTDIR"));
});
test("beginRun(): what was written before the disk was full stays, close() reports the last write", async ({
  dir,
  fill,
}) => {
  if (!mayMount) return skip(SKIPPED);
  const run = beginRun(dir, "disk");
  const file = path.join(run.dir, "history.jsonl");
  note(run, "in time");
  await until("it is written", () => existsSync(file) && readFileSync(file, "utf8").includes('in time"}\n'));
  fill();
  note(run, "x".repeat(10_000));
  assert.is((await failure(run.close())).code, "DISK_FULL");
  assert.match(readFileSync(file, "utf8"), /^.*in time"\}\n/);
});

test("conclude() on a full disk prints the verdict, closes, and rejects with DISK_FULL", async ({
  dir,
  fill,
}) => {
  if (!mayMount) return skip(SKIPPED);
  const { run } = await beginAndFail(dir, () => fill());
  run.record({
    kind: "run",
    atMs: 0,
    startedAt: run.startedAt.toISOString(),
    scenario: "disk",
    engine: "local",
    kafka: "3.9.2",
    brokers: [],
  });
  const printed: string[] = [];
  const { log } = console;
  let isClosed = false;
  const close = (): Promise<void> => ((isClosed = true), run.close());
  console.log = (...values: unknown[]) => void printed.push(values.join(" "));
  const error = await failure(
    conclude(concludeParts(run, { close }), { exitCode: false, picture: false }),
  ).finally(() => (console.log = log));
  assert.is(error.code, "DISK_FULL");
  assert.ok(isClosed);
  assert.match(printed.join("\n"), "claim: no acknowledged record is lost");
});

test("claimFolder() and claimPort() on a full disk: DISK_FULL, and LAB_STATE is the remedy", async ({
  dir,
  fill,
  free,
}) => {
  if (!mayMount) return skip(SKIPPED);
  const restore = stateAt(dir);
  try {
    fill();
    let error: LabError | undefined;
    try {
      claimFolder("disk-1", false);
    } catch (thrown) {
      error = thrown as LabError;
    }
    assert.match(
      String(error),
      /^LabError \[DISK_FULL\]: Cannot make the lab's folder: no space is left\n.*\n.*set LAB_STATE to/,
    );
    free();
    const claim = claimFolder("disk-2", false);
    fill();
    assert.match(
      String(await failure(claimPort(claim, null))),
      /^LabError \[DISK_FULL\]: Cannot claim port \d+: no space is left/,
    );
  } finally {
    restore();
  }
});

test("startProgram() on a full disk: lines arrive without a log; DISK_FULL without properties", async ({
  dir,
}) => {
  if (!mayMount) return skip(SKIPPED);
  const notes: string[] = [];
  let lines = 0;
  const start = (service: string): ReturnType<typeof startProgram> =>
    startProgram({
      tools: {
        command: () => [
          "/bin/sh",
          "-c",
          "i=0; while [ $i -lt 2000 ]; do echo a line of some fifty characters, which fills the " +
            "disk $i; i=$((i+1)); done",
        ],
      } as unknown as Parameters<typeof startProgram>[0]["tools"],
      tool: "ConsoleProducer",
      args: [],
      properties: "acks=all\n",
      propertiesArg: "--producer.config",
      service,
      dir,
      onLine: () => void lines++,
      onNote: (text) => void notes.push(text),
    });
  await start("warm-java-1").ended;
  assert.is(lines, 2000);
  // the file is written beside the lines
  await until("it notes that its log is not written", () => notes.length > 0);
  assert.is(notes.length, 1, notes.join("\n"));
  assertNames(notes[0]!, ["warm-java-1", "space"]);
  assert.throws(() => start("warm-java-2"), refusal("DISK_FULL", "warm-java-2.properties"));
});

for (const [code, expected] of [
  ["ENOSPC", "DISK_FULL"],
  ["EDQUOT", "DISK_FULL"],
  ["EACCES", "COMMAND_FAILED"],
] as const) {
  test(`cannotWrite() of ${code} is ${expected}, and keeps its cause`, () => {
    const cause = Object.assign(new Error(`${code}: it says`), { code });
    const error = cannotWrite("write x", cause, { file: "/x", remedy: "lab" });
    assert.is(error.code, expected);
    assert.is(error.cause, cause);
  });
}
test.run();
