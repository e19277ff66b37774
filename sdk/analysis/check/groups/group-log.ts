// What each group did with each record of each partition that it reads, matched once and then only read.
//
//   sends ─┐                      ┌─ delivered ─┐
//   log   ─┴─▶ lives, by offset ◀─┴─ processed ─┴─ commits      one partition of one group
//
// A life is one record at one offset as one group met it. Where a log was truncated and written on, an offset
// has several records, distinguished by their values.
import { partitionName } from "../../../model/partition.ts";
import { firstIndex } from "../../../model/first-index.ts";
import type { DeliveredEvent, History, MemberEvent, ProducedEvent } from "../../../model/history.ts";
import type { TopicLedger } from "../ledger.ts";
import { compareOffsets } from "../offset.ts";
import { groupSettings, settingsIn, type GroupSettings, writesOf, type Writes } from "./group-settings.ts";
import {
  type CommitOf,
  groupEvents,
  type GroupScope,
  isOfGroup,
  leftMsOf,
  partitionOf,
  type ObservedOffset,
  type PartitionEvents,
} from "./group-events.ts";
import { topicBooks, type TopicBook } from "./topic-book.ts";

/** One record at one offset, as one group met it. */
export interface Life {
  readonly offset: string;
  /** Null where a member processed what nobody was given. */
  readonly value: string | null;
  key: string | undefined;
  /** Its place among the records of the partition, from 0 in the order of offsets. */
  rank: number;
  /** The number of the send that wrote it, in its topic's ledger; -1 where none of the run's is known to. */
  send: number;
  /** Whether it stands there in the last readback; null where that does not say. */
  isInLog: boolean | null;
  /** How often members were given it. */
  delivered: number;
  /** When that was first, in milliseconds since the run's start; infinite where it was not. */
  deliveredMs: number;
  /** The last time that it was. */
  delivery: DeliveredEvent | null;
  /** How often it was processed to the end. */
  times: number;
  /** The first time. */
  first: Run | null;
  /** How often its processing failed. */
  failed: number;
  /** Another record of the same offset. */
  other: Life | undefined;
}

/** What a member processed in one go. */
export interface Run {
  line: number;
  member: string;
  fromMs: number;
  toMs: number;
  /** In the order in which they were processed. */
  lives: readonly Life[];
  /** The one whose processing failed, after them. */
  failed: { life: Life; error: string } | null;
}

/** A commit, and how many records of the partition stand before its offset. */
export interface Commit extends CommitOf {
  rank: number;
}

/** A committed offset that the coordinator reported, and how many records stand before it. */
export interface Observed extends ObservedOffset {
  rank: number;
}

/** One partition as one group read it. */
export interface PartitionLog {
  topic: string;
  partition: number;
  /** `orders-0` */
  name: string;
  /** The topic as it was written and read back. */
  book: TopicBook;
  /** Every known record, in the order of offsets. */
  lives: readonly Life[];
  /** In the order in which they began. */
  runs: readonly Run[];
  deliveries: readonly { line: number; event: DeliveredEvent }[];
  produced: readonly { line: number; event: ProducedEvent }[];
  commits: readonly Commit[];
  observed: readonly Observed[];
}

/** One group of a history. */
export interface GroupLog {
  group: string;
  settings: GroupSettings;
  /** In the order of time. */
  members: readonly MemberEvent[];
  /** In the order of topics and partitions. */
  partitions: readonly PartitionLog[];
  /** Where it writes what it processes; null where it writes nowhere. */
  writes: Writes | null;
  /** When its first event was, in milliseconds since the run's start. */
  fromMs: number;
  /** When its last member left of its own accord; null where one was there at the end, or died last. */
  leftMs: number | null;
}

/** Whether a history has a consumer group. */
export function hasGroups(history: History): boolean {
  return history.some(isOfGroup);
}

/** Sorts out what the groups of a history did. */
export function groupLogs(history: History, scope: GroupScope = {}): GroupLog[] {
  const settings = settingsIn(history);
  const groups = groupEvents(history, scope);
  const topics = new Set(
    [...groups.values()].flatMap(({ partitions }) => [...partitions.values()].map((one) => one.topic)),
  );
  const books = topicBooks(history, topics);
  return [...groups.values()].map((events) => {
    for (const topic of new Set([...events.partitions.values()].map((one) => one.topic)))
      for (const partition of books.get(topic)!.partitions) partitionOf(events, topic, partition);
    const members = [...events.members].sort((a, b) => a.atMs - b.atMs);
    const own = groupSettings(settings, events.group, new Set(events.names));
    return {
      group: events.group,
      settings: own,
      members,
      writes: writesOf(events, own),
      fromMs: events.fromMs,
      leftMs: leftMsOf(members),
      partitions: [...events.partitions.values()]
        .sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1))
        .map((one) => partitionLog(one, books.get(one.topic)!)),
    };
  });
}

function partitionLog(events: PartitionEvents, book: TopicBook): PartitionLog {
  const { topic, partition, deliveries, produced } = events;
  const known = new Map<string, Life>();
  for (const { event } of deliveries)
    for (const { offset, value, key } of event.records) {
      const life = lifeAt(known, offset, value);
      life.key = key;
      life.delivered++;
      life.deliveredMs = Math.min(life.deliveredMs, event.atMs);
      life.delivery = event;
    }
  for (const { offset, value } of book.recordsOf(partition)) lifeAt(known, offset, value);
  const runs = runsOf(events, known);
  const lives = ranked(known);
  for (const life of lives) {
    const metMs = Math.min(life.deliveredMs, life.first?.fromMs ?? Infinity);
    Object.assign(life, book.matched(partition, life.offset, life.value, metMs));
  }
  const rankOf = (offset: string): number => ranksBefore(lives, offset);
  return {
    topic,
    partition,
    name: partitionName({ topic, partition }),
    book,
    lives,
    runs,
    deliveries,
    produced,
    commits: events.commits.map((one) => ({ ...one, rank: rankOf(one.offset) })),
    observed: events.observed.map((one) => ({ ...one, rank: rankOf(one.committed ?? "0") })),
  };
}

/** The record with a value at an offset; it is made where nobody has met it yet. */
function lifeAt(known: Map<string, Life>, offset: string, value: string | null): Life {
  const first = known.get(offset);
  for (let life = first; life !== undefined; life = life.other) if (life.value === value) return life;
  const life: Life = {
    offset,
    value,
    key: undefined,
    rank: 0,
    send: -1,
    isInLog: null,
    delivered: 0,
    deliveredMs: Infinity,
    delivery: null,
    times: 0,
    first: null,
    failed: 0,
    other: first,
  };
  known.set(offset, life);
  return life;
}

function runsOf({ processed }: PartitionEvents, known: Map<string, Life>): Run[] {
  return [...processed]
    .sort((a, b) => a.event.atMs - b.event.atMs || a.line - b.line)
    .map(({ line, event }) => {
      const { member, atMs, tookMs, offsets, error } = event;
      const met = offsets.map((offset) => lifeOf(known, offset, { member, atMs }));
      const lives = error === undefined ? met : met.slice(0, -1);
      const last = met.at(-1);
      const failed = error === undefined || last === undefined ? null : { life: last, error };
      const run: Run = { line, member, fromMs: atMs, toMs: atMs + tookMs, lives, failed };
      if (failed !== null) failed.life.failed++;
      for (const life of lives) {
        life.times++;
        life.first ??= run;
      }
      return run;
    });
}

/** The record that a member met at an offset: of several that it was given the last one by then. */
function lifeOf(known: Map<string, Life>, offset: string, by: { member: string; atMs: number }): Life {
  const first = known.get(offset) ?? lifeAt(known, offset, null);
  let [own, met]: (Life | undefined)[] = [];
  for (let life: Life | undefined = first; life !== undefined; life = life.other) {
    if (life.delivery?.member !== by.member) continue;
    own ??= life;
    if (life.deliveredMs <= by.atMs && life.deliveredMs > (met?.deliveredMs ?? -Infinity)) met = life;
  }
  return met ?? own ?? first;
}

/** The records in the order of offsets; those of one offset in the order in which they were met. */
function ranked(known: ReadonlyMap<string, Life>): Life[] {
  const all: Life[] = [];
  for (const last of known.values()) {
    const at = all.length;
    for (let life: Life | undefined = last; life !== undefined; life = life.other) all.splice(at, 0, life);
  }
  const isAscending = all.every((life, i) => i === 0 || compareOffsets(all[i - 1]!.offset, life.offset) <= 0);
  if (!isAscending) all.sort((a, b) => compareOffsets(a.offset, b.offset));
  all.forEach((life, i) => (life.rank = i));
  return all;
}

/** How many records stand before an offset. */
function ranksBefore(lives: readonly Life[], offset: string): number {
  return firstIndex(lives.length, (i) => compareOffsets(lives[i]!.offset, offset) >= 0);
}

/** The send that wrote a record, with its ledger; null where none is known to. */
export function sendOf(log: PartitionLog, life: Life): TopicLedger["sends"][number] | null {
  return log.book.ledger?.sends[life.send] ?? null;
}
