// The events of groups, sorted by group and partition.
import type {
  CommitEvent,
  ConsumerGroupEvent,
  DeliveredEvent,
  History,
  HistoryEvent,
  MemberEvent,
  ProcessedEvent,
  ProducedEvent,
} from "../../../model/history.ts";

const KINDS: ReadonlySet<string> = new Set([
  "member",
  "delivered",
  "processed",
  "produced",
  "transaction",
  "commit",
  "group",
  "lag",
] satisfies ConsumerGroupEvent["kind"][]);

/** Which groups and topics of a history are judged. */
export interface GroupScope {
  /** Only this group. @default every group */
  group?: string;
  /** Only this topic. @default every topic */
  topic?: string;
}

/** One commit of one partition. */
export interface CommitOf {
  /** The event's position in the history counted from 1. */
  line: number;
  member: string;
  fromMs: number;
  toMs: number;
  offset: string;
  outcome: "accepted" | "refused" | "unknown";
  /** Why it was refused or not answered; null where it was accepted. */
  error: string | null;
}

/** A committed offset that the coordinator reported. */
export interface ObservedOffset {
  line: number;
  atMs: number;
  /** Null where the group has none. */
  committed: string | null;
}

/** The events of one partition of one group, in the order of the history. */
export interface PartitionEvents {
  topic: string;
  partition: number;
  deliveries: { line: number; event: DeliveredEvent }[];
  processed: { line: number; event: ProcessedEvent }[];
  produced: { line: number; event: ProducedEvent }[];
  commits: CommitOf[];
  observed: ObservedOffset[];
}

/** The events of one group. */
export interface GroupEvents {
  group: string;
  /** Every member that an event names. */
  names: Set<string>;
  members: MemberEvent[];
  partitions: Map<string, PartitionEvents>;
  /** The topics that it wrote to. */
  outputs: Set<string>;
  /** Whether it wrote within transactions. */
  isTransactional: boolean;
  /** When its first event was, in milliseconds since the run's start. */
  fromMs: number;
}

/** Whether an event is one of a consumer group. */
export function isOfGroup(event: HistoryEvent): event is ConsumerGroupEvent {
  return KINDS.has(event.kind);
}

/** Sorts the events of groups, in order of first appearance. */
export function groupEvents(history: History, { group, topic }: GroupScope): Map<string, GroupEvents> {
  const groups = new Map<string, GroupEvents>();
  history.forEach((event, i) => {
    if (!isOfGroup(event) || (group !== undefined && event.group !== group)) return;
    let one = groups.get(event.group);
    if (one === undefined) {
      one = begun(event.group);
      groups.set(event.group, one);
    }
    one.fromMs = Math.min(one.fromMs, event.atMs);
    if ("member" in event) one.names.add(event.member);
    sort(event, i + 1, one, (name, number) =>
      topic === undefined || name === topic ? partitionOf(one, name, number) : undefined,
    );
  });
  for (const { partitions } of groups.values())
    for (const { commits, observed } of partitions.values()) {
      commits.sort((a, b) => a.fromMs - b.fromMs || a.line - b.line);
      observed.sort((a, b) => a.atMs - b.atMs || a.line - b.line);
    }
  return groups;
}

function begun(group: string): GroupEvents {
  return {
    ...{ group, names: new Set(), members: [], partitions: new Map() },
    ...{ outputs: new Set(), isTransactional: false, fromMs: Infinity },
  };
}

/** When the last member left of its own accord, where nobody came or died afterwards; else null. */
export function leftMsOf(members: readonly MemberEvent[]): number | null {
  const here = new Set<string>();
  let leftMs: number | null = null;
  for (const { change, member, atMs } of members) {
    if (change === "left" || change === "ended" || change === "failed") {
      here.delete(member);
      if (change === "left" && here.size === 0) leftMs = atMs;
    } else if (change === "started" || change === "joined" || change === "assigned") {
      here.add(member);
      leftMs = null;
    }
  }
  return leftMs;
}

/** The events of a partition; they are begun where there are none. */
export function partitionOf({ partitions }: GroupEvents, topic: string, partition: number): PartitionEvents {
  const key = `${partition} ${topic}`;
  let one = partitions.get(key);
  if (one === undefined) {
    one = { topic, partition, deliveries: [], processed: [], produced: [], commits: [], observed: [] };
    partitions.set(key, one);
  }
  return one;
}

type Into = (topic: string, partition: number) => PartitionEvents | undefined;

function sort(event: ConsumerGroupEvent, line: number, group: GroupEvents, into: Into): void {
  switch (event.kind) {
    case "member":
      group.members.push(event);
      for (const { topic, partition } of event.partitions ?? []) into(topic, partition);
      return;
    case "delivered":
      into(event.topic, event.partition)?.deliveries.push({ line, event });
      return;
    case "processed":
      into(event.topic, event.partition)?.processed.push({ line, event });
      return;
    case "produced": {
      const partition = into(event.topic, event.partition);
      if (partition === undefined) return;
      partition.produced.push({ line, event });
      group.outputs.add(event.output);
      return;
    }
    case "transaction":
      group.isTransactional = true;
      return;
    case "commit":
      for (const { topic, partition, offset } of event.offsets)
        into(topic, partition)?.commits.push(commitOf(event, line, offset));
      return;
    case "group":
      for (const member of event.members)
        for (const { topic, partition } of member.partitions) into(topic, partition);
      return;
    case "lag":
      for (const { topic, partition, committed } of event.partitions)
        into(topic, partition)?.observed.push({ line, atMs: event.atMs, committed });
      return;
    default:
      return event satisfies never;
  }
}

function commitOf(event: CommitEvent, line: number, offset: string): CommitOf {
  const { member, atMs, tookMs, error, isRefused = false } = event;
  const outcome = error === undefined ? "accepted" : isRefused ? "refused" : "unknown";
  return { line, member, fromMs: atMs, toMs: atMs + tookMs, offset, outcome, error: error ?? null };
}
