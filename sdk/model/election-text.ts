// Elections in words, and what a target of one means.

import type { Broker } from "./broker.ts";
import type { ElectionEvent, ElectionTarget, TopicTarget } from "./election.ts";
import { partitionName, readPartitionName } from "./partition.ts";

/** The partition or the topic that a target names; undefined for all. */
export function electionScope(target: ElectionTarget): TopicTarget | undefined {
  if (target === "all") return undefined;
  return "leaderOf" in target ? readPartitionName(target.leaderOf) : target;
}

/** Writes a target as it was asked for: `orders-3`, `topic orders`, `all partitions`. */
export function describeElection(target: ElectionTarget): string {
  const scope = electionScope(target);
  if (scope === undefined) return "all partitions";
  const { topic, partition } = scope;
  return partition === undefined ? `topic ${topic}` : partitionName({ topic, partition });
}

/** What an election changed, partition by partition: `orders-0 from broker 3 to broker 1`. */
export function electedText({ partitions }: Pick<ElectionEvent, "partitions">): string {
  const elected = partitions.filter(({ result }) => result === "elected");
  const refused = partitions.filter(({ result }) => result === "refused");
  const name = (broker: Broker | null): string => (broker === null ? "no leader" : `broker ${broker}`);
  const parts = [
    ...elected.map((one) => `${partitionName(one)} from ${name(one.before)} to ${name(one.after)}`),
    ...refused.map((one) => `${partitionName(one)} refused, ${one.error ?? "no reason"}`),
  ];
  return parts.length === 0 ? "no election was needed" : parts.join("; ");
}
