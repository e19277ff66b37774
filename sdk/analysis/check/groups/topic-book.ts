// A topic that groups read: what was sent to it, and what stands in it at the end.
import type { History, PartitionReadback, ReadbackEvent, ReadRecord } from "../../../model/history.ts";
import { ledger, type TopicLedger } from "../ledger.ts";
import { placesIn } from "../log-index.ts";
import { compareOffsets } from "../offset.ts";
import { endedAtMs } from "../sends.ts";

/** One topic, for the groups that read it. */
export interface TopicBook {
  topic: string;
  /** Its sends beside its last readback; null where no probe sent to it. */
  ledger: TopicLedger | null;
  /** Every partition that a record or the readback names. */
  partitions: readonly number[];
  /** How far a partition was read back; undefined where it was not. */
  row(partition: number): PartitionReadback | undefined;
  /** The records that a partition is known to have or to have had: acknowledged ones, and those read back. */
  recordsOf(partition: number): readonly { offset: string; value: string }[];
  /**
   * Which send wrote a record, and whether it stands in the log at the end.
   *
   * @param metMs when a group first met it, in milliseconds since the run's start
   */
  matched(partition: number, offset: string, value: string | null, metMs: number): Match;
  /** Whether a send of the run has that value. */
  wasSent(value: string): boolean;
}

/** What is known of a record. */
export interface Match {
  /** The number of the send in the ledger; -1 where none is known to have written it. */
  send: number;
  /** Null where the readback does not say. */
  isInLog: boolean | null;
}

/** Prepares the topics that groups read. */
export function topicBooks(history: History, topics: ReadonlySet<string>): Map<string, TopicBook> {
  const ledgers = new Map(ledger(history).topics.map((one) => [one.topic, one]));
  const readbacks = new Map<string, ReadbackEvent>();
  for (const event of history) if (event.kind === "readback") readbacks.set(event.topic, event);
  return new Map(
    [...topics].map((topic) => [
      topic,
      topicBook(topic, ledgers.get(topic) ?? null, readbacks.get(topic) ?? null),
    ]),
  );
}

function topicBook(topic: string, book: TopicLedger | null, readback: ReadbackEvent | null): TopicBook {
  const records = book?.records ?? readback?.records ?? [];
  const find = placesIn(records);
  const known = byPartition(book, records);
  const rows = new Map(readback?.partitions.map((row) => [row.partition, row]));
  const sendBy = senders(book);
  const isGone = book !== null && book.deletedAtMs !== null;
  return {
    topic,
    ledger: book,
    partitions: [...new Set([...rows.keys(), ...known.keys()])],
    row: (partition) => rows.get(partition),
    recordsOf: (partition) => known.get(partition) ?? [],
    wasSent: sendBy.has,
    matched(partition, offset, value, metMs) {
      const r = find(partition, offset);
      const isSame = r !== -1 && value !== null && records[r]!.value === value;
      const send = isSame ? (book?.sendOf[r] ?? -1) : sendBy.find(partition, offset, value);
      if (r !== -1 || isGone || readback === null) return { send, isInLog: r === -1 ? null : isSame };
      const sent = book?.sends[send];
      const ackedMs = sent?.outcome === "ok" ? endedAtMs(sent) : Infinity;
      const isBefore = Math.min(metMs, ackedMs) <= readback.atMs;
      return { send, isInLog: absent(rows.get(partition), offset, isBefore) };
    },
  };
}

function byPartition(
  book: TopicLedger | null,
  records: readonly ReadRecord[],
): Map<number, { offset: string; value: string }[]> {
  const known = new Map<number, { offset: string; value: string }[]>();
  const add = (partition: number, record: { offset: string; value: string }): void => {
    const all = known.get(partition);
    if (all === undefined) known.set(partition, [record]);
    else all.push(record);
  };
  for (const record of records) add(record.partition, record);
  for (const { outcome, partition, offset, value } of book?.sends ?? [])
    if (outcome === "ok" && partition !== undefined && offset !== undefined)
      add(partition, { offset, value });
  return known;
}

/**
 * False where it is proven that no record stands at a place at the end; else null.
 *
 * @param isBefore whether the record was there before the readback began: a log that ends before it is
 * shorter
 */
function absent(row: PartitionReadback | undefined, offset: string, isBefore: boolean): false | null {
  if (row === undefined || !row.complete || compareOffsets(offset, row.from) < 0) return null;
  if (compareOffsets(offset, row.to) >= 0) return isBefore ? false : null;
  const isCompacted = row.compacted?.some(
    ({ from, to }) => compareOffsets(offset, from) >= 0 && compareOffsets(offset, to) < 0,
  );
  return isCompacted === true ? null : false;
}

interface Senders {
  has(value: string): boolean;
  /** The send of a record that the readback does not have: by its value, else by its place; else -1. */
  find(partition: number, offset: string, value: string | null): number;
}

function senders(book: TopicLedger | null): Senders {
  let byValue: Map<string, number> | undefined;
  let byPlace: Map<string, number> | undefined;
  const values = (): Map<string, number> => (byValue ??= numbersByValue(book));
  return {
    has: (value) => values().has(value),
    find(partition, offset, value) {
      if (book === null || value === null) return -1;
      const s = values().get(value) ?? -1;
      if (s !== SEVERAL) return s;
      byPlace ??= numbersByPlace(book);
      const there = byPlace.get(`${partition}:${offset}`) ?? -1;
      return book.sends[there]?.value === value ? there : -1;
    },
  };
}

const SEVERAL = -2;

function numbersByValue(book: TopicLedger | null): Map<string, number> {
  const found = new Map<string, number>();
  book?.sends.forEach(({ value }, s) => found.set(value, found.has(value) ? SEVERAL : s));
  return found;
}

function numbersByPlace({ sends }: TopicLedger): Map<string, number> {
  const found = new Map<string, number>();
  sends.forEach(({ outcome, partition, offset }, s) => {
    if (outcome === "ok" && partition !== undefined && offset !== undefined)
      found.set(`${partition}:${offset}`, s);
  });
  return found;
}
