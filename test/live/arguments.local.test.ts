// What only a real lab shows of wrong arguments: nothing has happened; a missing partition and a large key
// are answered; every call ends.

import { setTimeout as wait } from "node:timers/promises";
import process from "node:process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Fault, type Lab, type LabError, type Load, type Probe, startLab } from "@kafka-failure-lab/sdk";
import { brokerProcesses, reportingFailure } from "./outside.ts";

const test = suite("arguments");
let lab: Lab;
let probe: Probe;
let load: Load;
let fault: Fault;

test.before(
  reportingFailure(async () => {
    lab = await startLab({
      scenario: "test-arguments",
      compose: ["one-broker"],
      timers: "fast",
      topic: { partitions: 2 },
      onProgress: false,
    });
    probe = lab.probe({ name: "other" });
    assert.is((await probe.send()).outcome, "ok");
  }),
);
test.after(() => lab?.close());

type Call = (...args: never[]) => unknown;
/** Longer than any of these calls may take, and shorter than the file's deadline. */
const GUARD_MS = 20_000;

/** How a call ends: with its value, or its error; a call that does not end is told as such. */
async function endOf(call: Call, args: readonly unknown[] = []): Promise<unknown> {
  const over = new AbortController();
  const ended = (async () => await call(...(args as never[])))().catch((error: unknown) => error);
  const hangs = wait(GUARD_MS, "it hangs", { signal: over.signal, ref: false }).catch(() => {});
  return await Promise.race([ended, hangs]).finally(() => over.abort());
}

test("a refused call has done nothing: no event, no process, no fault", async () => {
  const faultsOf = (): number => lab.run.history.filter(({ kind }) => kind === "fault").length;
  const others = (): number =>
    lab.run.history.filter(({ kind }) => kind !== "cluster" && kind !== "broker log").length;
  const [events, processes] = [others(), brokerProcesses(process.pid)];
  const { cluster, net } = lab;
  const refused: readonly [Call, readonly unknown[]][] = [
    [cluster.stop, [1, { timout: 5 }]],
    [cluster.kill, [[1, 1]]],
    [cluster.pause, [0]],
    [cluster.createTopic, ["new", { partitions: 0 }]],
    [net.delay, [1, "1s", { jitter: "x" }]],
    [net.isolate, [1, { how: "nope" }]],
    [lab.probe, [{ name: "never", requestTimeout: 0 }]],
    [lab.predict, ["kill", 1, { percent: 5 }]],
    [lab.note, [5]],
    [lab.run.record, [{ kind: "nope" }]],
    [probe.send, [{ partition: -1 }]],
    [probe.start, [{ perSecond: 0 }]],
    [lab.conclude, [{ clame: "x" }]],
  ];
  for (const [call, args] of refused) {
    const error = await endOf(call, args);
    assert.ok(error instanceof TypeError || error instanceof RangeError, String(error));
  }
  assert.equal([others(), faultsOf(), brokerProcesses(process.pid)], [events, 0, processes]);
});

test("send() to a partition that the topic does not have did not happen: fail", async () => {
  const sent = await probe.send({ partition: 99 });
  assert.is(sent.outcome, "fail");
  assert.match(sent.error ?? "", /^UNKNOWN_TOPIC_OR_PARTITION: my_topic has no partition 99$/);
  assert.is((await probe.send({ partition: 1 })).partition, 1);
});

test("send() with a key of 2 MB is Kafka's to refuse, and timers go on", async () => {
  const sent = await probe.send({ key: "k".repeat(2_000_000) });
  assert.is(sent.outcome, "fail", sent.error);
  assert.equal(
    sent.attempts.filter(({ api }) => api === "Produce").map(({ error }) => error),
    ["MESSAGE_TOO_LARGE"],
  );
});

test("lab.predict() takes lab.probe itself for its client", async () => {
  await lab.probe.send();
  const { fault: predicted } = await lab.predict("pause", 1, { client: lab.probe });
  assert.is(predicted, "pause");
});

test("conclude() beside close() ends at once with LAB_CLOSED, and so does a second one", async () => {
  load = probe.start({ perSecond: 50 });
  await load.acknowledged(5);
  fault = await lab.cluster.pause(1);
  const concluding = endOf(lab.conclude, [{ print: false, exitCode: false }]);
  const second = endOf(lab.conclude, [{ print: false, exitCode: false }]);
  const closing = endOf(lab.close);
  assert.is(await closing, undefined);
  for (const one of [await concluding, await second]) assert.is((one as LabError).code, "LAB_CLOSED");
});

test("after the end every verb rejects with LAB_CLOSED or has nothing to do, and none hangs", async () => {
  const { cluster, net, predict } = lab;
  const over: readonly [string, Call, readonly unknown[]][] = [
    ["cluster.describe", cluster.describe, []],
    ["cluster.stop", cluster.stop, [1]],
    ["cluster.kill", cluster.kill, ["leader"]],
    ["cluster.pause", cluster.pause, [1]],
    ["cluster.start", cluster.start, [1]],
    ["cluster.restart", cluster.restart, [1]],
    ["cluster.roll", cluster.roll, []],
    ["cluster.createTopic", cluster.createTopic, ["late"]],
    ["cluster.waitFor", cluster.waitFor, ["all alive"]],
    ["net.delay", net.delay, [1, "1s"]],
    ["net.split", net.split, [[[1]]]],
    ["lab.probe", lab.probe, [{ name: "late" }]],
    ["probe.connect", probe.connect, []],
    ["probe.send", probe.send, []],
    ["lab.probe.send", lab.probe.send, []],
    ["probe.read", probe.read, []],
    ["probe.start", probe.start, []],
    ["load.acknowledged", load.acknowledged, [1]],
    ["lab.predict", predict, ["kill", 1]],
    ["lab.inject", lab.inject, [{ kind: "split", groups: [[1]] }]],
    ["lab.step", lab.step, ["late"]],
    ["lab.note", lab.note, ["late"]],
    ["run.record", lab.run.record, [{ kind: "note", atMs: 1, text: "late" }]],
    ["lab.conclude", lab.conclude, []],
  ];
  const events = lab.run.history.length;
  for (const [name, call, args] of over)
    assert.is(((await endOf(call, args)) as LabError).code, "LAB_CLOSED", name);
  for (const call of [lab.close, fault.heal, net.heal, probe.close, load.stop])
    assert.is.not(await endOf(call), "it hangs");
  assert.is(lab.run.history.length, events);
});

test("startLab() whose signal is aborted already rejects with its reason", async () => {
  const reason = new Error("not now");
  const ended = await endOf(startLab, [{ compose: ["one-broker"], signal: AbortSignal.abort(reason) }]);
  assert.is(ended, reason);
  assert.equal(brokerProcesses(process.pid), []);
});

test.run();
