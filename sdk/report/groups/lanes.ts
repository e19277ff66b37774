// Sorts a history's events of groups by group and member, in one pass.

import type {
  BrokerLogEvent,
  CommitEvent,
  ConsumerGroupEvent,
  GroupEvent,
  History,
  HistoryEvent,
  LagEvent,
  MemberEvent,
  ProcessedEvent,
} from "../../model/history.ts";
import { partitionName, type TopicPartition } from "../../model/partition.ts";
import { isOfGroup, windows } from "../../analysis/check/mod.ts";
import type { Amount, CommitMark, GroupLane, LagPoint, MemberLane } from "./lane.ts";
import { assignmentsOf, markStale, statesOf } from "./member-lane.ts";
import { byPartition } from "./names.ts";
import { type LoggedRebalance, rebalancesOf } from "./rebalances.ts";

/** Returns the groups of a history in the order of their first events; none where it has none. */
export function groupLanes(history: History): GroupLane[] {
  const books = new Map<string, Book>();
  for (const event of history) if (isOfGroup(event)) enter(event, bookOf(books, event.group));
  if (books.size === 0) return [];
  for (const event of history) if (isRebalance(event)) books.get(event.fact.group)?.logged.push(event);
  const { endMs } = windows(history);
  return [...books].map(([group, book]) => laneOf(group, book, endMs));
}

interface MemberBook {
  changes: MemberEvent[];
  delivered: Amount[];
  processed: Amount[];
  commits: CommitMark[];
}

interface Book {
  members: Map<string, MemberBook>;
  partitions: Map<string, Set<string>>;
  views: GroupEvent[];
  lags: LagEvent[];
  logged: LoggedRebalance[];
}

function isRebalance(event: HistoryEvent): event is BrokerLogEvent & LoggedRebalance {
  return (
    event.kind === "broker log" &&
    ["rebalanceBegun", "rebalanceEnded", "groupEmpty"].includes(event.fact.what)
  );
}

function bookOf(books: Map<string, Book>, group: string): Book {
  const known = books.get(group);
  if (known !== undefined) return known;
  const made: Book = { members: new Map(), partitions: new Map(), views: [], lags: [], logged: [] };
  books.set(group, made);
  return made;
}

function memberOf({ members }: Book, member: string): MemberBook {
  const known = members.get(member);
  if (known !== undefined) return known;
  const made: MemberBook = { changes: [], delivered: [], processed: [], commits: [] };
  members.set(member, made);
  return made;
}

/** The offsets of a partition that were processed. */
function offsetsOf({ partitions }: Book, partition: TopicPartition): Set<string> {
  const name = partitionName(partition);
  const known = partitions.get(name);
  if (known !== undefined) return known;
  const made = new Set<string>();
  partitions.set(name, made);
  return made;
}

function enter(event: ConsumerGroupEvent, book: Book): void {
  switch (event.kind) {
    case "member":
      memberOf(book, event.member).changes.push(event);
      for (const partition of event.partitions ?? []) offsetsOf(book, partition);
      return;
    case "delivered":
      memberOf(book, event.member).delivered.push({
        atMs: event.atMs,
        count: event.records.length,
        again: 0,
        failed: false,
      });
      return;
    case "processed":
      memberOf(book, event.member).processed.push(amountOf(event, offsetsOf(book, event)));
      return;
    case "commit":
      memberOf(book, event.member).commits.push(commitMark(event));
      return;
    case "group":
      book.views.push(event);
      return;
    case "lag":
      book.lags.push(event);
      return;
    case "produced":
    case "transaction":
      return; // the lanes show what was processed and committed
    default:
      return event satisfies never;
  }
}

/** The last of them is not done where its processing failed. */
function amountOf({ atMs, tookMs, offsets, error }: ProcessedEvent, known: Set<string>): Amount {
  const failed = error !== undefined;
  const count = offsets.length - Number(failed);
  let again = 0;
  for (let i = 0; i < count; i++) {
    if (known.has(offsets[i]!)) again++;
    else known.add(offsets[i]!);
  }
  return { atMs: atMs + tookMs, count, again, failed };
}

function commitMark({ atMs, tookMs, error, isRefused = false }: CommitEvent): CommitMark {
  const outcome = error === undefined ? "accepted" : isRefused ? "refused" : "unknown";
  return { atMs: atMs + tookMs, outcome };
}

function laneOf(group: string, book: Book, endMs: number): GroupLane {
  const { members, partitions, views, lags } = book;
  const lanes = [...members].map(([member, { changes, ...amounts }]): MemberLane => {
    const inTime = [...changes].sort((a, b) => a.atMs - b.atMs);
    const [states, assignments] = [statesOf(inTime, endMs), assignmentsOf(inTime, endMs)];
    return { member, states, assignments, ...amounts };
  });
  markStale(lanes);
  const logged = [...book.logged].sort((a, b) => a.atMs - b.atMs);
  const seen = [...views].sort((a, b) => a.atMs - b.atMs);
  return {
    group,
    members: lanes,
    partitions: [...partitions.keys()].sort(byPartition),
    coordinators: changed(seen.map(({ atMs, coordinator }) => ({ atMs, broker: coordinator }))),
    states: changed(seen.map(({ atMs, state }) => ({ atMs, state }))),
    rebalances: rebalancesOf({ members: lanes, views: seen, logged }, endMs),
    lag: lagOf(lags, seen),
  };
}

/** Leaves out what is as it was before. */
function changed<State extends { atMs: number }>(all: readonly State[]): State[] {
  const factsOf = ({ atMs: _, ...facts }: State): string => JSON.stringify(facts);
  return all.filter((one, i) => i === 0 || factsOf(one) !== factsOf(all[i - 1]!));
}

/** A partition whose leader did not answer has the lag that it had. */
function lagOf(lags: readonly LagEvent[], views: readonly GroupEvent[]): LagPoint[] {
  const known = new Map<string, number>();
  const points: LagPoint[] = [];
  let isKnown = true;
  for (const event of [...lags, ...views].sort((a, b) => a.atMs - b.atMs)) {
    if (event.kind === "lag")
      for (const one of event.partitions)
        known.set(partitionName(one), Math.max(0, Number(one.end) - Number(one.committed ?? 0)) || 0);
    else if ((event.state !== null) === isKnown) continue;
    isKnown = event.kind === "lag" || event.state !== null;
    const lag = isKnown ? [...known.values()].reduce((sum, one) => sum + one, 0) : null;
    if (known.size > 0 && lag !== points.at(-1)?.lag) points.push({ atMs: event.atMs, lag });
  }
  return points;
}
