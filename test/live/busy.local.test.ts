// Real brokers on a machine that is kept busy: what is recorded of it, and that no verdict is false for it.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import os from "node:os";
import { performance } from "node:perf_hooks";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type Conclusion,
  type Lab,
  machineShare,
  type SendEvent,
  type StallEvent,
  startLab,
} from "@kafka-failure-lab/sdk";
import { reportingFailure } from "./outside.ts";

const STALL_MS = 1500;
const hasWaits = existsSync("/proc/self/schedstat") && existsSync("/proc/pressure/cpu");
let lab: Lab;
let stalled: { fromMs: number; toMs: number };
let starved: { fromMs: number; toMs: number };
let ended: Conclusion;

/** Loops that use every processor, and end with this process however it ends. */
function busyLoops(count: number): ChildProcess[] {
  const loop = "while kill -0 $PPID 2>/dev/null; do i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; done";
  return Array.from({ length: count }, () => spawn("sh", ["-c", loop], { stdio: "ignore" }));
}

function standStill(ms: number): { fromMs: number; toMs: number } {
  const [fromMs, began] = [lab.run.now(), performance.now()];
  while (performance.now() - began < ms);
  return { fromMs, toMs: lab.run.now() };
}

test.before(
  reportingFailure(async () => {
    lab = await startLab({ scenario: "test-busy", engine: "local", timers: "fast", onProgress: false });
    const load = lab.probe({ name: "warm", requestTimeout: "2s" }).start({ perSecond: 50 });
    await load.acknowledged(50);
    await lab.predict("stop", "leader", { client: "warm" });
    const stop = await lab.cluster.stop("leader");
    stalled = standStill(STALL_MS);
    await load.acknowledged(25);
    await stop.heal();
    await lab.cluster.waitFor("full isr", { timeout: "60s" });
    const loops = busyLoops(8 * os.availableParallelism());
    try {
      const fromMs = lab.run.now();
      await lab.predict("kill", "leader", { client: "warm" });
      await lab.cluster.kill("leader");
      await load.acknowledged(50);
      starved = { fromMs, toMs: lab.run.now() };
    } finally {
      for (const one of loops) one.kill("SIGKILL");
    }
    await load.stop();
    ended = await lab.conclude({ print: false, exitCode: false, checks: ["noLostWrites"], timeout: "2m" });
  }),
);
test.after(async () => await lab?.close());

test("a load goes on while the program's own event loop stands still, and the stall is recorded as the lab's", () => {
  const { history } = lab.run;
  const stalls = history.filter(
    (event): event is StallEvent => event.kind === "stall" && event.thread === "lab",
  );
  const during = stalls.find(
    ({ atMs, tookMs }) => atMs <= stalled.toMs && atMs + tookMs >= stalled.toMs && tookMs > STALL_MS / 2,
  );
  assert.ok(during !== undefined, JSON.stringify(stalls));
  const sends = history.filter(
    (event): event is SendEvent =>
      event.kind === "send" && event.atMs >= stalled.fromMs && event.atMs <= stalled.toMs,
  );
  assert.ok(sends.length >= 20, `${sends.length} sends while the program stood still for ${STALL_MS} ms`);
});

test("predictions beside a stall and beside busy loops are never false", () => {
  for (const { verdict, busy, disagreements } of ended.predictionChecks) {
    assert.is.not(verdict, false, disagreements.join("; "));
    if (verdict === "unknown") assert.ok(busy !== undefined, disagreements.join("; "));
  }
  assert.is.not(ended.verdict, false);
  assert.is(ended.judgement.counts.lost, 0);
});

test("what brokers waited for a processor is recorded where the system tells it", () => {
  const [first] = lab.run.history;
  assert.ok(first?.kind === "run" && first.machine !== undefined && first.machine.workMs > 0);
  if (!hasWaits) return assert.not.ok(first.machine.samples.includes("run-queue wait"));
  const share = machineShare(lab.run.history, starved);
  assert.ok(share.brokersMs > 200, JSON.stringify(share));
  assert.ok(share.isBusy, JSON.stringify(share));
});

test("parts of every outage add up, stalls and waits among them", () => {
  for (const { parts, tookMs, fromMs, toMs } of ended.explanation.windows) {
    const sum = parts.reduce((ms, part) => ms + part.tookMs, 0);
    assert.ok(Math.abs(sum - tookMs) < 1, `${sum} of ${tookMs}`);
    for (const { kind, evidence, ...part } of parts) {
      assert.ok(part.fromMs >= fromMs && part.toMs <= toMs);
      if (kind === "stalled" || kind === "starved") assert.is(evidence[0]?.kind, "machine");
    }
  }
});
test.run();
