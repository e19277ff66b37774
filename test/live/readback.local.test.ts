// Topics that are not the lab's own: every codec, transactions, tombstones, records that somebody removed,
// topics that somebody deleted. What an application did is done here by Kafka's Java client and by kafkajs.

import kafkajs, { type Admin, type Kafka, type Producer } from "kafkajs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { check, type HistoryEvent, type Judgement, type Lab, startLab } from "@kafka-failure-lab/sdk";
import { readBack } from "@kafka-failure-lab/sdk/testing";
import { reportingFailure, until } from "./outside.ts";

const test = suite("reading topics back");
let lab: Lab;
let kafka: Kafka;
let admin: Admin;
const producers: Producer[] = [];

test.before(
  reportingFailure(async () => {
    lab = await startLab({
      scenario: "test-readback",
      compose: ["one-broker"],
      timers: "fast",
      topic: { create: false },
      onProgress: false,
    });
    const { logLevel } = kafkajs;
    kafka = new kafkajs.Kafka({ brokers: [...lab.bootstrap], logLevel: logLevel.NOTHING });
    admin = kafka.admin();
    await admin.connect();
  }),
);
test.after(async () => {
  await Promise.all([admin, ...producers].map((one) => one?.disconnect()));
  await lab?.close();
});

async function created(topic: string, partitions = 1): Promise<string> {
  await lab.cluster.createTopic(topic, { partitions, replicationFactor: 1 });
  return topic;
}

async function producer(options: Parameters<Kafka["producer"]>[0] = {}): Promise<Producer> {
  const one = kafka.producer(options);
  producers.push(one);
  await one.connect();
  return one;
}

type Readback = Awaited<ReturnType<typeof readBack>>;

const read = (topic: string): Promise<Readback> =>
  readBack(topic, lab.bootstrap, { timeoutMs: 20_000, since: new Date(Date.now() - lab.run.now()) });

/** Judges one topic by what the run knows of it, and by what stands in it now. */
async function judged(topic: string): Promise<Judgement> {
  const found = await read(topic);
  const readback = { kind: "readback", atMs: lab.run.now(), tookMs: 0, client: "readback", topic } as const;
  const own = lab.run.history.filter((event) => "topic" in event && event.topic === topic);
  return check([...own, { ...readback, ...found }] as HistoryEvent[]);
}

for (const codec of ["gzip", "snappy", "lz4", "zstd"])
  test(`records that Kafka's client compressed with ${codec} are read back, and by a consumer`, async () => {
    const topic = await created(`codec-${codec}`);
    const properties = { "compression.type": codec, "linger.ms": "50" };
    const java = lab.probe({ name: `java-${codec}`, client: "java", topic, properties });
    const load = java.start({ perSecond: 200 });
    await load.acknowledged(40);
    await load.stop();
    const { verdict, counts } = await judged(topic);
    assert.is(verdict, true);
    assert.ok(counts.acknowledged >= 40);
    assert.equal([counts.lost, counts.undecided, counts.foreign], [0, 0, 0]);
    const consumed = await lab.probe({ name: `consumer-${codec}`, topic }).read({ timeout: "3m" });
    assert.equal([consumed.outcome, consumed.error], ["ok", undefined]);
    assert.is(consumed.records.length, counts.acknowledged);
  });

test("a transaction's records count when it is committed, not when it is aborted, and wait while it is open", async () => {
  const topic = await created("transactions", 2);
  const probe = lab.probe({ name: "beside", topic });
  const send = async (): Promise<void> => {
    assert.is((await probe.send({ partition: 0 })).outcome, "ok");
  };
  const one = await producer({ transactionalId: "one", maxInFlightRequests: 1, idempotent: true });
  const two = await producer({ transactionalId: "two", maxInFlightRequests: 1, idempotent: true });
  await send();
  for (const end of ["commit", "abort"] as const) {
    const transaction = await one.transaction();
    await transaction.send({
      topic,
      messages: [
        { partition: 0, value: end },
        { partition: 0, value: end },
      ],
    });
    await send();
    await transaction[end]();
  }
  const consumed = await probe.read({ timeout: "3m" });
  assert.equal(
    [consumed.outcome, consumed.records.map(({ value }) => value)],
    ["ok", ["beside-1", "commit", "commit", "beside-2", "beside-3"]],
  );
  const open = await two.transaction();
  await open.send({ topic, messages: [{ partition: 0, value: "open" }] });
  await send();
  const found = await read(topic);
  assert.equal(
    found.records.map(({ value }) => value),
    ["beside-1", "commit", "commit", "beside-2", "beside-3", "beside-4"],
  );
  assert.equal(
    found.partitions.map(({ complete, aborted = 0, open: pending }) => [complete, aborted, pending?.records]),
    [
      [true, 2, 1],
      [true, 0, undefined],
    ],
  );
  assert.equal(
    found.uncommitted?.map(({ value, transaction }) => [value, transaction]),
    [
      ["abort", "aborted"],
      ["abort", "aborted"],
      ["open", "open"],
    ],
  );
  const { verdict, counts } = await judged(topic);
  assert.equal([verdict, counts.acknowledged, counts.lost, counts.foreign], [true, 4, 0, 2]);
  await open.abort();
});

test("records of an application are foreign: keys, headers, tombstones, other codecs", async () => {
  const topic = await created("shared", 3);
  const probe = lab.probe({ name: "mine", topic });
  for (let n = 0; n < 3; n++) assert.is((await probe.send({ partition: n })).outcome, "ok");
  const application = await producer();
  await application.send({
    topic,
    compression: kafkajs.CompressionTypes.GZIP,
    messages: [
      { partition: 0, key: "k", value: "order 1", headers: { trace: ["a", "b"], none: "" } },
      { partition: 1, key: "k", value: null },
      { partition: 2, value: Buffer.from([0, 255, 128]) },
      // the same value as the probe's, written before the run: not its duplicate
      { partition: 2, value: "mine-3", timestamp: "1000" },
    ],
  });
  const { verdict, counts } = await judged(topic);
  assert.is(verdict, true);
  assert.equal([counts.acknowledged, counts.foreign, counts.duplicates, counts.lost], [3, 4, 0, 0]);
});

test("acknowledged records that DeleteRecords removed are not lost: they cannot be judged", async () => {
  const topic = await created("removed");
  const probe = lab.probe({ name: "early", topic });
  for (let n = 0; n < 5; n++) await probe.send();
  await admin.fetchTopicOffsets(topic); // kafkajs asks for a topic's leader only here
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "3" }] });
  const { checks, counts } = await judged(topic);
  assert.equal([counts.acknowledged, counts.lost, counts.undecided], [5, 0, 3]);
  const survival = checks.find((one) => one.checker === "noLostWrites");
  assert.ok(survival?.checker === "noLostWrites");
  assert.is(survival.verdict, "unknown");
  assert.equal(
    survival.facts.unjudged.map(({ doubt, firstOffset, lastOffset }) => [doubt, firstOffset, lastOffset]),
    [["expired or deleted", "0", "2"]],
  );
});

test("a topic that somebody deletes and makes again takes its records with it: Kafka lost none", async () => {
  const topic = await created("again");
  const probe = lab.probe({ name: "across", topic });
  for (let n = 0; n < 3; n++) await probe.send();
  const seen =
    (id: "some" | null): (() => boolean) =>
    () =>
      lab.run.history.some(
        (event) => event.kind === "topic" && event.topic === topic && (event.id === null) === (id === null),
      );
  await admin.deleteTopics({ topics: [topic] });
  await until("the observer sees that the topic is gone", seen(null));
  await created(topic);
  await until("the observer sees another topic of that name", seen("some"));
  assert.is((await probe.send()).outcome, "ok");
  const { verdict, counts, checks } = await judged(topic);
  assert.equal([verdict, counts.lost, counts.undecided], ["unknown", 0, 3]);
  const survival = checks.find((one) => one.checker === "noLostWrites");
  assert.equal(survival?.checker === "noLostWrites" ? survival.facts.doubts : {}, { "topic deleted": 3 });
});

test("a topic that is gone, and one that never was, are reported within seconds", async () => {
  const began = performance.now();
  const { partitions, reason, error } = await read("never");
  assert.equal([partitions, reason], [[], "NO_TOPIC"]);
  assert.is(error, "UNKNOWN_TOPIC_OR_PARTITION");
  assert.ok(performance.now() - began < 10_000);
});

test.run();
