// What a consumer is given of a partition's batches, and what it is not given:
//
//   offset    0   1   2   3   4   5   6   7   8   9
//             a   T1  ·   b   T1  ✗   T2  c   ✓   T3  │ high watermark
//                     │           └ aborts T1      └ T3 is open
//                     └ compacted      └ commits T2 (8)
//
// A producer's transaction is what it wrote since its last marker, so the batches themselves say which
// records count (Log.lastStableOffset, and the aborted transactions of a Fetch, are derived from the same
// markers; ProducerStateManager.java).

import type { OffsetRange, PartitionReadback, ReadRecord, UncommittedRecord } from "../model/history.ts";
import { type BatchRecord, markerOf, type RecordBatch, recordsOf } from "../kafka/protocol/mod.ts";

/** Ranges beyond these become one: a topic may have been compacted for years. */
const MAX_RANGES = 1_000;

export interface PartitionLogOptions {
  partition: number;
  /** Where reading begins, and where it ends. */
  from: bigint;
  to: bigint;
  /** When the run began, in milliseconds since the epoch: records from before are foreign. @default never */
  since?: number;
  /** `read_uncommitted` is given the records of every transaction at once. @default "read_committed" */
  isolation?: "read_committed" | "read_uncommitted";
}

/** A partition's log as far as it was read. */
export interface PartitionLog {
  /** Where to go on. */
  next(): bigint;
  /** Takes the batch with offset `next()`, or the first one after it. @throws UnreadableRecords */
  take(batch: RecordBatch): void;
  /** What was read. */
  result(): { records: ReadRecord[]; uncommitted?: UncommittedRecord[] } & Pick<
    PartitionReadback,
    "compacted" | "aborted" | "open"
  >;
}

/** A transaction that has no marker yet. */
interface Transaction {
  from: bigint;
  records: ReadRecord[];
}

interface LogState extends PartitionLogOptions {
  next: bigint;
  records: ReadRecord[];
  /** Whether `records` are in the order of their offsets: those of a transaction come with its marker. */
  isSorted: boolean;
  compacted: { from: bigint; to: bigint }[];
  /** The records of aborted transactions. */
  aborted: ReadRecord[];
  /** By producer id. */
  open: Map<bigint, Transaction>;
}

export function partitionLog(options: PartitionLogOptions): PartitionLog {
  const state: LogState = {
    ...options,
    next: options.from,
    records: [],
    isSorted: true,
    compacted: [],
    aborted: [],
    open: new Map(),
  };
  return {
    next: () => state.next,
    take: (batch) => takeBatch(state, batch),
    result: () => resultOf(state),
  };
}

function takeBatch(state: LogState, batch: RecordBatch): void {
  const end = batch.last + 1n < state.to ? batch.last + 1n : state.to;
  if (end <= state.next) return;
  if (batch.isControl) endTransaction(state, batch);
  else takeRecords(state, batch, end);
  state.next = end;
}

function takeRecords(state: LogState, batch: RecordBatch, end: bigint): void {
  const taken = recordsOf(batch).filter(({ offset }) => offset >= state.next && offset < end);
  noteMissing(state, taken, end);
  const isHeld = batch.isTransactional && state.isolation !== "read_uncommitted";
  const into = isHeld ? transactionOf(state, batch).records : state.records;
  for (const record of taken) into.push(readRecord(state, batch, record));
}

/** Notes what a batch, or the log before it, no longer has. */
function noteMissing({ next, compacted }: LogState, taken: readonly BatchRecord[], end: bigint): void {
  let expected = next;
  const missing = (to: bigint): void => {
    if (to <= expected) return;
    const last = compacted.at(-1);
    if (last?.to === expected || (last !== undefined && compacted.length === MAX_RANGES)) last.to = to;
    else compacted.push({ from: expected, to });
  };
  for (const { offset } of taken) {
    missing(offset);
    expected = offset + 1n;
  }
  missing(end);
}

function transactionOf({ open }: LogState, { producerId, first }: RecordBatch): Transaction {
  const known = open.get(producerId);
  if (known !== undefined) return known;
  const begun: Transaction = { from: first, records: [] };
  open.set(producerId, begun);
  return begun;
}

function endTransaction(state: LogState, batch: RecordBatch): void {
  if (batch.first > state.next) noteMissing(state, [], batch.first);
  const transaction = state.open.get(batch.producerId);
  const marker = markerOf(batch);
  if (transaction === undefined || marker === undefined) return;
  state.open.delete(batch.producerId);
  if (marker === "abort") {
    for (const record of transaction.records) state.aborted.push(record);
    return;
  }
  for (const record of transaction.records) state.records.push(record);
  state.isSorted = false;
}

function readRecord(
  { partition, since = -Infinity }: LogState,
  { isAppendTime }: RecordBatch,
  { offset, timestamp, value }: BatchRecord,
): ReadRecord {
  return {
    partition,
    offset: String(offset),
    value: value?.toString("utf8") ?? "",
    ...(value === null ? { tombstone: true } : {}),
    // a broker's clock may differ from that of the producers, which are on this machine
    ...(!isAppendTime && timestamp >= 0 && timestamp < since ? { foreign: true } : {}),
  };
}

function resultOf(state: LogState): ReturnType<PartitionLog["result"]> {
  const { records, compacted, aborted, open } = state;
  if (!state.isSorted) records.sort(byOffset);
  state.isSorted = true;
  const pending = [...open.values()];
  const uncommitted = [
    ...aborted.map((record): UncommittedRecord => ({ ...record, transaction: "aborted" })),
    ...pending.flatMap((one) => one.records.map((record) => ({ ...record, transaction: "open" as const }))),
  ].sort(byOffset);
  return {
    records,
    ...(uncommitted.length === 0 ? {} : { uncommitted }),
    ...(compacted.length === 0 ? {} : { compacted: compacted.map(rangeOf) }),
    ...(aborted.length === 0 ? {} : { aborted: aborted.length }),
    ...(pending.length === 0 ? {} : { open: openOf(pending) }),
  };
}

function byOffset(a: ReadRecord, b: ReadRecord): number {
  return BigInt(a.offset) < BigInt(b.offset) ? -1 : 1;
}

function rangeOf({ from, to }: { from: bigint; to: bigint }): OffsetRange {
  return { from: String(from), to: String(to) };
}

function openOf(pending: readonly Transaction[]): { from: string; records: number } {
  const [first] = pending.map(({ from }) => from).sort((a, b) => (a < b ? -1 : 1));
  return { from: String(first), records: pending.reduce((sum, { records }) => sum + records.length, 0) };
}
