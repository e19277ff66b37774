// The port behind which clients run. A client is one program's view of Kafka: it sends, it reads, and it
// reports every attempt on the wire.

import type { Attempt, Outcome, ReadRecord } from "../model/history.ts";
import type { ShownSecurity } from "../model/security.ts";

/** The settings that every client has, all written out; times in milliseconds. */
interface CommonSettings {
  /** Addresses to begin with, as `host:port`. */
  bootstrap: readonly string[];
  /**
   * How many replicas must have a record before it is acknowledged: all in-sync ones (-1), the leader (1),
   * none (0).
   */
  acks: -1 | 0 | 1;
  /** Whether the broker drops a repeated record by its sequence number (KIP-98). */
  idempotent: boolean;
  /**
   * A request without an answer fails after this long (kafkajs `requestTimeout`, Java `request.timeout.ms`).
   */
  requestTimeout: number;
  /**
   * A TCP connection that is not set up fails after this long (kafkajs `connectionTimeout`, Java
   * `socket.connection.setup.timeout.ms`).
   */
  connectionTimeout: number;
  /**
   * Retries of one operation; the pause doubles from `initialRetryTime` to `maxRetryTime`, each by chance 20
   * % shorter or longer.
   */
  retries: number;
  /** In milliseconds. */
  initialRetryTime: number;
  /** In milliseconds. */
  maxRetryTime: number;
  /** Metadata is asked for again after this long (kafkajs `metadataMaxAge`, Java `metadata.max.age.ms`). */
  metadataMaxAge: number;
  /**
   * An operation that is not settled by then ends as `info` or `fail` (Java's `delivery.timeout.ms`; kafkajs
   * has no such limit).
   */
  deliveryTimeout: number;
  /** Whether a request for the metadata of a missing topic creates it, where the broker allows that. */
  allowAutoTopicCreation: boolean;
  /** How it authenticates and encrypts, without secrets; absent where it does neither. */
  security?: ShownSecurity;
}

/** The settings of a kafkajs client, defaults included. */
export interface KafkajsSettings extends CommonSettings {
  /** Discriminates the union. */
  client: "kafkajs";
  /**
   * Whether a connection with an unanswered request is closed when `requestTimeout` ends, as the Java client
   * does. kafkajs keeps it and stays with a hung broker.
   */
  dropHungConnections: boolean;
}

/** The settings of a client of Kafka's own, defaults included. */
export interface JavaSettings extends CommonSettings {
  /** Discriminates the union. */
  client: "java";
  /** The client's properties besides its addresses, by Kafka's names; all others have Kafka's defaults. */
  properties: Readonly<Record<string, string>>;
}

/** The settings of a probe's client, defaults included; times in milliseconds. */
export type ClientSettings = KafkajsSettings | JavaSettings;

/** How one send ended. */
export interface Sent {
  outcome: Outcome;
  /** `host:port` of the broker that acknowledged. */
  address?: string;
  partition?: number;
  offset?: string;
  error?: string;
  attempts: Attempt[];
  /** Whether the lab ended it, not the client. @default false */
  isUnderWay?: boolean;
  /**
   * When it began by `performance.now()`, and how long it took, where the client knows better than its
   * caller's clock.
   */
  began?: number;
  tookMs?: number;
}

/** One record of a stream, settled. */
export interface Streamed extends Sent {
  value: string;
  began: number;
  tookMs: number;
}

/** A client's own sending at a steady rate. */
export interface Stream {
  /**
   * Begins no more sends and resolves when those under way are settled; `giveUp` does not wait for the
   * brokers.
   */
  stop(options: { giveUp: boolean }): Promise<void>;
  /** Resolves with undefined once it was stopped, or with why it ended by itself. */
  readonly ended: Promise<Error | undefined>;
}

/** How a reading of a topic ended. */
export interface WasRead {
  partitions: { partition: number; from: string; to: string; complete: boolean; error?: string }[];
  /** Partition by partition, in offset order. */
  records: ReadRecord[];
  /** The client's error where not everything was read. */
  error?: string;
}

export interface StreamOptions {
  topic: string;
  perSecond: number;
  inFlight?: number;
  key?: string;
  partition?: number;
}

export interface Client {
  /** Names the value of the next record, where the client shares its numbers with a stream of its own. */
  nextValue?(): string;
  /** Connects, which `send` also does by itself; rejects with the client's own error. */
  connect(): Promise<void>;
  /**
   * Sends one record and always resolves; `signal` gives the send up, which leaves it as `info` or `fail`.
   */
  send(
    record: { topic: string; value: string; key?: string; partition?: number },
    signal?: AbortSignal,
  ): Promise<Sent>;
  /**
   * Sends at the client's own pace until stopped, for a client whose single sends cannot be timed from
   * outside; absent where `send` serves.
   *
   * @throws LabError UNSUPPORTED, RangeError
   */
  stream?(how: StreamOptions, onSent: (sent: Streamed) => void): Stream;
  /**
   * Reads every partition from the offsets given (default: the beginning) to its end as it was when the call
   * was made.
   */
  read(
    topic: string,
    options: { from?: ReadonlyMap<number, string>; timeoutMs: number; signal?: AbortSignal },
  ): Promise<WasRead>;
  /** Gives up what is under way, closes every socket, and resolves when none is left. */
  close(): Promise<void>;
}
