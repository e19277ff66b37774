import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../../sdk/runtime/command.ts";
import { startOf } from "../../sdk/runtime/guardian/processes.mjs";

/** Waits until it is so, and fails where that takes too long. */
async function within(limitMs: number, isSo: () => boolean): Promise<void> {
  for (const began = performance.now(); !isSo(); await wait(10))
    assert.ok(performance.now() - began < limitMs, `not within ${limitMs} ms`);
}

test("run() ends at its limit with everything that the program started", async () => {
  const began = performance.now();
  const { exitCode, stdout } = await run(["sh", "-c", "echo begun; sleep 600 & wait"], { timeoutMs: 200 });
  assert.equal([exitCode, stdout], [null, "begun\n"]);
  assert.ok(performance.now() - began < 60_000, "it waited for the sleep of 600 s");
});
test("run() does not wait for what has left the group and holds its pipes", async () => {
  const began = performance.now();
  const { stdout } = await run(["sh", "-c", "setsid sleep 5 & echo begun; wait"], { timeoutMs: 200 });
  assert.is(stdout, "begun\n");
  assert.ok(performance.now() - began < 3_000, `after ${performance.now() - began} ms`);
});
test("run() hands over text whose characters are cut by the chunks in which it comes", async () => {
  const many = 100_000;
  const code = `process.stdout.write("x" + "é".repeat(${many}))`;
  const { stdout } = await run([process.execPath, "Deno" in globalThis ? "eval" : "-e", code]);
  assert.is(stdout, `x${"é".repeat(many)}`);
});
test("run() takes each argument as it is: no shell reads it", async () => {
  const args = ["$HOME", "a b", "'", '"', "`id`", "*", ""];
  const { stdout } = await run(["printf", "<%s>\\n", ...args]);
  assert.is(stdout, args.map((arg) => `<${arg}>\n`).join(""));
});
test("run() heeds no variable of zx and no lack of bash", async () => {
  const env = { ...process.env, ZX_PREFIX: "false;", ZX_SHELL: "/no/such/shell", ZX_VERBOSE: "true" };
  const file = new URL("../../sdk/runtime/command.ts", import.meta.url).href;
  const print = 'console.log((await run(["echo", "a"])).stdout.trim());';
  const code = `const { run } = await import("${file}"); ${print}`;
  const flags =
    "Deno" in globalThis ? ["eval", "--ext=mjs"] : [...process.execArgv, "--input-type=module", "-e"];
  const { stdout, stderr } = await run([process.execPath, ...flags, code], { env });
  assert.equal([stdout, stderr], ["a\n", ""]);
});
test("run() rejects with the signal's reason while the program runs, which it ends", async () => {
  const reason = new Error("enough");
  const ending = new AbortController();
  let pid = 0;
  const ran = run(["sleep", "20"], { signal: ending.signal, onPid: (one) => (pid = one) });
  setTimeout(() => ending.abort(reason), 50);
  assert.is(await ran.catch((e: unknown) => e), reason);
  assert.is(startOf(pid), undefined);
});
test("a program that run() has started ends with this process, however that ends by itself", async () => {
  const file = new URL("../../sdk/runtime/command.ts", import.meta.url).href;
  const code = `const { run } = await import("${file}");
    const exit = () => setTimeout(() => process.exit(0), 100);
    void run(["sleep", "600"], { onPid: (pid) => (console.log(String(pid)), exit()) });`;
  const flags =
    "Deno" in globalThis ? ["eval", "--ext=mjs"] : [...process.execArgv, "--input-type=module", "-e"];
  const { stdout, stderr } = await run([process.execPath, ...flags, code]);
  assert.match(stdout, /^\d+\n$/, stderr);
  await within(60_000, () => startOf(Number(stdout)) === undefined);
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
