// Settings that are changed while brokers run, and rolling restarts of brokers, on a real cluster.

import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Fault, type FaultEvent, faults, type Lab, LabError, startLab } from "@kafka-failure-lab/sdk";
import { brokerProcesses, reportingFailure, until } from "./outside.ts";

const test = suite("changes");
let lab: Lab;
const topic = { topic: "orders" };

const codeOf = (error: unknown): string => (error instanceof LabError ? error.code : String(error));
const pids = (): (number | undefined)[] => brokerProcesses(process.pid).map(({ pid }) => pid);
const faultsSince = (from: number): string[] =>
  lab.run.history
    .slice(from)
    .filter((event): event is FaultEvent => event.kind === "fault")
    .map(({ fault, targets }) => `${fault} ${targets.join()}`);

test.before(
  reportingFailure(async () => {
    lab = await startLab({
      scenario: "test-changes",
      timers: "fast",
      topic: { name: "orders", config: { "retention.ms": "100000" } },
      onProgress: false,
    });
  }),
);
test.after(() => lab?.close());

test("reconfigure() has every broker know the value, and heal() puts back what was set or inherited", async () => {
  const probe = lab.probe({ name: "orders", retries: 0 });
  assert.is((await probe.send()).outcome, "ok");
  const settings = { "min.insync.replicas": "3", "retention.ms": "200000" };
  const changed = await lab.cluster.reconfigure(topic, settings);
  assert.equal([changed.kind, changed.targets, changed.resources], ["reconfigure", [], ["topic orders"]]);
  assert.is(changed.proof!.observed!.length, 3);
  const stopped = await lab.cluster.stop("followers");
  const refused = await probe.send();
  assert.is(refused.outcome, "fail");
  assert.match(refused.error ?? "", /NOT_ENOUGH_REPLICAS|replicas/i);
  await stopped.heal();
  await changed.heal();
  assert.not(changed.isOpen);
  await lab.cluster.waitFor("full isr");
  const again = await lab.cluster.reconfigure(topic, settings);
  const before = again.proof!.observed!.every(({ holds }) => holds);
  assert.ok(before);
  await again.heal();
  const heals = lab.run.history.filter((event) => event.kind === "heal" && event.fault === "reconfigure");
  assert.equal(
    heals.flatMap((event) =>
      event.kind === "heal" ? event.proof!.observed!.map((one) => one.expected) : [],
    ),
    Array.from({ length: 6 }, () => "as inherited, 100000"),
  );
});

test("reconfigure() of brokers ends by itself, and what Kafka refuses is an error with its words", async () => {
  const changed: Fault = await lab.cluster.reconfigure(
    "brokers",
    { "message.max.bytes": "2000000" },
    { lasts: "300ms" },
  );
  await until("the setting to be put back", () => !changed.isOpen, 60_000);
  const open = lab.run.history.length;
  for (const [of, settings, code] of [
    [topic, { "min.insync.replicas": "x" }, "INVALID_CONFIG"],
    [topic, { "no.such.setting": "1" }, "INVALID_CONFIG"],
    [{ broker: 1 }, { "process.roles": "broker" }, "INVALID_CONFIG"],
    [{ broker: 9 }, { "message.max.bytes": "1" }, "NO_SUCH_BROKER"],
    [{ topic: "nope" }, { "min.insync.replicas": "1" }, "NO_SUCH_TOPIC"],
  ] as const)
    assert.is(await lab.cluster.reconfigure(of, settings).then(() => "changed", codeOf), code);
  assert.equal(faultsSince(open), []);
});

test("roll() restarts in the order asked, each a fault of its own; faults.roll() is over when it returns", async () => {
  const [before, from] = [pids(), lab.run.history.length];
  await lab.cluster.roll({ order: [3, 1], wait: "full isr" });
  assert.equal(faultsSince(from), ["stop 3", "stop 1"]);
  const after = pids();
  assert.equal(
    after.map((pid, i) => pid === before[i]),
    [false, true, false],
  );
  const next = lab.run.history.length;
  const rolled = await lab.inject(faults.roll([2, 3], { wait: "none", how: "kill" }));
  assert.not(rolled.isOpen);
  assert.equal(faultsSince(next), ["kill 2", "kill 3", "roll 2,3"]);
  await lab.cluster.waitFor("full isr");
  assert.is(await lab.cluster.roll({ order: [7] }).then(() => "rolled", codeOf), "NO_SUCH_BROKER");
});
test.run();
