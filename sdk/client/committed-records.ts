// The records that a read_committed consumer is given of batches, at the end of a partition: those of a
// transaction when it is committed, and never when it is aborted.

import { type BatchRecord, markerOf, type RecordBatch, recordsOf } from "../kafka/protocol/mod.ts";
import { UnreadableRecords } from "../kafka/unreadable.ts";

/** A record that a consumer is given. */
export interface FollowedRecord {
  offset: bigint;
  key: string | null;
  value: string;
  /** Milliseconds since the epoch; negative for none. */
  timestamp: number;
}

export interface CommittedReader {
  /** Takes batches from the offset `next` on; returns what a consumer is given, and where to go on. */
  take(batches: readonly RecordBatch[], next: bigint): { records: FollowedRecord[]; next: bigint };
}

/** @param onUnreadable called for batches that cannot be read; they are skipped */
export function committedRecords(onUnreadable: (text: string) => void): CommittedReader {
  /** Records of transactions without a marker yet, by producer id. */
  const open = new Map<bigint, FollowedRecord[]>();
  const readable = <T>(read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UnreadableRecords)) throw error;
      onUnreadable(error.message);
      return otherwise;
    }
  };
  const held = (producerId: bigint): FollowedRecord[] => {
    const records = open.get(producerId) ?? [];
    open.set(producerId, records);
    return records;
  };
  const ended = (batch: RecordBatch): FollowedRecord[] => {
    const marker = readable(() => markerOf(batch), undefined);
    if (marker === undefined) return [];
    const records = open.get(batch.producerId) ?? [];
    open.delete(batch.producerId);
    return marker === "commit" ? records : [];
  };
  return {
    take(batches, from) {
      const records: FollowedRecord[] = [];
      let next = from;
      for (const batch of batches) {
        if (batch.last < next) continue;
        const at = next;
        next = batch.last + 1n;
        if (batch.isControl) {
          records.push(...ended(batch));
          continue;
        }
        const own = readable(() => recordsOf(batch), [])
          .filter(({ offset }) => offset >= at)
          .map(followed);
        if (!batch.isTransactional) records.push(...own);
        else held(batch.producerId).push(...own);
      }
      return { records, next };
    },
  };
}

function followed({ offset, timestamp, key, value }: BatchRecord): FollowedRecord {
  return { offset, timestamp, key: key?.toString("utf8") ?? null, value: value?.toString("utf8") ?? "" };
}
