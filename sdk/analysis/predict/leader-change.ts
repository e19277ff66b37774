// Which broker leads the partition during the fault, with which ISR, and when it can acknowledge.
//
//   leader      in-sync others      controller?   what happens
//   ──────────────────────────────────────────────────────────────────────────────────────────────────
//   SIGTERM     yes                 yes           another one leads at once (controlled shutdown)
//   is fenced   yes                 yes           another one leads, the ISR loses the fenced brokers
//   is fenced   none                yes           no leader, or with unclean election any running replica
//   is gone     any                 no            stays leader in the metadata: nothing can be elected
//   stays       some do not fetch   yes           they leave the ISR when they are fenced or lag
//   failed dir  yes                 yes           another one leads as soon as the broker has reported it
//   stays       some do not fetch   no            the ISR cannot shrink, acks=all waits forever
//                                                 (Partition.scala, PendingShrinkIsr)
//
// acks=all needs an ISR of min.insync.replicas or more: NOT_ENOUGH_REPLICAS.

import { processOf } from "../../faults/mod.ts";
import type { Odds } from "../../model/prediction.ts";
import type { KnownNode } from "./circumstances.ts";
import { byRequest, isByRequest } from "./by-request.ts";
import { stopped } from "./controlled-shutdown.ts";
import { fencing, lagging, leaving, type Noticed, reported } from "./detection.ts";
import { hangsFetcher, hangsReplica, losesReplica } from "./disk-scope.ts";
import { brokers, finished, type LeaderChange, nobody } from "./leader-change-result.ts";
import { notAwaited } from "./lost-replica.ts";
import type { Quorum } from "./quorum.ts";
import type { Situation } from "./situation.ts";
import { appendMs, slowMs } from "./slow-disk.ts";
import { earliestOf, latestOf, NOW, plus } from "./span.ts";

export type { LeaderChange } from "./leader-change-result.ts";

/**
 * The possible leader changes with their odds: two if it is a race whether the leader is fenced, twice as
 * many if it is one whether followers with a slow disk are.
 */
export function leaderChanges(
  situation: Situation,
  quorum: Quorum,
): { odds: Odds; leaderChange: LeaderChange }[] {
  const { state } = situation.topic;
  if (isByRequest(situation)) return [{ odds: 1, leaderChange: byRequest(situation) }];
  const leader = state.leader === null ? undefined : situation.nodeOf(state.leader);
  if (leader === undefined) return [{ odds: 1, leaderChange: nobody("no leader") }];
  if (processOf(situation.fault) === "shutdown")
    return [{ odds: 1, leaderChange: stopped(situation, leader) }];
  const fence = fencing(situation, quorum, leader);
  // heartbeats need no disk: a broker whose disk hangs stays leader
  if (hangsReplica(situation, leader) && fence === null && situation.reach.runs(leader))
    return [{ odds: 1, leaderChange: { ...nobody("hung disk"), leader: leader.broker } }];
  const isr = state.isr.flatMap((broker) => situation.nodeOf(broker) ?? []);
  if (losesReplica(situation, leader)) {
    const report = reported(situation, quorum);
    if (report === null) return [{ odds: 1, leaderChange: nobody("no quorum") }];
    const of = followers(situation, quorum);
    return [{ odds: 1, leaderChange: moved(situation, of, { leader, isr, fence: report }) }];
  }
  const odds = fence?.odds ?? 0;
  return followerCourses(situation, quorum, { leader, isr }).flatMap(({ odds: share, of }) => [
    ...(fence === null
      ? []
      : [{ odds: share * odds, leaderChange: moved(situation, of, { leader, isr, fence }) }]),
    {
      odds: share * (1 - odds),
      leaderChange: situation.reach.runs(leader)
        ? stays(situation, of, { leader, isr })
        : nobody("no quorum"),
    },
  ]);
}

/** What becomes of the leader's followers. */
interface Followers {
  readonly quorum: Quorum;
  /** When one leaves the ISR because its broker is fenced; null where it is not. */
  leaving(node: KnownNode): Noticed | null;
}

function followers(situation: Situation, quorum: Quorum): Followers {
  return { quorum, leaving: (node) => leaving(situation, quorum, node) };
}

/** Slow disks may have none or all of the followers fenced: what delays one, delays the others, too. */
function followerCourses(
  situation: Situation,
  quorum: Quorum,
  { leader, isr }: Pick<Fall, "leader" | "isr">,
): { odds: Odds; of: Followers }[] {
  const all = followers(situation, quorum);
  const isUnsure = (fence: Noticed | null): fence is Noticed => fence !== null && fence.odds < 1;
  const unsure = isr
    .filter((node) => node !== leader)
    .map(all.leaving)
    .filter(isUnsure);
  if (slowMs(situation) === 0 || unsure.length === 0) return [{ odds: 1, of: all }];
  const odds = Math.max(...unsure.map((fence) => fence.odds));
  const certain = (node: KnownNode): Noticed | null => {
    const fence = all.leaving(node);
    return isUnsure(fence) ? null : fence;
  };
  return [
    { odds, of: all },
    { odds: 1 - odds, of: { quorum, leaving: certain } },
  ];
}

interface Fall {
  leader: KnownNode;
  isr: readonly KnownNode[];
  fence: Noticed;
}

function moved(situation: Situation, of: Followers, { leader, isr, fence }: Fall): LeaderChange {
  const others = isr.filter((one) => one !== leader).map((node) => ({ node, fence: of.leaving(node) }));
  const candidates = others.filter((one) => one.fence === null && situation.reach.runs(one.node));
  const newLeader = candidates[0]?.node;
  if (newLeader === undefined) return unclean(situation, of, leader, fence);
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
  const isHung = hangsReplica(situation, newLeader);
  return finished(situation, {
    because: isHung ? "hung disk" : losesReplica(situation, leader) ? "failed directory" : "fenced",
    moves: 1,
    leader: newLeader.broker,
    isr: brokers(kept),
    movedAt: fence.noticedAt,
    readyOne: isHung ? null : readyOne,
    readyAll: isHung ? null : all,
    timers: [...fence.timers, ...(deaf.length > 0 ? lag.timers : [])],
  });
}

function unclean(situation: Situation, of: Followers, leader: KnownNode, fence: Noticed): LeaderChange {
  const { state, uncleanElection } = situation.topic;
  const behind = state.replicas
    .flatMap((broker) => situation.nodeOf(broker) ?? [])
    .find((node) => node !== leader && situation.reach.runs(node) && of.leaving(node) === null);
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
  { quorum, leaving }: Followers,
  { leader, isr }: Pick<Fall, "leader" | "isr">,
): LeaderChange {
  const others = isr
    .filter((node) => node !== leader)
    .map((node) => ({
      node,
      fence: leaving(node),
      isLate: situation.reach.between(node, leader, "peers").addsMs > 0,
    }));
  const lost = others.filter(
    ({ node, fence }) => !fetches(situation, node, leader) || (fence?.odds ?? 0) >= 0.5,
  );
  // a fenced follower that still fetches does not delay acks=all
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
  // without a controller no smaller ISR is committed
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
    missed.map(({ node, fence }) =>
      losesReplica(situation, node)
        ? notAwaited(situation, leader)
        : earliestOf([fence?.noticedAt ?? null, plus(lag.noticedAt, quorum.activeAt)]),
    ),
  );
  const timers = missed.flatMap(({ node, fence }) =>
    fence !== null && !losesReplica(situation, node) && fence.noticedAt.toMs < lag.noticedAt.toMs
      ? fence.timers
      : lag.timers,
  );
  return finished(situation, { ...same, because: "shrinks", isr: kept, readyAll: all, timers });
}

/** Whether a follower still fetches from a leader. */
function fetches(situation: Situation, follower: KnownNode, leader: KnownNode): boolean {
  const way = situation.reach.between(follower, leader, "peers");
  const lag = situation.timer("replica.lag.time.max.ms", leader);
  if (hangsFetcher(situation, follower) || losesReplica(situation, follower)) return false;
  if (appendMs(situation, follower) >= lag.ms) return false;
  return way.state === "open" && situation.reach.runs(follower) && leader.isReachable && way.addsMs < lag.ms;
}
