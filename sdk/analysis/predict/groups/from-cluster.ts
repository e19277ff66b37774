// Circumstances of a group whose members run: what the lab knows of it, and the cluster as it is.
//
//   group.id ─▶ hash % partitions of __consumer_offsets ─▶ its leader coordinates the group

import { type PartitionState, partitionName, partitionsOfTopic } from "../../../model/partition.ts";
import {
  type ClusterFacts,
  knownCluster,
  knownTopic,
  propertiesOf,
  type TopicFacts,
} from "../from-cluster.ts";
import type { GroupCircumstances, KnownGroupPartition } from "./circumstances.ts";
import { type GroupFacts, knownGroup } from "./known-group.ts";

/** The topic of the offsets of all groups. */
export const OFFSETS_TOPIC = "__consumer_offsets";

/** What a prediction for a group needs: the state of a cluster, a group and a fault. */
export interface GroupClusterFacts
  extends Pick<ClusterFacts, "kafka" | "engine" | "nodes" | "description" | "slower">,
    Pick<GroupCircumstances, "fault" | "recordsPerSecond" | "lag"> {
  readonly group: Omit<GroupFacts, "broker">;
  /** What topics set themselves, by their names. */
  readonly topics: Readonly<Record<string, Pick<TopicFacts, "minIsr" | "uncleanElection">>>;
  /** The member that reads a partition, by the partition's name: `orders-0`. */
  readonly readers: ReadonlyMap<string, string>;
}

/**
 * Puts a cluster, a group and a fault together.
 *
 * @throws LabError NO_SUCH_PARTITION where the cluster has no such topic, or no topic of offsets
 */
export function groupCircumstances(facts: GroupClusterFacts): GroupCircumstances {
  const { group, description, topics, readers, fault, recordsPerSecond, lag } = facts;
  const { partitions } = description;
  const cluster = knownCluster(facts);
  const known = ({ topic, partition }: PartitionState): ReturnType<typeof knownTopic> =>
    knownTopic(cluster.nodes, description, { topic, partition, ...topics[topic] });
  const all = partitionsOfTopic(partitions, OFFSETS_TOPIC);
  const offsets = known(all[offsetsPartition(group.name, all.length)]!);
  const read = partitionsOfTopic(partitions, group.settings.topic).map(
    (state): KnownGroupPartition => ({ ...known(state), member: readers.get(partitionName(state)) ?? null }),
  );
  const broker = propertiesOf(cluster.nodes, offsets.state.leader);
  return {
    ...cluster,
    group: knownGroup({ ...group, broker }),
    offsets,
    partitions: read.length > MOST ? oneOfEach(read) : read,
    recordsPerSecond,
    ...(lag === undefined ? {} : { lag }),
    fault,
  };
}

/** The partition of a group's offsets: `Utils.abs(groupId.hashCode()) % n` (GroupMetadataManager.java). */
export function offsetsPartition(group: string, count: number): number {
  let hash = 0;
  for (let i = 0; i < group.length; i++) hash = (Math.imul(hash, 31) + group.charCodeAt(i)) | 0;
  return (hash === -(2 ** 31) ? 0 : Math.abs(hash)) % count;
}

/** More partitions are not predicted one by one. */
const MOST = 100;

/** The first of each member, leader, replicas and ISR. */
function oneOfEach(partitions: readonly KnownGroupPartition[]): KnownGroupPartition[] {
  const first = new Map<string, KnownGroupPartition>();
  for (const one of partitions) {
    const { leader, replicas, isr } = one.state;
    const key = JSON.stringify([one.member, leader, replicas, isr]);
    if (!first.has(key)) first.set(key, one);
  }
  return [...first.values()];
}
