import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertLabError, assertNames } from "./refusal.ts";
import type { Action } from "../../sdk/engine/engine.ts";
import type { Member } from "../../sdk/model/member.ts";
import type { Injection } from "../../sdk/lab/faults/injection.ts";
import { OpenFaults } from "../../sdk/lab/faults/open-faults.ts";
import { beginRun, type Run } from "../../sdk/lab/run.ts";

const test = suite<{ run: Run; faults: OpenFaults; down: Set<Member>; dir: string }>("faults");
test.before.each((context) => {
  context.dir = mkdtempSync(path.join(os.tmpdir(), "lab-faults-"));
  context.run = beginRun(context.dir, "unit");
  context.faults = new OpenFaults(context.run);
  context.down = new Set();
});
test.after.each(async ({ run, dir }) => {
  await run.close();
  rmSync(dir, { recursive: true });
});

const done = (via: string): Action => ({ effectAt: performance.now(), tookMs: 1, via });
const kill = (down: Set<Member>, ...targets: number[]): Injection => ({
  spec: { kind: "kill", target: targets },
  fault: { kind: "kill", targets },
  asked: targets.join(", "),
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
test("undo() of one of two targets leaves the fault open; of the other it heals it", async ({
  run,
  faults,
  down,
}) => {
  const injection = kill(down, 1, 2);
  const fault = await faults.inject(injection);
  await faults.undo([1], injection.undo);
  assert.ok(fault.isOpen);
  await faults.undo([2], injection.undo);
  assert.not(fault.isOpen);
  assert.equal(kinds(run), ["fault", "heal"]);
});
test(
  "isMeantToEnd() says so of a broker from the moment its end is asked for until something brings it " +
    "back",
  async ({ faults, down }) => {
    const meant = (): number[] => [1, 2, 3].filter((broker) => faults.isMeantToEnd(broker));
    const injection = kill(down, 1, 2);
    let during: number[] = [];
    await faults.inject({ ...injection, act: (broker) => ((during = meant()), injection.act(broker)) });
    assert.equal(
      [during, meant()],
      [
        [1, 2],
        [1, 2],
      ],
    );
    await faults.undo([1], injection.undo);
    assert.equal(meant(), [2]);
    await faults.undo([2], injection.undo);
    await faults.inject({ ...kill(down, 3), fault: { kind: "pause", targets: [3] } });
    await faults.inject({ ...kill(down, 3), act: () => Promise.reject(new Error("no")) }).catch(() => {});
    assert.equal(meant(), []);
  },
);
test("isMeantToEnd() says so of a full disk until that is healed, also after a start of the broker", async ({
  faults,
  down,
}) => {
  const full = {
    ...kill(down, 1),
    fault: { kind: "fill-disk", targets: [1], disk: { effect: "full" } },
  } as const;
  const fault = await faults.inject(full);
  await faults.undo([1], () => Promise.resolve(done("java")));
  assert.equal([fault.isOpen, faults.isMeantToEnd(1)], [true, true]);
  await fault.heal();
  assert.equal([fault.isOpen, faults.isMeantToEnd(1)], [false, false]);
  await faults.inject({ ...full, fault: { ...full.fault, disk: { effect: "hung" } } });
  assert.is(faults.isMeantToEnd(1), false);
});
test("undo() asks a fault only about its own targets: of others its driver knows nothing", async ({
  faults,
  down,
}) => {
  const own = kill(down, 1);
  const asked: Member[] = [];
  const fault = await faults.inject({
    ...own,
    isUndone: (member) => (asked.push(member), own.isUndone(member)),
  });
  const other = kill(down, 2);
  const another = await faults.inject(other);
  await faults.undo([2], other.undo);
  assert.equal([fault.isOpen, another.isOpen, asked.includes(2)], [true, false, false]);
  await fault.heal();
  assert.ok(asked.length > 0 && asked.every((member) => member === 1), "asked about broker 1 only");
});
test("inject() that fails on one target undoes the others and records nothing", async ({
  run,
  faults,
  down,
}) => {
  const injection = kill(down, 1, 2);
  const error = await faults
    .inject({
      ...injection,
      act: (broker) => (broker === 2 ? Promise.reject(new Error("no")) : injection.act(broker)),
    })
    .catch((e: Error) => e);
  assert.is((error as Error).message, "no");
  assert.is(down.size, 0);
  assert.equal(kinds(run), []);
});
test("inject() that fails undoes what the failure left, too", async ({ faults, down }) => {
  const injection = kill(down, 1, 2);
  const error = await faults
    .inject({
      ...injection,
      act: (broker) =>
        injection.act(broker).then((action) => (broker === 2 ? Promise.reject(new Error("no")) : action)),
    })
    .catch((e: Error) => e);
  assert.is((error as Error).message, "no");
  assert.is(down.size, 0);
});
test("inject() given up by its caller before it begins does nothing", async ({ run, faults, down }) => {
  const reason = new Error("enough");
  assert.is(
    await faults.inject({ ...kill(down, 1), signal: AbortSignal.abort(reason) }).catch((e: unknown) => e),
    reason,
  );
  assert.equal([down.size, faults.isQuiet, kinds(run)], [0, true, []]);
});
test("inject() given up by its caller meanwhile is carried to its end, taken back, and says so", async ({
  run,
  faults,
  down,
}) => {
  const [giveUp, reason] = [new AbortController(), new Error("enough")];
  const injection = kill(down, 1, 2);
  const undone: Member[] = [];
  const injecting = faults.inject({
    ...injection,
    signal: giveUp.signal,
    act: (broker) => (giveUp.abort(reason), injection.act(broker)),
    undo: (broker) => (undone.push(broker), injection.undo(broker)),
  });
  assert.is(await injecting.catch((e: unknown) => e), reason);
  assert.equal([undone, down.size, faults.open.length, faults.isQuiet], [[1, 2], 0, 0, true]);
  const notes = run.history.flatMap((event) => (event.kind === "note" ? [event.text] : []));
  assert.is(notes.length, run.history.length, "no fault event");
  assertNames(notes[0]!, ["kill", "broker 1, 2"]);
});
test("healAll() heals the newest first, goes on after a failure, and names what it could not heal", async ({
  faults,
  down,
}) => {
  const order: Member[] = [];
  for (const broker of [1, 2, 3]) {
    const injection = kill(down, broker);
    await faults.inject({
      ...injection,
      undo: (one) => (order.push(one), one === 2 ? Promise.reject(new Error("stuck")) : injection.undo(one)),
    });
  }
  const error: unknown = await faults.healAll().catch((e: unknown) => e);
  assert.equal(order, [3, 2, 1]);
  assert.equal([...down], [2]);
  assertLabError(error, "NOT_HEALED", {}, ["kill of broker 2", "stuck"]);
});
test.run();
