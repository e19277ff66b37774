import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { untilFrozen } from "../../sdk/engine/local/frozen.ts";

const test = suite("untilFrozen()");
const children: ChildProcess[] = [];
test.after(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** A process of several threads, one of them busy. */
async function busy(): Promise<ChildProcess> {
  const code = `console.log("begun"); for (;;);`;
  const child = spawn(process.execPath, "Deno" in globalThis ? ["eval", code] : ["-e", code], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}
const states = (pid: number): string[] =>
  execFileSync("ps", ["-L", "-o", "state=", "-p", String(pid)], { encoding: "utf8" })
    .trim()
    .split("\n");

test("untilFrozen() waits for every thread of a process that was told to stop", async () => {
  const { pid } = await busy();
  assert.is(await untilFrozen(pid!, 20), false, "nobody has told it yet");
  process.kill(pid!, "SIGSTOP");
  assert.is(await untilFrozen(pid!, 20_000), true);
  const seen = states(pid!);
  assert.ok(seen.length > 1, "one thread proves little");
  assert.equal([...new Set(seen)], ["T"]);
});
test("untilFrozen() does not wait for a process that is gone", async () => {
  const child = await busy();
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  assert.is(await untilFrozen(child.pid!, 20_000), true);
  await gone;
  assert.is(await untilFrozen(child.pid!, 0), true);
});
test.run();
