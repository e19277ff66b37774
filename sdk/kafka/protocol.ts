// The layouts of the few Kafka messages that the lab reads and writes itself, as Kafka's own message
// definitions give them (clients/src/main/resources/common/message/*.json): pure functions between bytes and
// values.

import { Buffer } from "node:buffer";

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

/** What a broker says of the cluster's features (KIP-584), of which metadata.version is one. */
export interface FeaturesAnswer {
  /** By name, the levels that the broker can work with. */
  supported: ReadonlyMap<string, { min: number; max: number }>;
  /** By name, the level that the metadata log gives. */
  finalized: ReadonlyMap<string, number>;
}

export interface FetchAnswer {
  errorCode: number;
  records: { offset: bigint; value: string }[];
  /** Where to go on. */
  next: bigint;
}

export function encodeMetadata(topics: readonly string[] | null): Buffer {
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

export function encodeListOffsets(topic: string, partition: number, timestamp: bigint): Buffer {
  return Buffer.concat([
    fields([4, -1], [4, 1]),
    sized(topic),
    fields([4, 1], [4, partition], [8, timestamp]),
  ]);
}

export function encodeFetch(topic: string, partition: number, offset: bigint): Buffer {
  const maxBytes = 4 << 20;
  // replica id, max wait, min bytes, max bytes, read uncommitted, one topic; then one partition
  return Buffer.concat([
    fields([4, -1], [4, 500], [4, 1], [4, maxBytes], [1, 0], [4, 1]),
    sized(topic),
    fields([4, 1], [4, partition], [8, offset], [4, maxBytes]),
  ]);
}

export function decodeOffset(body: Buffer): { errorCode: number; offset: bigint } {
  const read = reader(body);
  read.i32();
  read.text();
  read.i32();
  read.i32();
  const errorCode = read.i16();
  read.skip(8); // timestamp
  return { errorCode, offset: read.i64() };
}

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
    if ((attributes & 7) !== 0)
      throw new Error("compressed records: the lab reads back only what its probes wrote");
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

/**
 * InitProducerId v0 without a transaction: a null transactional id and a timeout that does not matter then.
 */
export const INIT_PRODUCER_BODY: Buffer = Buffer.from([255, 255, 0, 0, 234, 96]);

/** topics[1] { "__cluster_metadata", partitions[1] { 0 } }, in the compact form of KIP-482. */
export const QUORUM_BODY: Buffer = Buffer.concat([
  Buffer.from([2, 19]),
  Buffer.from("__cluster_metadata"),
  Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]),
]);

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

/** ApiVersions v3: client software name and version, in the compact form of KIP-482. */
export const FEATURES_BODY: Buffer = Buffer.concat([
  Buffer.from([4]),
  Buffer.from("lab"),
  Buffer.from([2]),
  Buffer.from("0"),
  Buffer.from([0]),
]);

/**
 * The features are among the tags at the end: 0 what is supported, 2 what is finalized
 * (ApiVersionsResponse.json).
 */
export function decodeFeatures(body: Buffer): FeaturesAnswer {
  const read = reader(body);
  read.i16(); // error code
  read.compact(() => {
    read.skip(6); // api key, first and last version
    read.tags();
  });
  read.i32(); // throttle time
  const tagged = read.tags();
  const levels = (tag: number): [name: string, first: number, second: number][] => {
    const bytes = tagged.get(tag);
    if (bytes === undefined) return [];
    const one = reader(bytes);
    return one.compact(() => {
      const level: [string, number, number] = [one.compactText() ?? "", one.i16(), one.i16()];
      one.tags();
      return level;
    });
  };
  return {
    supported: new Map(levels(0).map(([name, min, max]) => [name, { min, max }])),
    finalized: new Map(levels(2).map(([name, max]) => [name, max])),
  };
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
  const tags = (): Map<number, Buffer> => {
    const found = new Map<number, Buffer>();
    for (let left = varint(); left > 0; left--) {
      const tag = varint();
      const size = varint();
      found.set(tag, body.subarray(at, (at += size)));
    }
    return found;
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
