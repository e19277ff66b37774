// Reads a whole topic back for the verdict: partition by partition from its leader, without a consumer group,
// so that neither a lost coordinator nor a rebalance can hide a record that is there.
//
//   Metadata of every broker ─▶ leaders ─▶ ListOffsets ─▶ Fetch … ─▶ partition-log.ts ─▶ rows and records
//
// What another try may change (a leader that is being elected, a broker that starts) is tried until the time
// ends. What none changes (a topic that is gone, a codec that nobody knows) is reported at once.

import { performance } from "node:perf_hooks";
import type { PartitionReadback, ReadbackEvent, ReadRecord, UnreadReason } from "../model/history.ts";
import { openWires, type Wire } from "../kafka/connection.ts";
import { isRefusal } from "../kafka/security/mod.ts";
import type { MetadataAnswer, TopicAnswer } from "../kafka/protocol/mod.ts";
import type { Security } from "../model/security.ts";
import { partitionLog, type PartitionLog } from "./partition-log.ts";
import { refusal, unread, Unread } from "./unread.ts";

/** What a readback found; `reason` and `error` where the topic's partitions could not even be listed. */
export type Readback = Pick<ReadbackEvent, "topicId" | "uncommitted" | "reason" | "error"> & {
  partitions: PartitionReadback[];
  records: ReadRecord[];
};

export interface ReadbackOptions {
  timeoutMs: number;
  signal?: AbortSignal;
  security?: Security | undefined;
  /** When the run began: records with an earlier time of their producer's are foreign. @default none is */
  since?: Date;
  /** By partition, an offset behind which reading does not begin, whatever records say. @default none */
  notAfter?: ReadonlyMap<number, bigint>;
  /** Called once for each trouble that another try may end. @default not called */
  onTrouble?(what: string): void;
}

const REQUEST_MS = 5_000;
const PAUSE_MS = 100;
/** A record that the run wrote has no earlier time, unless the clock was set back by more than this. */
const CLOCK_MS = 60_000;
/** Brokers that all say so for this long have not just started. */
const GONE_AFTER_MS = 2_000;

/**
 * Reads every record of the topic, or with `since` those that the run may have written, trying until
 * `timeoutMs` has passed for what does not answer.
 *
 * @param addresses `host:port` of all brokers' client listeners
 */
export async function readBack(
  topic: string,
  addresses: readonly string[],
  { timeoutMs, signal, security, since, notAfter, onTrouble }: ReadbackOptions,
): Promise<Readback> {
  const wires = openWires(security);
  const deadline = performance.now() + timeoutMs;
  const reading: Reading = {
    ...{ topic, addresses, wire: wires.to, deadline, signal, since: since?.getTime() },
    notAfter: notAfter ?? new Map(),
    onTrouble: onTrouble ?? (() => {}),
  };
  try {
    const found = await tryUntil(reading, topic, async () => (await describe(reading)).topic);
    if (found instanceof Unread)
      return { partitions: [], records: [], reason: found.reason, error: found.message };
    const numbers = found.partitions.map(({ partition }) => partition).sort((a, b) => a - b);
    const { topicId } = found;
    const read = await Promise.all(numbers.map((one) => readPartition({ ...reading, topicId }, one)));
    const uncommitted = read.flatMap((one) => one.uncommitted);
    return {
      ...(topicId === null ? {} : { topicId }),
      partitions: read.map(({ row }) => row),
      records: read.flatMap(({ records }) => records),
      ...(uncommitted.length === 0 ? {} : { uncommitted }),
    };
  } finally {
    wires.close();
  }
}

interface Reading {
  topic: string;
  addresses: readonly string[];
  /** The connection to an address, one for each. */
  wire(address: string): Wire;
  /** By `performance.now()`. */
  deadline: number;
  signal: AbortSignal | undefined;
  /** In milliseconds since the epoch. */
  since: number | undefined;
  notAfter: ReadonlyMap<number, bigint>;
  onTrouble(what: string): void;
  /** The topic's id when its partitions were listed; null where brokers do not tell. */
  topicId?: string | null;
}

async function readPartition(
  reading: Reading,
  partition: number,
): Promise<{ row: PartitionReadback } & Required<Pick<Readback, "records" | "uncommitted">>> {
  let bounds: Bounds | undefined;
  let log: PartitionLog | undefined;
  const failure = await tryUntil(reading, `${reading.topic}-${partition}`, async () => {
    const leader = reading.wire(await leaderOf(reading, partition));
    if (bounds === undefined || log === undefined) {
      bounds = await boundsOf(leader, reading, partition);
      const { from, to } = bounds;
      log = partitionLog({ partition, from, to, ...(reading.since && { since: reading.since }) });
    }
    try {
      await readLog(leader, reading, { partition, to: bounds.to, log });
    } catch (error) {
      // the log's beginning was removed, or its end cut off, since: what stands there now is what counts
      if ((error as Error).message === "OFFSET_OUT_OF_RANGE") bounds = log = undefined;
      throw error;
    }
  });
  const { records, uncommitted = [], ...seen } = log?.result() ?? { records: [] };
  const { from = 0n, to = 0n, logStart = from } = bounds ?? {};
  const complete = log !== undefined && log.next() >= to;
  const row: PartitionReadback = {
    partition,
    from: String(from),
    ...(logStart === from ? {} : { logStart: String(logStart) }),
    to: String(to),
    complete,
    ...seen,
    ...(failure instanceof Unread ? { reason: failure.reason, error: failure.message } : {}),
  };
  return { row, records, uncommitted };
}

interface Bounds {
  logStart: bigint;
  from: bigint;
  to: bigint;
}

async function boundsOf(leader: Wire, reading: Reading, partition: number): Promise<Bounds> {
  const { topic, since, notAfter } = reading;
  const { errorCode, from: logStart, to } = await leader.bounds(topic, partition, REQUEST_MS);
  check(errorCode);
  if (since === undefined) return { logStart, from: logStart, to };
  const first = await leader.offsetAt(topic, partition, since - CLOCK_MS, REQUEST_MS);
  check(first.errorCode);
  const acknowledged = notAfter.get(partition) ?? to;
  const from = [first.offset < 0n ? to : first.offset, acknowledged, to].reduce((a, b) => (a < b ? a : b));
  return { logStart, from: from < logStart ? logStart : from, to };
}

async function readLog(
  leader: Wire,
  { topic, deadline, signal }: Reading,
  { partition, to, log }: { partition: number; to: bigint; log: PartitionLog },
): Promise<void> {
  while (log.next() < to) {
    signal?.throwIfAborted();
    const at = log.next();
    if (performance.now() > deadline)
      throw new Unread("TIMEOUT", `the time for reading ended at offset ${at} of ${to}`, { isFinal: true });
    const answer = await leader.fetch(topic, partition, at, REQUEST_MS);
    check(answer.errorCode);
    for (const batch of answer.batches) log.take(batch);
    if (log.next() <= at) throw new Error("the broker answered with no records");
  }
}

async function leaderOf(reading: Reading, partition: number): Promise<string> {
  const { brokers, topic } = await describe(reading);
  if (reading.topicId !== undefined && topic.topicId !== reading.topicId)
    throw new Unread("RECREATED", "the topic was deleted and made again while it was read", {
      isFinal: true,
    });
  const leader = topic.partitions.find((one) => one.partition === partition)?.leader ?? -1;
  const broker = brokers.find(({ nodeId }) => nodeId === leader);
  if (broker === undefined) throw new Unread("NO_LEADER", "LEADER_NOT_AVAILABLE");
  return `${broker.host}:${broker.port}`;
}

/**
 * Asks every broker and takes the answer with the newest leader epochs: one that was cut off has stale
 * metadata.
 *
 * @throws Unread
 */
async function describe({
  topic: name,
  addresses,
  wire,
}: Reading): Promise<{ brokers: MetadataAnswer["brokers"]; topic: TopicAnswer }> {
  const asked = await Promise.allSettled(addresses.map((address) => wire(address).metadata([name], 1_000)));
  const distrust = asked.flatMap((one) => (one.status === "rejected" ? [one.reason] : [])).find(isRefusal);
  const answers = asked.flatMap((one) => {
    const topic = one.status === "fulfilled" ? one.value.topics[0] : undefined;
    return one.status === "fulfilled" && topic !== undefined ? [{ brokers: one.value.brokers, topic }] : [];
  });
  const good = answers.filter(({ topic }) => topic.errorCode === 0);
  const newest = good.sort((a, b) => epochsOf(b.topic) - epochsOf(a.topic))[0];
  const refused = answers[0];
  if (newest === undefined && refused === undefined)
    throw distrust ?? new Unread("NO_BROKER", "no broker answers");
  if (newest === undefined) throw refusedBy(answers.length === addresses.length, refused!.topic.errorCode);
  if (new Set(good.map(({ topic }) => topic.topicId)).size > 1)
    throw new Unread("RECREATED", "brokers disagree on which topic has this name");
  return newest;
}

function epochsOf({ partitions }: TopicAnswer): number {
  return partitions.reduce((sum, { leaderEpoch }) => sum + leaderEpoch, 0);
}

/** A broker that does not answer may know the topic, and so may one that has just started. */
function refusedBy(haveAllAnswered: boolean, errorCode: number): Unread {
  const error = refusal(errorCode);
  return haveAllAnswered || error.isFinal ? error : new Unread("NO_BROKER", error.message);
}

function check(errorCode: number): void {
  if (errorCode !== 0) throw refusal(errorCode);
}

/**
 * Runs until it succeeds; returns the error where the deadline comes first, where no other try can do, or
 * where all brokers keep saying that there is no such topic.
 */
async function tryUntil<T>(
  { deadline, signal, onTrouble }: Reading,
  what: string,
  once: () => Promise<T>,
): Promise<T | Unread> {
  let last: { reason: UnreadReason; since: number } | undefined;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await once();
    } catch (error) {
      signal?.throwIfAborted();
      const failure = unread(error);
      if (last?.reason !== failure.reason) {
        last = { reason: failure.reason, since: performance.now() };
        onTrouble(`${what}: ${failure.message}`);
      }
      const isGone = failure.reason === "NO_TOPIC" && performance.now() - last.since >= GONE_AFTER_MS;
      if (failure.isFinal || isGone || performance.now() + PAUSE_MS > deadline) return failure;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
