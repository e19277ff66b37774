// The watches of a history, each with what arrived at it in order of time.
import type { Arrival, History } from "../../model/history.ts";

/** A watched topic. */
export interface WatchedTopic {
  name: string;
  topic: string;
  by: "value" | "key";
  fromMs: number;
  /** When it ended; while it goes on, the end of the history. */
  toMs: number;
  /** Whether every partition was read to its end; null while it goes on. */
  complete: boolean | null;
  arrivals: readonly Arrival[];
}

/** Returns the watches of a history in the order in which they began. */
export function watchesIn(history: History): WatchedTopic[] {
  const found = new Map<string, WatchedTopic & { arrivals: Arrival[] }>();
  for (const event of history) {
    if (event.kind === "watch") {
      const { watch: name, topic, by, atMs } = event;
      found.set(name, { name, topic, by, fromMs: atMs, toMs: atMs, complete: null, arrivals: [] });
    } else if (event.kind === "arrivals") {
      const into = found.get(event.watch)?.arrivals;
      for (const one of event.records) into?.push(one);
    } else if (event.kind === "watch end") {
      const one = found.get(event.watch);
      if (one === undefined) continue;
      one.toMs = event.atMs;
      one.complete = event.partitions.every(({ complete }) => complete);
    }
  }
  const endMs = history.reduce((last, { atMs }) => Math.max(last, atMs), 0);
  for (const one of found.values()) {
    if (one.complete === null) one.toMs = Math.max(one.fromMs, endMs);
    one.arrivals.sort((a, b) => a.atMs - b.atMs);
  }
  return [...found.values()];
}

/** The values that the lab's own probes sent to a topic. */
export function sentValues(history: History, topic: string): ReadonlySet<string> {
  return new Set(
    history.flatMap((event) => (event.kind === "send" && event.topic === topic ? [event.value] : [])),
  );
}
