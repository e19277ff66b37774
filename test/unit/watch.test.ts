import { Buffer } from "node:buffer";
import net, { type AddressInfo } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { errorName, wasRefused } from "../../sdk/kafka/error-codes.ts";
import { produceAnswer, producedValue } from "../../sdk/kafka/protocol/mod.ts";
import { type ObservedAttempt, watchSockets } from "../../sdk/client/watch.ts";

/**
 * A Produce request as kafkajs 2.2.4 writes it: v7, acks -1, topic my_topic, one record with the value
 * probe-1.
 */
const PRODUCE = Buffer.from(
  "0000007c0000000700000007000570726f6265ffffffff000013880000000100086d795f746f70696300" +
    "000001000000000000004b00000000000000000000003f0000000002e45886e3000000000000000001a2" +
    "0b07182c000001a20b07182cffffffffffffffff000000000000000000011a000000010e70726f62652d" +
    "3100",
  "hex",
);

test("producedValue() finds acks and the value of a request", () =>
  assert.equal(producedValue(PRODUCE), { acks: -1, value: "probe-1" }));
test("producedValue() finds no value in a compressed batch", () => {
  const gzip = Buffer.from(PRODUCE);
  gzip.writeInt16BE(1, 74);
  assert.equal(producedValue(gzip), { acks: -1, value: undefined });
});
test("produceAnswer() reads the error code of the first partition", () => {
  assert.equal(
    produceAnswer(Buffer.from("00000001000174000000010000000200060000000000000000ffffffffffffffff", "hex")),
    { partition: 2, errorCode: 6 },
  );
});
test("produceAnswer() makes nothing of an answer that is too short", () =>
  assert.equal(produceAnswer(Buffer.alloc(4)), {}));

for (const [error, acks, refused] of [
  ["NOT_ENOUGH_REPLICAS", -1, true],
  ["NOT_ENOUGH_REPLICAS_AFTER_APPEND", -1, false],
  ["NOT_LEADER_OR_FOLLOWER", -1, false],
  ["NOT_LEADER_OR_FOLLOWER", 1, true],
  ["REQUEST_TIMED_OUT", -1, false],
  ["ECONNRESET", 1, false],
] as const) {
  test(`wasRefused(): ${error} with acks ${acks} is ${refused ? "not" : "possibly"} appended`, () =>
    assert.is(wasRefused(error, acks), refused));
}
test("errorName() names a code that it does not know by number", () =>
  assert.equal([errorName(6), errorName(999)], ["NOT_LEADER_OR_FOLLOWER", "ERROR_999"]));

/** A broker that does with each request what the test says. */
async function broker(
  onRequest: (socket: net.Socket, request: Buffer) => void,
): Promise<{ port: number; close(): void }> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("data", (chunk) => onRequest(socket, chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function watchAttempts(
  onRequest: (socket: net.Socket, request: Buffer) => void,
  hungAfterMs = 0,
  mayWrite = true,
): Promise<{ attempts: ObservedAttempt[]; thrown: unknown }> {
  const one = await broker(onRequest);
  const attempts: ObservedAttempt[] = [];
  let thrown: unknown;
  let onNext: (() => void) | undefined;
  const watch = watchSockets({
    onAttempt: (t) => (attempts.push(t), onNext?.()),
    mayWrite: () => mayWrite,
    hungAfterMs,
  });
  await new Promise<void>((resolve) => {
    const socket = watch.socketFactory({ host: "127.0.0.1", port: one.port, onConnect() {} });
    socket.on("error", () => {}).on("data", () => {}); // as kafkajs does
    socket.once("connect", () => {
      try {
        socket.write(PRODUCE);
      } catch (error) {
        thrown = error;
        resolve();
      }
    });
    onNext = () => attempts.some(({ api }) => api === "Produce") && resolve();
  });
  watch.close();
  one.close();
  return { attempts, thrown };
}

test("watchSockets() tells of an answered request with Kafka's error code", async () => {
  const answer = Buffer.from(
    "0000001d00000007000000010008" +
      "6d795f746f706963" +
      "00000001" +
      "00000000" +
      "0006" +
      "0000000000000000",
    "hex",
  );
  answer.writeInt32BE(answer.length - 4, 0);
  const { attempts } = await watchAttempts((socket) => socket.write(answer));
  assert.equal(
    attempts.map(({ api, value, errorCode, error }) => ({ api, value, errorCode, error })),
    [
      { api: "Connect", value: undefined, errorCode: undefined, error: undefined },
      { api: "Produce", value: "probe-1", errorCode: 6, error: undefined },
    ],
  );
});
test("watchSockets() tells of a request whose connection broke", async () => {
  const { attempts } = await watchAttempts((socket) => socket.destroy());
  assert.is(attempts.at(-1)!.error, "CLOSED");
});
test("watchSockets() closes a connection that does not answer, and says TIMEOUT", async () => {
  const { attempts } = await watchAttempts(() => {}, 60);
  assert.is(attempts.at(-1)!.error, "TIMEOUT");
  assert.ok(attempts.at(-1)!.tookMs >= 60, `after ${attempts.at(-1)!.tookMs} ms`);
});
test("watchSockets() does not dial a broker at once that did not answer, and dials the others", async () => {
  const [hung, other] = [await broker(() => {}), await broker(() => {})];
  const watch = watchSockets({ onAttempt() {}, mayWrite: () => true, hungAfterMs: 60 });
  const dial = ({ port }: { port: number }): Promise<string> =>
    new Promise((resolve) => {
      const socket = watch.socketFactory({
        host: "127.0.0.1",
        port,
        onConnect: () => (resolve("connected"), socket.write(PRODUCE)),
      });
      socket
        .on("data", () => {})
        .on("error", ({ code }: NodeJS.ErrnoException) => resolve(code!))
        .once("close", () => over.get(port)?.());
    });
  const over = new Map<number, () => void>();
  const closed = new Promise<void>((resolve) => over.set(hung.port, resolve));
  assert.is(await dial(hung), "connected");
  await closed;
  assert.equal([await dial(hung), await dial(other)], ["BACKOFF", "connected"]);
  watch.close();
  hung.close();
  other.close();
});
test("watchSockets() refuses to write a record that was given up", async () => {
  const { thrown, attempts } = await watchAttempts(() => {}, 0, false);
  assert.instance(thrown, TypeError);
  assert.is(attempts.filter(({ api }) => api === "Produce").length, 0);
});
test("watchSockets() makes no socket once it is closed", () => {
  const watch = watchSockets({ onAttempt() {}, mayWrite: () => true, hungAfterMs: 0 });
  watch.close();
  assert.throws(() => watch.socketFactory({ host: "127.0.0.1", port: 1, onConnect() {} }), /closed/);
});
test.run();
