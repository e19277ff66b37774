// What a fault of a disk hits of a node: its metadata log, and the partition's replica.
//
//   the fault is in          metadata log                    the partition's replica
//   all of log.dirs          hit                             hit
//   one of several (JBOD)    hit where it lies in that one   hit where it lies in that one
//
// Without its metadata log a node ends itself (ReplicaManager.handleLogDirFailure: "Shutdown broker because
// the metadata log dir has failed"; the Raft I/O thread before that). Without another directory it goes on,
// marks the replicas in it offline, and reports the directory with its next heartbeat, which is sent at once
// (BrokerLifecycleManager.OfflineDirEvent, KIP-858). A directory that hangs is reported by nobody.

import { mayEndBroker } from "../../model/disk.ts";
import type { TopicPartition } from "../../model/partition.ts";
import { type Circumstances, isTarget, type KnownDirectory, type KnownNode } from "./circumstances.ts";

/** What these functions ask. */
export type DiskScope = Pick<Circumstances, "fault" | "directories">;
type OfPartition = DiskScope & Pick<Circumstances, "topic" | "besides">;

/** Whether the fault is under a node's metadata log. */
export function hitsMetadataLog(scope: DiskScope, node: KnownNode): boolean {
  return isHit(scope, node, ({ hasMetadataLog }) => hasMetadataLog);
}

/** Whether the fault is under a node's replica of the partition. */
export function hitsReplica(scope: OfPartition, node: KnownNode): boolean {
  return isHit(scope, node, ({ replicas }) => replicas.some((one) => isSame(one, scope.topic)));
}

/** Whether the thread that fetches and writes a node's metadata log waits until the fault is healed. */
export function hangsMetadataLog(scope: DiskScope, node: KnownNode): boolean {
  return scope.fault.disk?.effect === "hung" && hitsMetadataLog(scope, node);
}

/** Whether a node ends itself by the fault. */
export function endsNode(scope: DiskScope, node: KnownNode): boolean {
  return fails(scope) && hitsMetadataLog(scope, node);
}

/** Whether a node goes on without the partition's replica, and reports that. */
export function losesReplica(scope: OfPartition, node: KnownNode): boolean {
  return fails(scope) && !hitsMetadataLog(scope, node) && hitsReplica(scope, node);
}

/** Whether writes of the partition's replica wait until the fault is healed. */
export function hangsReplica(scope: OfPartition, node: KnownNode): boolean {
  return scope.fault.disk?.effect === "hung" && hitsReplica(scope, node);
}

/**
 * Whether the thread that fetches for a node's replica hangs: one thread a leader appends for all partitions
 * that it leads (num.replica.fetchers), so it hangs for the others' records, too.
 */
export function hangsFetcher(scope: OfPartition, follower: KnownNode): boolean {
  if (hangsReplica(scope, follower)) return true;
  const { leader } = scope.topic.state;
  return (
    scope.fault.disk?.effect === "hung" && writesBeside(scope, follower).some((one) => one.leader === leader)
  );
}

/**
 * Whether the client's sends to another partition of the same leader hang: a broker takes one request of a
 * connection at a time, so those to this one wait behind them.
 */
export function isHeldUp(scope: OfPartition, leader: KnownNode): boolean {
  const isHung = scope.fault.disk?.effect === "hung" && !hitsReplica(scope, leader);
  return isHung && writesBeside(scope, leader).some((one) => one.leader === leader.broker);
}

/** The client's other partitions whose replicas of a node are hit. */
function writesBeside(scope: OfPartition, node: KnownNode): NonNullable<Circumstances["besides"]> {
  return (scope.besides ?? []).filter(
    (one) =>
      one.replicas.includes(node.broker!) &&
      hitsReplica({ ...scope, topic: { ...scope.topic, ...one } }, node),
  );
}

function isHit(scope: DiskScope, node: KnownNode, isIn: (directory: KnownDirectory) => boolean): boolean {
  const { fault, directories = [] } = scope;
  if (fault.disk === undefined || !isTarget(scope, node)) return false;
  return (
    fault.disk.logDir === undefined || directories.some((one) => one.broker === node.broker && isIn(one))
  );
}

function fails({ fault }: DiskScope): boolean {
  return fault.disk !== undefined && mayEndBroker(fault.disk);
}

function isSame(a: TopicPartition, b: TopicPartition): boolean {
  return a.topic === b.topic && a.partition === b.partition;
}
