// SIGTERM: a broker requests a controlled shutdown, and the controller moves its leaders first
// (BrokerLifecycleManager, ReplicationControlManager.handleBrokerInControlledShutdown). In a combined process
// the controller stops after the broker (KafkaRaftServer.shutdown), so the last one to stop counts for the
// majority.

import type { KnownNode } from "./circumstances.ts";
import { brokers, finished, type LeaderChange, nobody } from "./leader-change-result.ts";
import { election } from "./quorum.ts";
import { isTarget, type Situation } from "./situation.ts";
import { NOW, span } from "./span.ts";

/** The leader change of a controlled shutdown. */
export function stopped(situation: Situation, leader: KnownNode): LeaderChange {
  const { topic, voters } = situation;
  const isr = topic.state.isr.flatMap((broker) => situation.nodeOf(broker) ?? []);
  // of the voters only those that run: the others are unknown to a lab
  const running = situation.nodes.filter((node) => voters.includes(node.nodeId));
  const goers = running.filter((node) => isTarget(situation, node)).length;
  const left = running.length - goers;
  // a combined process serves as a voter until its broker has been let go, one that is only a controller ends
  const combined = running.filter((node) => node.broker !== null && isTarget(situation, node)).length;
  const hasQuorum = left + Math.min(1, combined) >= Math.floor(voters.length / 2) + 1;
  const kept = isr.filter((node) => !isTarget(situation, node));
  const electionMs = goers > 1 ? election(situation).activeAt.toMs : 0;
  const shutdown: Shutdown = { leader, isr, kept, hasQuorum, electionMs };
  return isTarget(situation, leader) ? leaderStops(situation, shutdown) : followersStop(situation, shutdown);
}

interface Shutdown {
  leader: KnownNode;
  isr: readonly KnownNode[];
  /** The ISR without the brokers that stop. */
  kept: readonly KnownNode[];
  hasQuorum: boolean;
  /** The longest time of a controller election on the way. */
  electionMs: number;
}

function leaderStops(situation: Situation, { kept, hasQuorum, electionMs }: Shutdown): LeaderChange {
  const newLeader = kept[0];
  if (newLeader === undefined) return nobody("no replica");
  if (!hasQuorum) return nobody("no quorum");
  const movedAt = span(0, electionMs);
  return finished(situation, {
    because: "controlledShutdown",
    moves: 1,
    leader: newLeader.broker,
    isr: brokers(kept),
    movedAt,
    readyOne: movedAt,
    readyAll: movedAt,
    timers: [],
  });
}

function followersStop(
  situation: Situation,
  { leader, isr, kept, hasQuorum, electionMs }: Shutdown,
): LeaderChange {
  const same: Pick<LeaderChange, "moves" | "leader" | "movedAt" | "readyOne" | "timers"> = {
    moves: 0,
    leader: leader.broker,
    movedAt: null,
    readyOne: NOW,
    timers: [],
  };
  if (kept.length === isr.length)
    return finished(situation, { ...same, because: "untouched", isr: brokers(isr), readyAll: NOW });
  if (!hasQuorum)
    return finished(situation, { ...same, because: "frozen isr", isr: brokers(isr), readyAll: null });
  return finished(situation, {
    ...same,
    because: "shrinks",
    isr: brokers(kept),
    readyAll: span(0, situation.work(600) + electionMs),
  });
}
