// What a consumer is given of batches at the end of a partition, while transactions come and go.

import type { Buffer } from "node:buffer";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { committedRecords } from "../../sdk/client/committed-records.ts";
import { batchesIn } from "../../sdk/kafka/protocol/mod.ts";
import { marker, plain, sent } from "./kafka/batch.ts";

/** Each list is one answer; returns what each brings, and where it goes on. */
function follow(from: bigint, ...answers: readonly Buffer[][]): { brought: string[][]; next: bigint } {
  const reader = committedRecords((text) => assert.unreachable(text));
  let next = from;
  const brought = answers.map((batches) => {
    const taken = reader.take(
      batches.flatMap((bytes) => batchesIn(bytes)),
      next,
    );
    next = taken.next;
    return taken.records.map(({ offset, value }) => `${offset} ${value}`);
  });
  return { brought, next };
}

for (const [what, from, answers, brought, next] of [
  ["plain records", 0n, [[plain(0n, "a", "b")], [plain(2n, "c")]], [["0 a", "1 b"], ["2 c"]], 3n],
  ["a batch that begins before", 1n, [[plain(0n, "a", "b")]], [["1 b"]], 2n],
  ["a batch that is behind", 5n, [[plain(0n, "a", "b")]], [[]], 5n],
  ["a tombstone", 0n, [[plain(0n, null)]], [["0 "]], 1n],
  [
    "a transaction arrives with its commit, in a later answer",
    0n,
    [[sent(7n, 0n, "t"), plain(1n, "a")], [sent(7n, 2n, "u")], [marker(3n, 7n, "commit")]],
    [["1 a"], [], ["0 t", "2 u"]],
    4n,
  ],
  [
    "an aborted one never does, and the next of its producer does",
    0n,
    [[sent(7n, 0n, "t"), marker(1n, 7n, "abort"), sent(7n, 2n, "u"), marker(3n, 7n, "commit")]],
    [["2 u"]],
    4n,
  ],
] as [string, bigint, Buffer[][], string[][], bigint][])
  test(`committedRecords(): ${what}`, () => assert.equal(follow(from, ...answers), { brought, next }));

test("committedRecords() passes over a batch that it cannot read, and says so", () => {
  const said: string[] = [];
  const reader = committedRecords((text) => void said.push(text));
  const [broken] = batchesIn(plain(0n, "a"));
  const [whole] = batchesIn(plain(1n, "b"));
  const taken = reader.take([{ ...broken!, codec: 7 }, whole!], 0n);
  assert.equal([taken.records.map(({ value }) => value), taken.next, said.length], [["b"], 2n, 1]);
});
test.run();
