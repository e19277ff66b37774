// One record of a group as a finding shows it.
import { type Life, type PartitionLog, sendOf } from "./group-log.ts";

/** One record as a group met it, with where to look. */
export interface GroupRecord {
  group: string;
  topic: string;
  partition: number;
  offset: string;
  /** Null where nobody was given it. */
  value: string | null;
  /** How often the group processed it. */
  times: number;
  /** When its send began, in milliseconds since the run's start, and its line in `history.jsonl`. */
  sent: { line: number; client: string; atMs: number } | null;
  /** The first time that it was processed: between these moments, in milliseconds since the run's start. */
  processed: { line: number; member: string; fromMs: number; toMs: number } | null;
}

export function groupRecord(group: string, log: PartitionLog, life: Life): GroupRecord {
  const { offset, value, times, first } = life;
  const send = sendOf(log, life);
  return {
    group,
    topic: log.topic,
    partition: log.partition,
    offset,
    value,
    times,
    sent: send && {
      line: log.book.ledger?.lines[life.send] ?? 0,
      client: send.client,
      atMs: send.atMs,
    },
    processed: first && {
      line: first.line,
      member: first.member,
      fromMs: first.fromMs,
      toMs: first.toMs,
    },
  };
}

/** The summary where a history has no group in scope. */
export const NO_GROUP = "No consumer group read anything.";
