// Labs one after the other and side by side in one program: nothing accumulates, and neither touches the
// other.

import { readdirSync } from "node:fs";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type LabError, startLab } from "@kafka-failure-lab/sdk";
import { brokerProcesses, isDocker, leftovers, until } from "./outside.ts";

const test = suite("leaks");
const options = {
  scenario: "test-leaks",
  compose: ["one-broker"],
  timers: "fast",
  onProgress: false,
} as const;

/** Open files, sockets and pipes of this process; by /proc, elsewhere not known. */
const openFiles = (): number => (process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0);
const handlers = (): number[] =>
  ["SIGINT", "SIGTERM", "SIGHUP", "unhandledRejection", "exit"].map((name) => process.listenerCount(name));

test("labs one after the other leave no file, socket or handler open", async () => {
  let [files, before] = [0, handlers()];
  for (let round = 0; round < 3; round++) {
    const lab = await startLab(options);
    const load = lab.probe.start({ perSecond: 200 });
    await load.acknowledged(20);
    if (round === 1) await lab.cluster.pause(1); // closed in the middle of a fault, with sends under way
    await lab.close();
    assert.equal(leftovers(process.pid), []);
    if (round === 0) files = openFiles();
    assert.equal(handlers(), before);
  }
  await until("no more files are open than after the first lab", () => openFiles() <= files);
});

if (!isDocker)
  test("two labs side by side use the same description and do not touch each other", async () => {
    const [one, two] = await Promise.all([startLab(options), startLab(options)]);
    try {
      assert.is.not(one.bootstrap[0], two.bootstrap[0]);
      for (const { bootstrap, differs } of [one, two]) {
        assert.is.not(bootstrap[0], "localhost:29091", "the lab's own files give no port of their own");
        assert.ok(
          differs.some((line) => line.includes("29091")),
          differs.join("\n"),
        );
      }
      const [first, second] = [one.probe.start(), two.probe.start()];
      await Promise.all([first.acknowledged(10), second.acknowledged(10)]);
      await one.cluster.kill(1);
      await second.acknowledged(10);
      await one.close();
      await second.acknowledged(10);
      assert.is(brokerProcesses(process.pid).length, 1);
    } finally {
      await one.close();
      await two.close();
    }
    assert.equal(leftovers(process.pid), []);
  });

// a published port can be had once only: the docker engine runs the files as they are
if (isDocker)
  test("a second lab on the same ports is refused with PORT_TAKEN, leaves nothing, and does not touch the first", async () => {
    const first = await startLab(options);
    try {
      const load = first.probe.start();
      await load.acknowledged(10);
      const error = (await startLab(options).catch((e: unknown) => e)) as LabError;
      assert.is(error.code, "PORT_TAKEN", String(error));
      await load.acknowledged(10);
      assert.is(brokerProcesses(process.pid).length, 1);
      assert.is(leftovers(process.pid).filter((what) => what.startsWith("container")).length, 1);
    } finally {
      await first.close();
    }
    assert.equal(leftovers(process.pid), []);
  });

test("startLab() that cannot succeed leaves nothing behind and says why", async () => {
  const error = (await startLab({
    ...options,
    properties: { "principal.builder.class": "no.such.Builder" },
  }).catch((e: unknown) => e)) as LabError;
  assert.is(error.code, "BAD_COMPOSE", String(error));
  assert.match(error.message, /principal\.builder\.class/);
  assert.equal(leftovers(process.pid), []);
});

test("startLab() given up by a signal ends at once and leaves nothing behind", async () => {
  const reason = new Error("enough");
  const giveUp = new AbortController();
  const starting = startLab({ ...options, signal: giveUp.signal }).catch((e: unknown) => e);
  await until("a broker process", () => brokerProcesses(process.pid).length > 0);
  giveUp.abort(reason);
  assert.is(await starting, reason);
  assert.equal(leftovers(process.pid), []);
});
test.run();
