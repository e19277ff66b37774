// Reads a topic with VerifiableConsumer, as an application would: with a group of its own, from the
// beginning.

import { performance } from "node:perf_hooks";
import type { ReadRecord } from "../../model/history.ts";
import type { WasRead } from "../client.ts";
import { errorName } from "../../kafka/error-codes.ts";
import { openWire, type Wire } from "../../kafka/connection.ts";
import type { Line } from "./line.ts";
import type { Program } from "./program.ts";

export interface ReadOptions {
  topic: string;
  addresses: readonly string[];
  /** Where to begin, by partition. @default the beginning */
  from?: ReadonlyMap<number, string>;
  timeoutMs: number;
  signal?: AbortSignal;
  /** Starts the consumer. */
  start(onLine: (line: Line) => void): Promise<Program>;
}

interface Span {
  partition: number;
  from: bigint;
  to: bigint;
  /** The offset up to which records were seen. */
  position: bigint;
}

/** Reads up to the end of each partition as it is at the call, and says how far it came. */
export async function readTopic(options: ReadOptions): Promise<WasRead> {
  const deadline = performance.now() + options.timeoutMs;
  const records: ReadRecord[] = [];
  let spans: Span[] = [];
  let error: string | undefined;
  try {
    spans = await spansOf(options, deadline);
    if (spans.some(({ position, to }) => position < to)) await consume(options, spans, records, deadline);
  } catch (e) {
    if ((e as { code?: unknown }).code === "BAD_CLIENT") throw e;
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
}

async function consume(
  { start, signal, timeoutMs }: ReadOptions,
  spans: readonly Span[],
  records: ReadRecord[],
  deadline: number,
): Promise<void> {
  let program: Program | undefined;
  let abort = (): void => {};
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(
        () => reject(new Error(`not read to the end within ${timeoutMs} ms`)),
        Math.max(0, deadline - performance.now()),
      );
      signal?.addEventListener("abort", (abort = () => reject(signal.reason as Error)), { once: true });
      start((line) => {
        if (line.kind !== "tool" || line.name !== "record_data") return;
        const { partition, offset, value } = line.facts as {
          partition: number;
          offset: number;
          value: string | null;
        };
        const span = spans.find((one) => one.partition === partition);
        const at = BigInt(offset);
        if (span === undefined || at < span.position || at >= span.to) return;
        span.position = at + 1n;
        records.push({ partition, offset: String(offset), value: value ?? "" });
        if (spans.every((one) => one.position >= one.to)) resolve();
      }).then((started) => {
        program = started;
        void started.ended.then(reject);
        if (signal?.aborted) abort();
      }, reject);
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    program?.endGently(); // it leaves its group; its owner ends it where it does not
  }
}

const REQUEST_MS = 2_000;
const PAUSE_MS = 100;

/** Asks the leaders for the bounds of their partitions, until all have answered or the time is up. */
async function spansOf({ topic, addresses, from, signal }: ReadOptions, deadline: number): Promise<Span[]> {
  const wires = new Map<string, Wire>();
  const wire = (address: string): Wire =>
    wires.get(address) ?? wires.set(address, openWire(address)).get(address)!;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const spans = await once().catch((error: unknown) => error as Error);
      if (!(spans instanceof Error)) return spans;
      if (performance.now() + PAUSE_MS > deadline) throw spans;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  } finally {
    for (const one of wires.values()) one.close();
  }

  async function once(): Promise<Span[]> {
    const {
      brokers,
      topics: [one],
    } = await Promise.any(addresses.map((address) => wire(address).metadata([topic], REQUEST_MS))).catch(
      () => {
        throw new Error("no broker answers");
      },
    );
    if (one === undefined || one.errorCode !== 0) throw new Error(errorName(one?.errorCode ?? 3));
    return await Promise.all(
      [...one.partitions]
        .sort((a, b) => a.partition - b.partition)
        .map(async ({ partition, leader }) => {
          const broker = brokers.find(({ nodeId }) => nodeId === leader);
          if (broker === undefined) throw new Error("LEADER_NOT_AVAILABLE");
          const answer = await wire(`${broker.host}:${broker.port}`).bounds(topic, partition, REQUEST_MS);
          if (answer.errorCode !== 0) throw new Error(errorName(answer.errorCode));
          const begin = BigInt(from?.get(partition) ?? answer.from);
          return { partition, from: begin, to: answer.to, position: begin };
        }),
    );
  }
}
