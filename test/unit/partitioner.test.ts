// The partitioner beside kafkajs's own: the same partitions, in a time that is linear in the key's length.

import { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import kafkajs, { type PartitionMetadata } from "kafkajs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { murmur2, partitioner } from "../../sdk/client/partitioner.ts";

const require = createRequire(import.meta.url);
const theirs = require("kafkajs/src/producer/partitioners/default/murmur2.js") as (key: Buffer) => number;
const partitions = [0, 1, 2].map(
  (partitionId): PartitionMetadata => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 1,
    replicas: [1],
    isr: [1],
  }),
);
const choose = (
  choosing: ReturnType<typeof partitioner>,
  message: { key?: string; partition?: number },
): number =>
  choosing({ topic: "orders", partitionMetadata: partitions, message: { value: "x", ...message } });

test("murmur2() is kafkajs's, for every length of the last bytes", () => {
  for (let length = 0; length < 300; length++) {
    const key = Buffer.from(Array.from({ length }, (_, at) => (at * 151 + length * 31) & 255));
    assert.is(murmur2(key), theirs(key), `${length} bytes`);
  }
});
test("partitioner() chooses for a key as kafkajs does", () => {
  const [ours, other] = [partitioner(), kafkajs.Partitioners.DefaultPartitioner()];
  for (const key of ["", "a", "orders-17", "straße", "x".repeat(999)])
    assert.is(choose(ours, { key }), choose(other, { key }), key);
});
test("partitioner() takes the partition asked for, and without key and partition each in turn", () => {
  const ours = partitioner();
  assert.is(choose(ours, { partition: 2, key: "a" }), 2);
  assert.equal([...new Set([1, 2, 3].map(() => choose(ours, {})))].sort(), [0, 1, 2]);
});
test("partitioner() has metadata asked for again before it says that a partition is missing", () => {
  const ours = partitioner();
  const message = { value: "x", partition: 9 };
  const seen = Array.from({ length: 5 }, () => {
    try {
      return ours({ topic: "orders", partitionMetadata: partitions, message });
    } catch (error) {
      const { message: text, retriable, type } = error as Error & { retriable: boolean; type?: string };
      assert.is(text, "UNKNOWN_TOPIC_OR_PARTITION: orders has no partition 9");
      return retriable && type !== undefined;
    }
  });
  assert.equal(seen, [true, true, true, false, false]);
});
test("partitioner() hashes a key of 4 MiB without growing numbers", () => {
  assert.ok(choose(partitioner(), { key: "k".repeat(4 * 2 ** 20) }) < 3);
});

test.run();
