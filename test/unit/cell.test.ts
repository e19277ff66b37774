// What a notebook asks of a lab: one that is open, and an interruption that heals it.

import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertNames } from "./refusal.ts";
import { activate, type SessionOwner } from "../../sdk/notebook/session.ts";
import type { LabError } from "../../sdk/model/errors.ts";
import { OpenFaults } from "../../sdk/lab/faults/open-faults.ts";
import type { HistoryEvent } from "../../sdk/model/history.ts";
import { probeName } from "../../sdk/lab/workload/probe-factory.ts";
import type { Probe } from "../../sdk/lab/workload/probe.ts";
import type { Run } from "../../sdk/lab/run.ts";
import { anySignal } from "../../sdk/runtime/signal.ts";

function fakeLab(
  heal: () => Promise<string[]> = async () => [],
): SessionOwner & { said: string[]; closed: number } {
  const own = {
    said: [] as string[],
    closed: 0,
    heal,
    say: (line: string) => void own.said.push(line),
    close: async () => void own.closed++,
  };
  return own;
}

const cell = suite("activate()");
cell("closes the lab that was there, and only that", async () => {
  const [one, two, three] = [fakeLab(), fakeLab(), fakeLab()];
  const first = await activate(one);
  const second = await activate(two);
  assert.equal(
    [one.closed, two.closed, two.said],
    [1, 0, ["closing the lab that was still open in this notebook"]],
  );
  first.leave(); // it had left already
  await activate(three);
  assert.is(two.closed, 1);
  second.leave();
});
cell("leave() gives the place back: the next lab closes nothing", async () => {
  const [one, two] = [fakeLab(), fakeLab()];
  (await activate(one)).leave();
  (await activate(two)).leave();
  assert.equal([one.closed, two.said], [0, []]);
});
cell(
  "SIGINT aborts what the present cell waits for, heals, says what, and the next cell has another signal",
  async () => {
    let healed = (): void => {};
    const isHealed = new Promise<void>((resolve) => (healed = resolve));
    const lab = fakeLab(async () => (healed(), ["pause of broker 2"]));
    const { signal, leave } = await activate(lab);
    const before = signal();
    assert.is(signal(), before);
    process.emit("SIGINT");
    assert.is((before.reason as LabError).code, "INTERRUPTED");
    assert.ok(signal().aborted, "the interrupted cell's next call is refused, too");
    await isHealed;
    await until(() => lab.said.length > 0);
    assert.is(lab.said.length, 1, lab.said.join("\n"));
    assertNames(lab.said[0]!, ["pause of broker 2"]);
    await until(() => !signal().aborted);
    leave();
  },
);
cell("SIGINT says what could not be healed, and touches no lab that has left", async () => {
  const left = fakeLab();
  const { signal, leave } = await activate(left);
  leave();
  const lab = fakeLab(async () => {
    throw new Error("Cannot heal 1 of the lab's faults");
  });
  const session = await activate(lab);
  process.emit("SIGINT");
  await until(() => lab.said.length > 0);
  assert.equal(
    [lab.said, signal().aborted, left.said],
    [["interrupted: Cannot heal 1 of the lab's faults"], false, []],
  );
  session.leave();
});
cell.run();

const injecting = suite("inject()");
injecting(
  "takes back what was done when it is interrupted meanwhile, says so, and keeps no fault open",
  async () => {
    const events: HistoryEvent[] = [];
    const giveUp = new AbortController();
    const reason = new Error("interrupted");
    const faults = new OpenFaults(
      {
        now: () => 0,
        at: (ms: number) => ms,
        record: (event: HistoryEvent) => void events.push(event),
      } as unknown as Run,
      () => giveUp.signal,
    );
    const undone: unknown[] = [];
    const injecting = faults.inject({
      spec: { kind: "pause", target: 1 },
      fault: { kind: "pause", targets: [1] },
      asked: "1",
      isUndone: () => true,
      act: async () => (giveUp.abort(reason), { effectAt: 0, tookMs: 0, via: "SIGSTOP" }),
      undo: async (broker) => (undone.push(broker), { effectAt: 0, tookMs: 0, via: "SIGCONT" }),
    });
    assert.is(await injecting.catch((error: unknown) => error), reason);
    assert.equal([undone, faults.open.length, events.map(({ kind }) => kind)], [[1], 0, ["note"]]);
    assert.is(
      await faults
        .inject({
          spec: { kind: "pause", target: 1 },
          fault: { kind: "pause", targets: [1] },
          asked: "1",
          isUndone: () => true,
          act: async () => assert.unreachable() as never,
          undo: async () => undefined,
        })
        .catch((error: unknown) => error),
      reason,
    );
  },
);
injecting.run();

const naming = suite("nameFor()");
const probe = (name: string, closed: string[] = []): Probe =>
  ({ name, close: async () => void closed.push(name) }) as Probe;
naming("counts probes without a name", () =>
  assert.equal([probeName(undefined, []), probeName(undefined, [probe("a")])], ["probe", "probe-2"]),
);
naming("refuses a name twice in a program", () =>
  assert.throws(() => probeName("a", [probe("a")], false), TypeError),
);
naming("in a notebook closes those before, and counts", () => {
  const closed: string[] = [];
  assert.is(probeName("a", [probe("a", closed), probe("b", closed)], true), "a (2)");
  assert.is(probeName("a", [probe("a", closed), probe("a (2)", closed)], true), "a (3)");
  assert.equal(closed, ["a", "a", "a (2)"]);
});
naming.run();

const joining = suite("anySignal()");
joining("is none of none, the one of one, and either of two", () => {
  const [one, two] = [new AbortController(), new AbortController()];
  assert.is(anySignal(undefined, undefined), undefined);
  assert.is(anySignal(undefined, one.signal), one.signal);
  const both = anySignal(one.signal, undefined, two.signal)!;
  two.abort();
  assert.ok(both.aborted);
});
joining.run();

async function until(holds: () => boolean): Promise<void> {
  for (const began = performance.now(); !holds(); await new Promise((resolve) => setTimeout(resolve, 5)))
    assert.ok(performance.now() - began < 60_000, "not so after a minute");
}
