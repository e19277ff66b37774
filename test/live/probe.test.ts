// Clients on one real broker and on none: what a send tells, and that nothing inside kafkajs ends the
// program.

import { readFileSync } from "node:fs";
import path from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { check, type HistoryEvent, type Lab, type LabError, startLab } from "@kafka-failure-lab/sdk";
import { reportingFailure } from "./outside.ts";

const test = suite("probe");
let lab: Lab;

test.before(
  reportingFailure(async () => {
    lab = await startLab({
      scenario: "test-probe",
      compose: ["one-broker"],
      timers: "fast",
      topic: { partitions: 2 },
      onProgress: false,
    });
  }),
);
test.after(() => lab?.close());

test("send() tells broker, partition, offset and the attempt", async () => {
  const sent = await lab.probe.send({ partition: 1 });
  assert.is(sent.outcome, "ok", sent.error);
  assert.equal([sent.broker, sent.partition, sent.offset], [1, 1, "0"]);
  // beside it, what a cold client waited for, and on a slow machine what it had to send again
  const produces = sent.attempts.filter(({ api }) => api === "Produce");
  const produced = produces.pop();
  assert.ok(
    produces.every(({ error }) => error !== undefined),
    JSON.stringify(sent.attempts),
  );
  assert.equal([produced!.api, produced!.broker, produced!.error], ["Produce", 1, undefined]);
  assert.ok(produced!.tookMs <= sent.tookMs);
});

test("send() with acks 0 cannot know: info", async () => {
  const sent = await lab.probe({ name: "acks-0", acks: 0 }).send();
  assert.is(sent.outcome, "info");
});

test("send() of an idempotent client is acknowledged", async () => {
  const probe = lab.probe({ name: "idempotent", idempotent: true });
  assert.equal([(await probe.send()).outcome, (await probe.send()).outcome], ["ok", "ok"]);
});

test("send() that never reaches a broker did not happen: fail", async () => {
  const sent = await lab.probe({ name: "nowhere", bootstrap: ["127.0.0.1:1"], deliveryTimeout: 400 }).send();
  assert.is(sent.outcome, "fail");
  assert.ok(sent.attempts.length > 0);
  for (const { api, error, broker } of sent.attempts)
    assert.equal([api, error, broker], ["Connect", "ECONNREFUSED", null]);
});

test("send() of a record that the broker refuses did not happen: fail, with Kafka's error in the attempts", async () => {
  await lab.cluster.createTopic("narrow", { config: { "max.message.bytes": "20" } });
  const sent = await lab.probe({ name: "narrow", topic: "narrow", deliveryTimeout: "5s" }).send();
  assert.is(sent.outcome, "fail");
  assert.equal(
    sent.attempts.filter(({ api }) => api === "Produce").map(({ error }) => error),
    ["MESSAGE_TOO_LARGE"],
  );
});

test("send() to a frozen broker may have happened: info; and it is there afterwards", async () => {
  const probe = lab.probe({ name: "frozen", deliveryTimeout: "1s", requestTimeout: 500 });
  await probe.send();
  const fault = await lab.cluster.pause(1);
  const sent = await probe.send();
  await fault.heal();
  assert.is(sent.outcome, "info");
  assert.is(sent.attempts.find(({ api }) => api === "Produce")?.error, "TIMEOUT");
});

test("send() given up while a frozen broker has its request may have happened, and shows that request", async () => {
  const probe = lab.probe({ name: "given-up-on-the-wire" });
  await probe.send();
  const fault = await lab.cluster.pause(1);
  const began = lab.run.now();
  const sent = await probe.send({ signal: AbortSignal.timeout(1000) });
  await fault.heal();
  const last = sent.attempts.at(-1);
  assert.equal([sent.outcome, last?.api, last?.broker, last?.error], ["info", "Produce", 1, "GIVEN_UP"]);
  assert.ok(last!.atMs >= began && last!.tookMs > 100 && last!.tookMs <= sent.tookMs, JSON.stringify(sent));
});

test("send() given up by its caller's signal ends at once", async () => {
  const probe = lab.probe({ name: "given-up", bootstrap: ["127.0.0.1:1"], deliveryTimeout: "10m" });
  const began = performance.now();
  const sent = await probe.send({ signal: AbortSignal.timeout(100) });
  assert.is(sent.outcome, "fail");
  assert.ok(performance.now() - began < 60_000, "it waited for its delivery timeout of 10 minutes");
});

test("what is under way when a load is stopped or a probe closed is counted apart", async () => {
  const [stopped, closed] = [lab.probe({ name: "stopped" }), lab.probe({ name: "closed" })];
  await Promise.all([stopped.send(), closed.send()]);
  const fault = await lab.cluster.pause(1);
  const load = stopped.start({ perSecond: 200, inFlight: 3 });
  const sending = closed.send();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const counts = await load.stop({ giveUp: true });
  await closed.close();
  assert.is((await sending).outcome, "info");
  await fault.heal();
  assert.is(counts.ok, 0);
  assert.equal(
    lab.run.history.flatMap((event) =>
      event.kind === "send" && event.isUnderWay === true ? [event.client] : [],
    ),
    ["stopped", "stopped", "stopped", "closed"],
  );
});

test("start() sends at its rate, and acknowledged() waits for acknowledgements", async () => {
  const load = lab.probe({ name: "load" }).start({ perSecond: 200 });
  await load.acknowledged(1);
  const began = performance.now();
  await load.acknowledged(100);
  const tookMs = performance.now() - began;
  assert.ok(tookMs > 250, `100 sends at 200 a second took ${tookMs} ms`);
  const error = (await load.acknowledged(1000, { timeout: 50 }).catch((e: unknown) => e)) as LabError;
  assert.is(error.code, "NOT_READY");
  const counts = await load.stop();
  assert.ok(counts.ok >= 101);
  assert.equal([counts.fail, counts.info], [0, 0]);
});

test("a broker's restart under load loses nothing, and the sends in between show their attempts", async () => {
  const probe = lab.probe({ name: "through" });
  const load = probe.start({ perSecond: 100 });
  await load.acknowledged(20);
  const fault = await lab.cluster.kill(1);
  await fault.heal();
  await load.acknowledged(50);
  await load.stop();
  const hard = lab.run.history.filter(
    (event) =>
      event.kind === "send" &&
      event.client === "through" &&
      event.attempts.some(({ error }) => error !== undefined),
  );
  assert.ok(hard.length > 0, "no send met the outage");
});

test("read() reads through a consumer what is new since the last reading", async () => {
  const probe = lab.probe({ name: "reader", topic: "fresh" });
  await lab.cluster.createTopic("fresh", { partitions: 2 });
  for (let i = 0; i < 5; i++) assert.is((await probe.send()).outcome, "ok");
  const first = await probe.read({ timeout: "3m" });
  assert.is(first.outcome, "ok", first.error);
  assert.equal(
    first.records.map(({ value }) => value).sort(),
    [1, 2, 3, 4, 5].map((n) => `reader-${n}`),
  );
  await probe.send();
  assert.equal(
    (await probe.read({ timeout: "3m" })).records.map(({ value }) => value),
    ["reader-6"],
  );
  assert.equal((await probe.read({ timeout: "3m" })).records, []);
});

test("probe() refuses a name that is taken and settings that cannot be", () => {
  assert.throws(() => lab.probe({ name: "reader" }), TypeError);
  assert.throws(() => lab.probe({ name: "x", acks: 2 as 1 }), TypeError);
  assert.throws(() => lab.probe({ name: "x", idempotent: true, acks: 1 }), TypeError);
  assert.throws(() => lab.probe({ name: "x", requestTimeout: "soon" as "1s" }), RangeError);
});

test("conclude() reads everything back, judges, writes the run, and a lost record turns the verdict", async () => {
  const { verdict, judgement, dir, exitCode } = await lab.conclude({
    print: false,
    exitCode: false,
    checks: ["noLostWrites", "noPhantomWrites", "order"],
  });
  assert.equal([verdict, exitCode, judgement.counts.lost], [true, 0, 0]);
  assert.ok(judgement.counts.acknowledged > 150);
  assert.is(
    judgement.counts.underWay,
    4,
    "those of the load that was stopped, and of the probe that was closed",
  );
  assert.is(judgement.counts.unknownFound >= 1, true, "the record sent to the frozen broker was found");
  const history = readFileSync(path.join(dir, "history.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as HistoryEvent);
  assert.equal(history.length, lab.run.history.length);
  const without = history.map((event) =>
    event.kind === "readback" && event.topic === "my_topic"
      ? { ...event, records: event.records.filter(({ value }) => value !== "probe-1") }
      : event,
  );
  assert.is(check(without, { checks: ["noLostWrites"] }).verdict, false);
  assert.is(check(without, { checks: ["noLostWrites"] }).counts.lost, 1);
});
test.run();
