// Network faults on real brokers, looked at from outside the SDK: a TCP connection of the test's own, and
// what Kafka does.

import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { skip } from "../skip.ts";
import { type Lab, type LabError, startLab } from "@kafka-failure-lab/sdk";
import { isDocker, leftovers, roundTrip, reportingFailure } from "./outside.ts";
import { assertDelayedOnce, quickest } from "./quickest.ts";

const test = suite("net");
let lab: Lab;
/** Whether delays can be made: always by links, by netem where the kernel has it. */
let canDelay = true;
let isOver = false;
const NO_NETEM = "this kernel has no sch_netem: the netem lane delays in one that has it";
test.before(
  reportingFailure(async () => {
    lab = await startLab({ scenario: "test-net", timers: "fast", onProgress: false });
    canDelay = await lab.engine.network
      .check([{ kind: "delay", delayMs: 1, jitterMs: 0, broker: 1, path: "all", direction: "out" }])
      .then(
        () => true,
        () => false,
      );
    await lab.probe.send();
  }),
);
test.after(async () => {
  await lab?.close();
  assert.equal(leftovers(process.pid), []);
});
test.after.each(async () => {
  if (isOver) return;
  await lab.net.heal();
  await lab.cluster.waitFor("full isr");
});

const clientOf = (broker: number): string => lab.engine.nodes.find((node) => node.broker === broker)!.client!;

/** Of five round trips, in milliseconds. */
function quickestOf(address: string): Promise<number> {
  return quickest(async () => (await roundTrip(address)) ?? Infinity, { times: 5 });
}

test("delay() makes answers late by what it says, on its path only, and heal() takes it back", async () => {
  if (!canDelay) {
    const error = (await lab.net.delay(1, 100).catch((e: unknown) => e)) as LabError;
    assert.is(error.code, "UNSUPPORTED");
    assert.match(error.message, /sch_netem/);
    return;
  }
  await using fault = await lab.net.delay(1, 200, { path: "clients" });
  assert.equal([fault.kind, fault.targets, fault.isOpen], ["delay", [1], true]);
  const took = await quickestOf(clientOf(1));
  assert.ok(took >= 199 && took < 399, `it took ${took} ms, not one delay`);
  assert.ok((await quickestOf(clientOf(2))) < 190, "it acts on broker 2 as well");
  const [measured] = fault.proof!.measured;
  assert.ok(measured!.afterMs! >= 199, JSON.stringify(measured));
  await fault.heal();
  assert.ok((await quickestOf(clientOf(1))) < 190, "it is still there");
  assert.not(fault.isOpen);
});

test("faults add up, and each heals alone", async () => {
  if (!canDelay) return skip(NO_NETEM);
  const first = await lab.net.delay(2, 100, { path: "clients" });
  const second = await lab.net.delay([1, 2], 50, { path: "clients", direction: "in" });
  assert.ok((await quickestOf(clientOf(2))) >= 149);
  await first.heal();
  const took = await quickestOf(clientOf(2));
  assert.ok(took >= 49 && took < 149, `it took ${took} ms`);
  assert.ok((await quickestOf(clientOf(1))) >= 49);
  await second.heal();
});

test("a delay of the leader's clients delays each acknowledgement, and does not fence it", async () => {
  if (!canDelay) return skip(NO_NETEM);
  const { leader, leaderEpoch } = (await lab.cluster.describe()).partitions[0]!;
  await lab.net.delay("leader", 3000, { path: "clients", prove: false });
  await assertDelayedOnce(lab.probe, { leastMs: 2999, twiceMs: 6000 });
  const after = (await lab.cluster.describe()).partitions[0]!;
  assert.equal([after.leader, after.leaderEpoch], [leader, leaderEpoch]);
});

test("isolate() of the leader fences it: another one leads, and nothing acknowledged is lost", async () => {
  const { leader } = (await lab.cluster.describe()).partitions[0]!;
  const load = lab.probe({ name: "through the isolation" }).start({ perSecond: 50 });
  await load.acknowledged(20);
  const fault = await lab.net.isolate("leader");
  assert.is(await roundTrip(clientOf(leader!)), undefined);
  await load.acknowledged(20, { timeout: "30s" });
  const now = await lab.cluster.waitFor(({ partitions }) => partitions[0]!.leader !== leader);
  assert.not(now.partitions[0]!.isr.includes(leader!));
  await fault.heal();
  await lab.cluster.waitFor("full isr");
  await load.stop();
});

test("isolate() of clients only leaves the cluster as it is; reset ends connections", async () => {
  const { leader } = (await lab.cluster.describe()).partitions[0]!;
  for (const how of ["drop", "reset", "refuse"] as const) {
    const fault = await lab.net.isolate("leader", { path: "clients", how });
    assert.is(await roundTrip(clientOf(leader!)), undefined, how);
    await fault.heal();
    assert.type(await roundTrip(clientOf(leader!)), "number", how);
  }
  assert.is((await lab.cluster.describe()).partitions[0]!.leader, leader);
});

test("split() leaves the minority without a quorum, whose leader acknowledges nothing with acks=all", async () => {
  const { leader } = (await lab.cluster.describe()).partitions[0]!;
  const alone = lab.probe({
    name: "stays with the minority",
    bootstrap: [clientOf(leader!)],
    deliveryTimeout: "1500ms",
    requestTimeout: "1s",
    retries: 0,
  });
  await alone.send();
  const fault = await lab.net.split([[leader!]]);
  assert.equal(
    [fault.kind, fault.asked],
    ["split", `${leader} | ${[1, 2, 3].filter((one) => one !== leader).join(", ")}`],
  );
  const cut = await alone.send();
  assert.is.not(cut.outcome, "ok", JSON.stringify(cut));
  await lab.cluster.waitFor(
    ({ partitions }) => partitions[0]!.leader !== leader && partitions[0]!.leader !== null,
  );
  assert.is((await lab.probe.send()).outcome, "ok");
  await fault.heal();
});

test("throttle() lets through so much and no more", async () => {
  const can = await lab.engine.network
    .check([{ kind: "throttle", bytesPerSecond: 1, broker: 1, path: "all", direction: "out" }])
    .then(
      () => true,
      () => false,
    );
  if (!can) return assert.ok(isDocker);
  const fault = await lab.net.throttle(1, "5kB/s", isDocker ? {} : { path: "clients" });
  const took = await roundTrip(clientOf(1)); // ApiVersions v0 answers with 370 bytes or more
  assert.ok(took === undefined || took > 20, `it took ${took} ms`);
  await fault.heal();
});

for (const [what, act, message] of [
  ["a broker that is not there", () => lab.net.delay(7, 10), /broker 7\b/],
  ["no delay", () => lab.net.delay(1, 0), /that is no delay/],
  ["more jitter than delay", () => lab.net.delay(1, 10, { jitter: 20 }), /before it was sent/],
  [
    "a path that does not exist",
    () => lab.net.delay(1, 10, { path: "replicas" as never }),
    /"all".*"clients".*"peers".*"controllers"/,
  ],
  [
    "a direction that does not exist",
    () => lab.net.delay(1, 10, { direction: "up" as never }),
    /"out".*"in".*"both"/,
  ],
  ["a percentage above 100", () => lab.net.lose(1, 101), /\b101\b.*\b100\b/],
  ["a rate that is none", () => lab.net.throttle(1, "fast" as never), /"fast"/],
  ["one group", () => lab.net.split([[1, 2, 3]]), /expected two groups/],
  ["a broker in two groups", () => lab.net.split([[1], [1, 2]]), /broker 1\b.*groups/],
  [
    "an unknown way to isolate",
    () => lab.net.isolate(1, { how: "gently" as never }),
    /"drop".*"reset".*"refuse"/,
  ],
] as const) {
  test(`net refuses ${what}, and changes nothing`, async () => {
    const error = (await act().then(
      () => undefined,
      (e: unknown) => e,
    )) as Error;
    assert.match(error.message, message);
    assert.not(
      lab.run.history.some(
        (event) =>
          event.kind === "fault" &&
          lab.run.history.every((other) => other.kind !== "heal" || other.id !== event.id),
      ),
    );
  });
}

test("a fault whose signal is aborted before is not made, whether it would be measured or not", async () => {
  const [reason, since] = [new Error("enough"), lab.run.history.length];
  for (const prove of [true, false]) {
    assert.is(
      await lab.net
        .isolate(1, { path: "clients", how: "reset", prove, signal: AbortSignal.abort(reason) })
        .catch((e: unknown) => e),
      reason,
    );
    assert.is.not(await roundTrip(clientOf(1)), undefined, "it was made");
  }
  assert.equal(
    lab.run.history.slice(since).filter(({ kind }) => kind === "fault"),
    [],
  );
});

if (!isDocker)
  test("what no link can do is UNSUPPORTED there", async () => {
    for (const act of [
      () => lab.net.lose(1, 10),
      () => lab.net.duplicate(1, 10),
      () => lab.net.corrupt(1, 10),
      () => lab.net.reorder(1, 10),
    ]) {
      assert.is(((await act().catch((e: unknown) => e)) as LabError).code, "UNSUPPORTED");
    }
  });

test("conclude() heals what is open, and judges the whole", async () => {
  await lab.net.isolate(1, { path: "clients", how: "reset" });
  isOver = true;
  const { judgement } = await lab.conclude({ print: false });
  assert.equal([judgement.counts.lost, judgement.counts.foreign], [0, 0]);
});
test.run();
