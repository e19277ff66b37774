// Watches a client's sockets from below: which request went to whom, and what came back.
//
// kafkajs tells neither of connections nor of the errors inside a Produce answer. It does let a program make
// its sockets. Each socket made here notes, for every Produce request that passes, the operation on whose
// behalf it was written (the record's value is unique, so the request names its operation), and reads the
// error codes of the answer.

import { Buffer } from "node:buffer";
import net from "node:net";
import { performance } from "node:perf_hooks";

/**
 * One try as it is observed. `value` is the record's value for a Produce request, undefined for what serves
 * all of them.
 */
export interface ObservedAttempt {
  value: string | undefined;
  /** By `performance.now()`. */
  beganAt: number;
  tookMs: number;
  address: string;
  api: "Connect" | (typeof SHARED)[number][1] | "Produce";
  /** Kafka's error code of a Produce answer (0: none), where there was an answer. */
  errorCode?: number;
  partition?: number;
  /** A system code, `TIMEOUT` or `CLOSED`, where there was none. */
  error?: string;
}

export interface WatchOptions {
  onAttempt(attempt: ObservedAttempt): void;
  /** Hears of a Produce request before it is written; one for a record that was given up is refused. */
  mayWrite(value: string, request: Pick<ObservedAttempt, "address" | "beganAt">): boolean;
  /** Closes a connection whose request was not answered for this long; 0 for never. */
  hungAfterMs: number;
}

/**
 * A broker that did not answer is not dialled again for this long, the largest pause of the Java client
 * (reconnect.backoff.max.ms). A frozen broker still accepts connections, and kafkajs asks a broker drawn by
 * chance for metadata: it would draw the frozen one again and again.
 */
const BACKOFF_MS = 1_000;

/** What kafkajs asks a socket factory for. */
interface SocketRequest {
  host: string;
  port: number;
  onConnect(): void;
}

export interface Watch {
  /** To be given to kafkajs as its `socketFactory`. */
  socketFactory(request: SocketRequest): net.Socket;
  /** Closes every socket and refuses to make more. */
  close(): void;
}

const PRODUCE = 0;
/** Requests that every operation may have to wait for, by Kafka's api keys. */
const SHARED = [
  [3, "Metadata"],
  [18, "ApiVersions"],
  [22, "InitProducerId"],
] as const;
const SHARED_NAMES: ReadonlyMap<number, (typeof SHARED)[number][1]> = new Map(SHARED);
/** Join, sync and fetch requests wait on purpose; every other answer comes at once or the broker hangs. */
const WAITS_ON_PURPOSE: ReadonlySet<number> = new Set([1, 11, 14]);

export function watchSockets(options: WatchOptions): Watch {
  const sockets = new Set<net.Socket>();
  const hungAt = new Map<string, number>(); // by address
  let closed = false;

  function dial(host: string, port: number, address: string, onConnect: () => void): net.Socket {
    if (performance.now() - (hungAt.get(address) ?? -Infinity) > BACKOFF_MS)
      return net.connect({ host, port }, onConnect);
    const socket = new net.Socket();
    setImmediate(() =>
      socket.destroy(Object.assign(new Error(`${address} did not answer a moment ago`), { code: "BACKOFF" })),
    );
    return socket;
  }

  return {
    socketFactory({ host, port, onConnect }) {
      if (closed) throw new Error("the probe is closed");
      const address = `${host}:${port}`;
      const beganAt = performance.now();
      const socket = dial(host, port, address, onConnect);
      socket.setKeepAlive(true, 60_000);
      socket.setNoDelay(true);
      sockets.add(socket);
      let connected = false;
      socket.once("connect", () => {
        connected = true;
        options.onAttempt({
          value: undefined,
          beganAt,
          tookMs: performance.now() - beganAt,
          address,
          api: "Connect",
        });
      });
      socket.once("error", (e: NodeJS.ErrnoException) => {
        if (!connected)
          options.onAttempt({
            value: undefined,
            beganAt,
            tookMs: performance.now() - beganAt,
            address,
            api: "Connect",
            error: e.code ?? e.message,
          });
      });
      socket.once("close", () => sockets.delete(socket));
      watchRequests(socket, address, options, () => hungAt.set(address, performance.now()));
      return socket;
    },
    close() {
      closed = true;
      for (const socket of sockets) {
        socket.on("error", () => {});
        socket.destroy(new Error("the probe was closed"));
      }
    },
  };
}

interface Pending {
  value: string | undefined;
  sentAt: number;
  /**
   * Undefined for a request that tells nobody anything, such as one that holds records whose operation cannot
   * be told.
   */
  api: ObservedAttempt["api"] | undefined;
}

function watchRequests(socket: net.Socket, address: string, options: WatchOptions, onHung: () => void): void {
  const pending = new Map<number, Pending>(); // by correlation id, oldest first
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  const answers = answerReader((correlation, body) => {
    const one = pending.get(correlation);
    if (one === undefined) return;
    pending.delete(correlation);
    const { value, api, sentAt } = one;
    if (api !== undefined)
      options.onAttempt({
        value,
        beganAt: sentAt,
        tookMs: performance.now() - sentAt,
        address,
        api,
        ...(value === undefined ? {} : produceAnswer(body)),
      });
  });
  socket.write = ((...args: unknown[]): boolean => {
    const chunk = args[0];
    if (Buffer.isBuffer(chunk) && chunk.length >= 12) {
      const api = chunk.readInt16BE(4);
      const produced = api === PRODUCE ? producedValue(chunk) : undefined;
      const answered = produced === undefined || produced.acks !== 0;
      const sentAt = performance.now();
      if (produced?.value !== undefined && !options.mayWrite(produced.value, { address, beganAt: sentAt }))
        throw new TypeError("the record was given up"); // kafkajs does not retry after a TypeError
      if (!answered)
        options.onAttempt({ value: produced?.value, beganAt: sentAt, tookMs: 0, address, api: "Produce" });
      else if (!WAITS_ON_PURPOSE.has(api))
        pending.set(chunk.readInt32BE(8), {
          value: produced?.value,
          sentAt,
          api: produced?.value === undefined ? SHARED_NAMES.get(api) : "Produce",
        });
    }
    return write(...args);
  }) as typeof socket.write;
  socket.prependListener("data", answers);

  const timer =
    options.hungAfterMs === 0
      ? undefined
      : setInterval(
          () => {
            const [oldest] = pending.values();
            if (oldest !== undefined && performance.now() - oldest.sentAt > options.hungAfterMs) {
              onHung();
              socket.destroy(
                Object.assign(new Error(`no answer from ${address} within ${options.hungAfterMs} ms`), {
                  code: "TIMEOUT",
                }),
              );
            }
          },
          Math.min(100, Math.max(10, options.hungAfterMs / 10)),
        );
  timer?.unref();

  let reason = "CLOSED";
  socket.once("error", (e: NodeJS.ErrnoException) => (reason = e.code ?? "CLOSED"));
  socket.once("close", () => {
    clearInterval(timer);
    for (const { value, sentAt, api } of pending.values()) {
      if (api !== undefined)
        options.onAttempt({
          value,
          beganAt: sentAt,
          tookMs: performance.now() - sentAt,
          address,
          api,
          error: reason,
        });
    }
    pending.clear();
  });
}

/** Cuts a stream of answers at their size fields. */
function answerReader(onAnswer: (correlation: number, body: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer | undefined;
  return (chunk) => {
    let data = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    while (data.length >= 4) {
      const size = 4 + data.readInt32BE(0);
      if (data.length < size) break;
      onAnswer(data.readInt32BE(4), data.subarray(8, size));
      data = data.subarray(size);
    }
    rest = data.length === 0 ? undefined : data;
  };
}

/**
 * Reads the first topic's first partition of a Produce answer, v3 to v7: responses [topic, [partition, error
 * code, …]].
 */
export function produceAnswer(body: Buffer): { errorCode?: number; partition?: number } {
  if (body.length < 20 || body.readInt32BE(0) < 1) return {};
  const partitions = 6 + body.readInt16BE(4);
  if (body.length < partitions + 10 || body.readInt32BE(partitions) < 1) return {};
  return { partition: body.readInt32BE(partitions + 4), errorCode: body.readInt16BE(partitions + 8) };
}

/**
 * Reads the acks and the value of the first record of a Produce request, v3 to v7 with a record batch of
 * magic 2 (the layout is in ProduceRequest.json and DefaultRecordBatch.java); undefined where it is
 * compressed or laid out otherwise.
 */
export function producedValue(request: Buffer): { acks: number; value: string | undefined } | undefined {
  let at = 12;
  const text = (): void => {
    const size = request.readInt16BE(at);
    at += 2 + Math.max(size, 0);
  };
  text(); // client id
  text(); // transactional id
  const acks = request.readInt16BE(at);
  at += 2 + 4 + 4; // acks, timeout, number of topics
  text(); // topic
  at += 4 + 4 + 4; // number of partitions, partition, size of the records
  const magic = request.readInt8(at + 16);
  const attributes = request.readInt16BE(at + 21);
  if (magic !== 2 || (attributes & 7) !== 0) return { acks, value: undefined };
  at += 61; // the batch header
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = request.readUInt8(at++);
      value |= (byte & 127) << shift;
      if (byte < 128) return (value >>> 1) ^ -(value & 1);
    }
  };
  varint(); // length of the record
  at += 1; // its attributes
  varint(); // timestamp
  varint(); // offset
  const keySize = varint();
  at += Math.max(keySize, 0);
  const size = varint();
  return { acks, value: size < 0 ? undefined : request.toString("utf8", at, at + size) };
}
