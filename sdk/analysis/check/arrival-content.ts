// What the contents of arrivals tell: which came twice, and which are gone from the log at the end.
import type { Arrival, History, PartitionReadback, ReadbackEvent } from "../../model/history.ts";
import { compareOffsets } from "./offset.ts";

/** Contents that arrived more than once. */
export interface DuplicateArrivals {
  /** Contents that stand at more than one offset. */
  values: number;
  /** Records beyond one of each. */
  copies: number;
  examples: readonly { content: string; places: readonly { partition: number; offset: string }[] }[];
}

/** So many different contents in a row are taken for contents that tell records apart. */
const ENOUGH = 10;

/**
 * Counts contents that arrived more than once; null where contents do not tell records apart: before
 * `untilMs`, when no fault could have made a copy, contents repeat already, or too few records arrived to
 * know.
 */
export function duplicatesOf(
  arrivals: readonly Arrival[],
  { by, untilMs, examples }: { by: "value" | "key"; untilMs: number; examples: number },
): DuplicateArrivals | null {
  const calm = arrivals.filter(({ atMs }) => atMs <= untilMs).map((one) => one[by]);
  if (calm.length < ENOUGH || new Set(calm).size < calm.length) return null;
  const places = new Map<string, Arrival[]>();
  for (const one of arrivals) {
    const content = one[by];
    if (content === undefined) return null;
    const known = places.get(content);
    if (known === undefined) places.set(content, [one]);
    else known.push(one);
  }
  const repeated = [...places].filter(([, all]) => all.length > 1);
  return {
    values: repeated.length,
    copies: repeated.reduce((sum, [, all]) => sum + all.length - 1, 0),
    examples: repeated.slice(0, examples).map(([content, all]) => ({
      content,
      places: all.map(({ partition, offset }) => ({ partition, offset })),
    })),
  };
}

/**
 * Counts records that arrived and are not at their place in the topic's last readback; null where a partition
 * was not read back to its end, or somebody deleted the topic meanwhile. What retention, DeleteRecords or
 * compaction removed does not count.
 */
export function vanishedOf(history: History, topic: string, arrivals: readonly Arrival[]): number | null {
  const readback = history.findLast(
    (event): event is ReadbackEvent => event.kind === "readback" && event.topic === topic,
  );
  const isDeleted = history.some(
    (event) => event.kind === "topic" && event.topic === topic && event.id !== event.before,
  );
  if (readback === undefined || isDeleted) return null;
  const rows = new Map(readback.partitions.map((row) => [row.partition, row]));
  const found = new Map(
    readback.records.map(({ partition, offset, value }) => [`${partition}:${offset}`, value]),
  );
  let vanished = 0;
  for (const { partition, offset, value } of arrivals) {
    const row = rows.get(partition);
    if (row === undefined || !row.complete) return null;
    if (!isRemoved(row, offset) && compareOffsets(offset, row.from) < 0) return null; // it was not read back
    const there = found.get(`${partition}:${offset}`);
    if (there === undefined ? !isRemoved(row, offset) : !isSame(value, there)) vanished++;
  }
  return vanished;
}

/** Whether it is known why no record stands at an offset any more. */
function isRemoved({ from, logStart = from, compacted = [] }: PartitionReadback, offset: string): boolean {
  if (compareOffsets(offset, logStart) < 0) return true;
  return compacted.some((one) => compareOffsets(offset, one.from) >= 0 && compareOffsets(offset, one.to) < 0);
}

/** A long value was kept as its beginning and a sum. */
function isSame(kept: string, whole: string): boolean {
  const beginning = /^([^]*)… sha256:[0-9a-f]{16}$/.exec(kept)?.[1];
  return kept === whole || (beginning !== undefined && whole.startsWith(beginning));
}
