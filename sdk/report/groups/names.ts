// How members and partitions are written where there is little room.

import { readPartitionName } from "../../model/partition.ts";

/** A member's name without its group's: `member 2` for `billing.2`; another name as it is. */
export function memberLabel(member: string, group: string): string {
  const number = member.startsWith(`${group}.`) ? member.slice(group.length + 1) : "";
  return /^\d+$/.test(number) ? `member ${number}` : member;
}

/** More partitions than a line names. */
const NAMED = 12;

/** Partitions by topic, as `orders-0,2`; `20 partitions` where there are very many. */
export function namedPartitions(names: readonly string[]): string {
  if (names.length > NAMED) return `${names.length} partitions`;
  const topics = new Map<string, string[]>();
  for (const name of [...names].sort(byPartition)) {
    const { topic, partition } = readPartitionName(name) ?? { topic: name, partition: "" };
    topics.set(topic, [...(topics.get(topic) ?? []), String(partition)]);
  }
  return [...topics].map(([topic, numbers]) => `${topic}-${numbers.join(",")}`).join(", ");
}

/** `orders-2` stands before `orders-10`. */
export function byPartition(a: string, b: string): number {
  const [one, other] = [readPartitionName(a), readPartitionName(b)];
  if (one === undefined || other === undefined || one.topic !== other.topic)
    return a < b ? -1 : a > b ? 1 : 0;
  return one.partition - other.partition;
}
