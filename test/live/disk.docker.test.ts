// A fault of a disk in a container, looked at from outside: what the agent leaves in it, and whether it acts.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type HealEvent, type Lab, type SendEvent, startLab } from "@kafka-failure-lab/sdk";
import { docker, until } from "./outside.ts";

const test = suite<{ lab: Lab }>("disks in containers");
test.before(async (context) => {
  context.lab = await startLab({ scenario: "disks-docker", timers: "fast", onProgress: false });
  await context.lab.probe.send();
});
test.after(async ({ lab }) => await lab.close());

const containerOf = (lab: Lab, broker: number): string => {
  const { service } = lab.engine.nodes.find((node) => node.broker === broker)!;
  const named = [
    "--filter",
    "label=kafka-failure-lab",
    "--filter",
    `label=com.docker.compose.service=${service}`,
  ];
  return docker("ps", "--all", "--quiet", ...named).trim();
};
const filesIn = (id: string): string =>
  docker(
    "exec",
    id,
    "sh",
    "-c",
    "ls -a /tmp | grep -E 'kafka-failure-lab|attach_pid|java_pid' || true",
  ).trim();

test("disk.hang() has a container's leader wait, and leaves nothing in it", async ({ lab }) => {
  const { disk, probe } = lab;
  const hung = await disk.hang("leader");
  assert.equal(
    hung.proof!.observed!.map(({ measured, holds }) => [measured, holds]),
    [["it waits", true]],
  );
  const sent = probe.send();
  const first = await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, 1_000, "none"))]);
  assert.is(first, "none");
  await hung.heal();
  assert.is((await sent).outcome, "ok");
  // the agent is taken out by a process that starts after the fault's file is gone: that is not when it ended
  const healed = lab.run.history.find((event): event is HealEvent => event.kind === "heal")!;
  const { atMs, tookMs } = lab.run.history.findLast((event): event is SendEvent => event.kind === "send")!;
  assert.ok(atMs + tookMs >= healed.effectAtMs, `acknowledged at ${atMs + tookMs}, ${healed.effectAtMs}`);
  assert.is(filesIn(containerOf(lab, hung.targets[0]!)), "");
});
test("disk.fill() ends a container's broker; heal() brings it back, clean", async ({ lab }) => {
  const { disk, cluster } = lab;
  await cluster.waitFor("full isr");
  const full = await disk.fill("leader");
  const [broker] = full.targets;
  const stateOf = async (): Promise<string> =>
    (await cluster.describe()).brokers.find((one) => one.broker === broker)!.state;
  await until("the broker to end", async () => (await stateOf()) === "stopped", 30_000);
  await full.heal(); // which starts it
  await cluster.waitFor("full isr");
  assert.is((await lab.probe.send()).outcome, "ok");
  assert.is(filesIn(containerOf(lab, broker!)), "");
});
test.run();
