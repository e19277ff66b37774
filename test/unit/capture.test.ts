// What shell commands printed, as a scenario shows it: real commands of zx.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { refusal } from "./refusal.ts";
import { $ } from "zx";
import { capture, type ShellCommand } from "../../sdk/lab/capture.ts";

const quiet = $({ quiet: true });

test("capture() returns the command as the shell reads it, and what it printed", async () =>
  assert.is(await capture(() => quiet`printf '%s\\n' ${"a b"} c`), "$ printf '%s\\n' $'a b' c\na b\nc"));
test("capture() returns what a failed command left, with its exit code", async () => {
  assert.is(
    await capture(() => quiet`echo out; echo err >&2; exit 3`),
    "$ echo out; echo err >&2; exit 3\nout\nerr\nexit 3",
  );
  const absent = await capture(() => quiet`no-such-program-here`);
  assert.match(absent, /^\$ no-such-program-here\n.*not found\nexit 127$/s);
});
test("capture() says that a command was ended by a signal", async () => {
  const shown = await capture(() => quiet`kill -9 $$`);
  assert.is(shown, "$ kill -9 $$\nended by a signal");
});
test("capture() returns text that prints", async () =>
  assert.is(await capture(() => quiet`printf 'a\\033[2Jb'`), "$ printf 'a\\033[2Jb'\na\\x1b[2Jb"));
test("capture() refuses what is no command, and passes on what the function throws", async () => {
  for (const value of [undefined, null, 5, "ls", {}, Promise.resolve()]) {
    const error = await capture(() => value as unknown as ShellCommand).catch((thrown: unknown) => thrown);
    refusal(TypeError, "lab.capture()", "command")(error);
  }
  const own = new Error("mine");
  const thrown = await capture(() => {
    throw own;
  }).catch((error: unknown) => error);
  assert.is(thrown, own);
});
test.run();
