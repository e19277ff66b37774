// Faults of disks on real brokers: each acts, is proven, is recorded, and leaves nothing when it is healed.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  type Fault,
  faults,
  type FaultEvent,
  type HealEvent,
  type Lab,
  LabError,
  startLab,
  timeline,
} from "@kafka-failure-lab/sdk";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { until } from "./outside.ts";
import { assertDelayedOnce } from "./quickest.ts";

const test = suite<{ lab: Lab }>("disks");
test.before(async (context) => {
  context.lab = await startLab({ scenario: "disks", onProgress: false });
  await context.lab.probe.send();
});
test.after(async ({ lab }) => await lab.close());

const codeOf = (error: unknown): string => (error instanceof LabError ? error.code : String(error));
const stateOf = async (lab: Lab, broker: number): Promise<string> =>
  (await lab.cluster.describe()).brokers.find((one) => one.broker === broker)!.state;

/** Where a broker's properties are, and its data. */
async function foldersOf(lab: Lab, broker: number): Promise<{ pid: number; dir: string; data: string }> {
  const { brokers } = await lab.cluster.describe();
  const { pid } = brokers.find((one) => one.broker === broker)!;
  const properties = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").at(-2)!;
  const data = /^log\.dirs=(.*)$/m.exec(readFileSync(properties, "utf8"))![1]!;
  return { pid: pid!, dir: path.dirname(properties), data };
}

/** Nothing that the fault needed is left. */
function assertClean({ pid, dir, data }: { pid: number; dir: string; data: string }): void {
  assert.not.ok(existsSync(path.join(dir, "disk")));
  assert.not.ok(existsSync(path.join(data, ".kafka-failure-lab")));
  assert.equal(
    readdirSync("/tmp").filter((name) => name.endsWith(`_pid${pid}`)),
    [],
  );
}

const eventOf = ({ run }: Lab, { id }: Fault): FaultEvent =>
  run.history.find((event): event is FaultEvent => event.kind === "fault" && event.id === id)!;
const healOf = ({ run }: Lab, { id }: Fault): HealEvent =>
  run.history.find((event): event is HealEvent => event.kind === "heal" && event.id === id)!;

test("disk.hang() has the leader's writes wait: it stays leader, and nothing is acknowledged", async ({
  lab,
}) => {
  const { probe, disk, cluster } = lab;
  const hung = await disk.hang("leader");
  const [broker] = hung.targets;
  const folders = await foldersOf(lab, broker!);
  assert.equal([hung.kind, hung.disk, hung.differs.length], ["hang-disk", { effect: "hung" }, 1]);
  assert.equal(
    hung.proof!.observed!.map(({ measured, holds }) => [measured, holds]),
    [["it waits", true]],
  );
  const load = probe.start({ perSecond: 10 });
  const acknowledged = load.acknowledged(1, { timeout: "1500ms" }).then(() => "acknowledged", codeOf);
  assert.is(await acknowledged, "NOT_READY");
  assert.is(await disk.slow(broker!, "1s").then(String, codeOf), "COMMAND_FAILED"); // one at a time
  const { partitions } = await cluster.describe();
  assert.is(partitions.find(({ topic }) => topic === probe.topic)!.leader, broker);
  await hung.heal();
  await load.acknowledged(5);
  await load.stop();
  assert.is(load.counts.fail, 0);
  const [from, to] = [eventOf(lab, hung).effectAtMs, healOf(lab, hung).effectAtMs];
  const served = lab.run.history.filter(
    (event) =>
      event.kind === "send" && event.outcome === "ok" && event.atMs > from && event.atMs + event.tookMs < to,
  );
  assert.equal(served, []);
  assertClean(folders);
  const { disk: recorded, targets, proof } = eventOf(lab, hung);
  assert.equal([recorded, targets], [{ effect: "hung" }, hung.targets]);
  assert.ok(proof!.observed!.every(({ holds }) => holds));
  assert.ok(healOf(lab, hung).proof!.counted[broker!]!.acted > 0);
  assert.ok(healOf(lab, hung).proof!.observed!.every(({ holds }) => holds));
});
test("disk.slow() delays each write by what was asked for, and goes after its time", async ({ lab }) => {
  const slow = await lab.inject(faults.slowDisk("leader", "150ms", { lasts: "2s" }));
  const folders = await foldersOf(lab, slow.targets[0]!);
  const { tookMs, outcome } = await lab.probe.send();
  assert.is(outcome, "ok");
  assert.ok(tookMs >= 150, `${tookMs} ms`);
  await until(`${slow.id} to be healed`, () => !slow.isOpen);
  assertClean(folders);
});
test("lab.predict() of a slow disk: an acknowledgement waits for an append, and the leader stays", async ({
  lab,
}) => {
  const { probe, run } = lab;
  const spec = faults.slowDisk("leader", "300ms");
  const load = probe.start({ perSecond: 20 });
  await load.acknowledged(20);
  const { failsOver, gap, lost, reasons = [] } = await lab.predict(spec);
  assert.equal([failsOver, gap!.fromMs, lost], [0, 300, "no"]);
  assert.ok(reasons.includes("slow disk"));
  const slow = await lab.inject(spec);
  await load.acknowledged(5);
  await slow.heal();
  await load.stop();
  const { measured } = run.predictionChecks().find(({ fault }) => fault === slow.id)!;
  assert.is(measured!.failedOver, false);
  assert.ok(measured!.gapMs! >= 300, `${measured!.gapMs} ms`);
});
test("disk.slow() a second time on a broker delays each write once, not twice", async ({ lab }) => {
  const { leader } = (await lab.cluster.describe()).partitions.find((one) => one.topic === lab.probe.topic)!;
  const one = lab.probe({ name: "acks 1", acks: 1 });
  await one.send();
  for (let time = 1; time <= 2; time++) {
    await using _slow = await lab.disk.slow(leader!, "3s");
    await assertDelayedOnce(one, { leastMs: 3_000, twiceMs: 6_000 });
  }
});
test("disk.fill() ends the broker, also after a start; heal() brings it back", async ({ lab }) => {
  const { disk, cluster, probe } = lab;
  await cluster.waitFor("full isr");
  const full = await disk.fill("leader");
  const [broker] = full.targets;
  assert.is(full.proof!.observed![0]!.measured, "No space left on device");
  await until("the broker to end", async () => (await stateOf(lab, broker!)) === "stopped", 30_000);
  const moved = await cluster.waitFor(({ partitions }) => {
    const state = partitions.find(({ topic }) => topic === probe.topic);
    return state !== undefined && state.leader !== null && state.leader !== broker;
  });
  assert.is(moved.brokers.find((one) => one.broker === broker)!.alive, false);
  // nothing has freed its disk
  await cluster.start(broker!, { timeout: 0 });
  await until("the broker to end again", async () => (await stateOf(lab, broker!)) === "stopped", 30_000);
  assert.is(full.isOpen, true);
  await full.heal(); // which starts it
  await cluster.waitFor("full isr");
  assert.is((await probe.send()).outcome, "ok");
  // whichever of its threads writes first
  const hasSaid = (): boolean =>
    lab.run.history.some(
      (event) => event.kind === "broker log" && ["logDirFailed", "halts"].includes(event.fact.what),
    );
  await until("the broker's log has it", hasSaid);
  assert.ok(timeline(lab.run.history).some((line) => line.includes("full disk")));
});
test("a disk that cannot be broken is an error, and nothing is changed", async ({ lab }) => {
  const { disk, run } = lab;
  const before = run.history.filter(({ kind }) => kind === "fault").length;
  assert.is(await disk.fill(1, { logDir: 2 }).then(String, codeOf), "UNSUPPORTED");
  await lab.cluster.kill(1);
  assert.is(await disk.hang(1).then(String, codeOf), "COMMAND_FAILED");
  await lab.cluster.start(1);
  assert.is(run.history.filter(({ kind }) => kind === "fault").length, before + 1);
});
test.run();
