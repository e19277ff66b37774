import { test } from "uvu";
import * as assert from "uvu/assert";
import { LabError } from "../../sdk/model/errors.ts";

test("LabError lays out the command, the last line of its standard error, and the hint", () => {
  const error = new LabError("COMMAND_FAILED", "Cannot delay broker 1 by 30s: tc exited with 2 after 0.4s", {
    command: "tc qdisc add",
    stderr: "noise\nRTNETLINK answers: Operation not permitted\n",
    hint: "Is cap_add: [NET_ADMIN] missing?",
    exitCode: 2,
  });
  assert.is(
    error.message,
    [
      "Cannot delay broker 1 by 30s: tc exited with 2 after 0.4s",
      "  command  tc qdisc add",
      "  stderr   RTNETLINK answers: Operation not permitted",
      "  Is cap_add: [NET_ADMIN] missing?",
    ].join("\n"),
  );
  assert.match(String(error), /^LabError \[COMMAND_FAILED\]: Cannot delay/);
  assert.is(error.facts.exitCode, 2);
});
test("LabError points at a line of a file", () => {
  assert.match(
    new LabError("BAD_COMPOSE", "Cannot read", { file: "a.yml", line: 7 }).message,
    /file {5}a\.yml:7/,
  );
});
test("LabError keeps its cause", () => {
  const cause = new Error("why");
  assert.is(new LabError("NOT_READY", "x", { cause }).cause, cause);
});
test.run();
