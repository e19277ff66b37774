// Which record stands at an offset of a partition.
import type { ReadRecord } from "../../model/history.ts";
import { compareOffsets } from "./offset.ts";

/** Returns the number of the record at a place, or -1; the records must be in the order of the log. */
export type FindLogIndex = (partition: number, offset: string) => number;

/**
 * Prepares to find records by place. Offsets mostly follow each other without a hole, so the first guess is
 * mostly right.
 */
export function placesIn(records: readonly ReadRecord[]): FindLogIndex {
  const partitions = new Map<number, number[]>();
  records.forEach(({ partition }, r) => {
    const known = partitions.get(partition);
    if (known === undefined) partitions.set(partition, [r]);
    else known.push(r);
  });
  return (partition, offset) => search(records, partitions.get(partition) ?? [], offset);
}

function search(records: readonly ReadRecord[], numbers: readonly number[], offset: string): number {
  let low = 0;
  let high = numbers.length - 1;
  const first = records[numbers[0] ?? -1]?.offset ?? "";
  let guess = Math.max(low, Math.min(high, Number(offset) - Number(first)));
  while (low <= high) {
    const r = numbers[guess] ?? -1;
    const difference = compareOffsets(records[r]?.offset ?? "", offset);
    if (difference === 0) return r;
    if (difference < 0) low = guess + 1;
    else high = guess - 1;
    guess = (low + high) >>> 1;
  }
  return -1;
}
