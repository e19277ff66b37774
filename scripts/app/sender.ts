// The application's producer. It is replaced after an error from which kafkajs does not recover.

import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { print, readable } from "@kafka-failure-lab/sdk";
import { printError } from "@kafka-failure-lab/sdk/scenario";
import kafkajs, { type Kafka, type Producer } from "kafkajs";
import { failureLines, successLine } from "./listener.ts";
import { messageOf, type Settings, VALUE } from "./settings.ts";

export function makeKafka({
  bootstrap,
  requestTimeout,
  connectionTimeout,
  retries,
  initialRetryTime,
  maxRetryTime,
}: Settings): Kafka {
  return new kafkajs.Kafka({
    clientId: "app",
    brokers: bootstrap,
    requestTimeout,
    connectionTimeout,
    retry: { retries, initialRetryTime, maxRetryTime },
    logLevel: kafkajs.logLevel.ERROR,
    logCreator:
      () =>
      ({ namespace, log }) =>
        printError(
          `kafkajs ${namespace}: ${[log["broker"], log["error"] ?? log.message].filter(Boolean).join(" ")}`,
        ),
  });
}

export interface Sender {
  connect(): Promise<void>;
  /** Sends one message and prints the result. */
  send(): Promise<void>;
  close(): Promise<void>;
}

/** A send that neither succeeded nor failed. */
class NoEnd extends Error {}

export function makeSender(kafka: Kafka, settings: Settings): Sender {
  const { topic, acks, deliveryTimeout } = settings;
  const sends = new Set<Promise<void>>();
  let producer = makeProducer(kafka, settings);
  let connected: Promise<void> | undefined;

  const connect = (): Promise<void> =>
    (connected ??= producer.connect().catch((error: unknown) => {
      connected = undefined;
      throw error;
    }));

  async function send(): Promise<void> {
    const began = performance.now();
    const took = (): string => `${Math.round(performance.now() - began)} ms`;
    const used = producer;
    try {
      const sending = connect().then(() =>
        used.send({ topic, acks, messages: [{ key: "key", value: VALUE }] }),
      );
      const [sent] = await withLimit(sending, deliveryTimeout);
      print(`Message sent successfully in ${took()}`);
      print(successLine(topic, sent));
    } catch (error) {
      print(`Failed to send message in ${took()}: ${messageOf(error)}`);
      for (const line of failureLines(topic, VALUE, error)) print(line);
      if (producer === used && (messageOf(error).includes("Broker not connected") || error instanceof NoEnd))
        replace();
    }
  }

  function replace(): void {
    void producer.disconnect().catch(() => {});
    producer = makeProducer(kafka, settings);
    connected = undefined;
  }

  return {
    connect,
    send() {
      const one = send().finally(() => sends.delete(one));
      sends.add(one);
      return one;
    },
    async close() {
      await Promise.all(sends);
      await producer.disconnect();
    },
  };
}

function makeProducer(kafka: Kafka, { idempotent }: Settings): Producer {
  return kafka.producer({
    idempotent,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    ...(idempotent ? { maxInFlightRequests: 1 } : {}),
  });
}

/**
 * Rejects with `NoEnd` after `limitMs`. If kafkajs reconnects while the old connection is still closing, it
 * loses the connection's request timeouts, and a send on it may wait for ever.
 */
async function withLimit<T>(sending: Promise<T>, limitMs: number): Promise<T> {
  const done = new AbortController();
  const limit = wait(limitMs, undefined, { signal: done.signal, ref: false }).then((): never => {
    throw new NoEnd(`no result within ${readable(limitMs)}`);
  });
  limit.catch(() => {}); // aborted if the send ends first
  try {
    return await Promise.race([sending, limit]);
  } finally {
    done.abort();
  }
}
