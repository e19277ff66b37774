// Reads a topic through a kafkajs consumer, as an application would: with a group, its coordinator and a
// rebalance.

import type { Consumer, Kafka } from "kafkajs";
import { performance } from "node:perf_hooks";
import type { ReadRecord } from "../model/history.ts";
import type { WasRead } from "./client.ts";

export interface ReadAllOptions {
  kafka: Kafka;
  /** Open consumers, so that their owner can close them. */
  consumers: Set<Consumer>;
  name: string;
  topic: string;
  /** Where to begin, by partition. @default the beginning */
  from?: ReadonlyMap<number, string>;
  timeoutMs: number;
  signal?: AbortSignal;
}

interface Span {
  partition: number;
  from: bigint;
  to: bigint;
  /** The offset up to which records were seen. */
  position: bigint;
}

let groups = 0;

/** Reads up to the end of each partition as it is at the call, and says how far it came. */
export async function readAll(options: ReadAllOptions): Promise<WasRead> {
  const { kafka, topic, signal } = options;
  const deadline = performance.now() + options.timeoutMs;
  const records: ReadRecord[] = [];
  let spans: Span[] = [];
  let error: string | undefined;
  try {
    spans = await spansOf(options);
    if (spans.some(({ position, to }) => position < to)) await consume();
  } catch (e) {
    error = (e as Error).message;
  }
  records.sort((a, b) => a.partition - b.partition || Number(BigInt(a.offset) - BigInt(b.offset)));
  const partitions = spans.map(({ partition, from, to, position }) => ({
    partition,
    from: String(from),
    to: String(to),
    complete: position >= to,
    ...(position < to && error !== undefined ? { error } : {}),
  }));
  return { partitions, records, ...(error === undefined ? {} : { error }) };

  async function consume(): Promise<void> {
    const consumer = kafka.consumer({
      groupId: `${options.name}-read-${Date.now()}-${groups++}`,
      sessionTimeout: 30_000,
      maxWaitTimeInMs: 200,
      retry: { restartOnFailure: () => Promise.resolve(false) },
    });
    options.consumers.add(consumer);
    let stop: ((error?: Error) => void) | undefined;
    const done = new Promise<void>(
      (resolve, reject) => (stop = (e) => (e === undefined ? resolve() : reject(e))),
    );
    done.catch(() => {});
    const timer = setTimeout(
      () => stop?.(new Error(`not read to the end within ${options.timeoutMs} ms`)),
      Math.max(0, deadline - performance.now()),
    );
    const abort = (): void => stop?.(signal!.reason as Error);
    signal?.addEventListener("abort", abort, { once: true });
    consumer.on(consumer.events.CRASH, ({ payload }) => stop?.(payload.error));
    try {
      await Promise.race([done, consumer.connect()]);
      await Promise.race([done, consumer.subscribe({ topic, fromBeginning: true })]);
      await Promise.race([
        done,
        consumer.run({
          autoCommit: false,
          eachBatch: ({ batch }) => {
            const span = spans.find(({ partition }) => partition === batch.partition);
            for (const { offset, value } of batch.messages) {
              if (span === undefined || BigInt(offset) < span.position || BigInt(offset) >= span.to) continue;
              records.push({ partition: batch.partition, offset, value: value?.toString() ?? "" });
              span.position = BigInt(offset) + 1n;
            }
            if (spans.every(({ position, to }) => position >= to)) stop?.();
            return Promise.resolve();
          },
        }),
      ]);
      for (const { partition, from } of spans) consumer.seek({ topic, partition, offset: String(from) });
      await done;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      const ended = consumer
        .disconnect()
        .catch(() => {})
        .then(() => options.consumers.delete(consumer));
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 500))]);
    }
  }
}

async function spansOf({ kafka, topic, from }: ReadAllOptions): Promise<Span[]> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return (await admin.fetchTopicOffsets(topic))
      .map(({ partition, low, high }) => {
        const begin = BigInt(from?.get(partition) ?? low);
        return { partition, from: begin, to: BigInt(high), position: begin };
      })
      .sort((a, b) => a.partition - b.partition);
  } finally {
    await Promise.race([
      admin.disconnect().catch(() => {}),
      new Promise((resolve) => setTimeout(resolve, 250)),
    ]);
  }
}
