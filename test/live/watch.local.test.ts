// What the lab can tell of an application that it did not start and that does not know the lab: from what
// arrives.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Lab, LabError, openRun, startLab } from "@kafka-failure-lab/sdk";
import { reportingFailure } from "./outside.ts";

const test = suite("watch");
const runs = mkdtempSync(path.join(tmpdir(), "lab-watch-test-"));
const file = fileURLToPath(new URL("./unknown-app.mjs", import.meta.url));
const apps = new Set<ChildProcess>();
let lab: Lab;

/** Starts an application that sends `content`, by default texts that differ. */
async function startApp(topic: string, content = ""): Promise<() => Promise<void>> {
  const runtime = "Deno" in globalThis ? ["run", "-A", "--quiet"] : [];
  const child = spawn(process.execPath, [...runtime, file, lab.bootstrap.join(), topic, content], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  apps.add(child);
  await once(child.stdout!, "data");
  return async () => {
    apps.delete(child);
    child.stdin!.end();
    await once(child, "exit");
  };
}

test.before(
  reportingFailure(async () => {
    lab = await startLab({
      engine: "local",
      timers: "fast",
      topic: { name: "orders", partitions: 2 },
      recording: false,
      scenario: "watch",
      runs,
      onProgress: false,
    });
    await lab.cluster.createTopic("hello");
  }),
);
test.after(async () => {
  for (const child of apps) child.kill("SIGKILL");
  await lab.close();
  rmSync(runs, { recursive: true, force: true });
});

test("a topic that nobody has created cannot be watched, and says so", async () => {
  const error = await lab.watch({ topic: "nothing", timeout: "300ms" }).catch((each: unknown) => each);
  assert.instance(error, LabError);
  assert.is((error as LabError).code, "NOT_READY");
});

test("a run without any probe is judged by what an unknown application's records tell", async () => {
  const [seen, same] = [await lab.watch({ by: "value" }), await lab.watch({ topic: "hello" })];
  const later = lab.watch({ topic: "later" }); // its application makes it with its first send
  const [stopApp, stopSame] = [await startApp("orders"), await startApp("hello", "Hello, Kafka!")];
  const stopLater = await startApp("later");
  await Promise.all([seen.arrived(50), same.arrived(20), later.then((watch) => watch.arrived(5))]);
  await stopLater();
  assert.is((await (await later).stop()).complete, true);
  const fault = await lab.cluster.kill("leader");
  await seen.arrived(100);
  await fault.heal();
  await seen.arrived(50);
  await Promise.all([stopApp(), stopSame()]);
  const live = seen.summary();
  assert.equal([live.watch, live.complete], ["watch-1", null]);
  assert.ok(live.arrived >= 200);
  const { verdict, judgement, claim, dir } = await lab.conclude({ print: false, exitCode: false });
  const [check, ...others] = judgement.checks;
  assert.equal([check!.checker, others.length], ["arrivals", 0]);
  if (check!.checker !== "arrivals") return assert.unreachable();
  const [orders, hello, made] = check!.facts.watches;
  assert.equal([orders!.topic, orders!.own, orders!.complete, orders!.vanished], ["orders", 0, true, 0]);
  const [kill] = orders!.faults;
  assert.is(orders!.faults.length, 1);
  assert.ok(orders!.usualGapMs! > 0 && orders!.usualGapMs! < kill!.fromMs - orders!.fromMs);
  assert.ok(kill!.gap!.ms >= 15 && kill!.gap!.ms < 30_000 && !kill!.gap!.isOpen, JSON.stringify(kill!.gap));
  assert.ok(kill!.gap!.atLeastMs <= kill!.gap!.ms);
  assert.ok(kill!.arrivedAfter > 100);
  assert.ok(orders!.longestDelayMs! < 60_000);
  assert.is.not(orders!.duplicates, null, "texts that differ tell records apart");
  assert.equal([hello!.topic, hello!.duplicates, hello!.vanished], ["hello", null, 0]);
  assert.equal([made!.topic, made!.vanished], ["later", 0]);
  const first = lab.run.history.find((event) => event.kind === "arrivals" && event.topic === "later");
  assert.is(first?.kind === "arrivals" && first.records[0]?.offset, "0");
  assert.equal(check!.facts.unknowable, ["acknowledged", "never sent"]);
  // on a slow machine the application takes seconds to end: it may have failed, for all that is seen
  const isSilent = check!.facts.watches.some(({ silentMs }) => silentMs > 5_000);
  assert.is(verdict, isSilent ? "unknown" : true, `${claim}: ${check!.summary}`);
  assert.equal((await openRun(dir)).judge(), judgement);
});
test.run();
