import { Buffer } from "node:buffer";
import net, { type AddressInfo } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  batchesIn,
  decodeFeatures,
  decodeFetch,
  decodeMetadata,
  decodeQuorum,
  metadataRequest,
  recordsOf,
} from "../../sdk/kafka/protocol/mod.ts";
import { until } from "../live/outside.ts";
import { openWire } from "../../sdk/kafka/connection.ts";
import { UnreadableRecords } from "../../sdk/kafka/unreadable.ts";
import { batch } from "./kafka/batch.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ""), "hex");

test("decodeMetadata() reads topic ids, and keeps a partition without a leader beside one that has one", () => {
  const body = hex(`00 00000000
    02 00000001 02 61 00002384 00 00
    00 00000002
    03 0000 02 74 0011223344556677 8899aabbccddeeff 00
    03
      0000 00000000 00000002 00000007 03 00000002 00000001 02 00000002 02 00000001 00
      0005 00000001 ffffffff 00000003 02 00000001 02 00000001 02 00000001 00
    80000000 00
    0003 02 75 0000000000000000 0000000000000000 00 01 80000000 00
    80000000 00`);
  assert.equal(decodeMetadata(body), {
    brokers: [{ nodeId: 1, host: "a", port: 9092 }],
    topics: [
      {
        topic: "t",
        topicId: "00112233-4455-6677-8899-aabbccddeeff",
        errorCode: 0,
        partitions: [
          { errorCode: 0, partition: 0, leader: 2, leaderEpoch: 7, replicas: [2, 1], isr: [2], offline: [1] },
          { errorCode: 5, partition: 1, leader: -1, leaderEpoch: 3, replicas: [1], isr: [1], offline: [1] },
        ],
      },
      { topic: "u", topicId: null, errorCode: 3, partitions: [] },
    ],
  });
});
test("metadataRequest() asks for topics by name, and for all of them with null", () => {
  const noId = "00".repeat(16);
  assert.equal(metadataRequest(["t", "uv"]).body, hex(`03 ${noId} 02 74 00 ${noId} 03 7576 00 000000 00`));
  assert.equal(metadataRequest(null).body, hex("00 000000 00"));
});

const REPLICA = (id: string): string => `${id} 0000000000000001 0000000000000002 0000000000000003 00`;
test("decodeQuorum() reads the leader, its epoch and the voters, not the observers", () => {
  const body = hex(
    "00 0000 02 02 61 02 00000000 0000 00000003 00000009 0000000000000005 03 " +
      `${REPLICA("00000001")} ${REPLICA("00000003")} 02 ${REPLICA("00000007")} 00 00 00`,
  );
  assert.equal(decodeQuorum(body), { errorCode: 0, leaderId: 3, leaderEpoch: 9, voters: [1, 3] });
});
test("decodeQuorum() reports the refusal of a voter that does not lead", () => {
  const body = hex("00 0000 02 02 61 02 00000000 0006 00000000 00000000 0000000000000000 01 01 00 00 00");
  assert.is(decodeQuorum(body).errorCode, 6);
});

test("decodeFeatures() reads supported and finalized levels from an ApiVersions answer's tags", () => {
  const name = Buffer.from("metadata.version").toString("hex");
  const level = (first: string, second: string): string => `02 11 ${name} ${first} ${second} 00`;
  const body = hex(`0000 03 0000 0003 0009 00 0012 0000 0003 00 00000000
    04 00 17 ${level("0001", "0015")} 01 08 0000000000000005 02 17 ${level("0014", "0014")} 03 01 00`);
  assert.equal(decodeFeatures(body), {
    supported: new Map([["metadata.version", { min: 1, max: 21 }]]),
    finalized: new Map([["metadata.version", 20]]),
  });
});
test("decodeFeatures() of an answer without tags knows of no feature", () => {
  assert.equal(decodeFeatures(hex("0023 01 00000000 00")), { supported: new Map(), finalized: new Map() });
});

/** A Fetch answer with these bytes as records. */
function fetched(records: Buffer, errorCode = "0000"): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(records.length);
  const head = `00000000 0000 00000000 00000001 0001 74 00000001 00000000 ${errorCode}`;
  return Buffer.concat([
    hex(`${head} 000000000000000c 000000000000000c 0000000000000000 ffffffff`),
    size,
    records,
  ]);
}

/** Records at offsets 10 and 11, values "a" and "bc"; the second has a key and a header. */
const RECORDS = hex("0e 00 00 00 01 02 61 00" + "18 00 02 02 02 6b 04 6263 02 02 68 00");

test("decodeFetch() reads batches, and recordsOf() their records", () => {
  const { errorCode, batches } = decodeFetch(fetched(batch({ first: 10n, count: 2, body: RECORDS })));
  assert.equal([errorCode, batches.map(({ first, last }) => [first, last])], [0, [[10n, 11n]]]);
  assert.equal(recordsOf(batches[0]!), [
    { offset: 10n, timestamp: 1000, key: null, value: Buffer.from("a") },
    { offset: 11n, timestamp: 1001, key: Buffer.from("k"), value: Buffer.from("bc") },
  ]);
});
test("decodeFetch() leaves out a batch that is cut off", () => {
  const whole = batch({ first: 10n, count: 2, body: RECORDS });
  const { batches } = decodeFetch(fetched(Buffer.concat([whole, whole.subarray(0, 40)])));
  assert.is(batches.length, 1);
});
test("decodeFetch() reports the error of the partition, and of the request", () => {
  assert.equal(decodeFetch(fetched(Buffer.alloc(0), "0006")), { errorCode: 6, batches: [] });
  assert.equal(decodeFetch(hex("00000000 0046 00000000 00000000")), { errorCode: 70, batches: [] });
});
test("recordsOf() reads a tombstone's value as null", () => {
  const body = hex("0e 00 00 00 02 6b 01 00");
  const [record] = recordsOf(batchesIn(batch({ first: 0n, count: 1, body }))[0]!);
  assert.equal([record?.key, record?.value], [Buffer.from("k"), null]);
});
for (const [what, bytes, reason] of [
  ["a message of Kafka 0.10", withMagic(1), "format"],
  ["a batch without its records", batch({ first: 0n, count: 2, body: RECORDS.subarray(0, 9) }), "corrupt"],
  ["an unknown codec", batch({ first: 0n, count: 1, codec: 5, body: RECORDS }), "codec"],
  ["bytes that are no gzip", batch({ first: 0n, count: 1, codec: 1, body: RECORDS }), "corrupt"],
] as const)
  test(`recordsOf() says of ${what} that it is unreadable: ${reason}`, () => {
    const read = (): unknown => batchesIn(bytes).map((one) => recordsOf(one));
    assert.throws(read, (error: unknown) => error instanceof UnreadableRecords && error.reason === reason);
  });

function withMagic(magic: number): Buffer {
  const bytes = batch({ first: 0n, count: 2, body: RECORDS });
  bytes.writeInt8(magic, 16);
  return bytes;
}

/** Takes connections and does with each what the test says. */
async function server(onSocket: (socket: net.Socket) => void): Promise<{ address: string; close(): void }> {
  const sockets = new Set<net.Socket>();
  const one = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onSocket(socket);
  });
  await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(one.address() as AddressInfo).port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      one.close();
    },
  };
}

test("openWire() rejects with TIMEOUT where nothing answers, and connects again afterwards", async () => {
  let connections = 0;
  const silent = await server(() => connections++);
  const wire = openWire(silent.address);
  try {
    for (let i = 1; i <= 2; i++) {
      assert.is(((await wire.metadata(null, 50).catch((e: Error) => e)) as Error).message, "TIMEOUT");
      await until(`connection ${i} is accepted`, () => connections === i);
    }
  } finally {
    wire.close();
    silent.close();
  }
});
test("openWire() rejects with the system's code where nobody listens", async () => {
  const gone = await server(() => {});
  gone.close();
  const wire = openWire(gone.address);
  assert.is(((await wire.quorum(500).catch((e: Error) => e)) as Error).message, "ECONNREFUSED");
  wire.close();
});
test("openWire() puts an answer together that comes in pieces", async () => {
  const answer = hex(
    `0000002a 00000001 00 00000000 01 00 00000002
     02 0003 02 74 ${"00".repeat(16)} 00 01 80000000 00 80000000 00`,
  );
  answer.writeInt32BE(answer.length - 4, 0);
  const slow = await server((socket) =>
    socket.once("data", () => {
      socket.write(answer.subarray(0, 3));
      setTimeout(() => socket.write(answer.subarray(3, 20)), 5);
      setTimeout(() => socket.write(answer.subarray(20)), 10);
    }),
  );
  const wire = openWire(slow.address);
  assert.equal(await wire.metadata(["t"], 1000), {
    brokers: [],
    topics: [{ topic: "t", topicId: null, errorCode: 3, partitions: [] }],
  });
  wire.close();
  slow.close();
});
test.run();
