// What was predicted, came, and was explained, on real brokers; a prediction that does not come is told.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type BrokerLogEvent,
  type ClusterEvent,
  type Conclusion,
  type Lab,
  startLab,
} from "@kafka-failure-lab/sdk";
import { reportingFailure } from "./outside.ts";

const QUIET = { print: false, exitCode: false } as const;
let lab: Lab;
let killed: { broker: number; other: number };
let ended: Conclusion;

test.before(
  reportingFailure(async () => {
    lab = await startLab({ scenario: "test-predict", timers: "fast", onProgress: false });
    const load = lab.probe({ name: "warm", requestTimeout: "2s" }).start({ perSecond: 50 });
    await load.acknowledged(50);
    await lab.predict("kill", "leader", { client: "warm" });
    const kill = await lab.cluster.kill("leader");
    await load.acknowledged(50);
    const [leader] = (await lab.cluster.describe()).partitions;
    killed = { broker: kill.targets[0]!, other: leader!.leader! };
    await kill.heal();
    await lab.cluster.waitFor("full isr");
    const wrong = await lab.predict("stop", "leader", { client: "warm" });
    lab.run.record({
      kind: "prediction",
      atMs: lab.run.now(),
      client: "warm",
      topic: lab.topic,
      prediction: { ...wrong, gap: { fromMs: 60_000, toMs: 70_000 } },
    });
    await lab.cluster.stop("leader");
    await load.acknowledged(50);
    await load.stop();
    ended = await lab.conclude({ ...QUIET, checks: ["noLostWrites"] });
  }),
);
test.after(async () => await lab?.close());

test("lab.predict() says what a kill and a stop do, and both come", () => {
  const [kill, stop] = ended.predictionChecks;
  for (const one of [kill!, stop!]) {
    const { verdict, disagreements, measured, prediction } = one;
    assert.equal([measured?.failedOver, prediction.failsOver], [true, 1], JSON.stringify(one));
    // a busy machine makes a time inconclusive, and says so
    assert.is.not(verdict, false, JSON.stringify(one));
    assert.is(verdict === true, disagreements.length === 0, JSON.stringify(one));
    for (const why of disagreements) assert.match(why, /inconclusive/);
  }
});

test("conclude() tells a prediction that did not come, and the verdict is false", () => {
  const wrong = ended.predictionChecks[2]!;
  assert.is(wrong.verdict, false);
  assert.match(wrong.disagreements.join("; "), /less than predicted/);
  assert.equal([ended.judgement.verdict, ended.verdict, ended.exitCode], [true, false, 2]);
});

test("run.explain() cuts the outage into parts that add up, and the broker's own log has the line that proves the longest", () => {
  const window = ended.explanation.windows.find(({ faults }) => faults[0]?.fault === "kill")!;
  const sum = window.parts.reduce((ms, part) => ms + part.tookMs, 0);
  assert.ok(Math.abs(sum - window.tookMs) < 1, `${sum} is ${window.tookMs}`);
  assert.ok(
    window.unexplainedMs <= window.tookMs / 10,
    `${window.unexplainedMs} ms are not explained: ${window.sentence}`,
  );
  const fenced = window.parts
    .flatMap(({ kind, evidence }) => (kind === "detection" ? evidence : []))
    .find((one) => one.kind === "log" && one.text.includes(`Fencing broker ${killed.broker}`));
  assert.ok(fenced?.kind === "log", window.sentence);
  // the published image keeps the controller's lines in a file of their own
  const logs = readdirSync(lab.run.dir)
    .filter((name) => name.startsWith(fenced.service) && name.endsWith(".log"))
    .map((name) => readFileSync(path.join(lab.run.dir, name), "utf8"));
  assert.ok(
    logs.some((log) => log.split("\n").some((line) => line.includes(fenced.text))),
    fenced.text,
  );
  assert.ok(readFileSync(path.join(lab.run.dir, "explanation.txt"), "utf8").includes(fenced.text));
});

test("the history has the new leader from its own log and, soon after, from metadata", () => {
  const since = lab.run.history.find((event) => event.kind === "fault")!.atMs;
  const logged = lab.run.history.filter(
    (event): event is BrokerLogEvent =>
      event.kind === "broker log" &&
      event.atMs > since &&
      event.fact.what === "becameLeader" &&
      event.broker === killed.other,
  )[0]!;
  const seen = lab.run.history.find(
    (event): event is ClusterEvent =>
      event.kind === "cluster" &&
      event.atMs > since &&
      event.partitions.some(({ leader }) => leader === killed.other),
  )!;
  assert.ok(
    Math.abs(seen.atMs - logged.atMs) < 5_000,
    `a guard of ten times the usual: logged at ${logged.atMs}, seen at ${seen.atMs}`,
  );
});

test("run.recordTrace() has a record that waited: its attempts, and where it stands", () => {
  const { rows } = lab.run.anomalies();
  const slow = rows.find(({ words }) => words.includes("slow"))!;
  const life = lab.run.recordTrace(slow.value);
  assert.ok(
    life.attempts.some(({ error }) => error !== undefined),
    JSON.stringify(life.attempts.slice(0, 3)),
  );
  assert.ok(life.places.length >= 1);
});

test.run();
