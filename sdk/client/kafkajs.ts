// kafkajs behind the Client port, with its known traps neutralised or said.
//
//   send() ──▶ kafkajs producer ──▶ sockets of watch.ts ──▶ broker
//     ▲                                  │ every try, with Kafka's own error code
//     └── outcome: ok, fail or info ◀────┘
//
// What is done about kafkajs 2.2.4, and why:
// - It stays with a broker that hangs, and takes a connection whose ApiVersions timed out for a good one (its
//   issue 1783):
//   `dropHungConnections` closes the socket when the request timeout ends, which rotates the bootstrap list and refreshes metadata, and
//   does not dial that broker for a second, so that the metadata comes from another one.
// - Five retries end before a dead broker is fenced (9.2 s against 9 s): retries are bounded by
//   `deliveryTimeout` instead.
// - An operation goes on after its caller has lost interest: a record that was given up is refused at the
//   socket.
// - disconnect() waits for answers that will never come: close() destroys the sockets first.
// - Promises that nobody holds: ../rejections.ts.
// - Long keys block the event loop, and a record for a missing partition is reported as sent: partitioner.ts.
//   Left as it is, and visible in the attempts: one partition without a leader stops sends to all partitions
//   of its topic.

import { performance } from "node:perf_hooks";
import kafkajs, { type Consumer, type Kafka, type Producer } from "kafkajs";
import { LONGEST_MS } from "../model/duration.ts";
import type { Attempt } from "../model/history.ts";
import { guardRejections } from "./rejections.ts";
import type { Client, KafkajsSettings, Sent, WasRead } from "./client.ts";
import { errorName, wasRefused } from "../kafka/error-codes.ts";
import { partitioner } from "./partitioner.ts";
import { readAll } from "./reader.ts";
import { type ObservedAttempt, watchSockets } from "./watch.ts";

export interface KafkajsOptions {
  name: string;
  settings: KafkajsSettings;
  /** Turns a `performance.now()` value into milliseconds since the run's start. */
  at(performanceNow: number): number;
  brokerOf(address: string): number | null;
  /** Hears of rejections inside kafkajs that would otherwise have ended the program. */
  onStray?(error: Error): void;
}

/** An operation that waits for longer is told of everything that its client hears meanwhile. */
const WAITED_MS = 50;

interface Operation {
  /** By `performance.now()`. */
  beganAt: number;
  attempts: Attempt[];
  /** Its Produce requests on the wire without an answer. */
  onWire: Pick<ObservedAttempt, "address" | "beganAt">[];
  /** The broker of the last try that succeeded. */
  address?: string;
  givenUp: boolean;
}

/** Makes a kafkajs client; nothing is dialled before the first call. */
export function kafkajsClient(options: KafkajsOptions): Client {
  const { settings } = options;
  const operations = new Map<string, Operation>();
  let isClosed = false;
  const release = guardRejections((error) => options.onStray?.(error));
  const watch = watchSockets({
    onAttempt: noteAttempt,
    mayWrite,
    hungAfterMs: settings.dropHungConnections ? settings.requestTimeout : 0,
  });
  const kafka: Kafka = new kafkajs.Kafka({
    clientId: options.name,
    brokers: [...settings.bootstrap],
    connectionTimeout: settings.connectionTimeout,
    // the socket is closed first, which kafkajs treats as what it is: a broken connection
    requestTimeout: settings.dropHungConnections
      ? Math.min(settings.requestTimeout + 1000, LONGEST_MS)
      : settings.requestTimeout,
    retry: {
      initialRetryTime: settings.initialRetryTime,
      maxRetryTime: settings.maxRetryTime,
      retries: whileOpen(settings.retries),
      multiplier: 2,
      factor: 0.2,
    },
    logLevel: kafkajs.logLevel.NOTHING,
    socketFactory: watch.socketFactory,
  });
  const producer: Producer = kafka.producer({
    idempotent: settings.idempotent,
    allowAutoTopicCreation: settings.allowAutoTopicCreation,
    metadataMaxAge: settings.metadataMaxAge,
    createPartitioner: partitioner,
    ...(settings.idempotent ? { maxInFlightRequests: 1 } : {}),
  });
  const consumers = new Set<Consumer>();
  let connecting: Promise<void> | undefined;

  function noteAttempt(observed: ObservedAttempt): void {
    const error =
      observed.error ??
      (observed.errorCode === undefined || observed.errorCode === 0
        ? undefined
        : errorName(observed.errorCode));
    const attempt: Attempt = {
      atMs: options.at(observed.beganAt),
      tookMs: Math.round(observed.tookMs * 1000) / 1000,
      broker: options.brokerOf(observed.address),
      address: observed.address,
      api: observed.api,
      ...(error === undefined ? {} : { error }),
    };
    if (observed.value === undefined) {
      // it serves every operation that waits; what came at once explains nothing to one that has only begun
      for (const one of operations.values())
        if (one.onWire.length === 0 && (error !== undefined || performance.now() - one.beganAt > WAITED_MS))
          one.attempts.push(attempt);
      return;
    }
    const one = operations.get(observed.value);
    if (one === undefined) return;
    one.onWire = one.onWire.filter(
      ({ address, beganAt }) => address !== observed.address || beganAt !== observed.beganAt,
    );
    one.attempts.push(attempt);
    if (error === undefined) one.address = observed.address;
  }

  function mayWrite(value: string, request: Operation["onWire"][number]): boolean {
    const one = operations.get(value);
    if (one === undefined || one.givenUp) return false;
    one.onWire.push(request);
    return true;
  }

  /** kafkajs compares a count with this number before each retry, and has no other way to be told to stop. */
  function whileOpen(retries: number): number {
    return { valueOf: () => (isClosed ? 0 : retries) } as unknown as number;
  }

  /** One connect at a time; kafkajs itself would start one for each caller. */
  function connect(): Promise<void> {
    connecting ??= producer.connect().catch((error: unknown) => {
      connecting = undefined;
      throw error;
    });
    return connecting;
  }

  async function send(
    record: { topic: string; value: string; key?: string; partition?: number },
    signal?: AbortSignal,
  ): Promise<Sent> {
    const one: Operation = { beganAt: performance.now(), attempts: [], onWire: [], givenUp: false };
    operations.set(record.value, one);
    let timer: NodeJS.Timeout | undefined;
    let abort: (() => void) | undefined;
    const giveUp = new Promise<never>((_, reject) => {
      abort = () => reject(signal?.reason instanceof Error ? signal.reason : new Error("given up"));
      timer = setTimeout(
        () => reject(new Error(`not acknowledged within ${settings.deliveryTimeout} ms (deliveryTimeout)`)),
        settings.deliveryTimeout,
      );
      if (signal?.aborted) abort();
      else signal?.addEventListener("abort", abort, { once: true });
    });
    try {
      const message = {
        value: record.value,
        ...(record.key === undefined ? {} : { key: record.key }),
        ...(record.partition === undefined ? {} : { partition: record.partition }),
      };
      const delivered = connect().then(() =>
        producer.send({
          topic: record.topic,
          acks: settings.acks,
          timeout: settings.requestTimeout,
          messages: [message],
        }),
      );
      delivered.catch(() => {}); // after it was given up nobody listens
      const [metadata] = await Promise.race([delivered, giveUp]);
      if (settings.acks === 0)
        return { outcome: "info", attempts: one.attempts, error: "acks=0: the broker does not answer" };
      if (metadata === undefined) throw new Error("kafkajs sent nothing, and gave no reason");
      const address = one.address ?? "";
      const offset = metadata.baseOffset ?? metadata.offset;
      // -1 is the answer to a record that the broker has already, by its sequence number: it is there, nobody says where
      return {
        outcome: "ok",
        address,
        partition: metadata.partition,
        ...(offset === undefined || offset === "-1" ? {} : { offset }),
        attempts: one.attempts,
      };
    } catch (error) {
      one.givenUp = true;
      for (const request of one.onWire)
        noteAttempt({
          ...request,
          value: record.value,
          api: "Produce",
          tookMs: performance.now() - request.beganAt,
          error: "GIVEN_UP",
        });
      const mayBeThere = one.attempts.some(
        (attempt) =>
          attempt.api === "Produce" &&
          (attempt.error === undefined || !wasRefused(attempt.error, settings.acks)),
      );
      return {
        outcome: mayBeThere ? "info" : "fail",
        attempts: one.attempts,
        error: (error as Error).message,
      };
    } finally {
      clearTimeout(timer);
      if (abort !== undefined) signal?.removeEventListener("abort", abort);
      operations.delete(record.value);
    }
  }

  async function read(
    topic: string,
    how: { from?: ReadonlyMap<number, string>; timeoutMs: number; signal?: AbortSignal },
  ): Promise<WasRead> {
    return readAll({ kafka, consumers, name: options.name, topic, ...how });
  }

  return {
    connect,
    send,
    read,
    async close() {
      if (isClosed) return;
      isClosed = true;
      const ends = [producer, ...consumers].map((one) => one.disconnect().catch(() => {}));
      // an idle client says good-bye at once; a stuck one would wait for answers for ever
      await Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, 250))]);
      watch.close();
      await release();
    },
  };
}
