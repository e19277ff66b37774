// Asks the leaders how far a consumer will come: from where each partition is read, to the last record that
// it is given. The high watermark is not that end: a marker of a transaction, an aborted record or what
// compaction removed may stand before it, and a consumer reports none of them.

import { performance } from "node:perf_hooks";
import { openWires, type Wire, type Wires } from "../kafka/connection.ts";
import { isRefusal } from "../kafka/security/mod.ts";
import type { Security } from "../model/security.ts";
import { partitionLog, type PartitionLog } from "./partition-log.ts";
import { type Span, spanOf } from "./spans.ts";
import { refusal, unread, Unread } from "./unread.ts";

export interface SpansOptions {
  topic: string;
  addresses: readonly string[];
  /** How the connections are secured. @default not at all */
  security?: Security | undefined;
  /** Where to begin, by partition. @default the beginning */
  from?: ReadonlyMap<number, string>;
  /** The consumer's `isolation.level`. */
  isolation: "read_committed" | "read_uncommitted";
  signal?: AbortSignal;
}

const REQUEST_MS = 2_000;
const PAUSE_MS = 100;

/**
 * Tries until all leaders have answered.
 *
 * @param deadline by `performance.now()`
 * @throws LabError AUTHENTICATION, TLS_HANDSHAKE; Unread when the deadline has passed, or where no other try
 *   can do
 */
export async function askSpans(options: SpansOptions, deadline: number): Promise<Span[]> {
  const wires = openWires(options.security);
  try {
    for (;;) {
      options.signal?.throwIfAborted();
      const spans = await askOnce(options, wires).catch((error: unknown) => {
        if (isRefusal(error)) throw error;
        return unread(error);
      });
      if (!(spans instanceof Unread)) return spans;
      if (spans.isFinal || performance.now() + PAUSE_MS > deadline) throw spans;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  } finally {
    wires.close();
  }
}

async function askOnce(options: SpansOptions, wires: Wires): Promise<Span[]> {
  const { topic, addresses } = options;
  const answers = addresses.map((address) => wires.to(address).metadata([topic], REQUEST_MS));
  const { brokers, topics } = await Promise.any(answers).catch((error: unknown) => {
    const { errors = [] } = error as Partial<AggregateError>;
    throw errors.find(isRefusal) ?? new Unread("NO_BROKER", "no broker answers");
  });
  const [one] = topics;
  if (one === undefined || one.errorCode !== 0) throw refusal(one?.errorCode ?? 3);
  return await Promise.all(
    [...one.partitions]
      .sort((a, b) => a.partition - b.partition)
      .map(async ({ partition, leader }) => {
        const broker = brokers.find(({ nodeId }) => nodeId === leader);
        if (broker === undefined) throw new Unread("NO_LEADER", "LEADER_NOT_AVAILABLE");
        return await spanAt(wires.to(`${broker.host}:${broker.port}`), options, partition);
      }),
  );
}

async function spanAt(leader: Wire, options: SpansOptions, partition: number): Promise<Span> {
  const bounds = await leader.bounds(options.topic, partition, REQUEST_MS);
  if (bounds.errorCode !== 0) throw refusal(bounds.errorCode);
  const asked = options.from?.get(partition);
  const from = asked === undefined || BigInt(asked) < bounds.from ? bounds.from : BigInt(asked);
  const to = await endOf(leader, options, { partition, from, to: bounds.to });
  return spanOf(partition, from, to > from ? to : from);
}

interface Part {
  partition: number;
  from: bigint;
  to: bigint;
}

/** The offset behind the last record that a consumer is given; mostly the last batch tells it. */
async function endOf(leader: Wire, options: SpansOptions, part: Part): Promise<bigint> {
  if (part.from >= part.to) return part.to;
  const tail = await readPart(leader, options, { ...part, from: part.to - 1n });
  const isWhole = tail.isPlain && tail.last === part.to - 1n;
  const { last } = isWhole ? tail : await readPart(leader, options, part);
  return last === undefined ? part.from : last + 1n;
}

/** The last offset that is given of a part; `isPlain` if no transaction wrote there. */
async function readPart(
  leader: Wire,
  { topic, isolation, signal }: SpansOptions,
  { partition, from, to }: Part,
): Promise<{ last: bigint | undefined; isPlain: boolean }> {
  const log: PartitionLog = partitionLog({ partition, from, to, isolation });
  let isPlain = true;
  while (log.next() < to) {
    signal?.throwIfAborted();
    const at = log.next();
    const { errorCode, batches } = await leader.fetch(topic, partition, at, REQUEST_MS);
    if (errorCode !== 0) throw refusal(errorCode);
    for (const batch of batches) {
      isPlain &&= !batch.isTransactional && !batch.isControl;
      log.take(batch);
    }
    if (log.next() <= at) throw new Unread("FAILED", "the broker answered with no records");
  }
  const { records, open } = log.result();
  const given =
    open === undefined ? records : records.filter(({ offset }) => BigInt(offset) < BigInt(open.from));
  const last = given.at(-1)?.offset;
  return { last: last === undefined ? undefined : BigInt(last), isPlain };
}
