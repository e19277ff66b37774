// Who leads the partition while the fault lasts, with which ISR, and from when it can acknowledge.
//
//   leader      in-sync others        a controller?   what happens
//   ─────────────────────────────────────────────────────────────────────────────────────────
//   goes (SIGTERM)  yes               while it goes   leads at once another one (controlled shutdown)
//   is fenced   yes                   yes             another one leads, the ISR is without who is fenced
//   is fenced   none                  yes             nobody leads, or with unclean election whoever is there
//   is gone     any                   no              stays leader in everybody's metadata: nobody may elect
//   stays       some do not fetch     yes             their fencing or their lag takes them out of the ISR
//   stays       some do not fetch     no              the ISR cannot shrink: acks=all waits for ever (Partition.scala, PendingShrinkIsr)
//
// acks=all is answered by an ISR of min.insync.replicas or more, else never: NOT_ENOUGH_REPLICAS.

import type { Broker } from "../../model/history.ts";
import type { KnownNode } from "./circumstances.ts";
import { fencing, lagging, type Noticed } from "./detection.ts";
import type { Odds, Span, Timer } from "../../model/prediction.ts";
import { election, type Quorum } from "./quorum.ts";
import { isTarget, neededIsr, type Situation } from "./situation.ts";
import { earliestOf, latestOf, NOW, plus, span } from "./span.ts";

/** What decides the outcome. */
export type Because =
  | "controlledShutdown"
  | "fenced"
  | "unclean"
  | "no replica"
  | "no quorum"
  | "no leader"
  | "not enough replicas"
  | "hung disk"
  | "frozen isr"
  | "shrinks"
  | "untouched";

export interface LeaderChange {
  readonly because: Because;
  /** 1 where another broker leads in the end, else 0. */
  readonly moves: 0 | 1;
  readonly leader: Broker | null;
  readonly isr: readonly Broker[];
  /** When the leader has moved. */
  readonly movedAt: Span | null;
  /** When the leader in the end can answer acks=all, and acks=1: null for never. */
  readonly readyAll: Span | null;
  readonly readyOne: Span | null;
  readonly timers: readonly Timer[];
}

/** Follows the partition through the fault; where it is a race whether the leader is fenced, both ways. */
export function leaderChanges(
  situation: Situation,
  quorum: Quorum,
): { odds: Odds; leaderChange: LeaderChange }[] {
  const { state } = situation.topic;
  const leader = state.leader === null ? undefined : situation.nodeOf(state.leader);
  if (leader === undefined) return [{ odds: 1, leaderChange: nobody("no leader") }];
  if (situation.fault.kind === "stop") return [{ odds: 1, leaderChange: stopped(situation, leader) }];
  // heartbeats need no disk: a broker whose disk hangs keeps what it leads
  if (situation.fault.kind === "hang" && isTarget(situation, leader))
    return [{ odds: 1, leaderChange: { ...nobody("hung disk"), leader: leader.broker } }];
  const isr = state.isr.flatMap((broker) => situation.nodeOf(broker) ?? []);
  const fence = fencing(situation, quorum, leader);
  const odds = fence?.odds ?? 0;
  return [
    ...(fence === null ? [] : [{ odds, leaderChange: moved(situation, quorum, { leader, isr, fence }) }]),
    {
      odds: 1 - odds,
      leaderChange: situation.reach.runs(leader)
        ? stays(situation, quorum, leader, isr)
        : nobody("no quorum"),
    },
  ];
}

function nobody(because: Because): LeaderChange {
  return {
    because,
    moves: 0,
    leader: null,
    isr: [],
    movedAt: null,
    readyAll: null,
    readyOne: null,
    timers: [],
  };
}

interface Fall {
  leader: KnownNode;
  isr: readonly KnownNode[];
  fence: Noticed;
}

function moved(situation: Situation, quorum: Quorum, { leader, isr, fence }: Fall): LeaderChange {
  const others = isr
    .filter((one) => one !== leader)
    .map((node) => ({ node, fence: fencing(situation, quorum, node) }));
  const candidates = others.filter((one) => one.fence === null && situation.reach.runs(one.node));
  const newLeader = candidates[0]?.node;
  if (newLeader === undefined) return unclean(situation, quorum, leader, fence);
  const gone = others.filter((one) => one.fence !== null);
  const deaf = candidates.filter(({ node }) => node !== newLeader && !fetches(situation, node, newLeader));
  const kept = [
    newLeader,
    ...candidates
      .map(({ node }) => node)
      .filter((node) => node !== newLeader && !deaf.some((one) => one.node === node)),
  ];
  const readyOne = fence.noticedAt;
  const lag = lagging(situation, newLeader, fence.noticedAt);
  const all = latestOf([
    fence.noticedAt,
    ...gone.map((one) => one.fence!.noticedAt),
    ...(deaf.length > 0 ? [lag.noticedAt] : []),
  ]);
  return finished(situation, {
    because: "fenced",
    moves: 1,
    leader: newLeader.broker,
    isr: brokers(kept),
    movedAt: fence.noticedAt,
    readyOne,
    readyAll: all,
    timers: [...fence.timers, ...(deaf.length > 0 ? lag.timers : [])],
  });
}

function unclean(situation: Situation, quorum: Quorum, leader: KnownNode, fence: Noticed): LeaderChange {
  const { state, uncleanElection } = situation.topic;
  const behind = state.replicas
    .flatMap((broker) => situation.nodeOf(broker) ?? [])
    .find(
      (node) => node !== leader && situation.reach.runs(node) && fencing(situation, quorum, node) === null,
    );
  if (!uncleanElection || behind === undefined) return { ...nobody("no replica"), timers: fence.timers };
  return finished(situation, {
    because: "unclean",
    moves: 1,
    leader: behind.broker,
    isr: [behind.broker!],
    movedAt: fence.noticedAt,
    readyOne: fence.noticedAt,
    readyAll: fence.noticedAt,
    timers: fence.timers,
  });
}

function stays(
  situation: Situation,
  quorum: Quorum,
  leader: KnownNode,
  isr: readonly KnownNode[],
): LeaderChange {
  const followers = isr
    .filter((node) => node !== leader)
    .map((node) => ({
      node,
      fence: fencing(situation, quorum, node),
      isLate: situation.reach.between(node, leader, "peers").addsMs > 0,
    }));
  const lost = followers.filter(
    ({ node, fence }) => !fetches(situation, node, leader) || (fence?.odds ?? 0) >= 0.5,
  );
  // one that is fenced and fetches all the same keeps nobody waiting
  const missed = lost.filter(({ node, isLate }) => isLate || !fetches(situation, node, leader));
  const kept = brokers(isr.filter((node) => !lost.some((one) => one.node === node)));
  const same: Pick<LeaderChange, "moves" | "leader" | "movedAt" | "readyOne"> = {
    moves: 0,
    leader: leader.broker,
    movedAt: null,
    readyOne: NOW,
  };
  if (missed.length === 0)
    return finished(situation, {
      ...same,
      because: "untouched",
      isr: quorum.outcome === "lost" ? brokers(isr) : kept,
      readyAll: NOW,
      timers: [],
    });
  // with no controller nobody commits a smaller ISR
  if (quorum.outcome === "lost")
    return finished(situation, {
      ...same,
      because: "frozen isr",
      isr: brokers(isr),
      readyAll: null,
      timers: [],
    });
  const lag = lagging(situation, leader);
  const all = latestOf(
    missed.map(({ fence }) => earliestOf([fence?.noticedAt ?? null, plus(lag.noticedAt, quorum.activeAt)])),
  );
  const timers = missed.flatMap(({ fence }) =>
    fence !== null && fence.noticedAt.toMs < lag.noticedAt.toMs ? fence.timers : lag.timers,
  );
  return finished(situation, { ...same, because: "shrinks", isr: kept, readyAll: all, timers });
}

/** Whether a follower still fetches from a leader. */
function fetches(situation: Situation, follower: KnownNode, leader: KnownNode): boolean {
  const way = situation.reach.between(follower, leader, "peers");
  const lag = situation.timer("replica.lag.time.max.ms", leader);
  if (situation.fault.kind === "hang" && isTarget(situation, follower)) return false;
  return way.state === "open" && situation.reach.runs(follower) && leader.isReachable && way.addsMs < lag.ms;
}

/**
 * SIGTERM: a broker asks to go, and the controller moves its leaders first (BrokerLifecycleManager,
 * ReplicationControlManager.handleBrokerInControlledShutdown); in a combined process the controller goes
 * after the broker (KafkaRaftServer.shutdown), so that the last to go needs a majority with itself.
 */
function stopped(situation: Situation, leader: KnownNode): LeaderChange {
  const { topic, voters } = situation;
  const isr = topic.state.isr.flatMap((broker) => situation.nodeOf(broker) ?? []);
  // of the voters, only those that run: a lab tells of no others
  const running = situation.nodes.filter((node) => voters.includes(node.nodeId));
  const goers = running.filter((node) => isTarget(situation, node)).length;
  const left = running.length - goers;
  const isWhole = left + Math.min(1, goers) >= Math.floor(voters.length / 2) + 1;
  const kept = isr.filter((node) => !isTarget(situation, node));
  if (!isTarget(situation, leader)) {
    const same: Pick<LeaderChange, "moves" | "leader" | "movedAt" | "readyOne" | "timers"> = {
      moves: 0,
      leader: leader.broker,
      movedAt: null,
      readyOne: NOW,
      timers: [],
    };
    if (kept.length === isr.length)
      return finished(situation, { ...same, because: "untouched", isr: brokers(isr), readyAll: NOW });
    if (!isWhole)
      return finished(situation, { ...same, because: "frozen isr", isr: brokers(isr), readyAll: null });
    return finished(situation, {
      ...same,
      because: "shrinks",
      isr: brokers(kept),
      readyAll: span(0, 600 + (goers > 1 ? election(situation).activeAt.toMs : 0)),
    });
  }
  const newLeader = kept[0];
  if (newLeader === undefined || !isWhole)
    return nobody(newLeader === undefined ? "no replica" : "no quorum");
  const at = span(0, goers > 1 ? election(situation).activeAt.toMs : 0);
  return finished(situation, {
    because: "controlledShutdown",
    moves: 1,
    leader: newLeader.broker,
    isr: brokers(kept),
    movedAt: at,
    readyOne: at,
    readyAll: at,
    timers: [],
  });
}

function brokers(nodes: readonly KnownNode[]): Broker[] {
  return nodes.flatMap(({ broker }) => broker ?? []);
}

/** An ISR that is too small never answers acks=all. */
function finished(situation: Situation, found: LeaderChange): LeaderChange {
  if (found.isr.length >= neededIsr(situation) || found.readyAll === null) return found;
  return { ...found, because: found.moves > 0 ? found.because : "not enough replicas", readyAll: null };
}
