// Saves a new cluster the wait for its first election.
//
// A voter that has never voted waits a random time of one to two election timeouts (controller.quorum.election.timeout.ms, 1 s) before it
// stands for election: at the first boot of a cluster everybody waits, and nobody works. A voter that finds in `quorum-state` that it has
// voted for itself goes on as a candidate at once (QuorumState.initialize in 3.9 and 4.x): it was ended in the middle of an election.
// One voter's directory is left so; from the first vote on everything runs by the ordinary timers.

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

/** Makes the voter that owns this metadata log directory stand for election as soon as it starts. */
export async function standAtOnce(metadataDir: string, nodeId: number, voters: readonly number[]): Promise<void> {
  const folder = path.join(metadataDir, "__cluster_metadata-0");
  await mkdir(folder, { recursive: true });
  const state = { clusterId: "", leaderId: -1, leaderEpoch: 1, votedId: nodeId, appliedOffset: 0, currentVoters: voters.map((voterId) => ({ voterId })), data_version: 0 };
  await writeFile(path.join(folder, "quorum-state"), JSON.stringify(state));
}

/** Reads the node ids of `controller.quorum.voters`: `1@host:9093,2@host:9093`. */
export function votersOf(text: string | undefined): number[] {
  return (text ?? "").split(",").flatMap((one) => (/^\s*\d+@/.test(one) ? [Number.parseInt(one, 10)] : []));
}
