// Whether a new cluster has the records that its metadata log is to begin with: metadata.version and the
// other features.
//
//   controller wins      its log is empty: appends them, and takes its log for begun
//   loses at once        nothing was committed, they are gone
//   wins again           its log counts as begun: nobody writes them any more (KAFKA-20839; LogReplayTracker.java, QuorumController.renounce)
//
// Such a cluster serves at the oldest metadata.version that its Kafka knows. It writes no no-op records
// (KIP-835), for one, so that its brokers hear of every decision of the controller up to 500 ms later,
// whatever metadata.max.idle.interval.ms says. On a busy machine, with short election timeouts, one start in
// some tens.

import type { FeaturesAnswer } from "../../kafka/protocol/mod.ts";

/** Says of a cluster that it lacks those records; undefined where it has them, or where nobody told. */
export function lostBootstrapRecords(features: FeaturesAnswer | undefined): string | undefined {
  const supported = features?.supported.get("metadata.version");
  if (features === undefined || supported === undefined || supported.min === supported.max) return undefined;
  const level = features.finalized.get("metadata.version") ?? supported.min;
  if (level > supported.min) return undefined;
  return `the metadata log has lost the records that it is to begin with (KAFKA-20839): metadata.version is ${level}, the oldest that this Kafka knows, of ${supported.max}`;
}
