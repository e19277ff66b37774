// One run of a tool, without Java: a shell prints what a tool would.

import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startProgram } from "../../sdk/client/java/program.ts";
import { LabError } from "../../sdk/model/errors.ts";

const test = suite<{ dir: string }>("startProgram()");
test.before.each((context) => {
  context.dir = mkdtempSync(path.join(os.tmpdir(), "kafka-failure-lab-program-"));
});
test.after.each(({ dir }) => rmSync(dir, { recursive: true, force: true }));

test("passes on no line after a refusal, though the tool goes on talking", async ({ dir }) => {
  const lines: string[] = [];
  const refusal = new LabError("AUTHENTICATION", "Cannot log in to localhost:9092 as lab");
  const program = startProgram({
    // both lines in one piece: the producer's own error follows its refusal at once
    tools: { command: () => ["/bin/sh", "-c", "printf 'one\\ntwo\\n'; exec sleep 60"] },
    tool: "ConsoleProducer",
    args: [],
    properties: "acks=all\n",
    propertiesArg: "--producer.config",
    service: "refused-java-1",
    dir,
    onLine(line) {
      lines.push(line.kind === "rest" ? line.text : line.kind);
      program.refuse(refusal);
    },
    onNote: assert.unreachable,
  });
  assert.is(await program.ended, refusal);
  assert.equal(lines, ["one"]);
  assert.not(program.isAlive);
});
test.run();
