// The port behind which clients run. A client is one program's view of Kafka: it sends, it reads, and it tells of every try on the wire.

import type { Attempt, Outcome, ReadRecord } from "../history.ts";

/** Everything a probe's client can be told, all written out; times in milliseconds. */
export interface ClientSettings {
  client: "kafkajs";
  /** Addresses to begin with, as `host:port`. */
  bootstrap: readonly string[];
  /** How many replicas must have a record before it is acknowledged: all in-sync ones (-1), the leader (1), none (0). */
  acks: -1 | 0 | 1;
  /** Whether the broker drops a repeated record by its sequence number (KIP-98). */
  idempotent: boolean;
  /** A request without an answer fails after this long (kafkajs `requestTimeout`). */
  requestTimeout: number;
  /** A TCP connection that is not set up fails after this long (kafkajs `connectionTimeout`). */
  connectionTimeout: number;
  /** Retries of one operation; the pause doubles from `initialRetryTime` to `maxRetryTime`, each by chance 20 % shorter or longer. */
  retries: number;
  initialRetryTime: number;
  maxRetryTime: number;
  /** Metadata is asked for again after this long (kafkajs `metadataMaxAge`). */
  metadataMaxAge: number;
  /** An operation that is not settled by then ends as `info` or `fail` (Java's `delivery.timeout.ms`; kafkajs has no such limit). */
  deliveryTimeout: number;
  /** Whether a connection with an unanswered request is closed when `requestTimeout` ends, as the Java client does. kafkajs keeps it and stays with a hung broker. */
  dropHungConnections: boolean;
  /** Whether a request for the metadata of a missing topic creates it, where the broker allows that. */
  allowAutoTopicCreation: boolean;
}

/** How one send ended. */
export interface Sent {
  outcome: Outcome;
  /** `host:port` of the broker that acknowledged. */
  address?: string;
  partition?: number;
  offset?: string;
  error?: string;
  attempts: Attempt[];
}

/** How a reading of a topic ended. */
export interface WasRead {
  partitions: { partition: number; from: string; to: string; complete: boolean; error?: string }[];
  /** Partition by partition, in offset order. */
  records: ReadRecord[];
  /** The client's error where not everything was read. */
  error?: string;
}

export interface Client {
  /** Connects, which `send` also does by itself; rejects with the client's own error. */
  connect(): Promise<void>;
  /** Sends one record and always resolves; `signal` gives the send up, which leaves it as `info` or `fail`. */
  send(record: { topic: string; value: string; key?: string; partition?: number }, signal?: AbortSignal): Promise<Sent>;
  /** Reads every partition from the offsets given (default: the beginning) to its end as it was when the call was made. */
  read(topic: string, options: { from?: ReadonlyMap<number, string>; timeoutMs: number; signal?: AbortSignal }): Promise<WasRead>;
  /** Gives up what is under way, closes every socket, and resolves when none is left. */
  close(): Promise<void>;
}
