// The few Kafka requests that the lab speaks without a client library, because no library tells what they tell.
//
// Metadata (v7, KIP-320): kafkajs throws on the first partition that has no leader, and drops leader epochs; the lab must see both.
// DescribeQuorum (v1, KIP-595): kafkajs does not know it, and the controller id in Metadata is a random broker in KRaft (KIP-590).
// ListOffsets (v1) and Fetch (v4): kafkajs reads only through a consumer group, and a verdict must not depend on a coordinator.

import net from "node:net";

/** A broker's answer to Metadata, with Kafka's node ids. */
export interface MetadataAnswer {
  /** Brokers that the cluster holds for alive (registered and not fenced). */
  brokers: { nodeId: number; host: string; port: number }[];
  topics: { topic: string; errorCode: number; partitions: PartitionAnswer[] }[];
}

export interface PartitionAnswer {
  errorCode: number;
  partition: number;
  /** -1 where there is none. */
  leader: number;
  leaderEpoch: number;
  replicas: number[];
  isr: number[];
  offline: number[];
}

/** The answer to DescribeQuorum for the metadata partition. */
export interface QuorumAnswer {
  errorCode: number;
  /** The active controller's node id, -1 where none is known. */
  leaderId: number;
  leaderEpoch: number;
  voters: number[];
}

/** A connection to one listener that is opened at the first request and again after each failure. */
export interface Wire {
  /** Asks for all topics, or for those named; never creates one. */
  metadata(topics: readonly string[] | null, timeoutMs: number): Promise<MetadataAnswer>;
  quorum(timeoutMs: number): Promise<QuorumAnswer>;
  /** The first offset of a partition and the one after its last readable record. */
  bounds(topic: string, partition: number, timeoutMs: number): Promise<{ errorCode: number; from: bigint; to: bigint }>;
  /** Records from an offset on, at most 4 MiB of them. */
  fetch(topic: string, partition: number, offset: bigint, timeoutMs: number): Promise<FetchAnswer>;
  close(): void;
}

export interface FetchAnswer {
  errorCode: number;
  records: { offset: bigint; value: string }[];
  /** Where to go on. */
  next: bigint;
}

const FETCH = 1;
const LIST_OFFSETS = 2;
const METADATA = 3;
const DESCRIBE_QUORUM = 55;

interface Connection {
  socket: net.Socket;
  /** Requests without an answer, by correlation id. */
  waiting: Map<number, { resolve(body: Buffer): void; reject(error: Error): void }>;
  /** Ends the connection and rejects what waits. */
  fail(code: string): void;
}

/** Opens a wire to `host:port`. Requests reject with an Error whose message names the system's code, `TIMEOUT` or `CLOSED`. */
export function openWire(address: string): Wire {
  const at = address.lastIndexOf(":");
  const port = Number(address.slice(at + 1));
  const host = address.slice(0, at);
  let open: Connection | undefined;
  let correlation = 0;

  function connect(): Connection {
    const socket = net.connect({ host, port, noDelay: true });
    const waiting: Connection["waiting"] = new Map();
    let pending: Buffer = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      while (pending.length >= 4 && pending.length >= 4 + pending.readInt32BE(0)) {
        const size = 4 + pending.readInt32BE(0);
        waiting.get(pending.readInt32BE(4))?.resolve(pending.subarray(8, size));
        pending = pending.subarray(size);
      }
    });
    const fail = (code: string): void => {
      if (open?.socket === socket) open = undefined;
      socket.destroy();
      for (const one of waiting.values()) one.reject(new Error(code));
    };
    socket.unref(); // a request keeps the program alive by its timer
    socket.on("error", (e: NodeJS.ErrnoException) => fail(e.code ?? e.message));
    socket.on("close", () => fail("CLOSED"));
    return { socket, waiting, fail };
  }

  async function ask(api: number, version: number, flexible: boolean, body: Buffer, timeoutMs: number): Promise<Buffer> {
    const id = ++correlation;
    const head = Buffer.alloc(flexible ? 18 : 17); // a flexible header ends with its tags: none
    const clientId = "lab";
    head.writeInt32BE(head.length - 4 + body.length, 0);
    head.writeInt16BE(api, 4);
    head.writeInt16BE(version, 6);
    head.writeInt32BE(id, 8);
    head.writeInt16BE(clientId.length, 12);
    head.write(clientId, 14);
    const { socket, waiting, fail } = (open ??= connect());
    // a broker that hangs answers later or never: the next request gets a connection of its own
    const timer = setTimeout(() => fail("TIMEOUT"), timeoutMs);
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        socket.write(Buffer.concat([head, body]));
      });
    } finally {
      clearTimeout(timer);
      waiting.delete(id);
    }
  }

  return {
    metadata: async (topics, timeoutMs) => decodeMetadata(await ask(METADATA, 7, false, encodeMetadata(topics), timeoutMs)),
    async bounds(topic, partition, timeoutMs) {
      const [earliest, latest] = [-2n, -1n]; // ListOffsetsRequest.java
      const from = decodeOffset(await ask(LIST_OFFSETS, 1, false, encodeListOffsets(topic, partition, earliest), timeoutMs));
      const to = decodeOffset(await ask(LIST_OFFSETS, 1, false, encodeListOffsets(topic, partition, latest), timeoutMs));
      return { errorCode: from.errorCode || to.errorCode, from: from.offset, to: to.offset };
    },
    fetch: async (topic, partition, offset, timeoutMs) => decodeFetch(await ask(FETCH, 4, false, encodeFetch(topic, partition, offset), timeoutMs), offset),
    quorum: async (timeoutMs) => decodeQuorum(await ask(DESCRIBE_QUORUM, 1, true, QUORUM_BODY, timeoutMs)),
    close() {
      open?.fail("CLOSED");
    },
  };
}

function encodeMetadata(topics: readonly string[] | null): Buffer {
  const count = Buffer.alloc(4);
  count.writeInt32BE(topics === null ? -1 : topics.length);
  return Buffer.concat([count, ...(topics ?? []).map(sized), Buffer.from([0])]); // 0: do not create topics
}

function sized(text: string): Buffer {
  const bytes = Buffer.from(text);
  const size = Buffer.alloc(2);
  size.writeInt16BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

/** Fields of 1, 2, 4 and 8 bytes in a row. */
function fields(...all: [bytes: 1 | 2 | 4 | 8, value: number | bigint][]): Buffer {
  const buffer = Buffer.alloc(all.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of all) {
    if (bytes === 8) buffer.writeBigInt64BE(BigInt(value), at);
    else buffer.writeIntBE(Number(value), at, bytes);
    at += bytes;
  }
  return buffer;
}

function encodeListOffsets(topic: string, partition: number, timestamp: bigint): Buffer {
  return Buffer.concat([fields([4, -1], [4, 1]), sized(topic), fields([4, 1], [4, partition], [8, timestamp])]);
}

function encodeFetch(topic: string, partition: number, offset: bigint): Buffer {
  const maxBytes = 4 << 20;
  // replica id, max wait, min bytes, max bytes, read uncommitted, one topic; then one partition
  return Buffer.concat([fields([4, -1], [4, 500], [4, 1], [4, maxBytes], [1, 0], [4, 1]), sized(topic), fields([4, 1], [4, partition], [8, offset], [4, maxBytes])]);
}

function decodeOffset(body: Buffer): { errorCode: number; offset: bigint } {
  const read = reader(body);
  read.i32();
  read.text();
  read.i32();
  read.i32();
  const errorCode = read.i16();
  read.skip(8); // timestamp
  return { errorCode, offset: read.i64() };
}

/** Exported for its test. */
export function decodeFetch(body: Buffer, asked: bigint): FetchAnswer {
  const read = reader(body);
  read.skip(4 + 4); // throttle time, number of topics
  read.text();
  read.skip(4 + 4); // number of partitions, partition
  const errorCode = read.i16();
  read.skip(8 + 8); // high watermark, last stable offset
  read.array(() => read.skip(16)); // aborted transactions
  const size = read.i32();
  const answer: FetchAnswer = { errorCode, records: [], next: asked };
  if (size > 0) decodeBatches(read.bytes(size), answer);
  answer.records = answer.records.filter(({ offset }) => offset >= asked); // a batch is sent whole
  return answer;
}

/** Record batches of magic 2 (DefaultRecordBatch.java); the last one may be cut off. */
function decodeBatches(bytes: Buffer, into: FetchAnswer): void {
  for (let at = 0; at + 61 <= bytes.length; ) {
    const base = bytes.readBigInt64BE(at);
    const end = at + 12 + bytes.readInt32BE(at + 8);
    if (end > bytes.length) return;
    const attributes = bytes.readInt16BE(at + 21);
    if ((attributes & 7) !== 0) throw new Error("compressed records: the lab reads back only what its probes wrote");
    const isControl = (attributes & 32) !== 0;
    const read = reader(bytes.subarray(at + 61, end));
    for (let left = isControl ? 0 : bytes.readInt32BE(at + 57); left > 0; left--) {
      read.zigzag(); // length
      read.i8();
      read.zigzag(); // timestamp
      const offset = base + BigInt(read.zigzag());
      read.skip(Math.max(read.zigzag(), 0)); // key
      const value = read.bytes(Math.max(read.zigzag(), 0)).toString("utf8");
      for (let headers = read.zigzag(); headers > 0; headers--) {
        read.skip(Math.max(read.zigzag(), 0));
        read.skip(Math.max(read.zigzag(), 0));
      }
      into.records.push({ offset, value });
    }
    into.next = base + BigInt(bytes.readInt32BE(at + 23)) + 1n;
    at = end;
  }
}

/** Exported for its test. */
export function decodeMetadata(body: Buffer): MetadataAnswer {
  const read = reader(body);
  read.i32(); // throttle time
  const brokers = read.array(() => {
    const one = { nodeId: read.i32(), host: read.text() ?? "", port: read.i32() };
    read.text(); // rack
    return one;
  });
  read.text(); // cluster id
  read.i32(); // a random broker's id, not the controller's
  const topics = read.array(() => {
    const errorCode = read.i16();
    const topic = read.text() ?? "";
    read.i8(); // internal
    const partitions = read.array(() => ({
      errorCode: read.i16(),
      partition: read.i32(),
      leader: read.i32(),
      leaderEpoch: read.i32(),
      replicas: read.array(read.i32),
      isr: read.array(read.i32),
      offline: read.array(read.i32),
    }));
    return { topic, errorCode, partitions };
  });
  return { brokers, topics };
}

/** topics[1] { "__cluster_metadata", partitions[1] { 0 } }, in the compact form of KIP-482. */
const QUORUM_BODY: Buffer = Buffer.concat([Buffer.from([2, 19]), Buffer.from("__cluster_metadata"), Buffer.from([2, 0, 0, 0, 0, 0, 0, 0])]);

/** Exported for its test. */
export function decodeQuorum(body: Buffer): QuorumAnswer {
  const read = reader(body);
  read.tags();
  const errorCode = read.i16();
  const answers = read.compact(() => {
    read.compactText();
    const partitions = read.compact(() => {
      read.i32();
      const partitionError = read.i16();
      const [leaderId, leaderEpoch] = [read.i32(), read.i32()];
      read.skip(8); // high watermark
      const [voters] = [replicas(), replicas()]; // the second list are the observers
      read.tags();
      return { errorCode: partitionError, leaderId, leaderEpoch, voters: voters ?? [] };
    });
    read.tags();
    return partitions;
  });
  const answer = answers[0]?.[0] ?? { errorCode, leaderId: -1, leaderEpoch: -1, voters: [] };
  return { ...answer, errorCode: errorCode || answer.errorCode };

  function replicas(): number[] {
    return read.compact(() => {
      const id = read.i32();
      read.skip(24); // log end offset, last fetch, last caught up
      read.tags();
      return id;
    });
  }
}

function reader(body: Buffer) {
  let at = 0;
  const i8 = (): number => body.readInt8(at++);
  const i16 = (): number => body.readInt16BE((at += 2) - 2);
  const i32 = (): number => body.readInt32BE((at += 4) - 4);
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = body.readUInt8(at++);
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const many = <T>(count: number, one: () => T): T[] => Array.from({ length: Math.max(count, 0) }, one);
  const string = (size: number): string | null => (size < 0 ? null : body.toString("utf8", at, (at += size)));
  const tags = (): void => {
    for (let left = varint(); left > 0; left--) {
      varint();
      const size = varint();
      at += size;
    }
  };
  return {
    i8,
    i16,
    i32,
    tags,
    i64: (): bigint => body.readBigInt64BE((at += 8) - 8),
    /** A varint in zigzag form, up to 53 bits wide: timestamps may need more than 32. */
    zigzag: (): number => {
      let value = 0;
      for (let factor = 1; ; factor *= 128) {
        const byte = body.readUInt8(at++);
        value += (byte & 127) * factor;
        if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      }
    },
    bytes: (size: number): Buffer => body.subarray(at, (at += size)),
    text: () => string(i16()),
    compactText: () => string(varint() - 1),
    array: <T>(one: () => T): T[] => many(i32(), one),
    compact: <T>(one: () => T): T[] => many(varint() - 1, one),
    skip: (size: number) => {
      at += size;
    },
  };
}
