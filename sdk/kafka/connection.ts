// The few Kafka requests that the lab sends without a client library, because no library exposes their
// answers.
//
// Metadata (v7, KIP-320): kafkajs throws on the first partition that has no leader, and drops leader epochs;
// the lab must see both. DescribeQuorum (v1, KIP-595): kafkajs does not know it, and the controller id in
// Metadata is a random broker in KRaft (KIP-590). ApiVersions (v3, KIP-584): kafkajs asks in an older
// version, whose answer has no features. ListOffsets (v1) and Fetch (v4): kafkajs reads only through a
// consumer group, and a verdict must not depend on a coordinator.

import { Buffer } from "node:buffer";
import net from "node:net";
import { frameReader } from "./frames.ts";
import {
  API_VERSIONS,
  decodeFeatures,
  decodeFetch,
  decodeMetadata,
  decodeOffset,
  decodeQuorum,
  DESCRIBE_QUORUM,
  EARLIEST,
  type FeaturesAnswer,
  type FetchAnswer,
  fetchRequest,
  INIT_PRODUCER_ID,
  type KafkaRequest,
  LATEST,
  listOffsetsRequest,
  type MetadataAnswer,
  metadataRequest,
  type QuorumAnswer,
} from "./protocol/mod.ts";

/** A connection to one listener that is opened at the first request and again after each failure. */
export interface Wire {
  /** Asks for all topics, or for those named; never creates one. */
  metadata(topics: readonly string[] | null, timeoutMs: number): Promise<MetadataAnswer>;
  quorum(timeoutMs: number): Promise<QuorumAnswer>;
  features(timeoutMs: number): Promise<FeaturesAnswer>;
  /** The first offset of a partition and the one after its last readable record. */
  bounds(
    topic: string,
    partition: number,
    timeoutMs: number,
  ): Promise<{ errorCode: number; from: bigint; to: bigint }>;
  /** Records from an offset on, at most 4 MiB of them. */
  fetch(topic: string, partition: number, offset: bigint, timeoutMs: number): Promise<FetchAnswer>;
  /**
   * Takes a producer id, for which the broker takes a block of them from the controller: a record in the
   * metadata log.
   */
  initProducerId(timeoutMs: number): Promise<void>;
  close(): void;
}

interface Connection {
  socket: net.Socket;
  /** Requests without an answer, by correlation id. */
  waiting: Map<number, { resolve(body: Buffer): void; reject(error: Error): void }>;
  /** Ends the connection and rejects what waits. */
  fail(code: string): void;
}

/**
 * Opens a wire to `host:port`. Requests reject with an Error whose message names the system's code, `TIMEOUT`
 * or `CLOSED`.
 */
export function openWire(address: string): Wire {
  let open: Connection | undefined;
  let correlation = 0;
  const ask = async (request: KafkaRequest, timeoutMs: number): Promise<Buffer> => {
    const connection = (open ??= connect(address, (ended) => {
      if (open === ended) open = undefined;
    }));
    return await exchange(connection, ++correlation, request, timeoutMs);
  };
  return {
    metadata: async (topics, timeoutMs) => decodeMetadata(await ask(metadataRequest(topics), timeoutMs)),
    async bounds(topic, partition, timeoutMs) {
      const offset = async (time: bigint): Promise<ReturnType<typeof decodeOffset>> =>
        decodeOffset(await ask(listOffsetsRequest(topic, partition, time), timeoutMs));
      const from = await offset(EARLIEST);
      const to = await offset(LATEST);
      return { errorCode: from.errorCode || to.errorCode, from: from.offset, to: to.offset };
    },
    fetch: async (topic, partition, offset, timeoutMs) =>
      decodeFetch(await ask(fetchRequest(topic, partition, offset), timeoutMs), offset),
    initProducerId: async (timeoutMs) => void (await ask(INIT_PRODUCER_ID, timeoutMs)),
    features: async (timeoutMs) => decodeFeatures(await ask(API_VERSIONS, timeoutMs)),
    quorum: async (timeoutMs) => decodeQuorum(await ask(DESCRIBE_QUORUM, timeoutMs)),
    close: () => open?.fail("CLOSED"),
  };
}

function connect(address: string, onEnd: (ended: Connection) => void): Connection {
  const at = address.lastIndexOf(":");
  const socket = net.connect({
    host: address.slice(0, at),
    port: Number(address.slice(at + 1)),
    noDelay: true,
  });
  const waiting: Connection["waiting"] = new Map();
  const connection: Connection = {
    socket,
    waiting,
    fail(code) {
      onEnd(connection);
      socket.destroy();
      for (const one of waiting.values()) one.reject(new Error(code));
    },
  };
  socket.on(
    "data",
    frameReader((correlation, body) => waiting.get(correlation)?.resolve(body)),
  );
  socket.unref(); // a request keeps the program alive by its timer
  socket.on("error", (e: NodeJS.ErrnoException) => connection.fail(e.code ?? e.message));
  socket.on("close", () => connection.fail("CLOSED"));
  return connection;
}

/** Sends one request and returns the body of its answer. */
async function exchange(
  { socket, waiting, fail }: Connection,
  id: number,
  request: KafkaRequest,
  timeoutMs: number,
): Promise<Buffer> {
  // a broker that hangs answers later or never: the next request gets a connection of its own
  const timer = setTimeout(() => fail("TIMEOUT"), timeoutMs);
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      socket.write(Buffer.concat([headerOf(id, request), request.body]));
    });
  } finally {
    clearTimeout(timer);
    waiting.delete(id);
  }
}

const CLIENT_ID = "lab";

function headerOf(id: number, { api, version, flexible = false, body }: KafkaRequest): Buffer {
  const header = Buffer.alloc(flexible ? 18 : 17); // a flexible header ends with its tags: none
  header.writeInt32BE(header.length - 4 + body.length, 0);
  header.writeInt16BE(api, 4);
  header.writeInt16BE(version, 6);
  header.writeInt32BE(id, 8);
  header.writeInt16BE(CLIENT_ID.length, 12);
  header.write(CLIENT_ID, 14);
  return header;
}
