// Leaders that are elected because somebody asks for it, and settings that are changed while brokers run.
//
//   request                   the partition                          result
//   ──────────────────────────────────────────────────────────────────────────────────────────────────
//   preferred                 led by its first replica               ELECTION_NOT_NEEDED
//   preferred                 that one is not in sync, or not alive  PREFERRED_LEADER_NOT_AVAILABLE
//   preferred                 that one is in sync                    it leads at once: as a hand-over
//   unclean                   has a leader                           ELECTION_NOT_NEEDED
//   unclean                   no replica is alive                    ELIGIBLE_LEADERS_NOT_AVAILABLE
//   unclean                   has none                               a replica that is alive leads at once
//   min.insync.replicas       ISR smaller than the new value         acks=all: NOT_ENOUGH_REPLICAS
//   unclean.leader.election.  has none                               a task of the controller elects, each
//   enable=true                                                      unclean.leader.election.interval.ms
//
// ReplicationControlManager.electLeader, PartitionChangeBuilder.electLeader; QuorumController.
// registerElectUnclean; Partition.effectiveMinIsr.

import { electionScope } from "../../model/election-text.ts";
import type { Broker } from "../../model/history.ts";
import type { KnownNode } from "./circumstances.ts";
import { brokers, finished, type LeaderChange, nobody } from "./leader-change-result.ts";
import { neededIsr, type Situation } from "./situation.ts";
import { NOW, plus, span } from "./span.ts";

/** Whether the leader is changed by a request, not because one is lost. */
export function isByRequest({ fault }: Pick<Situation, "fault">): boolean {
  return fault.election !== undefined || fault.settings !== undefined;
}

/** The leader change that is asked for. */
export function byRequest(situation: Situation): LeaderChange {
  const { election } = situation.fault;
  if (election === undefined) return reconfigured(situation);
  if (!isElected(situation)) return stays(situation, "untouched");
  return election.kind === "preferred" ? preferred(situation) : unclean(situation);
}

function isElected({ fault: { election }, topic }: Situation): boolean {
  const scope = election && electionScope(election.of);
  if (scope === undefined) return true;
  return scope.topic === topic.topic && (scope.partition ?? topic.partition) === topic.partition;
}

function preferred(situation: Situation): LeaderChange {
  const { state } = situation.topic;
  const first = state.preferred ?? state.leader;
  if (first !== null && first === state.leader) return stays(situation, "not needed");
  const isReady = first !== null && state.isr.includes(first) && runs(situation, first);
  if (!isReady || state.leader === null) return stays(situation, "refused");
  return finished(situation, {
    because: "preferred",
    moves: 1,
    leader: first,
    isr: state.isr,
    movedAt: NOW,
    readyOne: NOW,
    readyAll: NOW,
    timers: [],
  });
}

function unclean(situation: Situation): LeaderChange {
  if (situation.topic.state.leader !== null) return stays(situation, "not needed");
  const alive = aliveReplicas(situation);
  return alive.length === 0 ? nobody("refused") : ledByAny(situation, alive, "unclean by request");
}

/** A replica that is alive leads alone; the others that are alive follow it. */
function ledByAny(
  situation: Situation,
  alive: readonly KnownNode[],
  because: "unclean by request" | "unclean by timer",
): LeaderChange {
  const { state } = situation.topic;
  const first = alive.find(({ broker }) => broker === state.preferred) ?? alive[0]!;
  const timer = situation.timer("unclean.leader.election.interval.ms");
  const movedAt = because === "unclean by timer" ? span(0, timer.ms + situation.work(500)) : NOW;
  // a follower fetches when it has learned of the leader, and is in sync when it has fetched
  const joined = span(0, situation.timer("replica.fetch.backoff.ms").ms + situation.work(1500));
  const isAlone = neededIsr(situation) <= 1;
  return finished(situation, {
    because,
    moves: 1,
    leader: first.broker,
    isr: brokers(alive),
    movedAt,
    readyOne: movedAt,
    readyAll: isAlone ? movedAt : plus(movedAt, joined),
    timers: because === "unclean by timer" ? [timer] : [],
  });
}

function reconfigured(situation: Situation): LeaderChange {
  const { topic, before } = situation;
  const { state } = topic;
  if (state.leader === null) {
    // one that comes back is elected then, sooner than by the task
    const alive = runningReplicas(situation);
    const isOn = topic.uncleanElection && !before.uncleanElection;
    return isOn && alive.length > 0 ? ledByAny(situation, alive, "unclean by timer") : nobody("no leader");
  }
  const wasEnough = state.isr.length >= neededIsr({ ...situation, topic: before });
  return stays(situation, wasEnough ? "untouched" : "enough replicas");
}

/** The leader is who it was, with the ISR that it has. */
function stays(situation: Situation, because: LeaderChange["because"]): LeaderChange {
  const { leader, isr } = situation.topic.state;
  if (leader === null) return nobody(because === "untouched" ? "no leader" : because);
  return finished(situation, {
    because,
    moves: 0,
    leader,
    isr,
    movedAt: null,
    readyOne: NOW,
    readyAll: NOW,
    timers: [],
  });
}

function runningReplicas({ topic, nodeOf, reach }: Situation): KnownNode[] {
  return topic.state.replicas.flatMap((broker) => nodeOf(broker) ?? []).filter((node) => reach.runs(node));
}

/** Those whose processes run, and which the controller has not fenced. */
function aliveReplicas(situation: Situation): KnownNode[] {
  const { offline } = situation.topic.state;
  return runningReplicas(situation).filter(({ broker }) => !offline.includes(broker!));
}

function runs({ nodeOf, reach, topic }: Situation, broker: Broker): boolean {
  const node = nodeOf(broker);
  return node !== undefined && reach.runs(node) && !topic.state.offline.includes(broker);
}
