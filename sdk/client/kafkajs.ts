// kafkajs behind the Client port, with its known defects worked around or documented.
//
//   send() ──▶ kafkajs producer ──▶ sockets of watch.ts ──▶ broker
//     ▲                                  │ every attempt, with Kafka's own error code
//     └── outcome: ok, fail or info ◀────┘
//
// Work-arounds for kafkajs 2.2.4, and their reasons:
// - It stays with a broker that hangs, and treats a connection whose ApiVersions timed out as usable (its
//   issue 1783). `dropHungConnections` closes the socket when the request timeout ends, which rotates the
//   bootstrap list and refreshes metadata, and does not dial that broker for a second, so that the metadata
//   comes from another one.
// - Five retries end before a dead broker is fenced (9.2 s against 9 s): retries are bounded by
//   `deliveryTimeout` instead.
// - An operation goes on after its caller has stopped waiting: a record that was given up is refused at the
//   socket.
// - disconnect() waits for answers that never come: close() destroys the sockets first.
// - Unhandled rejections of its own: rejections.ts.
// - Long keys block the event loop, and a record for a missing partition is reported as sent: partitioner.ts.
// Not worked around, and visible in the attempts: one partition without a leader stops sends to all
// partitions of its topic.

import kafkajs, { type Consumer, type KafkaConfig, type Producer, type ProducerConfig } from "kafkajs";
import { LONGEST_MS } from "../model/duration.ts";
import type { Attempt } from "../model/history.ts";
import { guardRejections } from "./rejections.ts";
import type { Client, KafkajsSettings, Sent } from "./client.ts";
import { wasRefused } from "../kafka/error-codes.ts";
import { makeOperations, type Operation, type OperationsOptions } from "./operations.ts";
import { partitioner } from "./partitioner.ts";
import { readAll } from "./reader.ts";
import { makeRefusal } from "./refusal.ts";
import { kafkajsSecurity } from "./security.ts";
import { watchSockets } from "./watch.ts";
import type { Security } from "../model/security.ts";

export interface KafkajsOptions extends OperationsOptions {
  name: string;
  settings: KafkajsSettings;
  /** Where to dial in place of a broker's `host:port`. @default there */
  routes?: ReadonlyMap<string, string> | undefined;
  /** What names of consumer groups begin with. @default nothing */
  groups?: string | undefined;
  /** What `settings.security` shows of, with its secrets. */
  security?: Security | undefined;
  /** Called for rejections inside kafkajs that would otherwise have ended the program. */
  onStray?(error: Error): void;
}

/** Makes a kafkajs client; nothing is dialled before the first call. */
export function kafkajsClient(options: KafkajsOptions): Client {
  const { name, settings, security } = options;
  let isClosed = false;
  const refusal = makeRefusal(security, settings.bootstrap[0] ?? "");
  const release = guardRejections((error) => options.onStray?.(error));
  const operations = makeOperations(options);
  const watch = watchSockets({
    onAttempt: operations.noteAttempt,
    mayWrite: operations.mayWrite,
    hungAfterMs: settings.dropHungConnections ? settings.requestTimeout : 0,
    routes: options.routes,
    security,
    onRefused: refusal.note,
  });
  const kafka = new kafkajs.Kafka({
    ...configOf(name, settings, () => isClosed || refusal.isFinal),
    ...kafkajsSecurity(security),
    socketFactory: watch.socketFactory,
  });
  const producer = kafka.producer(producerConfigOf(settings));
  const connect = oneAtATime(() => refusal.unlessRefused(producer.connect()));
  const consumers = new Set<Consumer>();
  return {
    connect,
    async send(record, signal) {
      const operation = operations.begin(record.value);
      try {
        const delivered = connect().then(() => deliver(producer, settings, record));
        delivered.catch(() => {}); // nobody listens once it was given up
        return sent(operation, settings, await unlessGivenUp(delivered, settings.deliveryTimeout, signal));
      } catch (error) {
        operations.giveUp(operation);
        refusal.assertNone(error);
        return notAcknowledged(operation, settings, error as Error);
      } finally {
        operations.end(operation);
      }
    },
    read: (topic, how) =>
      readAll({
        kafka,
        consumers,
        name,
        topic,
        addresses: settings.bootstrap,
        groups: options.groups,
        security,
        refusal,
        ...how,
      }),
    async close() {
      if (isClosed) return;
      isClosed = true;
      await disconnect([producer, ...consumers]);
      watch.close();
      await release();
    },
  };
}

function configOf(name: string, settings: KafkajsSettings, isClosed: () => boolean): KafkaConfig {
  return {
    clientId: name,
    brokers: [...settings.bootstrap],
    connectionTimeout: settings.connectionTimeout,
    // the socket is closed first, which kafkajs treats as what it is: a broken connection
    requestTimeout: settings.dropHungConnections
      ? Math.min(settings.requestTimeout + 1000, LONGEST_MS)
      : settings.requestTimeout,
    retry: {
      initialRetryTime: settings.initialRetryTime,
      maxRetryTime: settings.maxRetryTime,
      retries: whileOpen(settings.retries, isClosed),
      multiplier: 2,
      factor: 0.2,
    },
    logLevel: kafkajs.logLevel.NOTHING,
  };
}

/** kafkajs compares a count with this number before each retry, and offers no other way to stop it. */
function whileOpen(retries: number, isClosed: () => boolean): number {
  return { valueOf: () => (isClosed() ? 0 : retries) } as unknown as number;
}

function producerConfigOf(settings: KafkajsSettings): ProducerConfig {
  return {
    idempotent: settings.idempotent,
    allowAutoTopicCreation: settings.allowAutoTopicCreation,
    metadataMaxAge: settings.metadataMaxAge,
    createPartitioner: partitioner,
    ...(settings.idempotent ? { maxInFlightRequests: 1 } : {}),
  };
}

/** Shares one connect among its callers; kafkajs itself would start one for each. */
function oneAtATime(start: () => Promise<void>): () => Promise<void> {
  let connecting: Promise<void> | undefined;
  return () => {
    connecting ??= start().catch((error: unknown) => {
      connecting = undefined;
      throw error;
    });
    return connecting;
  };
}

type Delivered = Awaited<ReturnType<Producer["send"]>>;

function deliver(
  producer: Producer,
  settings: KafkajsSettings,
  { topic, value, key, partition }: Parameters<Client["send"]>[0],
): Promise<Delivered> {
  const message = {
    value,
    ...(key === undefined ? {} : { key }),
    ...(partition === undefined ? {} : { partition }),
  };
  return producer.send({
    topic,
    acks: settings.acks,
    timeout: settings.requestTimeout,
    messages: [message],
  });
}

/** Rejects when the delivery timeout ends or `signal` is aborted, although kafkajs goes on. */
async function unlessGivenUp<T>(
  delivered: Promise<T>,
  deliveryTimeout: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  const { promise, reject } = withResolvers();
  const abort = (): void => reject(signal?.reason instanceof Error ? signal.reason : new Error("given up"));
  const timer = setTimeout(
    () => reject(new Error(`not acknowledged within ${deliveryTimeout} ms (deliveryTimeout)`)),
    deliveryTimeout,
  );
  if (signal?.aborted) abort();
  else signal?.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([delivered, promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

function withResolvers(): { promise: Promise<never>; reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<never>((_, no) => (reject = no));
  return { promise, reject };
}

function sent({ attempts, address = "" }: Operation, { acks }: KafkajsSettings, [metadata]: Delivered): Sent {
  if (acks === 0) return { outcome: "info", attempts, error: "acks=0: the broker does not answer" };
  if (metadata === undefined) throw new Error("kafkajs sent nothing, and gave no reason");
  const offset = metadata.baseOffset ?? metadata.offset;
  // -1 answers a record that the broker already has by its sequence number: acknowledged, offset unknown
  const known = offset === undefined || offset === "-1" ? {} : { offset };
  return { outcome: "ok", address, partition: metadata.partition, ...known, attempts };
}

function notAcknowledged({ attempts }: Operation, { acks }: KafkajsSettings, error: Error): Sent {
  const mayBeThere = ({ api, error }: Attempt): boolean =>
    api === "Produce" && (error === undefined || !wasRefused(error, acks));
  return { outcome: attempts.some(mayBeThere) ? "info" : "fail", attempts, error: error.message };
}

const GOODBYE_MS = 250;

/** An idle client disconnects at once; a stuck one would wait for answers without end. */
async function disconnect(clients: readonly (Producer | Consumer)[]): Promise<void> {
  const ends = clients.map((one) => one.disconnect().catch(() => {}));
  await Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, GOODBYE_MS))]);
}
