// Two columns, matched once and then only read: what was sent, and what stands in the log.
//
//   sends    s0 ok   s1 info   s2 ok   s3 fail        recordOf   s0→r0  s1→r1  s2→ -1  s3→ -1
//   records  r0 (s0)   r1 (s1)   r2 (s1 again)        sendOf     r0→s0  r1→s1  r2→s1
//
// Everything that concerns records (lost, duplicated, out of order, failed but present) is a walk over these columns.
import type { History, ReadbackEvent, ReadRecord, SendEvent } from "../history.ts";
import type { Scope } from "./finding.ts";
import { compareOffsets } from "./offset.ts";
import { sendsBy, type Sends } from "./sends.ts";

/** The sends of a history beside what its last readbacks hold. */
export interface Ledger {
  /** One for every topic that was sent to. */
  topics: readonly TopicLedger[];
  /** Clients whose settings say `idempotent: true`. */
  idempotent: ReadonlySet<string>;
}

/** One topic of a ledger. */
export interface TopicLedger extends Sends {
  topic: string;
  /** The last readback of the topic. */
  readback: ReadbackEvent | null;
  /** The readback's records, offsets ascending within a partition, every offset once. */
  records: readonly ReadRecord[];
  /** By record: the number of its send, or -1 where no send of the scope has its value. */
  sendOf: Int32Array;
  /** By send: the number of the first record with its value, or -1. */
  recordOf: Int32Array;
  /** Values that were sent more than once: their records cannot be told apart, so they are matched with no send. */
  repeated: ReadonlySet<string>;
}

/** Builds the ledger of a history. */
export function ledger(history: History, scope: Scope = {}): Ledger {
  const readbacks = new Map<string, ReadbackEvent>();
  const idempotent = new Set<string>();
  for (const event of history) {
    if (event.kind === "readback") readbacks.set(event.topic, event);
    if (event.kind !== "client") continue;
    if (event.settings["idempotent"] === true) idempotent.add(event.client);
    else idempotent.delete(event.client);
  }
  const sends = sendsBy(history, scope, ({ topic }) => topic);
  return { topics: [...sends].map(([topic, all]) => matched(topic, all, readbacks.get(topic) ?? null)), idempotent };
}

/** Tells whether every partition of a topic was read to its end. */
export function readWholly({ readback }: TopicLedger): boolean {
  return readback !== null && readback.partitions.length > 0 && readback.partitions.every(({ complete }) => complete);
}

function matched(topic: string, { sends, lines }: Sends, readback: ReadbackEvent | null): TopicLedger {
  const { numbers, repeated } = numbered(sends);
  const records = inLogOrder(readback?.records ?? []);
  const sendOf = new Int32Array(records.length);
  const recordOf = new Int32Array(sends.length).fill(-1);
  records.forEach(({ value }, r) => {
    const s = numbers.get(value) ?? -1;
    sendOf[r] = s;
    if (s >= 0 && recordOf[s] === -1) recordOf[s] = r;
  });
  return { topic, sends, lines, readback, records, sendOf, recordOf, repeated };
}

function numbered(sends: readonly SendEvent[]): { numbers: Map<string, number>; repeated: Set<string> } {
  const numbers = new Map<string, number>();
  const repeated = new Set<string>();
  sends.forEach(({ value }, s) => {
    const before = numbers.size;
    numbers.set(value, s);
    if (numbers.size === before) repeated.add(value);
  });
  for (const value of repeated) numbers.delete(value);
  return { numbers, repeated };
}

function inLogOrder(records: readonly ReadRecord[]): readonly ReadRecord[] {
  if (ascending(records)) return records;
  const sorted = [...records].sort((a, b) => a.partition - b.partition || compareOffsets(a.offset, b.offset));
  return sorted.filter(({ partition, offset }, r) => partition !== sorted[r - 1]?.partition || offset !== sorted[r - 1]?.offset);
}

function ascending(records: readonly ReadRecord[]): boolean {
  const last = new Map<number, string>();
  let partition: number | undefined;
  let offset: string | undefined;
  for (const record of records) {
    if (record.partition !== partition) {
      if (partition !== undefined && offset !== undefined) last.set(partition, offset);
      partition = record.partition;
      offset = last.get(partition);
    }
    if (offset !== undefined && compareOffsets(offset, record.offset) >= 0) return false;
    offset = record.offset;
  }
  return true;
}
