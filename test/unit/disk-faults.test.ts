// Faults of disks without a broker: what is refused, what counts as proof, and what is undone.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { faultText, foldersOf, readSight, untilShown } from "../../sdk/engine/disk/agent-files.ts";
import type { Disk, DiskSight } from "../../sdk/engine/disk/disk.ts";
import type { Engine, NodeState } from "../../sdk/engine/engine.ts";
import { definitionOf, faults, resolveFault } from "../../sdk/faults/mod.ts";
import { diskDriver } from "../../sdk/lab/faults/disk-driver.ts";
import type { Acts, Order } from "../../sdk/lab/faults/driver.ts";
import { metadataLogDir } from "../../sdk/kafka/mod.ts";
import { type DiskFault, endsBroker, sayDisk } from "../../sdk/model/disk.ts";
import { LabError } from "../../sdk/model/errors.ts";
import type { FaultSpec } from "../../sdk/model/fault.ts";

/** An engine of one broker whose agent sees what it is given. */
function engineOf(
  seen: DiskSight | undefined,
  state: NodeState = "running",
): { engine: Engine; calls: string[] } {
  const calls: string[] = [];
  const action = (): { effectAt: number; tookMs: number; via: string } => ({
    effectAt: 0,
    tookMs: 1,
    via: "agent",
  });
  const disk: Disk = {
    check: async () => void calls.push("check"),
    apply: async () => (calls.push("apply"), { ...action(), ...(seen && { seen }) }),
    undo: async () => (calls.push("undo"), { ...action(), ...(seen && { seen }) }),
    seen: async () => seen,
  };
  const nodes = [{ service: "kafka-1", broker: 1, nodeId: 1, properties: {} }];
  return { engine: { kind: "local", nodes, disk, status: () => ({ state }) } as unknown as Engine, calls };
}

const orderOf = (spec: FaultSpec, prove = true): Order => ({
  spec,
  definition: definitionOf(spec.kind),
  fault: resolveFault(spec, [1]),
  asked: "broker 1",
  prove,
  signal: undefined,
});
const codeOf = (error: unknown): string => (error instanceof LabError ? error.code : String(error));
const hit = { waiting: 0, waited: 0, failed: 0 };

const SEEN: readonly [FaultSpec, DiskSight | undefined, string][] = [
  [
    faults.fillDisk(1),
    { ...hit, failed: 1, tried: { tookMs: 1, failure: "No space left on device" } },
    "acts",
  ],
  [faults.fillDisk(1), { ...hit, tried: { tookMs: 1 } }, "NOT_EFFECTIVE"],
  [
    faults.fillDisk(1),
    { ...hit, failed: 1, tried: { tookMs: 1, failure: "Permission denied" } },
    "NOT_EFFECTIVE",
  ],
  [faults.failDisk(1), { ...hit, failed: 1, tried: { tookMs: 1, failure: "Input/output error" } }, "acts"],
  [faults.hangDisk(1), { ...hit, waiting: 1 }, "acts"],
  [faults.hangDisk(1), { ...hit, waiting: 1, tried: { tookMs: 1 } }, "NOT_EFFECTIVE"],
  [faults.hangDisk(1), hit, "NOT_EFFECTIVE"],
  [
    faults.forgetDisk(1),
    { ...hit, waited: 1, tried: { tookMs: 1, failure: "0 of 1 bytes are forced" } },
    "acts",
  ],
  [
    faults.forgetDisk(1),
    { ...hit, tried: { tookMs: 1, failure: "-1 of 1 bytes are forced" } },
    "NOT_EFFECTIVE",
  ],
  [faults.slowDisk(1, 50), { ...hit, waited: 1, tried: { tookMs: 50.2 } }, "acts"],
  [faults.slowDisk(1, 50), { ...hit, waited: 1, tried: { tookMs: 49 } }, "NOT_EFFECTIVE"],
  [faults.slowDisk(1, "1h"), { ...hit, waiting: 1 }, "acts"],
  [faults.slowDisk(1, "1h"), undefined, "NOT_EFFECTIVE"],
];
for (const [spec, seen, expected] of SEEN)
  test(`${spec.kind} that meets ${JSON.stringify(seen)}: ${expected}`, async () => {
    const { engine } = engineOf(seen);
    const acts: Acts = await diskDriver({ engine, note: () => {} })(orderOf(spec));
    assert.is(await acts.act(1).then(() => "acts", codeOf), expected);
    assert.is(acts.isUndone(1), false); // a failure may have left something
    const without = await diskDriver({ engine, note: () => {} })(orderOf(spec, false));
    assert.is(await without.act(1).then(() => "acts", codeOf), "acts");
  });
test("a disk is broken once at a time; undo() notes what the broker met, and is called once", async () => {
  const { engine, calls } = engineOf({ ...hit, waiting: 1, waited: 3, first: "/data/my_topic-0/0.log" });
  const notes: string[] = [];
  const drive = diskDriver({ engine, note: (text) => void notes.push(text) });
  const acts = await drive(orderOf(faults.hangDisk(1)));
  await acts.act(1);
  assert.is(await Promise.resolve(drive(orderOf(faults.fillDisk(1)))).then(String, codeOf), "COMMAND_FAILED");
  await acts.undo(1);
  assert.is(await acts.undo(1), undefined);
  assert.equal(calls, ["check", "apply", "undo"]);
  assert.equal(notes, ["hung disk of broker 1: 3 writes or fsyncs waited, the first of my_topic-0/0.log"]);
  assert.is(acts.proof!()!.counted[1]!.acted, 3);
  await (await drive(orderOf(faults.fillDisk(1), false))).act(1);
});
for (const state of ["stopped", "paused"] as const)
  test(`the disk of a broker that is ${state} is not broken`, async () => {
    const { engine, calls } = engineOf(hit, state);
    const drive = diskDriver({ engine, note: () => {} });
    assert.is(
      await Promise.resolve(drive(orderOf(faults.hangDisk(1)))).then(String, codeOf),
      "COMMAND_FAILED",
    );
    assert.equal(calls, []);
  });
for (const [code, started] of [
  [1, true],
  [137, false],
] as const)
  test(`heal of a full disk: a broker that ended with ${code} is ${started ? "" : "not "}started`, async () => {
    const { engine, calls } = engineOf({ ...hit, failed: 1 });
    let state: NodeState = "running";
    const ending: Engine = {
      ...engine,
      status: () => ({ state, ...(state === "stopped" && { exit: { code, clean: false, text: "" } }) }),
      start: async () => (calls.push("start"), { effectAt: 0, tookMs: 1, via: "java" }),
    };
    const acts = await diskDriver({ engine: ending, note: () => {} })(orderOf(faults.fillDisk(1)));
    await acts.act(1);
    const undone = acts.undo(1);
    state = "stopped";
    assert.is((await undone)!.via, started ? "agent; java" : "agent");
    assert.is(calls.includes("start"), started);
  });
test("foldersOf() takes all log directories, or the one that is asked for", () => {
  const dirs = ["/a", "/b"];
  assert.equal(foldersOf("kafka-1", { effect: "full" }, dirs), dirs);
  assert.equal(foldersOf("kafka-1", { effect: "full", logDir: 2 }, dirs), ["/b"]);
  assert.throws(
    () => foldersOf("kafka-1", { effect: "full", logDir: 3 }, dirs),
    (e: unknown) => codeOf(e) === "UNSUPPORTED",
  );
});
test("the fault's file has a line for each thing, and what the agent wrote is read back", () => {
  const where = { jars: "/jars", folders: ["/a", "/b"] };
  assert.is(faultText({ effect: "slow", addsMs: 200 }, where), "slow\n200\n/jars\n/a\n/b\n");
  assert.is(faultText({ effect: "hung" }, where), "hung\n0\n/jars\n/a\n/b\n");
  assert.equal(readSight(`${JSON.stringify(hit)}\n`), hit);
  for (const text of ["", "{", "null", "{}"]) assert.is(readSight(text), undefined, text);
});
const WORDS: readonly [DiskFault, string, boolean][] = [
  [{ effect: "full" }, "full disk", true],
  [{ effect: "failed", logDir: 2 }, "failed disk, log.dirs no. 2", false],
  [{ effect: "forgetful" }, "forgetful disk", false],
  [{ effect: "slow", addsMs: 200 }, "slow disk, 200 ms a write", false],
];
for (const [fault, words, ends] of WORDS)
  test(`sayDisk() and endsBroker() of a ${words}`, () =>
    assert.equal([sayDisk(fault), endsBroker(fault)], [words, ends]));
test("endsBroker() of the directory that has the metadata log, as metadataLogDir() reads it", () => {
  const of = (logDir: number, properties: Readonly<Record<string, string>>): boolean =>
    endsBroker({ effect: "failed", logDir }, metadataLogDir(properties));
  assert.equal([of(1, { "log.dirs": "/a,/b" }), of(2, { "log.dirs": "/a,/b" })], [true, false]);
  const second = { "log.dirs": "/a, /b", "metadata.log.dir": "/b" };
  assert.equal([of(1, second), of(2, second)], [false, true]);
  const apart = { "log.dirs": "/a,/b", "metadata.log.dir": "/meta" };
  assert.equal([of(1, apart), of(2, apart)], [false, false]);
  assert.is(endsBroker({ effect: "hung", logDir: 1 }, 1), false);
});
test("untilShown() looks once more where the process has ended: its last words may have come meanwhile", async () => {
  const looks: (DiskSight | undefined)[] = [undefined, { ...hit, failed: 1 }];
  const seen = await untilShown(
    () => Promise.resolve(looks.shift()),
    () => false,
  );
  assert.equal(seen, { ...hit, failed: 1 });
});
test.run();
