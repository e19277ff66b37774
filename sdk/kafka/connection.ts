// The few Kafka requests that the lab sends without a client library, because no library exposes their
// answers.
//
// Metadata (v10, KIP-320, KIP-516): kafkajs throws on the first partition that has no leader, and drops
// leader epochs and topic ids; the lab must see them. DescribeQuorum (v1, KIP-595): kafkajs does not know it,
// and the controller id in Metadata is a random broker in KRaft (KIP-590). ApiVersions (v3, KIP-584): kafkajs
// asks in an older version, whose answer has no features. ListOffsets (v1) and Fetch (v10): kafkajs reads
// only through a consumer group, and a verdict must not depend on a coordinator.

import type { Buffer } from "node:buffer";
import type net from "node:net";
import type { Security } from "../model/security.ts";
import { errorName } from "./error-codes.ts";
import { frameOf, frameReader } from "./frames.ts";
import {
  alterScramRequest,
  API_VERSIONS,
  type ConfigsAnswer,
  decodeConfigs,
  decodeConsumerGroup,
  decodeCoordinator,
  decodeAlterScram,
  decodeFeatures,
  decodeFetch,
  decodeGroup,
  decodeMetadata,
  decodeOffset,
  decodeOffsets,
  decodeQuorum,
  DESCRIBE_QUORUM,
  describeConfigsRequest,
  describeConsumerGroupRequest,
  describeGroupRequest,
  EARLIEST,
  type FeaturesAnswer,
  type FetchAnswer,
  fetchRequest,
  findCoordinatorRequest,
  type GroupAnswer,
  INIT_PRODUCER_ID,
  type KafkaRequest,
  LATEST,
  listOffsetsRequest,
  type MetadataAnswer,
  metadataRequest,
  offsetFetchRequest,
  type OffsetsAnswer,
  type QuorumAnswer,
  type ScramCredential,
} from "./protocol/mod.ts";
import { dial, secured, splitAddress, tlsFailure } from "./security/mod.ts";

/** A connection to one listener that is opened at the first request and again after each failure. */
export interface Wire {
  /** Asks for all topics, or for those named; never creates one. */
  metadata(topics: readonly string[] | null, timeoutMs: number): Promise<MetadataAnswer>;
  quorum(timeoutMs: number): Promise<QuorumAnswer>;
  features(timeoutMs: number): Promise<FeaturesAnswer>;
  /** The settings of the broker with this node id, which has to be the one that is asked. */
  configs(nodeId: number, timeoutMs: number): Promise<ConfigsAnswer>;
  /** The first offset of a partition and its high watermark. */
  bounds(
    topic: string,
    partition: number,
    timeoutMs: number,
  ): Promise<{ errorCode: number; from: bigint; to: bigint }>;
  /** The first offset of a record with this time (since the epoch) or a later one; -1 if there is none. */
  offsetAt(
    topic: string,
    partition: number,
    epochMs: number,
    timeoutMs: number,
  ): Promise<{ errorCode: number; offset: bigint }>;
  /** Batches from the one with this offset on, at most 4 MiB of them or one. @throws UnreadableRecords */
  fetch(topic: string, partition: number, offset: bigint, timeoutMs: number): Promise<FetchAnswer>;
  /**
   * Takes a producer id, for which the broker takes a block of them from the controller: a record in the
   * metadata log.
   */
  initProducerId(timeoutMs: number): Promise<void>;
  /** The broker that coordinates a consumer group. */
  coordinator(group: string, timeoutMs: number): Promise<{ errorCode: number; nodeId: number }>;
  /**
   * A consumer group, of the broker that coordinates it.
   *
   * @param protocol that to describe it by: brokers from 4.0 on know both, older ones only `classic`
   */
  group(group: string, protocol: "classic" | "consumer", timeoutMs: number): Promise<GroupAnswer>;
  /** What a consumer group has committed, of the broker that coordinates it. */
  committed(group: string, timeoutMs: number): Promise<OffsetsAnswer>;
  /** The end of a partition, of its leader. */
  end(topic: string, partition: number, timeoutMs: number): Promise<{ errorCode: number; offset: bigint }>;
  /** Sets users' passwords for SCRAM; rejects with the broker's reason. */
  alterScram(credentials: readonly ScramCredential[], timeoutMs: number): Promise<void>;
  /** Sends any request, and returns the body of its answer. */
  send(request: KafkaRequest, timeoutMs: number): Promise<Buffer>;
  close(): void;
}

interface Connection {
  socket: net.Socket;
  /** Requests without an answer, by correlation id. */
  waiting: Map<number, { resolve(body: Buffer): void; reject(error: Error): void }>;
  /** Resolves when requests may be written; undefined where nothing has to be waited for. */
  ready: Promise<void> | undefined;
  /** Ends the connection and rejects what waits. */
  fail(error: Error): void;
}

/**
 * Opens a wire to `host:port`. Requests reject with an Error whose message names the system's code, `TIMEOUT`
 * or `CLOSED`; with LabError AUTHENTICATION or TLS_HANDSHAKE where the broker and the lab do not trust each
 * other.
 */
export function openWire(address: string, security?: Security): Wire {
  let open: Connection | undefined;
  let correlation = 0;
  const ask = async (request: KafkaRequest, timeoutMs: number): Promise<Buffer> => {
    const connection = (open ??= connect(address, security, (ended) => {
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
    offsetAt: async (topic, partition, epochMs, timeoutMs) =>
      decodeOffset(await ask(listOffsetsRequest(topic, partition, BigInt(epochMs)), timeoutMs)),
    fetch: async (topic, partition, offset, timeoutMs) =>
      decodeFetch(await ask(fetchRequest(topic, partition, offset), timeoutMs)),
    initProducerId: async (timeoutMs) => void (await ask(INIT_PRODUCER_ID, timeoutMs)),
    features: async (timeoutMs) => decodeFeatures(await ask(API_VERSIONS, timeoutMs)),
    configs: async (nodeId, timeoutMs) => decodeConfigs(await ask(describeConfigsRequest(nodeId), timeoutMs)),
    quorum: async (timeoutMs) => decodeQuorum(await ask(DESCRIBE_QUORUM, timeoutMs)),
    coordinator: async (group, timeoutMs) =>
      decodeCoordinator(await ask(findCoordinatorRequest(group), timeoutMs)),
    group: async (group, protocol, timeoutMs) =>
      protocol === "classic"
        ? decodeGroup(await ask(describeGroupRequest(group), timeoutMs))
        : decodeConsumerGroup(await ask(describeConsumerGroupRequest(group), timeoutMs)),
    committed: async (group, timeoutMs) => decodeOffsets(await ask(offsetFetchRequest(group), timeoutMs)),
    end: async (topic, partition, timeoutMs) =>
      decodeOffset(await ask(listOffsetsRequest(topic, partition, LATEST), timeoutMs)),
    async alterScram(credentials, timeoutMs) {
      const rows = decodeAlterScram(await ask(alterScramRequest(credentials), timeoutMs));
      const refused = rows.find(({ errorCode }) => errorCode !== 0);
      if (refused !== undefined) throw new Error(refused.errorMessage ?? errorName(refused.errorCode));
    },
    send: ask,
    close: () => open?.fail(new Error("CLOSED")),
  };
}

/** Wires to several brokers, each opened when it is first asked for. */
export interface Wires {
  /** The wire to `host:port`. */
  to(address: string): Wire;
  /** Closes all of them. */
  close(): void;
}

/** Opens no connection yet. */
export function openWires(security?: Security): Wires {
  const open = new Map<string, Wire>();
  return {
    to(address) {
      const wire = open.get(address) ?? openWire(address, security);
      open.set(address, wire);
      return wire;
    },
    close: () => open.forEach((wire) => wire.close()),
  };
}

function connect(
  address: string,
  security: Security | undefined,
  onEnd: (ended: Connection) => void,
): Connection {
  const socket = dial(splitAddress(address), security);
  const waiting: Connection["waiting"] = new Map();
  const connection: Connection = {
    socket,
    waiting,
    ready: undefined,
    fail(error) {
      onEnd(connection);
      socket.destroy();
      for (const one of waiting.values()) one.reject(error);
    },
  };
  socket.on(
    "data",
    frameReader((correlation, body) => waiting.get(correlation)?.resolve(body)),
  );
  socket.unref(); // a request keeps the program alive by its timer
  socket.on("error", (e: NodeJS.ErrnoException) =>
    connection.fail((security && tlsFailure(address, e)) ?? new Error(e.code ?? e.message)),
  );
  socket.on("close", () => connection.fail(new Error("CLOSED")));
  if (security !== undefined) {
    connection.ready = secured(connection, address, security);
    connection.ready.catch((error: Error) => connection.fail(error));
  }
  return connection;
}

/** Sends one request and returns the body of its answer. */
async function exchange(
  { socket, waiting, ready, fail }: Connection,
  id: number,
  request: KafkaRequest,
  timeoutMs: number,
): Promise<Buffer> {
  // a broker that hangs answers later or never: the next request gets a connection of its own
  const timer = setTimeout(() => fail(new Error("TIMEOUT")), timeoutMs);
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      const write = (): void => void socket.write(frameOf(id, request));
      if (ready === undefined) write();
      else ready.then(write, () => {}); // what fails it rejects all that waits
    });
  } finally {
    clearTimeout(timer);
    waiting.delete(id);
  }
}
