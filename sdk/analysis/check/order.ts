// A record acknowledged before another was even begun stands before it in the partition.
//
//   time   R ├──ack┤      S ├────┤         log   … S … R …   R is out of order
//          R's acknowledgement returned before S began, yet S stands before R.
//
// One walk over a partition is enough: keep the latest begin seen so far, and compare it with each record's
// acknowledgement.
import { readable } from "../../model/duration.ts";
import type { History } from "../../model/history.ts";
import { counted } from "./counted.ts";
import type { ExampleOptions, Finding, Scope, SentRecord } from "./finding.ts";
import { ledger, readWholly, type Ledger, type TopicLedger } from "./ledger.ts";
import { endedAtMs, sentRecord } from "./sends.ts";
import { unreadWords } from "./unjudged.ts";

/** What `order` found. */
export type Ordering = Finding<"order", OrderingFacts>;

export interface OrderingFacts {
  /** Acknowledged records whose place was compared. */
  compared: number;
  outOfOrder: number;
  /** Out of order by `topic-partition`; partitions without any are left out. */
  partitions: Readonly<Record<string, number>>;
  examples: readonly MisplacedRecord[];
}

/**
 * A record out of order: it stands at `foundOffset`, after `behind`, whose send began after this one's
 * acknowledgement.
 */
export interface MisplacedRecord extends SentRecord {
  foundOffset: string;
  behind: SentRecord & { foundOffset: string };
}

/**
 * Checks each partition's order against the order of time.
 *
 * A record is out of order where it stands after a record whose send began after this one's acknowledgement
 * had returned. Sends that overlapped in time may stand in any order; so may a record without
 * acknowledgement, but what stands behind it is compared with its begin. Of a duplicated value the first
 * place in the acknowledged partition counts. All clients are compared with each other: they share the run's
 * clock.
 */
export function order(history: History, options: Scope & ExampleOptions = {}): Ordering {
  return ordering(ledger(history, options), options);
}

/** Checks order on a ledger that is already built. */
export function ordering({ topics }: Ledger, { examples = 5 }: ExampleOptions = {}): Ordering {
  const facts = { compared: 0, outOfOrder: 0, partitions: {} as Record<string, number> };
  const shown: MisplacedRecord[] = [];
  const unread: TopicLedger[] = [];
  for (const topic of topics) {
    facts.compared += walk(topic, (partition, misplaced, behind) => {
      facts.outOfOrder++;
      const name = `${topic.topic}-${partition}`;
      facts.partitions[name] = (facts.partitions[name] ?? 0) + 1;
      const record = shown.length < examples ? placed(topic, misplaced) : null;
      const other = record && placed(topic, behind);
      if (record !== null && other !== null) shown.push({ ...record, behind: other });
    });
    if (!readWholly(topic) && topic.sends.some(({ outcome }) => outcome === "ok")) unread.push(topic);
  }
  const verdict = facts.outOfOrder > 0 ? false : unread.length > 0 ? "unknown" : true;
  return {
    checker: "order",
    verdict,
    summary: summary(facts, unread, shown[0]),
    facts: { ...facts, examples: shown },
  };
}

/**
 * Walks a topic's records and reports each that is out of order, by number, with the one that it stands
 * behind; returns how many were compared.
 */
function walk(
  { sends, records, sendOf }: TopicLedger,
  report: (partition: number, misplaced: number, behind: number) => void,
): number {
  const latest = new Map<number, { atMs: number; r: number }>();
  const seen = new Uint8Array(sends.length);
  let compared = 0;
  records.forEach(({ partition }, r) => {
    const s = sendOf[r] ?? -1;
    const send = sends[s];
    if (send === undefined) return;
    const before = latest.get(partition);
    if (send.outcome === "ok" && seen[s] === 0 && (send.partition ?? partition) === partition) {
      seen[s] = 1;
      compared++;
      if (before !== undefined && before.atMs > endedAtMs(send)) report(partition, r, before.r);
    }
    if (before === undefined || send.atMs > before.atMs) latest.set(partition, { atMs: send.atMs, r });
  });
  return compared;
}

function placed(topic: TopicLedger, r: number): (SentRecord & { foundOffset: string }) | null {
  const record = sentRecord(topic, topic.sendOf[r] ?? -1);
  const foundOffset = topic.records[r]?.offset;
  return record && foundOffset !== undefined ? { ...record, foundOffset } : null;
}

function summary(
  { compared, outOfOrder }: Omit<OrderingFacts, "examples">,
  unread: readonly TopicLedger[],
  first: MisplacedRecord | undefined,
): string {
  if (outOfOrder > 0) {
    const example =
      first &&
      `; offset ${first.foundOffset} was acknowledged ${readable(first.behind.atMs - first.endedAtMs)} ` +
        `before offset ${first.behind.foundOffset} was sent`;
    return (
      `${counted(outOfOrder)} of ${counted(compared, "acknowledged record")} ` +
      `${outOfOrder === 1 ? "stands" : "stand"} out of order${example ?? ""}.`
    );
  }
  if (unread.length > 0)
    return `Cannot tell the order in ${counted(unread.length, "topic")}: ${unreadWords(unread)}.`;
  return `${counted(compared, "acknowledged record")} ${compared === 1 ? "stands" : "stand"} in order.`;
}
