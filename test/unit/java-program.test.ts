// One run of a tool, without Java: a shell prints what a tool would.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type ProgramOptions, startProgram } from "../../sdk/client/java/program.ts";
import { LabError } from "../../sdk/model/errors.ts";

const test = suite<{ dir: string }>("startProgram()");
test.before.each((context) => {
  context.dir = mkdtempSync(path.join(os.tmpdir(), "kafka-failure-lab-program-"));
});
test.after.each(({ dir }) => rmSync(dir, { recursive: true, force: true }));

/** A shell in place of a tool. */
function shell(dir: string, script: string): ProgramOptions {
  return {
    tools: { command: () => ["/bin/sh", "-c", script] },
    tool: "ConsoleProducer",
    args: [],
    properties: "acks=all\n",
    propertiesArg: "--producer.config",
    service: "java-1",
    dir,
    onLine: () => {},
    onNote: assert.unreachable,
  };
}

test("passes on no line after a refusal, though the tool goes on talking", async ({ dir }) => {
  const lines: string[] = [];
  const refusal = new LabError("AUTHENTICATION", "Cannot log in to localhost:9092 as lab");
  const program = startProgram({
    // both lines in one piece: the producer's own error follows its refusal at once
    ...shell(dir, "printf 'one\\ntwo\\n'; exec sleep 60"),
    onLine(line) {
      lines.push(line.kind === "rest" ? line.text : line.kind);
      program.refuse(refusal);
    },
  });
  assert.is(await program.ended, refusal);
  assert.equal(lines, ["one"]);
  assert.not(program.isAlive);
});
// a log that was opened after its folder was gone ended the whole process, and every other test in it
test("has its log whole when it has ended", async ({ dir }) => {
  for (let time = 0; time < 20; time++) {
    await startProgram(shell(dir, `echo ${time}`)).ended;
    assert.is(readFileSync(path.join(dir, "java-1.log"), "utf8").split("\n").at(-2), String(time));
  }
});
test("has reported a log that cannot be written when it has ended", async ({ dir }) => {
  mkdirSync(path.join(dir, "java-1.log"));
  const notes: string[] = [];
  await startProgram({ ...shell(dir, "echo one"), onNote: (text) => notes.push(text) }).ended;
  assert.is(notes.length, 1);
  assert.match(notes[0]!, /the log of java-1/);
});
test.run();
