// Where a value was seen in the log: by the readers of the run, and by the reading back at its end.
import type { History, ReadRecord } from "../../../model/history.ts";
import { compareOffsets } from "../offset.ts";

/** An offset at which a value was seen. */
export interface LogPosition {
  partition: number;
  offset: string;
  /**
   * Whether it stands there in the topic's last reading back; null where there was none. What was read once
   * and stands there no more was cut off the log.
   */
  isThereAtTheEnd: boolean | null;
  /** Who read it there, in order of time. */
  readBy: readonly Reading[];
}

/** One reading of a record. */
export interface Reading {
  client: string;
  /** A consumer's read, or the reading back of the whole topic. */
  kind: "read" | "readback";
  /** When the batch with it began to be read, and how long that took. */
  atMs: number;
  tookMs: number;
}

/** Finds every offset at which a value of a topic was seen, in the order of the log. */
export function logPositionsOf(history: History, topic: string, value: string): LogPosition[] {
  const found = new Map<string, { partition: number; offset: string; readBy: Reading[] }>();
  let last: readonly ReadRecord[] | null = null;
  for (const event of history) {
    if ((event.kind !== "read" && event.kind !== "readback") || event.topic !== topic) continue;
    const { kind, client, atMs, tookMs } = event;
    const own = event.records.filter((record) => record.value === value && !isForeign(record));
    if (kind === "readback") last = own;
    for (const { partition, offset } of own) {
      const key = `${partition}:${offset}`;
      const position = found.get(key) ?? { partition, offset, readBy: [] };
      found.set(key, position);
      position.readBy.push({ client, kind, atMs, tookMs });
    }
  }
  return [...found.values()]
    .sort((a, b) => a.partition - b.partition || compareOffsets(a.offset, b.offset))
    .map(({ partition, offset, readBy }) => ({
      partition,
      offset,
      isThereAtTheEnd:
        last === null
          ? null
          : last.some((record) => record.partition === partition && record.offset === offset),
      readBy: readBy.sort((a, b) => a.atMs - b.atMs),
    }));
}

/** Whether another program wrote it before the run: its value says nothing of the run's. */
function isForeign({ foreign, tombstone }: ReadRecord): boolean {
  return foreign === true || tombstone === true;
}
