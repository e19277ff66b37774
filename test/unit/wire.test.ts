import { Buffer } from "node:buffer";
import net, { type AddressInfo } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeFeatures, decodeFetch, decodeMetadata, decodeQuorum } from "../../sdk/kafka/protocol/mod.ts";
import { openWire } from "../../sdk/kafka/connection.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ""), "hex");

test("decodeMetadata() keeps a partition without a leader beside one that has one", () => {
  const body = hex(`00000000
    00000001 00000002 0001 61 00002384 ffff
    ffff 00000002
    00000001 0000 0001 74 00
    00000002
      0000 00000000 00000002 00000007 00000002 00000002 00000001 00000001 00000002 00000001 00000001
      0005 00000001 ffffffff 00000003 00000001 00000001 00000001 00000001 00000001 00000001`);
  assert.equal(decodeMetadata(body), {
    brokers: [{ nodeId: 2, host: "a", port: 9092 }],
    topics: [
      {
        topic: "t",
        errorCode: 0,
        partitions: [
          { errorCode: 0, partition: 0, leader: 2, leaderEpoch: 7, replicas: [2, 1], isr: [2], offline: [1] },
          { errorCode: 5, partition: 1, leader: -1, leaderEpoch: 3, replicas: [1], isr: [1], offline: [1] },
        ],
      },
    ],
  });
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

/**
 * One batch of magic 2 with records at offsets 10 and 11, values "a" and "bc"; the second has a key and a
 * header.
 */
const RECORDS = "0e 00 00 00 01 02 61 00" + "18 00 00 02 02 6b 04 6263 02 02 68 00";
const BATCH =
  `000000000000000a ${"0000004b"} 00000000 02 00000000 0000 00000001 0000000000000000 ` +
  "0000000000000000 ffffffffffffffff ffff ffffffff 00000002";
test("decodeFetch() reads values, without keys, headers and what lies before the offset", () => {
  const records = hex(`${BATCH}${RECORDS}`);
  records.writeInt32BE(records.length - 12, 8);
  const size = Buffer.alloc(4);
  size.writeInt32BE(records.length);
  const body = Buffer.concat([
    hex("00000000 00000001 0001 74 00000001 00000000 0000 000000000000000c 000000000000000c ffffffff"),
    size,
    records,
  ]);
  assert.equal(decodeFetch(body, 10n), {
    errorCode: 0,
    records: [
      { offset: 10n, value: "a" },
      { offset: 11n, value: "bc" },
    ],
    next: 12n,
  });
  assert.equal(decodeFetch(body, 11n).records, [{ offset: 11n, value: "bc" }]);
});

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
  for (let i = 0; i < 2; i++)
    assert.is(((await wire.metadata(null, 50).catch((e: Error) => e)) as Error).message, "TIMEOUT");
  assert.is(connections, 2);
  wire.close();
  silent.close();
});
test("openWire() rejects with the system's code where nobody listens", async () => {
  const gone = await server(() => {});
  gone.close();
  const wire = openWire(gone.address);
  assert.is(((await wire.quorum(500).catch((e: Error) => e)) as Error).message, "ECONNREFUSED");
  wire.close();
});
test("openWire() puts an answer together that comes in pieces", async () => {
  const answer = hex("0000002a 00000001 00000000 00000000 ffff 00000002 00000001 0003 0001 74 00 00000000");
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
    topics: [{ topic: "t", errorCode: 3, partitions: [] }],
  });
  wire.close();
  slow.close();
});
test.run();
