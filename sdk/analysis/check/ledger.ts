// Two columns, matched once and then only read: what was sent, and what stands in the log.
//
//   sends    s0 ok   s1 info   s2 ok   s3 fail        recordOf   s0→r0  s1→r1  s2→ -1  s3→ -1
//   records  r0 (s0)   r1 (s1)   r2 (s1 again)        sendOf     r0→s0  r1→s1  r2→s1
//
// Everything that concerns records (lost, duplicated, out of order, failed but present) is a walk over these
// columns.
import type { History, ReadbackEvent, ReadRecord, TopicEvent } from "../../model/history.ts";
import { deletedAtMs } from "./deleted.ts";
import type { Scope } from "./finding.ts";
import { compareOffsets } from "./offset.ts";
import { placesIn } from "./log-index.ts";
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
  /** By when somebody had deleted the topic, or the one that had its name before; null: nobody did. */
  deletedAtMs: number | null;
  /** The readback's records, offsets ascending within a partition, every offset once. */
  records: readonly ReadRecord[];
  /**
   * By record: the number of the send that was acknowledged there with its value, else of the only send with
   * its value, else -1. A tombstone, and a record from before the run, has only the former.
   */
  sendOf: Int32Array;
  /**
   * By send: the number of the record at its acknowledged place, else of the first record with its value,
   * else -1.
   */
  recordOf: Int32Array;
  /**
   * Values that were sent more than once and stand where no send was acknowledged: those records cannot be
   * attributed to a send.
   */
  repeated: ReadonlySet<string>;
}

/** Builds the ledger of a history. */
export function ledger(history: History, scope: Scope = {}): Ledger {
  const readbacks = new Map<string, ReadbackEvent>();
  const changes = new Map<string, TopicEvent[]>();
  const idempotent = new Set<string>();
  for (const event of history) {
    if (event.kind === "readback") readbacks.set(event.topic, event);
    if (event.kind === "topic") changes.set(event.topic, [...(changes.get(event.topic) ?? []), event]);
    if (event.kind !== "client") continue;
    if (event.settings["idempotent"] === true) idempotent.add(event.client);
    else idempotent.delete(event.client);
  }
  const sends = sendsBy(history, scope, ({ topic }) => topic);
  return {
    topics: [...sends].map(([topic, all]) => ({
      ...matched(topic, all, readbacks.get(topic) ?? null),
      deletedAtMs: deletedAtMs(changes.get(topic) ?? []),
    })),
    idempotent,
  };
}

/** Tells whether every partition of a topic was read to its end. */
export function readWholly({ readback }: TopicLedger): boolean {
  return (
    readback !== null &&
    readback.partitions.length > 0 &&
    readback.partitions.every(({ complete }) => complete)
  );
}

function matched(
  topic: string,
  { sends, lines }: Sends,
  readback: ReadbackEvent | null,
): Omit<TopicLedger, "deletedAtMs"> {
  const records = inLogOrder(readback?.records ?? []);
  const sendOf = new Int32Array(records.length).fill(NONE);
  const recordOf = new Int32Array(sends.length).fill(NONE);
  const found = { sends, records, sendOf, recordOf };
  matchByPlace(found);
  return { topic, lines, readback, ...found, repeated: matchByValue(found) };
}

const NONE = -1;
const REPEATED = -2;

type Columns = Pick<TopicLedger, "sends" | "records" | "sendOf" | "recordOf">;

function matchByPlace({ sends, records, sendOf, recordOf }: Columns): void {
  const find = placesIn(records);
  sends.forEach(({ partition, offset, value }, s) => {
    if (partition === undefined || offset === undefined) return;
    const r = find(partition, offset);
    if (r === NONE || sendOf[r] !== NONE || records[r]?.value !== value) return;
    sendOf[r] = s;
    recordOf[s] = r;
  });
}

/**
 * Matches what is left over by value; returns the values that more than one send has. Hashing a million
 * values takes a second, so only those that need it are.
 */
function matchByValue({ sends, records, sendOf, recordOf }: Columns): Set<string> {
  const numbers = new Map<string, number>();
  const repeated = new Set<string>();
  const isOpen = (record: ReadRecord, r: number): boolean =>
    sendOf[r] === NONE && record.tombstone !== true && record.foreign !== true;
  records.forEach((record, r) => {
    if (isOpen(record, r)) numbers.set(record.value, NONE);
  });
  if (numbers.size === 0) return repeated;
  sends.forEach(({ value }, s) => {
    const known = numbers.get(value);
    if (known !== undefined) numbers.set(value, known === NONE ? s : REPEATED);
  });
  records.forEach((record, r) => {
    if (!isOpen(record, r)) return;
    const { value } = record;
    const s = numbers.get(value) ?? NONE;
    if (s === REPEATED) repeated.add(value);
    if (s < 0) return;
    sendOf[r] = s;
    if (recordOf[s] === NONE) recordOf[s] = r;
  });
  return repeated;
}

function inLogOrder(records: readonly ReadRecord[]): readonly ReadRecord[] {
  if (ascending(records)) return records;
  const sorted = [...records].sort((a, b) => a.partition - b.partition || compareOffsets(a.offset, b.offset));
  return sorted.filter(
    ({ partition, offset }, r) => partition !== sorted[r - 1]?.partition || offset !== sorted[r - 1]?.offset,
  );
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
