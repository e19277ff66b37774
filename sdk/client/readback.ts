// Reads a whole topic back for the verdict: partition by partition from its leader, without a consumer group,
// so that neither a lost coordinator nor a rebalance can hide a record that is there.

import { performance } from "node:perf_hooks";
import type { ReadbackEvent, ReadRecord } from "../model/history.ts";
import { errorName } from "../kafka/error-codes.ts";
import type { MetadataAnswer } from "../kafka/protocol.ts";
import { openWire, type Wire } from "../kafka/connection.ts";

type PartitionRead = ReadbackEvent["partitions"][number];

/** What a readback found; `error` where the topic's partitions could not even be listed. */
export interface Readback {
  partitions: PartitionRead[];
  records: ReadRecord[];
  error?: string;
}

const REQUEST_MS = 5_000;
const PAUSE_MS = 100;

/**
 * Reads every record of the topic, trying until `timeoutMs` has passed for what does not answer.
 *
 * @param addresses `host:port` of all brokers' client listeners
 */
export async function readBack(
  topic: string,
  addresses: readonly string[],
  options: { timeoutMs: number; signal?: AbortSignal },
): Promise<Readback> {
  const deadline = performance.now() + options.timeoutMs;
  const wires = new Map<string, Wire>();
  const wire = (address: string): Wire => {
    let one = wires.get(address);
    if (one === undefined) wires.set(address, (one = openWire(address)));
    return one;
  };
  try {
    const partitions = await tryUntil(deadline, options.signal, async () =>
      (await describe(topic, addresses, wire)).topics[0]!.partitions.map(({ partition }) => partition),
    );
    if (partitions instanceof Error) return { partitions: [], records: [], error: partitions.message };
    const read = await Promise.all(
      partitions.sort((a, b) => a - b).map((partition) => readPartition(partition)),
    );
    return { partitions: read.map(({ row }) => row), records: read.flatMap(({ records }) => records) };
  } finally {
    for (const one of wires.values()) one.close();
  }

  async function readPartition(partition: number): Promise<{ row: PartitionRead; records: ReadRecord[] }> {
    const records: ReadRecord[] = [];
    let bounds: { from: bigint; to: bigint } | undefined;
    let at = 0n;
    const error = await tryUntil(deadline, options.signal, async () => {
      const leader = wire(await leaderOf(partition));
      if (bounds === undefined) {
        const answer = await leader.bounds(topic, partition, REQUEST_MS);
        check(answer.errorCode);
        bounds = { from: answer.from, to: answer.to };
        at = answer.from;
      }
      while (at < bounds.to) {
        const answer = await leader.fetch(topic, partition, at, REQUEST_MS);
        check(answer.errorCode);
        if (answer.next <= at) throw new Error("the broker answered with no records");
        for (const { offset, value } of answer.records)
          records.push({ partition, offset: String(offset), value });
        at = answer.next;
      }
    });
    const complete = bounds !== undefined && at >= bounds.to;
    return {
      row: {
        partition,
        from: String(bounds?.from ?? 0n),
        to: String(bounds?.to ?? 0n),
        complete,
        ...(error instanceof Error ? { error: error.message } : {}),
      },
      records,
    };
  }

  async function leaderOf(partition: number): Promise<string> {
    const { brokers, topics } = await describe(topic, addresses, wire);
    const leader = topics[0]?.partitions.find((one) => one.partition === partition)?.leader ?? -1;
    const broker = brokers.find(({ nodeId }) => nodeId === leader);
    if (broker === undefined) throw new Error("LEADER_NOT_AVAILABLE");
    return `${broker.host}:${broker.port}`;
  }
}

/**
 * Asks every broker and takes the answer with the newest leader epochs: one that was cut off tells old news.
 */
async function describe(
  topic: string,
  addresses: readonly string[],
  wire: (address: string) => Wire,
): Promise<MetadataAnswer> {
  const answers = await Promise.allSettled(
    addresses.map((address) => wire(address).metadata([topic], 1_000)),
  );
  const good = answers.flatMap((one) =>
    one.status === "fulfilled" && one.value.topics[0]?.errorCode === 0 ? [one.value] : [],
  );
  const epochs = (one: MetadataAnswer): number =>
    one.topics[0]!.partitions.reduce((sum, { leaderEpoch }) => sum + leaderEpoch, 0);
  const newest = good.sort((a, b) => epochs(b) - epochs(a))[0];
  if (newest !== undefined) return newest;
  const answered = answers.find((one) => one.status === "fulfilled");
  throw new Error(
    answered?.status === "fulfilled"
      ? errorName(answered.value.topics[0]?.errorCode ?? -1)
      : "no broker answers",
  );
}

function check(errorCode: number): void {
  if (errorCode !== 0) throw new Error(errorName(errorCode));
}

/** Runs until it succeeds; returns the last error where the deadline comes first. */
async function tryUntil<T>(
  deadline: number,
  signal: AbortSignal | undefined,
  once: () => Promise<T>,
): Promise<T | Error> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await once();
    } catch (error) {
      if (performance.now() + PAUSE_MS > deadline) return error as Error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
