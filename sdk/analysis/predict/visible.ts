// What consumers see of records that only the leader has, and what an election may make of them.
//
//   ISR below min.insync.replicas   the high watermark stands still (Partition.maybeIncrementLeaderHW returns
//                                   false if isUnderMinIsr, since 3.7, KAFKA-15583): acks=1 is answered, and
//                                   consumers are given nothing
//   ISR with one that is gone       as long as it cannot shrink: the high watermark is the least of its ends
//   ISR below it, leader gone       since 4.1 (KIP-966) replicas that left an ISR below the minimum stay
//                                   eligible: the first that is back leads, without what only the leader has.
//                                   Before, only the last member of the ISR may lead
//   whole ISR gone                  all stay in it: the first that is registered and unfenced leads, without
//                                   what only the former leader has (ReplicationControlManager
//                                   .handleBrokerUnfenced). Measured: acks=1, all killed, 3 records lost

import type { Broker } from "../../model/history.ts";
import type { Prediction } from "../../model/prediction.ts";
import type { LeaderChange } from "./leader-change.ts";
import { isEnded } from "./reach.ts";
import type { Service } from "./served.ts";
import { isAtLeast, neededIsr, type Situation } from "./situation.ts";

/** Whether consumers see what is appended while the fault lasts; empty where they read as before. */
export function visibleOf(
  { client, kafka }: Pick<Situation, "client" | "kafka">,
  { leader, readyAll, because }: LeaderChange,
  { served, unavailable }: Pick<Service, "served" | "unavailable">,
): Pick<Prediction, "visible"> {
  // what acks=all waits for is what the high watermark waits for
  const isAppended = served > 0 || unavailable === "acks 0";
  if (client.acks === -1 || leader === null || readyAll !== null || !isAppended) return {};
  return because === "frozen isr" || isAtLeast(kafka, 3, 7) ? { visible: 0 } : {};
}

/**
 * Whether a replica outside the ISR may be elected when it is back, although unclean elections are off: the
 * fault takes the leader of an ISR that was below min.insync.replicas (KIP-966).
 */
export function isBehindEligible(situation: Situation, leaderChange: LeaderChange): boolean {
  const { state } = situation.topic;
  const isBelow = state.isr.length < Math.min(neededIsr(situation), state.replicas.length);
  return isLeaderGone(situation, leaderChange) && isBelow && isAtLeast(situation.kafka, 4, 1);
}

/** Whether the processes of the whole ISR end: any of them may be back before the leader. */
export function isWholeIsrGone(situation: Situation, leaderChange: LeaderChange): boolean {
  const { isr } = situation.topic.state;
  return (
    isLeaderGone(situation, leaderChange) &&
    isr.length > 1 &&
    isr.every((broker) => isEndedBroker(situation, broker))
  );
}

/** Whether the fault takes the leader, and nobody leads after it. */
function isLeaderGone({ topic, fault }: Situation, { leader }: LeaderChange): boolean {
  const was = topic.state.leader;
  return leader === null && was !== null && fault.targets.includes(was);
}

/** Whether a broker has to be started again. */
export function isEndedBroker(situation: Situation, broker: Broker): boolean {
  const node = situation.nodeOf(broker);
  return node !== undefined && isEnded(situation, node);
}
