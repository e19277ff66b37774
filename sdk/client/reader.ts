// Reads a topic through a kafkajs consumer, as an application would: with a group, its coordinator and a
// rebalance.

import type { Consumer, Kafka } from "kafkajs";
import { performance } from "node:perf_hooks";
import type { ReadRecord } from "../model/history.ts";
import type { WasRead } from "./client.ts";
import { askSpans } from "./ask-spans.ts";
import { addCodecs } from "./kafkajs-codecs.ts";
import type { Refusal } from "./refusal.ts";
import { isUnread, noteRecord, resultOf, type Span } from "./spans.ts";
import type { Security } from "../model/security.ts";

export interface ReadAllOptions {
  kafka: Kafka;
  /** Open consumers, so that their owner can close them. */
  consumers: Set<Consumer>;
  name: string;
  topic: string;
  /** What the group's name begins with. @default nothing */
  groups?: string | undefined;
  /** Whether the client was refused for its certificates or its password. */
  refusal: Pick<Refusal, "unlessRefused" | "assertNone">;
  /** Brokers' addresses, to ask how far there is to read. */
  addresses: readonly string[];
  security?: Security | undefined;
  /** Where to begin, by partition. @default the beginning */
  from?: ReadonlyMap<number, string>;
  timeoutMs: number;
  signal?: AbortSignal;
}

/**
 * Reads up to the end of each partition as it is at the call, and reports how far it came.
 *
 * @throws LabError AUTHENTICATION, TLS_HANDSHAKE
 */
export async function readAll(options: ReadAllOptions): Promise<WasRead> {
  const deadline = performance.now() + options.timeoutMs;
  const records: ReadRecord[] = [];
  let spans: Span[] = [];
  let error: string | undefined;
  try {
    const asked = askSpans({ ...options, isolation: "read_committed" }, deadline);
    spans = await options.refusal.unlessRefused(asked);
    if (isUnread(spans)) await consumeInTime(options, spans, records, deadline);
  } catch (e) {
    options.refusal.assertNone(e);
    error = (e as Error).message;
  }
  return resultOf(spans, records, error);
}

const PAUSE_MS = 100;

/**
 * Begins anew where the consumer crashes of what Kafka calls retriable. kafkajs does not try a join again
 * that meets a coordinator which is elected or loading (consumerGroup.js, joinAndSync), as with a cluster's
 * first group.
 */
async function consumeInTime(...asked: Parameters<typeof consume>): Promise<void> {
  const [{ signal }, , , deadline] = asked;
  for (;;) {
    try {
      return await consume(...asked);
    } catch (error) {
      const { retriable } = error as { retriable?: boolean };
      if (retriable !== true || signal?.aborted || performance.now() + PAUSE_MS > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

async function consume(
  options: ReadAllOptions,
  spans: readonly Span[],
  records: ReadRecord[],
  deadline: number,
): Promise<void> {
  const { topic } = options;
  addCodecs();
  const consumer = makeConsumer(options);
  const end = endOf(consumer, options, deadline);
  try {
    await Promise.race([end.reached, consumer.connect()]);
    await Promise.race([end.reached, consumer.subscribe({ topic, fromBeginning: true })]);
    const run = consumer.run({
      autoCommit: false,
      eachBatch: ({ batch: { partition, messages } }) => {
        for (const { offset, value } of messages)
          noteRecord(spans, records, {
            ...{ partition, offset, value: value?.toString() ?? "" },
            ...(value === null ? { tombstone: true } : {}),
          });
        if (!isUnread(spans)) end.stop();
        return Promise.resolve();
      },
    });
    await Promise.race([end.reached, run]);
    for (const { partition, position } of spans)
      consumer.seek({ topic, partition, offset: String(position) });
    await end.reached;
  } finally {
    end.release();
    const ended = consumer
      .disconnect()
      .catch(() => {})
      .then(() => options.consumers.delete(consumer));
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 500))]);
  }
}

let count = 0;

function makeConsumer({ kafka, name, consumers, groups = "" }: ReadAllOptions): Consumer {
  const consumer = kafka.consumer({
    groupId: `${groups}${name}-read-${Date.now()}-${count++}`,
    sessionTimeout: 30_000,
    maxWaitTimeInMs: 200,
    retry: { restartOnFailure: () => Promise.resolve(false) },
  });
  consumers.add(consumer);
  return consumer;
}

/** The end of a reading: everything was read, the deadline, an abort or a crash of the consumer. */
interface End {
  readonly reached: Promise<void>;
  stop(): void;
  /** Ends its timer and listener. */
  release(): void;
}

function endOf(consumer: Consumer, { timeoutMs, signal }: ReadAllOptions, deadline: number): End {
  let stop = (): void => {};
  let fail = (_: Error): void => {};
  const reached = new Promise<void>((resolve, reject) => ([stop, fail] = [resolve, reject]));
  reached.catch(() => {});
  const timer = setTimeout(
    () => fail(new Error(`not read to the end within ${timeoutMs} ms`)),
    Math.max(0, deadline - performance.now()),
  );
  const abort = (): void => fail(signal!.reason as Error);
  signal?.addEventListener("abort", abort, { once: true });
  consumer.on(consumer.events.CRASH, ({ payload }) => fail(payload.error));
  return {
    reached,
    stop,
    release() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    },
  };
}
