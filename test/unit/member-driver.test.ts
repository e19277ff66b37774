// How faults on members are carried out and undone: all at once or in turn, and half a fault is none. The
// members' processes are stood in for; the faults' book is the lab's own.

import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { definitionOf, resolveFault } from "../../sdk/faults/mod.ts";
import { faults as made, type FaultSpec } from "@kafka-failure-lab/sdk";
import type { Action } from "../../sdk/engine/engine.ts";
import { memberDriver } from "../../sdk/lab/faults/member-driver.ts";
import { OpenFaults } from "../../sdk/lab/faults/open-faults.ts";
import type { Fault } from "../../sdk/lab/faults/fault.ts";
import type { GroupMember } from "../../sdk/lab/groups/group-member.ts";
import { beginRun, type Run } from "../../sdk/lab/run.ts";
import { LabError } from "../../sdk/model/errors.ts";
import { assertLabError } from "./refusal.ts";

/** A member without a process: what was done to it, in order. */
class StandIn {
  state: "running" | "paused" | "stopped" = "running";
  readonly ownProcessMs: number = 10;
  processMs: number = 10;
  isOver = false;
  readonly name: string;
  readonly #did: string[];
  constructor(number: number, did: string[]) {
    this.name = `billing.${number}`;
    this.#did = did;
  }
  get group(): string {
    return "billing";
  }
  get key(): string {
    return `member ${this.name}`;
  }
  running(what: string): void {
    if (this.state !== "running") throw new LabError("COMMAND_FAILED", `Cannot ${what}: it is ${this.state}`);
  }
  #to(state: StandIn["state"], what: string): Action {
    this.#did.push(`${what} ${this.name}`);
    this.state = state;
    return { effectAt: performance.now(), tookMs: 1, via: what };
  }
  endNow(): Promise<Action> {
    return Promise.resolve(this.#to("stopped", "kill"));
  }
  endGently(patienceMs: number): Promise<Action> {
    return Promise.resolve(this.#to("stopped", `stop within ${patienceMs}`));
  }
  freeze(): Action {
    return this.#to("paused", "freeze");
  }
  slow(ms: number): Promise<number> {
    this.#did.push(`${ms} ms ${this.name}`);
    return Promise.resolve((this.processMs = this.name === "billing.9" ? 1 : ms));
  }
  bringBack(): Promise<Action | undefined> {
    return Promise.resolve(this.state === "running" ? undefined : this.#to("running", "start"));
  }
}

const test = suite<{ run: Run; book: OpenFaults; did: string[]; dir: string }>("member driver");
test.before.each((context) => {
  context.dir = mkdtempSync(path.join(os.tmpdir(), "lab-member-driver-"));
  context.run = beginRun(context.dir, "unit");
  context.book = new OpenFaults(context.run);
  context.did = [];
});
test.after.each(async ({ run, dir }) => {
  await run.close();
  rmSync(dir, { recursive: true });
});

interface Injecting {
  book: OpenFaults;
  members: readonly StandIn[];
  settled?: () => Promise<void>;
}

async function inject(
  spec: FaultSpec,
  { book, members, settled = () => Promise.resolve() }: Injecting,
): Promise<Fault> {
  const names = members.map(({ group, name }) => ({ group, member: name }));
  const fault = resolveFault(spec, [], [], names);
  const driver = memberDriver(() => ({
    find: ({ member }) => members.find(({ name }) => name === member) as unknown as GroupMember,
    settled,
  }));
  const order = {
    spec,
    fault,
    definition: definitionOf(spec.kind),
    asked: "",
    prove: true,
    signal: undefined,
  };
  return await book.inject({ ...(await driver(order)), spec, fault, asked: "members of billing" });
}
const group = { group: "billing" } as const;
const kinds = ({ history }: Run): string[] => history.map(({ kind }) => kind);

test("kill, pause and stop act on all members; heal() brings each back", async ({ run, book, did }) => {
  const members = [new StandIn(1, did), new StandIn(2, did)];
  for (const [spec, what] of [
    [made.kill(group), "kill"],
    [made.pause(group), "freeze"],
    [made.stop(group, { timeout: "2s" }), "stop within 2000"],
  ] as const) {
    const open = await inject(spec, { book, members });
    await open.heal();
    const done = did.splice(0);
    assert.equal(done, [`${what} billing.1`, `${what} billing.2`, "start billing.1", "start billing.2"]);
    assert.not(open.isOpen);
  }
  assert.equal(kinds(run), ["fault", "heal", "fault", "heal", "fault", "heal"]);
});

test("one that does not run refuses the fault before anything is done to the others", async ({
  book,
  did,
}) => {
  const [one, two] = [new StandIn(1, did), new StandIn(2, did)];
  two.state = "stopped";
  await inject(made.kill(group), { book, members: [one, two] }).then(
    () => assert.unreachable(),
    (error: unknown) => assertLabError(error, "COMMAND_FAILED"),
  );
  assert.equal([did, book.open.length], [[], 0]);
});

test("slow: by a factor or a time, proven by the answer, until healed or the process is another", async ({
  run,
  book,
  did,
}) => {
  const one = new StandIn(1, did);
  const slow = await inject(made.slow(group, { factor: 3 }), { book, members: [one] });
  assert.equal([one.processMs, slow.proof?.observed?.length], [30, 1]);
  await slow.heal();
  assert.equal([one.processMs, slow.isOpen], [10, false]);
  const again = await inject(made.slow(group, { process: "1s" }), { book, members: [one] });
  assert.is(one.processMs, 1_000);
  one.processMs = one.ownProcessMs; // a new process
  await book.undo([`member ${one.name}`], () => Promise.resolve(undefined));
  assert.not(again.isOpen);
  assert.equal(kinds(run), ["fault", "heal", "fault", "heal"]);
});

test("slow: where the answer says something else it is rolled back", async ({ run, book, did }) => {
  const members = [new StandIn(1, did), new StandIn(9, did)];
  await inject(made.slow(group, { process: "1s" }), { book, members }).then(
    () => assert.unreachable(),
    (error: unknown) => assert.match((error as LabError).code, /NOT_EFFECTIVE|NOT_HEALED/),
  );
  assert.equal([members[0]!.processMs, kinds(run)], [10, []]);
});

test("roll: one after the other, each when the group has settled", async ({ book, did }) => {
  const members = [new StandIn(1, did), new StandIn(2, did)];
  const settled = (): Promise<void> => (did.push("settled"), Promise.resolve());
  const rolled = await inject(made.roll(group), { book, members, settled });
  await rolled.heal();
  const turn = (name: string): string[] => [`stop within 10000 ${name}`, `start ${name}`, "settled"];
  assert.equal(did, [...turn("billing.1"), ...turn("billing.2")]);
  assert.not(rolled.isOpen);
});

test("roll: where the group does not settle the others are left alone, and nothing is open", async ({
  run,
  book,
  did,
}) => {
  const members = [new StandIn(1, did), new StandIn(2, did)];
  const settled = (): Promise<void> => Promise.reject(new LabError("NOT_READY", "it has not settled"));
  await inject(made.roll(group), { book, members, settled }).then(
    () => assert.unreachable(),
    (error: unknown) => assertLabError(error, "NOT_READY"),
  );
  assert.equal(did, ["stop within 10000 billing.1", "start billing.1"]);
  assert.equal([book.open.length, kinds(run)], [0, []]);
});

test("a group that was closed has no open fault", async ({ run, book, did }) => {
  const one = new StandIn(1, did);
  const open = await inject(made.kill(group), { book, members: [one] });
  one.isOver = true;
  const action = { effectAt: performance.now(), tookMs: 0, via: "the group was closed" };
  await book.undo([`member ${one.name}`], () => Promise.resolve(action));
  assert.not(open.isOpen);
  const heal = run.history.at(-1);
  assert.is(heal?.kind === "heal" && heal.via, "the group was closed");
});

test.run();
