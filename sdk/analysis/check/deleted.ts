// When a topic was deleted, by what the observer saw of its ids.
import type { TopicEvent } from "../../model/history.ts";

/**
 * Returns by when the topic that first had the name was gone, in milliseconds since the run's start, or null
 * where it stayed. Of several deletions the last counts. An id that comes back shows that the topic was never
 * gone: brokers did not know it yet.
 */
export function deletedAtMs(events: readonly TopicEvent[]): number | null {
  let gone: number | null = null;
  let missingSince: number | null = null;
  let current = events[0]?.before;
  for (const { atMs, id } of events) {
    if (id === null) missingSince = atMs;
    else {
      if (id !== current) gone = atMs;
      missingSince = null;
      current = id;
    }
  }
  return missingSince ?? gone;
}
