// What of a partition's batches a consumer is given: a case a line.

import type { Buffer } from "node:buffer";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { batchesIn } from "../../sdk/kafka/protocol/mod.ts";
import { partitionLog, type PartitionLogOptions } from "../../sdk/client/partition-log.ts";
import { batch, marker, records, plain, sent } from "./kafka/batch.ts";

type Read = ReturnType<ReturnType<typeof partitionLog>["result"]>;

function read(
  batches: readonly Buffer[],
  options: Partial<PartitionLogOptions> = {},
): Read & { next: bigint } {
  const log = partitionLog({ partition: 0, from: 0n, to: 100n, ...options });
  for (const bytes of batches) for (const one of batchesIn(bytes)) log.take(one);
  return { ...log.result(), next: log.next() };
}

const row = (offset: number, value: string): unknown => ({ partition: 0, offset: String(offset), value });

const uncommitted = (offset: number, value: string, transaction: "aborted" | "open"): unknown => ({
  ...(row(offset, value) as object),
  transaction,
});

const cases: [what: string, batches: Buffer[], options: Partial<PartitionLogOptions>, expected: object][] = [
  ["nothing", [], {}, { records: [], next: 0n }],
  ["plain records", [plain(0n, "a", "b")], {}, { records: [row(0, "a"), row(1, "b")], next: 2n }],
  [
    "a batch that begins before, and ends beyond",
    [plain(0n, "a", "b", "c")],
    { from: 1n, to: 2n },
    { records: [row(1, "b")], next: 2n },
  ],
  [
    "a tombstone",
    [plain(0n, null)],
    {},
    { records: [{ ...(row(0, "") as object), tombstone: true }], next: 1n },
  ],
  [
    "a transaction that was committed, in the order of the log",
    [sent(7n, 0n, "t"), plain(1n, "a"), marker(2n, 7n, "commit")],
    {},
    { records: [row(0, "t"), row(1, "a")], next: 3n },
  ],
  [
    "a transaction that was aborted, and the next of the same producer",
    [sent(7n, 0n, "t", "u"), marker(2n, 7n, "abort"), sent(7n, 3n, "v"), marker(4n, 7n, "commit")],
    {},
    {
      records: [row(3, "v")],
      uncommitted: [uncommitted(0, "t", "aborted"), uncommitted(1, "u", "aborted")],
      aborted: 2,
      next: 5n,
    },
  ],
  [
    "two open transactions: the records behind them are there",
    [plain(0n, "a"), sent(7n, 1n, "t"), sent(8n, 2n, "u"), plain(3n, "b")],
    {},
    {
      records: [row(0, "a"), row(3, "b")],
      uncommitted: [uncommitted(1, "t", "open"), uncommitted(2, "u", "open")],
      open: { from: "1", records: 2 },
      next: 4n,
    },
  ],
  [
    "a marker of another producer",
    [sent(7n, 0n, "t"), marker(1n, 8n, "abort")],
    {},
    {
      records: [],
      uncommitted: [uncommitted(0, "t", "open")],
      open: { from: "0", records: 1 },
      next: 2n,
    },
  ],
  [
    "what compaction left: within a batch, between batches, and at the end of one",
    [
      batch({ first: 0n, count: 2, lastDelta: 4, body: records([1, "b"], [3, "d"]) }),
      plain(7n, "h"),
      batch({ first: 8n, count: 0, lastDelta: 1, body: records() }),
    ],
    {},
    {
      records: [row(1, "b"), row(3, "d"), row(7, "h")],
      compacted: [
        { from: "0", to: "1" },
        { from: "2", to: "3" },
        { from: "4", to: "7" },
        { from: "8", to: "10" },
      ],
      next: 10n,
    },
  ],
  [
    "a gap before a marker",
    [plain(0n, "a"), marker(3n, 7n, "commit")],
    {},
    { records: [row(0, "a")], compacted: [{ from: "1", to: "3" }], next: 4n },
  ],
  [
    "a record from before the run",
    [plain(0n, "a")],
    { since: 1001 },
    { records: [{ ...(row(0, "a") as object), foreign: true }], next: 1n },
  ],
  [
    "a broker's own time, which is by another clock",
    [batch({ first: 0n, count: 1, isAppendTime: true, body: records([0, "a"]) })],
    { since: 5000 },
    { records: [row(0, "a")], next: 1n },
  ],
];
for (const [what, batches, options, expected] of cases)
  test(`partitionLog() reads ${what}`, () => assert.equal(read(batches, options), expected));

test("partitionLog() keeps at most 1,000 compacted ranges, which cover all that is missing", () => {
  const deltas = Array.from({ length: 3000 }, (_, n) => [2 * n + 1, "x"] as const);
  const { compacted = [] } = read(
    [batch({ first: 0n, count: deltas.length, lastDelta: 5999, body: records(...deltas) })],
    { to: 6000n },
  );
  assert.is(compacted.length, 1000);
  assert.equal(compacted.at(-1), { from: "1998", to: "5999" });
});

test.run();
