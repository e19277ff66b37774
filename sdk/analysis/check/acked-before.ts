// The highest offset that a partition had acknowledged by a moment: what was sent later stands behind it.
import { firstIndex } from "../../model/first-index.ts";
import type { TopicLedger } from "./ledger.ts";
import { compareOffsets } from "./offset.ts";
import { endedAtMs } from "./sends.ts";

/** Acknowledgements in the order of their ends; `offset` is the highest up to then. */
type Marks = readonly { atMs: number; offset: string }[];

/** By topic, then partition. It is asked for few sends of few histories, so it is made when it is. */
const known = new WeakMap<TopicLedger, Map<number, Marks>>();

/** Returns undefined where nothing had been acknowledged. */
export function ackedBefore(topic: TopicLedger, partition: number, atMs: number): string | undefined {
  let marks = known.get(topic);
  if (marks === undefined) known.set(topic, (marks = marksOf(topic)));
  const all = marks.get(partition) ?? [];
  return all[firstIndex(all.length, (i) => all[i]!.atMs > atMs) - 1]?.offset;
}

function marksOf({ sends }: TopicLedger): Map<number, Marks> {
  const found = new Map<number, { atMs: number; offset: string }[]>();
  for (const send of sends) {
    const { outcome, partition, offset } = send;
    if (outcome !== "ok" || partition === undefined || offset === undefined) continue;
    const marks = found.get(partition) ?? [];
    found.set(partition, marks);
    marks.push({ atMs: endedAtMs(send), offset });
  }
  for (const marks of found.values()) {
    marks.sort((a, b) => a.atMs - b.atMs);
    let highest = "";
    for (const mark of marks) {
      if (highest !== "" && compareOffsets(mark.offset, highest) < 0) mark.offset = highest;
      highest = mark.offset;
    }
  }
  return found;
}
