// Notices that a topic was deleted, or that another one took its name: topics have ids (KIP-516).

import type { TopicEvent } from "../../model/history.ts";

export interface TopicIds {
  /** Notes the id that a topic has now; null where all brokers say that there is none of that name. */
  note(topic: string, id: string | null): void;
}

/** @param record is called when a topic that had an id has another one, has none, or has it again */
export function topicIds(record: (change: Omit<TopicEvent, "kind" | "atMs">) => void): TopicIds {
  /** By topic: the last id, and whether it was gone since. */
  const known = new Map<string, { id: string; isGone: boolean }>();
  return {
    note(topic, id) {
      const last = known.get(topic);
      if (id !== null) known.set(topic, { id, isGone: false });
      else if (last !== undefined) known.set(topic, { ...last, isGone: true });
      if (last === undefined) return;
      const isChanged = id === null ? !last.isGone : last.isGone || id !== last.id;
      if (isChanged) record({ topic, id, before: last.id });
    },
  };
}
