// Records of other producers: they are counted, and never lost, duplicated or phantom.
import type { History, ReadbackEvent } from "../../model/history.ts";
import type { Scope } from "./finding.ts";
import { ledger, type Ledger, type TopicLedger } from "./ledger.ts";

/**
 * Counts records that no send of the run wrote, in the last readbacks of the topics in scope. A scope of one
 * client does not make the others' records foreign.
 *
 * @param book the ledger of the scope
 */
export function foreignIn(history: History, { topic, client }: Scope, book: Ledger): number {
  const all = client === undefined ? book : ledger(history, topic === undefined ? {} : { topic });
  const sentTo = new Set(all.topics.map((one) => one.topic));
  const others = new Map<string, ReadbackEvent>();
  for (const event of history) {
    if (event.kind !== "readback" || sentTo.has(event.topic)) continue;
    if (topic === undefined || event.topic === topic) others.set(event.topic, event);
  }
  return (
    all.topics.reduce((sum, one) => sum + foreignOf(one), 0) +
    [...others.values()].reduce((sum, { records }) => sum + records.length, 0)
  );
}

function foreignOf({ records, sendOf, repeated }: TopicLedger): number {
  let n = 0;
  for (let r = 0; r < sendOf.length; r++) {
    const record = records[r];
    if (sendOf[r] !== -1 || record === undefined) continue;
    if (record.foreign === true || record.tombstone === true || !repeated.has(record.value)) n++;
  }
  return n;
}
