// Which partitions a prediction covers, and how the predictions for several become one.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { clientPrediction } from "../../sdk/analysis/predict/mod.ts";
import { murmur2 } from "../../sdk/client/partitioner.ts";
import { predictedClient, writtenPartitions } from "../../sdk/lab/verbs/written-partitions.ts";
import type { Probe } from "../../sdk/lab/workload/probe.ts";
import { makeWrites, type Writing } from "../../sdk/lab/workload/writes.ts";
import type { PartitionState } from "../../sdk/model/partition.ts";
import type { PartitionPrediction, Prediction } from "../../sdk/model/prediction.ts";
import { prediction } from "./predictions.ts";
import { refusal } from "./refusal.ts";
import { led } from "./partition-states.ts";

const ofKey = (key: string): number => (murmur2(Buffer.from(key)) & 0x7fffffff) % 6;
const cases: readonly [
  name: string,
  own: number | undefined,
  sent: readonly Writing[],
  loads: readonly Writing[],
  expected: readonly number[],
][] = [
  ["a client that has not written", undefined, [], [], [0, 1, 2, 3, 4, 5]],
  ["a client of one partition", 3, [], [], [3]],
  ["a client of one partition that was told another once", 3, [{ partition: 1 }], [], [1]],
  ["a load that is pinned", undefined, [], [{ partition: 3 }], [3]],
  [
    "the load that runs, not what was sent before",
    undefined,
    [{ partition: 0 }, {}],
    [{ partition: 3 }],
    [3],
  ],
  ["two loads", undefined, [], [{ partition: 3 }, { partition: 1 }], [1, 3]],
  ["a load that its client's partitioner spreads", undefined, [{ partition: 0 }], [{}], [0, 1, 2, 3, 4, 5]],
  ["a load with a key", undefined, [], [{ key: "a" }], [ofKey("a")]],
  ["sends with keys", undefined, [{ key: "a" }, { key: "b" }], [], [ofKey("a"), ofKey("b")].sort()],
  ["a send to any partition", undefined, [{ partition: 2 }, {}], [], [0, 1, 2, 3, 4, 5]],
];
for (const [name, own, sent, loads, expected] of cases)
  test(`partitionsOf() of ${name} is ${expected}`, () => {
    const writes = makeWrites(own);
    for (const one of sent) writes.sent(one);
    for (const one of loads) writes.begin(one);
    assert.equal(writes.partitionsOf(6), [...new Set(expected)]);
  });
test("partitionsOf() counts a load that has ended as what was sent", () => {
  const writes = makeWrites(undefined);
  const [ended, other] = [writes.begin({ partition: 1 }), writes.begin({ partition: 4 })];
  ended();
  assert.equal(writes.partitionsOf(6), [4]);
  other();
  assert.equal(writes.partitionsOf(6), [1, 4]);
});

const six = [3, 1, 2, 2, 1, 3].map((leader, partition) => led("orders", partition, leader));
const cluster = { brokers: [], partitions: [...six, led("other", 0, 1)] };
const client = (partitions: readonly number[]) => ({
  name: "p",
  topic: "orders",
  settings: {} as never,
  isWarm: true,
  partitionsOf: () => [...partitions],
});
const numbers = ({ states }: { states: readonly PartitionState[] }): number[] =>
  states.map(({ partition }) => partition);

test("writtenPartitions() are those of the client, or those that are asked for", () => {
  assert.equal(numbers(writtenPartitions(cluster, client([3]), undefined)), [3]);
  assert.equal(numbers(writtenPartitions(cluster, client([3]), [5, 0])), [0, 5]);
});
test("writtenPartitions() refuses a partition and a topic that do not exist, and says what does", () => {
  assert.throws(
    () => writtenPartitions(cluster, client([3]), [6]),
    refusal("NO_SUCH_PARTITION", "orders-6", "partitions 0 to 5"),
  );
  assert.throws(
    () => writtenPartitions(cluster, { ...client([0]), topic: "ordrs" }, undefined),
    refusal("NO_SUCH_PARTITION", "orders, other", "Did you mean orders?"),
  );
  assert.throws(
    () => writtenPartitions({ brokers: [], partitions: [] }, client([0]), undefined),
    refusal("NO_SUCH_PARTITION", "no broker answered"),
  );
});
test("writtenPartitions() of very many are one of each leader, replicas and ISR, unless they are asked for", () => {
  const many = Array.from({ length: 300 }, (_, n) => led("orders", n, (n % 3) + 1));
  const all = many.map(({ partition }) => partition);
  const seen = { brokers: [], partitions: many };
  assert.equal(numbers(writtenPartitions(seen, client(all), undefined)), [0, 1, 2]);
  assert.is(numbers(writtenPartitions(seen, client(all), all)).length, 300);
});

const probe = (name: string, topic: string): Probe =>
  ({ name, topic, settings: { acks: -1 }, send: () => {} }) as unknown as Probe;
const probes = [probe("probe", "orders"), probe("eu", "other"), probe("a", "third"), probe("b", "third")];
const parts = {
  run: { history: [] } as never,
  endpoints: ["localhost:9092"],
  topic: "orders",
  probe: probes[0]!,
  probes: () => probes,
  writesOf: () => makeWrites(2),
};
test("predictedClient() is the lab's own, the one of that name, or the only one of that topic", () => {
  const named = (options: Parameters<typeof predictedClient>[1]): string => {
    const { name, topic, partitionsOf } = predictedClient(parts, options);
    return `${name} ${topic} ${partitionsOf(6)}`;
  };
  assert.equal(
    [
      named({}),
      named({ client: "eu" }),
      named({ topic: "other" }),
      named({ client: { name: "new", topic: "x", partition: 4 } }),
      named({ client: { name: "new" }, topic: "x" }),
    ],
    ["probe orders 2", "eu other 2", "eu other 2", "new x 4", "new x 0,1,2,3,4,5"],
  );
});
for (const [name, options, ...words] of [
  ["a name that no probe has", { client: "ue" }, "probe, eu, a, b"],
  ["a topic of another client", { client: "eu", topic: "orders" }, "eu writes to other"],
  ["a topic of several clients", { topic: "third" }, "a, b"],
  ["a topic of no client", { topic: "nobody" }, "no probe writes to it"],
] as const)
  test(`predictedClient() refuses ${name}`, () =>
    assert.throws(() => predictedClient(parts, options), refusal(RangeError, ...words)));

const predicted = (sentence: string, rest: Partial<Prediction> = {}): Prediction =>
  prediction({ targets: [2], failsOver: 0, gap: { fromMs: 0, toMs: 100 }, sentence, ...rest });
const forPartition = (partition: number, leader: number, one: Prediction): PartitionPrediction => ({
  topic: "orders",
  partition,
  leader,
  prediction: one,
});
test("clientPrediction() is that of the partition that waits longest, and tells of each", () => {
  const stays = predicted("leader stays");
  const moves = predicted("leader moves", {
    failsOver: 1,
    gap: { fromMs: 10, toMs: 900 },
    duplicates: "possible",
  });
  const all = [forPartition(0, 3, stays), forPartition(1, 1, stays), forPartition(3, 2, moves)];
  const { failsOver, served, gap, duplicates, lost, partitions, sentence } = clientPrediction(all, false);
  assert.equal([failsOver, served, gap?.toMs, duplicates, lost], [1, 1, 900, "possible", "no"]);
  assert.is(partitions, all);
  assert.is(sentence, "orders-3 (leader 2): leader moves | orders-0 and 1 (leaders 3, 1): leader stays");
  assert.is(clientPrediction([all[2]!], true).sentence, "leader moves");
  assert.throws(() => clientPrediction([], true), RangeError);
});
test("clientPrediction() of a client that one partition never serves is not served", () => {
  const never = predicted("never", { served: 0, gap: null });
  const { served, gap } = clientPrediction(
    [forPartition(0, 1, predicted("soon")), forPartition(1, 2, never)],
    false,
  );
  assert.equal([served, gap], [0, null]);
});

test.run();
