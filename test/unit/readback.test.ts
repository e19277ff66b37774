// The reading back against a listener that answers as a broker does: what it reports, and how soon.

import { Buffer } from "node:buffer";
import net, { type AddressInfo } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readBack, type Readback } from "../../sdk/client/readback.ts";
import { requestHead } from "../../sdk/kafka/frames.ts";
import { compactSized, fields, sized, varint } from "../../sdk/kafka/protocol/bytes.ts";
import { batch, records } from "./kafka/batch.ts";

const [FETCH, LIST_OFFSETS, METADATA] = [1, 2, 3];

/** What the broker says; functions are asked at each request, with how often it was asked before. */
interface Broker {
  topicError?: number;
  leader?: number;
  /** A topic's id is 16 times this byte. */
  topicId?: number;
  logStart?(nth: number): bigint;
  highWatermark?: bigint;
  /** The offset for a time. */
  atTime?: bigint;
  fetch?(nth: number): { error?: number; records?: Buffer };
}

function metadataBody({ port, broker }: { port: number; broker: Broker }): Buffer {
  const { topicError = 0, leader = 1, topicId = 7 } = broker;
  const partition = [fields([2, 0], [4, 0], [4, leader], [4, 0]), varint(1), varint(1), varint(1), varint(0)];
  return Buffer.concat([
    ...[varint(0), fields([4, 0]), varint(2), fields([4, 1]), compactSized("127.0.0.1"), fields([4, port])],
    ...[compactSized(null), varint(0), compactSized(null), fields([4, 1]), varint(2)],
    ...[fields([2, topicError]), compactSized("orders"), Buffer.alloc(16, topicId), fields([1, 0])],
    ...(topicError === 0 ? [varint(2), ...partition] : [varint(1)]),
    ...[fields([4, 0]), varint(0), fields([4, 0]), varint(0)],
  ]);
}

const offsetBody = (offset: bigint): Buffer =>
  Buffer.concat([fields([4, 1]), sized("orders"), fields([4, 1], [4, 0], [2, 0], [8, 0n], [8, offset])]);

function fetchBody({
  error = 0,
  records: bytes = Buffer.alloc(0),
}: {
  error?: number;
  records?: Buffer;
}): Buffer {
  return Buffer.concat([
    ...[fields([4, 0], [2, 0], [4, 0], [4, 1]), sized("orders"), fields([4, 1], [4, 0], [2, error])],
    ...[fields([8, 0n], [8, 0n], [8, 0n], [4, -1], [4, bytes.length]), bytes],
  ]);
}

/** Listens as a broker until `use` has ended. */
async function withBroker<T>(broker: Broker, use: (address: string) => Promise<T>): Promise<T> {
  const asked = new Map<string, number>();
  const nth = (what: string): number => {
    const before = asked.get(what) ?? 0;
    asked.set(what, before + 1);
    return before;
  };
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (request: Buffer) => {
      const { api, correlation } = requestHead(request);
      const body = answer(api, request);
      socket.write(Buffer.concat([fields([4, 4 + body.length], [4, correlation]), body]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const answer = (api: number, request: Buffer): Buffer => {
    if (api === METADATA) return metadataBody({ port, broker });
    if (api === FETCH) return fetchBody(broker.fetch?.(nth("fetch")) ?? {});
    assert.is(api, LIST_OFFSETS);
    const time = request.readBigInt64BE(request.length - 8);
    if (time === -2n) return offsetBody(broker.logStart?.(nth("start")) ?? 0n);
    return offsetBody(time === -1n ? (broker.highWatermark ?? 2n) : (broker.atTime ?? 0n));
  };
  try {
    return await use(`127.0.0.1:${port}`);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

const read = (broker: Broker, options: Partial<Parameters<typeof readBack>[2]> = {}): Promise<Readback> =>
  withBroker(broker, (address) => readBack("orders", [address], { timeoutMs: 10_000, ...options }));

const two = batch({ first: 0n, count: 2, body: records([0, "a"], [1, "b"]) });
const from = (first: bigint): Buffer => batch({ first, count: 1, body: records([0, `at ${first}`]) });
function old(): Buffer {
  const bytes = Buffer.from(two);
  bytes.writeInt8(1, 16);
  return bytes;
}

test("readBack() reads to the high watermark, and tells the topic's id", async () =>
  assert.equal(await read({ fetch: () => ({ records: two }) }), {
    topicId: "07070707-0707-0707-0707-070707070707",
    partitions: [{ partition: 0, from: "0", to: "2", complete: true }],
    records: [
      { partition: 0, offset: "0", value: "a" },
      { partition: 0, offset: "1", value: "b" },
    ],
  }));

for (const [what, broker, reason] of [
  [
    "a codec that nobody knows",
    { fetch: () => ({ records: batch({ first: 0n, count: 2, codec: 6, body: records() }) }) },
    "UNREADABLE",
  ],
  ["a message format before 0.11", { fetch: () => ({ records: old() }) }, "UNREADABLE"],
  ["a partition that it may not read", { fetch: () => ({ error: 29 }) }, "NOT_AUTHORIZED"],
] as [string, Broker, string][])
  test(`readBack() reports ${what} at once`, async () => {
    const began = performance.now();
    const { partitions } = await read(broker, { timeoutMs: 60_000 });
    assert.equal(
      partitions.map(({ complete, error: _, ...row }) => [complete, row.reason]),
      [[false, reason]],
    );
    assert.ok(performance.now() - began < 5_000);
  });

test("readBack() reports a topic that it may not see at once, and one that is gone after some seconds", async () => {
  const began = performance.now();
  assert.is((await read({ topicError: 29 }, { timeoutMs: 60_000 })).reason, "NOT_AUTHORIZED");
  assert.ok(performance.now() - began < 1_500);
  assert.is((await read({ topicError: 3 }, { timeoutMs: 60_000 })).reason, "NO_TOPIC");
  assert.ok(performance.now() - began < 15_000);
});

test("readBack() tries a partition without a leader until the time ends, and tells its trouble once", async () => {
  const troubles: string[] = [];
  const { partitions } = await read(
    { leader: -1 },
    { timeoutMs: 600, onTrouble: (what) => troubles.push(what) },
  );
  assert.equal([partitions[0]?.reason, troubles], ["NO_LEADER", ["orders-0: LEADER_NOT_AVAILABLE"]]);
});

test("readBack() reports that no broker answers", async () => {
  const { partitions, reason } = await readBack("orders", ["127.0.0.1:1"], { timeoutMs: 300 });
  assert.equal([partitions, reason], [[], "NO_BROKER"]);
});

test("readBack() begins anew where the log's beginning was removed while it read", async () => {
  const { partitions, records: found } = await read({
    logStart: (nth) => (nth === 0 ? 0n : 3n),
    highWatermark: 4n,
    fetch: (nth) => (nth === 0 ? { error: 1 } : { records: from(3n) }),
  });
  assert.equal(partitions, [{ partition: 0, from: "3", to: "4", complete: true }]);
  assert.equal(found, [{ partition: 0, offset: "3", value: "at 3" }]);
});

for (const [what, atTime, notAfter, begins] of [
  ["a later record than the run's start", 7n, [], "7"],
  ["an acknowledged record before it", 7n, [[0, 6n]], "6"],
  ["no record as late as the run", -1n, [], "9"],
  ["a time before the log's beginning", 1n, [], "2"],
] as [string, bigint, [number, bigint][], string][])
  test(`readBack() since the run's start begins at offset ${begins} with ${what}`, async () => {
    const { partitions } = await read(
      {
        ...{ atTime, logStart: () => 2n, highWatermark: 9n },
        fetch: () => ({
          records: batch({ first: BigInt(begins), count: 1, lastDelta: 6, body: records([0, "x"]) }),
        }),
      },
      { since: new Date(0), notAfter: new Map(notAfter) },
    );
    const { from: first, logStart, complete } = partitions[0]!;
    assert.equal([first, logStart ?? first, complete], [begins, "2", true]);
  });

test.run();
