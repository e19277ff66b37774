// Whether a new cluster has the bootstrap records of its metadata log: metadata.version and the other
// features.
//
//   controller wins      its log is empty: appends them, and regards its log as initialised
//   loses at once        nothing was committed, they are gone
//   wins again           its log counts as initialised: nobody writes them again
//                        (KAFKA-20839; LogReplayTracker.java, QuorumController.renounce)
//
// Such a cluster serves at the oldest metadata.version that its Kafka supports. Among other things it writes
// no no-op records (KIP-835), so its brokers learn of the controller's decisions up to 500 ms late, whatever
// metadata.max.idle.interval.ms is set to. It happens on a busy machine with short election timeouts, in one
// of some tens of starts.

import type { FeaturesAnswer } from "../../kafka/protocol/mod.ts";

/** A sentence for a cluster that lacks those records; undefined if it has them, or if no broker answered. */
export function lostBootstrapRecords(features: FeaturesAnswer | undefined): string | undefined {
  const supported = features?.supported.get("metadata.version");
  if (features === undefined || supported === undefined || supported.min === supported.max) return undefined;
  const level = features.finalized.get("metadata.version") ?? supported.min;
  if (level > supported.min) return undefined;
  const version = `metadata.version is ${level}, the oldest that this Kafka supports, of ${supported.max}`;
  return `the metadata log has lost its bootstrap records (KAFKA-20839): ${version}`;
}
