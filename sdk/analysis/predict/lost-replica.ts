// A follower that has lost the log directory of its replica, while its broker lives.
//
//   the controller takes it out of the ISR at once, and still the high watermark waits for it: a replica that
//   was in sync within replica.lag.time.max.ms, and whose broker is not fenced, is expected to join the ISR
//   again (Partition.maybeIncrementLeaderHW, shouldWaitForReplicaToJoinIsr). Nobody looks whether its
//   directory is offline (isReplicaIsrEligible).
//
//   The high watermark is computed anew at the next append, or when another follower has fetched what it had
//   not. What waits for it is the client's only request that the broker takes, so an append comes when that
//   has timed out and is sent again.

import type { KnownNode } from "./circumstances.ts";
import { losesReplica } from "./disk-scope.ts";
import { NOT_DIALLED_MS } from "./hung-broker.ts";
import type { Span } from "../../model/prediction.ts";
import type { Situation } from "./situation.ts";
import { span } from "./span.ts";

/** How long before the fault a follower may have been in sync: replica.fetch.wait.max.ms of a fetch. */
const BEFORE_MS = 500;
/** How much sooner than the lag's end a record that is sent again may come, so that it waits once more. */
const NEAR_MS = 500;

/** Until a leader does not wait any more for a follower that has lost its replica. */
export function notAwaited(situation: Situation, leader: KnownNode): Span {
  const { ms } = situation.timer("replica.lag.time.max.ms", leader);
  return span(Math.max(0, ms - BEFORE_MS), ms + situation.work(300));
}

/**
 * When a client is acknowledged whose sends waited until `ready` for such a follower: where another client
 * appends, at once, and else when its own are sent again. Null where no follower is lost that way.
 */
export function resentAfter(situation: Situation, ready: Span): Span | null {
  const { client, work } = situation;
  if (!losesAFollower(situation)) return null;
  const roundMs = client.requestTimeout + (client.client === "kafkajs" ? NOT_DIALLED_MS : 0);
  const endMs = Math.ceil(ready.toMs / roundMs) * roundMs;
  return span(ready.fromMs, endMs + (endMs - ready.fromMs < NEAR_MS ? roundMs : 0) + work(1500));
}

/** Whether a follower in sync loses its replica, while its broker lives. */
export function losesAFollower(situation: Situation): boolean {
  const { topic, nodeOf } = situation;
  const { isr, leader } = topic.state;
  const followers = isr.flatMap((broker) => (broker === leader ? [] : (nodeOf(broker) ?? [])));
  return followers.some((one) => losesReplica(situation, one));
}
