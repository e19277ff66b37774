// A disk that forgets, on real brokers: what was not forced is gone after a kill of all, and what was is not.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { type HealEvent, type Lab, noLostWrites, startLab } from "@kafka-failure-lab/sdk";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite<{ lab: Lab }>("disks that forget");
test.before(async (context) => {
  context.lab = await startLab({ scenario: "disk-forget", timers: "fast", onProgress: false });
});
test.after(async ({ lab }) => await lab.close());

const ALL = [1, 2, 3];

test("forget() and a kill of all lose what was not forced; SIGTERM and flush.messages=1 lose nothing", async ({
  lab,
}) => {
  const { cluster, disk } = lab;
  const agentOf = async (): Promise<string[]> => {
    const { brokers } = await cluster.describe();
    return brokers.map(({ pid }) => {
      const properties = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").at(-2)!;
      return path.join(path.dirname(properties), "disk");
    });
  };
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
  const folders = await agentOf();
  assert.ok(folders.every((folder) => existsSync(folder)));
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
  assert.not.ok(folders.some((folder) => existsSync(folder)));
  const healed = lab.run.history.find(
    (event): event is HealEvent => event.kind === "heal" && event.id === cut.id,
  )!;
  assert.match(healed.via, /lost \d+ bytes that were not forced/);
  await lab.conclude({ checks: ["noPhantomWrites"], print: false, exitCode: false });
  const lost = (client: string): number => noLostWrites(lab.run.history, { client }).facts.lost;
  assert.is(lost("forced"), 0);
  assert.ok(lost(lab.topic) >= 10 && lost(lab.topic) <= 20, String(lost(lab.topic)));
});

test.run();
