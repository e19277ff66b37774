// The few Kafka requests that the lab speaks without a client library, because no library tells what they
// tell.
//
// Metadata (v7, KIP-320): kafkajs throws on the first partition that has no leader, and drops leader epochs;
// the lab must see both. DescribeQuorum (v1, KIP-595): kafkajs does not know it, and the controller id in
// Metadata is a random broker in KRaft (KIP-590). ApiVersions (v3, KIP-584): kafkajs asks in an older
// version, whose answer has no features. ListOffsets (v1) and Fetch (v4): kafkajs reads only through a
// consumer group, and a verdict must not depend on a coordinator.

import { Buffer } from "node:buffer";
import net from "node:net";
import {
  decodeFeatures,
  decodeFetch,
  decodeMetadata,
  decodeOffset,
  decodeQuorum,
  encodeFetch,
  encodeListOffsets,
  encodeMetadata,
  FEATURES_BODY,
  type FeaturesAnswer,
  type FetchAnswer,
  INIT_PRODUCER_BODY,
  type MetadataAnswer,
  QUORUM_BODY,
  type QuorumAnswer,
} from "./protocol.ts";

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

const FETCH = 1;
const LIST_OFFSETS = 2;
const METADATA = 3;
const API_VERSIONS = 18;
const INIT_PRODUCER_ID = 22;
const DESCRIBE_QUORUM = 55;

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

  async function ask(
    api: number,
    version: number,
    flexible: boolean,
    body: Buffer,
    timeoutMs: number,
  ): Promise<Buffer> {
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
    metadata: async (topics, timeoutMs) =>
      decodeMetadata(await ask(METADATA, 7, false, encodeMetadata(topics), timeoutMs)),
    async bounds(topic, partition, timeoutMs) {
      const [earliest, latest] = [-2n, -1n]; // ListOffsetsRequest.java
      const from = decodeOffset(
        await ask(LIST_OFFSETS, 1, false, encodeListOffsets(topic, partition, earliest), timeoutMs),
      );
      const to = decodeOffset(
        await ask(LIST_OFFSETS, 1, false, encodeListOffsets(topic, partition, latest), timeoutMs),
      );
      return { errorCode: from.errorCode || to.errorCode, from: from.offset, to: to.offset };
    },
    fetch: async (topic, partition, offset, timeoutMs) =>
      decodeFetch(await ask(FETCH, 4, false, encodeFetch(topic, partition, offset), timeoutMs), offset),
    async initProducerId(timeoutMs) {
      await ask(INIT_PRODUCER_ID, 0, false, INIT_PRODUCER_BODY, timeoutMs);
    },
    features: async (timeoutMs) => decodeFeatures(await ask(API_VERSIONS, 3, true, FEATURES_BODY, timeoutMs)),
    quorum: async (timeoutMs) => decodeQuorum(await ask(DESCRIBE_QUORUM, 1, true, QUORUM_BODY, timeoutMs)),
    close() {
      open?.fail("CLOSED");
    },
  };
}
