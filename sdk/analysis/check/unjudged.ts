// What could not be judged, by where it is and why.
import { readable } from "../../model/duration.ts";
import type { SendEvent, UnreadReason } from "../../model/history.ts";
import { type Doubt, rowsOf } from "./absence.ts";
import { counted } from "./counted.ts";
import type { TopicLedger } from "./ledger.ts";
import { compareOffsets } from "./offset.ts";

/** Sends whose fate the readback does not show, all for one reason. */
export interface Unjudged {
  topic: string;
  /** Null where the sends do not know their partition, or it is true of the whole topic. */
  partition: number | null;
  doubt: Doubt;
  /** How many sends. */
  sends: number;
  /** Their lowest and highest acknowledged offset; null where none is known. */
  firstOffset: string | null;
  lastOffset: string | null;
  /** Why the partition, or the topic, was not read to its end; null for another doubt. */
  reason: UnreadReason | null;
  /** What was found, in words. */
  detail: string;
}

/** Collects sends that cannot be judged. */
export interface UnjudgedSends {
  add(topic: TopicLedger, send: SendEvent, doubt: Doubt): void;
  /** In the order in which they were added. */
  all(): readonly Unjudged[];
}

export function unjudgedSends(): UnjudgedSends {
  const found = new Map<string, Unjudged>();
  return {
    add(topic, send, doubt) {
      const { partition = null, offset } = send;
      const key = JSON.stringify([topic.topic, partition, doubt]);
      let one = found.get(key);
      if (one === undefined) found.set(key, (one = begun(topic, send, doubt)));
      one.sends++;
      if (offset === undefined) return;
      if (one.firstOffset === null || compareOffsets(offset, one.firstOffset) < 0) one.firstOffset = offset;
      if (one.lastOffset === null || compareOffsets(offset, one.lastOffset) > 0) one.lastOffset = offset;
    },
    all: () => [...found.values()],
  };
}

function begun(topic: TopicLedger, send: SendEvent, doubt: Doubt): Unjudged {
  const unread = topic.readback === null ? [] : rowsOf(topic.readback, send).filter((row) => !row.complete);
  const isUnread = doubt === "partition not read to its end";
  return {
    topic: topic.topic,
    partition: send.partition ?? null,
    doubt,
    sends: 0,
    firstOffset: null,
    lastOffset: null,
    reason: isUnread ? (unread[0]?.reason ?? topic.readback?.reason ?? null) : null,
    detail: detailOf(topic, send, doubt),
  };
}

function detailOf(topic: TopicLedger, send: SendEvent, doubt: Doubt): string {
  switch (doubt) {
    case "topic deleted":
      return (
        `somebody deleted ${topic.topic} (seen at ${readable(topic.deletedAtMs ?? 0)}); ` +
        "its records went with it, Kafka lost none"
      );
    case "expired or deleted": {
      const row = topic.readback && rowsOf(topic.readback, send)[0];
      const begins = row?.logStart ?? row?.from ?? "?";
      return `expired, or deleted by DeleteRecords: the log begins at offset ${begins}; cannot be judged`;
    }
    case "compacted":
      return "compacted: nothing stands at these offsets any more; cannot be judged";
    case "partition not read to its end":
      return `not read to its end${whyUnread(topic, send)}`;
    case "no readback":
      return "the topic was not read back";
    case "ended after the readback had begun":
    case "value sent more than once":
      return doubt;
    default:
      return doubt satisfies never;
  }
}

function whyUnread({ readback }: TopicLedger, send: SendEvent): string {
  if (readback === null) return "";
  const errors = rowsOf(readback, send).flatMap(({ complete, error }) => (complete ? [] : (error ?? [])));
  const why = errors[0] ?? readback.error;
  return why === undefined ? "" : `: ${why}`;
}

/** A line for each reason: `orders-0 offsets 0 to 41 (42 records): expired, …`. */
export function unjudgedWords(all: readonly Unjudged[]): string {
  return all.map(wordsOf).join("; ");
}

function wordsOf({ topic, partition, firstOffset, lastOffset, sends, detail }: Unjudged): string {
  const where = partition === null ? topic : `${topic}-${partition}`;
  const offsets =
    firstOffset === null || lastOffset === null
      ? ""
      : firstOffset === lastOffset
        ? ` offset ${firstOffset}`
        : ` offsets ${firstOffset} to ${lastOffset}`;
  return `${where}${offsets} (${counted(sends, "record")}): ${detail}`;
}

/** Why partitions of these topics were not read to their end: `orders-1: LEADER_NOT_AVAILABLE`. */
export function unreadWords(topics: readonly TopicLedger[]): string {
  const whys = topics.flatMap(({ topic, readback }) => {
    if (readback === null) return [`${topic}: not read back`];
    if (readback.partitions.length === 0) return [`${topic}: ${readback.error ?? "no partition was read"}`];
    return readback.partitions.flatMap(({ partition, complete, error }) =>
      complete ? [] : [`${topic}-${partition}: ${error ?? "not read to its end"}`],
    );
  });
  return whys.join("; ");
}
