import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Action } from "../../sdk/engine/engine.ts";
import { type Faults, type Injection, makeFaults } from "../../sdk/faults.ts";
import { beginRun, type Run } from "../../sdk/run.ts";

const test = suite<{ run: Run; faults: Faults; down: Set<number>; dir: string }>("faults");
test.before.each((context) => {
  context.dir = mkdtempSync(path.join(os.tmpdir(), "lab-faults-"));
  context.run = beginRun(context.dir, "unit");
  context.faults = makeFaults(context.run);
  context.down = new Set();
});
test.after.each(async ({ run, dir }) => {
  await run.close();
  rmSync(dir, { recursive: true });
});

const done = (via: string): Action => ({ effectAt: performance.now(), tookMs: 1, via });
const kill = (down: Set<number>, ...targets: number[]): Injection => ({
  fault: "kill",
  asked: targets.join(", "),
  targets,
  act: (broker) => (down.add(broker), Promise.resolve(done("SIGKILL"))),
  undo: (broker) => Promise.resolve(down.delete(broker) ? done("java") : undefined),
  isUndone: (broker) => !down.has(broker),
});
const kinds = ({ history }: Run): string[] => history.map(({ kind }) => kind);

test("heal() undoes once and is recorded once, however often it is called", async ({ run, faults, down }) => {
  const fault = await faults.inject(kill(down, 1, 2));
  assert.equal([...down], [1, 2]);
  await fault.heal();
  await fault.heal();
  await fault[Symbol.asyncDispose]();
  assert.equal([down.size, fault.isOpen, faults.open.length], [0, false, 0]);
  assert.equal(kinds(run), ["fault", "heal"]);
});
test("undo() of one of two targets leaves the fault open; of the other it heals it", async ({ run, faults, down }) => {
  const injection = kill(down, 1, 2);
  const fault = await faults.inject(injection);
  await faults.undo([1], injection.undo);
  assert.ok(fault.isOpen);
  await faults.undo([2], injection.undo);
  assert.not(fault.isOpen);
  assert.equal(kinds(run), ["fault", "heal"]);
});
test("inject() that fails on one target undoes the others and records nothing", async ({ run, faults, down }) => {
  const injection = kill(down, 1, 2);
  const error = await faults.inject({ ...injection, act: (broker) => (broker === 2 ? Promise.reject(new Error("no")) : injection.act(broker)) }).catch((e: Error) => e);
  assert.is((error as Error).message, "no");
  assert.is(down.size, 0);
  assert.equal(kinds(run), []);
});
test("healAll() heals the newest first, goes on after a failure, and names what it could not heal", async ({ faults, down }) => {
  const order: number[] = [];
  for (const broker of [1, 2, 3]) {
    const injection = kill(down, broker);
    await faults.inject({ ...injection, undo: (one) => (order.push(one), one === 2 ? Promise.reject(new Error("stuck")) : injection.undo(one)) });
  }
  const error: unknown = await faults.healAll().catch((e: unknown) => e);
  assert.equal(order, [3, 2, 1]);
  assert.equal([...down], [2]);
  assert.is((error as { code: string }).code, "NOT_HEALED");
  assert.match((error as Error).message, /kill of broker 2: stuck/);
});
test.run();
