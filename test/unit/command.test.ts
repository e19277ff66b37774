import { test } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../../sdk/runtime/command.ts";

test("run() ends at its limit with everything that the program started", async () => {
  const began = performance.now();
  const { exitCode, stdout } = await run(["sh", "-c", "echo begun; sleep 600 & wait"], { timeoutMs: 200 });
  assert.equal([exitCode, stdout], [null, "begun\n"]);
  assert.ok(performance.now() - began < 60_000, "it waited for the sleep of 600 s");
});
test("run() rejects with the signal's reason", async () => {
  const reason = new Error("enough");
  assert.is(
    await run(["sleep", "20"], { signal: AbortSignal.abort(reason) }).catch((e: unknown) => e),
    reason,
  );
});
test("run() rejects with ENOENT for a program that does not exist", async () => {
  assert.is(
    ((await run(["no-such-program-here"]).catch((e: { code: string }) => e)) as { code: string }).code,
    "ENOENT",
  );
});
test("run() hands over whole lines as they come", async () => {
  const lines: string[] = [];
  await run(["printf", "a\\nb\\nrest"], { onLine: (line) => lines.push(line) });
  assert.equal(lines, ["a", "b"]);
});
test.run();
