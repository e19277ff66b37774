// A disk that forgets, on real brokers: what was not forced is gone after a kill, and what was is not.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { type Fault, type HealEvent, type Lab, noLostWrites, startLab } from "@kafka-failure-lab/sdk";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { changedThreeBrokers } from "./changed-compose.ts";
import { agentIsIn, containerIds, docker, isDocker } from "./outside.ts";

// broker 3 has its data in its container's own file system, the others in volumes
const compose = changedThreeBrokers((three) =>
  three
    .replace("    volumes: [kafka-3:/var/lib/kafka/data]\n", "")
    .replace("      KAFKA_NODE_ID: 3\n", "      KAFKA_NODE_ID: 3\n      KAFKA_LOG_DIRS: /tmp/data\n")
    .replace(/ {2}kafka-3:\n$/, ""),
);

const test = suite<{ lab: Lab }>("disks that forget");
test.before(async (context) => {
  context.lab = await startLab({
    compose: [compose.file],
    scenario: "disk-forget",
    timers: "fast",
    onProgress: false,
  });
});
test.after(async ({ lab }) => {
  await lab.close();
  compose.remove();
});

const ALL = [1, 2, 3];
const LOST = /\d+ files? lost [1-9]\d* bytes that were not forced/;

/** Of each broker, whether the agent's files are there. */
async function agentFiles({ cluster }: Lab): Promise<boolean[]> {
  if (isDocker) return containerIds(process.pid).map(agentIsIn);
  const { brokers } = await cluster.describe();
  return brokers.map(({ pid }) => {
    const properties = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").at(-2)!;
    return existsSync(path.join(path.dirname(properties), "disk"));
  });
}

/** The users and groups that own files of a container's data, and its own. */
function ownersIn(id: string): string[] {
  const look =
    "find /var/lib/kafka/data /tmp/data -type f -exec stat -c '%u %g' {} + 2>/dev/null | sort -u; " +
    'echo "$(id -u) $(id -g)"';
  return docker("exec", id, "sh", "-c", look).trim().split("\n");
}

const viaOf = ({ run }: Lab, { id }: Fault): string =>
  run.history.find((event): event is HealEvent => event.kind === "heal" && event.id === id)!.via;

test("forget() of one broker: the others give back what it lost; healing a killed one's disk cuts", async ({
  lab,
}) => {
  const { cluster, disk, probe } = lab;
  const forgetful = await disk.forget(1);
  for (let turn = 0; turn < 10; turn++) assert.is((await probe.send()).outcome, "ok");
  const cut = await cluster.kill(1);
  await forgetful.heal();
  assert.match(viaOf(lab, forgetful), LOST);
  await cluster.start(1);
  await cluster.waitFor("full isr");
  assert.not.match(viaOf(lab, cut), LOST);
  assert.equal(await agentFiles(lab), [false, false, false]);
  assert.is((await probe.send()).outcome, "ok");
});
test("forget() and a kill of all lose what was not forced; SIGTERM, flush.messages=1 nothing", async ({
  lab,
}) => {
  const { cluster, disk } = lab;
  await cluster.createTopic("forced", { config: { "flush.messages": "1" } });
  const probes = [lab.topic, "forced"].map((topic) => lab.probe({ name: topic, topic }));
  const send = async (times: number): Promise<void> => {
    for (let turn = 0; turn < times; turn++)
      for (const probe of probes) assert.is((await probe.send()).outcome, "ok");
  };
  await send(10);
  const forgetful = await disk.forget(ALL);
  assert.equal(forgetful.disk, { effect: "forgetful" });
  assert.ok(forgetful.proof!.observed!.every(({ holds }) => holds));
  assert.equal(await agentFiles(lab), [true, true, true]);
  await send(10);
  // a clean end forces everything
  await cluster.restart("followers");
  await cluster.waitFor("full isr");
  await send(10);
  const predicted = await Promise.all(probes.map((probe) => lab.predict("kill", ALL, { client: probe })));
  assert.equal(
    predicted.map(({ lost, reasons }) => [lost, reasons!.includes("not forced")]),
    [
      ["possible", true],
      ["no", false],
    ],
  );
  const cut = await cluster.kill(ALL);
  await cut.heal();
  await cluster.waitFor("full isr");
  await forgetful.heal();
  await send(1);
  assert.equal(await agentFiles(lab), [false, false, false]);
  assert.match(viaOf(lab, cut), LOST);
  await lab.conclude({ checks: ["noPhantomWrites"], print: false, exitCode: false });
  const lost = (client: string): number => noLostWrites(lab.run.history, { client }).facts.lost;
  assert.is(lost("forced"), 0);
  assert.ok(lost(lab.topic) >= 10 && lost(lab.topic) <= 20, String(lost(lab.topic)));
  if (isDocker) for (const id of containerIds(process.pid)) assert.is(new Set(ownersIn(id)).size, 1);
});

test.run();
