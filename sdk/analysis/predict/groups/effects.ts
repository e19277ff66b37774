// What becomes of the partitions that a group reads, and of the one that keeps its offsets: the same rules as
// for a producer say who leads next and when.
//
//   for each controller that may be active, for each branch (the leader is fenced, or not)
//     partition, offsets ─▶ leader change ─▶ who answers the group's members, from when
//
// A record can be read when the high watermark has passed it, which waits for every in-sync replica as
// acks=all does. Where the ISR is smaller than min.insync.replicas the watermark stands still since 3.7
// (Partition.maybeIncrementLeaderHW), and a commit is refused: it is a write with acks=all
// (GroupMetadataManager). The leader answers everything else.

import { processOf } from "../../../faults/mod.ts";
import type { ResolvedFault } from "../../../model/fault.ts";
import type { LeaderReason } from "../../../model/claim.ts";
import type { Broker, NodeId } from "../../../model/history.ts";
import type { Odds, Span, Timer } from "../../../model/prediction.ts";
import { isByRequest } from "../by-request.ts";
import { type Circumstances, isTarget, type KnownClient, type KnownTopic } from "../circumstances.ts";
import { type LeaderChange, leaderChanges } from "../leader-change.ts";
import { quorumOf } from "../quorum.ts";
import { settling } from "../service.ts";
import { type Situation, situationOf } from "../situation.ts";
import { plus } from "../span.ts";
import type { GroupCircumstances, KnownGroupPartition } from "./circumstances.ts";

/** How a client reaches the leader that a partition had. */
export type Contact = "open" | "silent" | "refusing";

/** What becomes of a partition, as its readers see it. */
export interface PartitionEffect {
  /** Its leader before the fault. */
  readonly leader: Broker | null;
  /** Whether the fault hits that leader. */
  readonly isHit: boolean;
  readonly contact: Contact;
  /** By how much a round trip to the leader becomes longer. */
  readonly addsMs: number;
  /** Whether another broker leads it. */
  readonly moves: boolean;
  /** Whether the old leader answers, and does not know that it is none any more. */
  readonly isStale: boolean;
  /**
   * When its leader serves, whatever min.insync.replicas says: moved, and its ISR shrunk; null: not while the
   * fault lasts.
   */
  readonly readyAt: Span | null;
  /** Whether it has a leader whose ISR is smaller than min.insync.replicas while the fault lasts. */
  readonly isBelowMinIsr: boolean;
  /** Why its leader is who it is. */
  readonly because: LeaderReason;
  /** Whether clients reach the leader that it has in the end. */
  readonly isReachable: boolean;
  readonly timers: readonly Timer[];
  readonly hasOneReplica: boolean;
}

/** One course of events. */
export interface ClusterBranch {
  readonly odds: Odds;
  readonly situation: Situation;
  readonly fault: ResolvedFault;
  readonly isShutdown: boolean;
  /** Whether somebody asked for the change of leaders or settings. */
  readonly isByRequest: boolean;
  readonly coordinator: PartitionEffect;
  readonly partitions: readonly { readonly known: KnownGroupPartition; readonly effect: PartitionEffect }[];
}

/** Every course that events may take after a fault on brokers. */
export function clusterBranches(circumstances: GroupCircumstances, fault: ResolvedFault): ClusterBranch[] {
  const { controller, voters } = circumstances;
  const controllers: readonly (NodeId | null)[] =
    controller !== null || voters.length === 0 ? [controller] : voters;
  return controllers
    .flatMap((one) => branchesWith({ ...circumstances, controller: one }, fault))
    .map((branch) => ({ ...branch, odds: branch.odds / controllers.length }))
    .filter(({ odds }) => odds > 0);
}

function branchesWith(circumstances: GroupCircumstances, fault: ResolvedFault): ClusterBranch[] {
  const ask = (topic: KnownTopic): Asked => changesOf(circumstances, fault, topic);
  const offsets = ask(circumstances.offsets);
  const read = circumstances.partitions.map((known) => ({ known, asked: ask(known) }));
  // a broker is fenced or not for all of its partitions together
  const race = [offsets, ...read.map(({ asked }) => asked)].find(({ changes }) => changes.length > 1);
  const courses = race?.changes.map(({ odds }, course) => ({ odds, course })) ?? [{ odds: 1, course: 0 }];
  return courses.map(({ odds, course }) => ({
    odds,
    situation: offsets.situation,
    fault,
    isShutdown: processOf(fault) === "shutdown",
    isByRequest: isByRequest({ fault }),
    coordinator: effectOf(offsets, course),
    partitions: read.map(({ known, asked }) => ({ known, effect: effectOf(asked, course) })),
  }));
}

type Changes = ReturnType<typeof leaderChanges>;

interface Asked {
  readonly situation: Situation;
  readonly changes: Changes;
  /** The same as if one in-sync replica were enough. */
  readonly ofAnyIsr: Changes;
}

function changesOf(circumstances: GroupCircumstances, fault: ResolvedFault, topic: KnownTopic): Asked {
  const { group, offsets: _, partitions: __, recordsPerSecond: ___, lag: ____, ...cluster } = circumstances;
  const client = readerOf(group);
  const situation = situationOf({ ...cluster, fault, topic, client } satisfies Circumstances);
  const changesIn = (one: Situation): Changes => leaderChanges(one, quorumOf(one));
  const changes = changesIn(situation);
  if (changes.every(({ leaderChange }) => leaderChange.readyAll !== null))
    return { situation, changes, ofAnyIsr: changes };
  const anyIsr: Situation = { ...situation, topic: { ...situation.topic, minIsr: 1 } };
  return { situation, changes, ofAnyIsr: changesIn(anyIsr) };
}

/** A member as the rules for a client know one: what it waits for is that of acks=all. */
function readerOf({
  name,
  client,
  requestTimeout,
  retries,
  initialRetryTime,
  maxRetryTime,
  metadataMaxAge,
}: GroupCircumstances["group"]): KnownClient {
  return {
    ...{ name, client, isWarm: true, bootstrap: [], acks: -1, idempotent: false, requestTimeout },
    ...{ connectionTimeout: 1000, retries, initialRetryTime, maxRetryTime, metadataMaxAge },
    ...{ deliveryTimeout: Infinity, maxBlock: null, dropHungConnections: client === "java" },
  };
}

function effectOf({ situation, changes, ofAnyIsr }: Asked, course: number): PartitionEffect {
  const whole = (changes[course] ?? changes[0]!).leaderChange;
  const any = (ofAnyIsr[course] ?? ofAnyIsr[0]!).leaderChange;
  const leaderChange = whole.readyAll === null ? any : whole;
  const { topic, reach, nodeOf } = situation;
  const { leader, replicas } = topic.state;
  const was = leader === null ? undefined : nodeOf(leader);
  const now = leaderChange.leader === null ? undefined : nodeOf(leaderChange.leader);
  const way = was === undefined ? { state: "refusing" as const, addsMs: 0 } : reach.fromClient(was);
  const moves = leaderChange.moves === 1;
  const isHit = was !== undefined && isTarget(situation, was);
  return {
    leader,
    isHit: isHit || way.state !== "open" || way.addsMs > 0,
    contact: way.state,
    addsMs: way.addsMs,
    moves,
    // who hands over by request learns of it with the others
    isStale:
      moves &&
      !isByRequest(situation) &&
      way.state === "open" &&
      way.addsMs === 0 &&
      was !== undefined &&
      reach.runs(was),
    readyAt: readyAt(situation, leaderChange),
    isBelowMinIsr: whole.readyAll === null && any.readyAll !== null,
    because: any.because,
    isReachable: now !== undefined && reach.fromClient(now).state === "open",
    timers: leaderChange.timers,
    hasOneReplica: replicas.length === 1,
  };
}

function readyAt(situation: Situation, leaderChange: LeaderChange): Span | null {
  return leaderChange.readyAll === null
    ? null
    : plus(leaderChange.readyAll, settling(situation, leaderChange).tookMs);
}
