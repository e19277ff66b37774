// How far a consumer has read each partition of a topic: from where, to where, and what it has seen.

import type { ReadRecord } from "../model/history.ts";
import type { WasRead } from "./client.ts";

/** One partition that is read from an offset to its end as it was at the call. */
export interface Span {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
  /** The offset up to which records were seen. */
  position: bigint;
}

export function spanOf(partition: number, from: string | bigint, to: string | bigint): Span {
  const begin = BigInt(from);
  return { partition, from: begin, to: BigInt(to), position: begin };
}

export function isUnread(spans: readonly Span[]): boolean {
  return spans.some(({ position, to }) => position < to);
}

/** Notes a record that was read; one outside its span or seen before is ignored. */
export function noteRecord(spans: readonly Span[], records: ReadRecord[], record: ReadRecord): void {
  const { partition, offset } = record;
  const span = spans.find((one) => one.partition === partition);
  const at = BigInt(offset);
  if (span === undefined || at < span.position || at >= span.to) return;
  span.position = at + 1n;
  records.push(record);
}

/** The result of a reading; `error` is why it ended where not everything was read. */
export function resultOf(spans: readonly Span[], records: ReadRecord[], error: string | undefined): WasRead {
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
