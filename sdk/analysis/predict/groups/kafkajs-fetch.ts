// A group of kafkajs members whose coordinator is well, while brokers fail that lead their partitions.
//
//   the leader's broker    ends in order      NOT_LEADER_FOR_PARTITION: metadata, and joins again
//                          is gone            tries until another leads; nothing is read in the pauses
//                          is silent          asks it again, requestTimeout each: until its tries are used up
//                          is too late        the same: an answer that comes later is dropped
//
// While a member pauses it sends no heartbeat. Where its session ends meanwhile, the batch behind the pause
// is processed, its commit is refused (UNKNOWN_MEMBER_ID), and the member joins and reads it again.

import type { Span } from "../../../model/prediction.ts";
import { anyOf, latest, plus, span } from "../span.ts";
import type { GroupCircumstances } from "./circumstances.ts";
import { commitsByPolicy, type Course, goesOn, type Progress, stands } from "./course.ts";
import type { ClusterBranch, PartitionEffect } from "./effects.ts";
import { groupTimer } from "./group-timers.ts";
import {
  comesWithin,
  isStuckAtStart,
  lastPause,
  lastsUntil,
  pausesPastSession,
  pauseWhen,
  restartOf,
} from "./kafkajs-tries.ts";
import { lateOdds, reachedReading, undisturbed } from "./reading.ts";
import { added, committedInHand, inHand, recordsIn, uncommitted } from "./records.ts";

/** What may become of the group. */
export function kafkajsFetching(circumstances: GroupCircumstances, branch: ClusterBranch): Course[] {
  const { odds } = branch;
  const lost = branch.partitions.filter(({ effect }) => isLost(effect));
  if (lost.length === 0) {
    const late = Math.max(0, ...branch.partitions.map(({ effect }) => lateOdds(circumstances.group, effect)));
    return [
      { ...steady(circumstances, branch), odds: odds * (1 - late) },
      { ...hanging(circumstances, branch), odds: odds * late },
    ];
  }
  const never = lost.find(({ effect }) => effect.readyAt === null || !effect.isReachable);
  if (never !== undefined) return [{ ...offline(circumstances, branch, never.effect), odds }];
  if (branch.isShutdown) return [{ ...told(circumstances, branch), odds }];
  if (lost.some(({ effect }) => effect.contact === "silent"))
    return [{ ...hanging(circumstances, branch), odds }];
  const readyAt = anyOf(...lost.map(({ effect }) => effect.readyAt!));
  const holds = lastsUntil(circumstances.group, readyAt);
  return [
    { ...trying(circumstances, branch, readyAt), odds: odds * holds },
    { ...givingUp(circumstances, branch, readyAt), odds: odds * (1 - holds) },
  ];
}

/** The course without odds, from what becomes of each partition. */
export function courseOf(
  circumstances: GroupCircumstances,
  branch: ClusterBranch,
  partitions: readonly Progress[],
  rebalance: number,
): Course {
  const { group } = circumstances;
  const { members } = group;
  const { readyAt } = branch.coordinator;
  const isRejoining = rebalance > 0;
  const readMs = Math.max(0, ...partitions.map(({ gap }) => gap?.toMs ?? 0));
  const waits = readyAt ?? span(0, 0);
  const commits: Progress =
    readyAt === null
      ? stands(["no coordinator"], branch.coordinator.timers)
      : goesOn(span(waits.fromMs, Math.max(readMs, waits.toMs + 1500)), branch.coordinator.timers);
  // a commit that is not answered within offsets.commit.timeout.ms is made again
  const stalled = waits.toMs > 5_000 ? recordsIn(circumstances, waits.toMs) : 0;
  const repeated = isRejoining ? uncommitted(circumstances, members) : 0;
  return {
    odds: 1,
    partitions,
    commits: commitsByPolicy(group) ? commits : null,
    rebalance,
    skipped: isRejoining ? committedInHand(circumstances, members) : 0,
    repeated:
      group.commit === "before" || stalled === 0 || repeated === null
        ? repeated
        : stalled === null
          ? null
          : repeated + stalled,
  };
}

function steady(circumstances: GroupCircumstances, branch: ClusterBranch): Course {
  const { group } = circumstances;
  const partitions = branch.partitions.map(
    ({ effect }) => reachedReading(group, branch, effect) ?? goesOn(undisturbed(group, branch)),
  );
  const isMoved = branch.partitions.some(({ effect }) => effect.moves);
  return courseOf(circumstances, branch, partitions, isMoved ? 0.5 : 0);
}

/** Whether its leader refuses, or is silent. */
function isLost({ isHit, contact }: PartitionEffect): boolean {
  return isHit && contact !== "open";
}

/** Who reads such partitions: they pause, and read nothing else meanwhile. */
function pausing(
  { partitions }: ClusterBranch,
  isGone: (effect: PartitionEffect) => boolean = isLost,
): ReadonlySet<string | null> {
  return new Set(partitions.filter(({ effect }) => isGone(effect)).map(({ known }) => known.member));
}

/**
 * A partition without a leader: its metadata are an error, of which kafkajs makes one for the whole topic.
 */
function offline(circumstances: GroupCircumstances, branch: ClusterBranch, effect: PartitionEffect): Course {
  const gone: Progress =
    effect.readyAt === null
      ? stands(["no leader", "kafkajs restarts"], effect.timers)
      : stands(["leader unreachable", "kafkajs restarts"], effect.timers);
  const { group } = circumstances;
  const course = courseOf(
    circumstances,
    branch,
    branch.partitions.map(() => gone),
    0.5,
  );
  return {
    ...course,
    commits: commitsByPolicy(group) ? gone : null,
    repeated: group.commit === "before" ? 0 : inHand(circumstances, 1, group.members.length),
  };
}

/** The broker moves its partitions before it ends, and says so. */
function told(circumstances: GroupCircumstances, branch: ClusterBranch): Course {
  const { group } = circumstances;
  const { situation } = branch;
  const heartbeat = groupTimer(group, "heartbeat");
  const partitions = branch.partitions.map(({ effect }): Progress => {
    const readyMs = effect.readyAt?.toMs ?? 0;
    const joined = readyMs + heartbeat.ms + group.maxWait + situation.work(2500);
    return goesOn(span(0, joined), [heartbeat], ["kafkajs rejoins", "leader moves"]);
  });
  return courseOf(circumstances, branch, partitions, 0.5);
}

/** It is dialled until another broker leads. */
function trying(circumstances: GroupCircumstances, branch: ClusterBranch, readyAt: Span): Course {
  const { group } = circumstances;
  const { situation } = branch;
  const pause = pauseWhen(group, readyAt.toMs);
  const stopped = pausing(branch);
  const timers = [groupTimer(group, "retries")];
  const own = span(0, pause + group.maxWait + situation.work(1000));
  const partitions = branch.partitions.map(({ known, effect }): Progress => {
    if (isLost(effect))
      return goesOn(
        plus(effect.readyAt!, own),
        [...effect.timers, ...timers],
        ["leader moves", "kafkajs pauses"],
      );
    const reading = reachedReading(group, branch, effect) ?? goesOn(undisturbed(group, branch));
    if (!stopped.has(known.member) || reading.gap === null) return reading;
    return {
      ...reading,
      gap: span(reading.gap.fromMs, reading.gap.toMs + own.toMs),
      timers: [...reading.timers, ...timers],
      reasons: ["kafkajs pauses", ...reading.reasons],
    };
  });
  return courseOf(circumstances, branch, partitions, 0);
}

/** Its tries are used up before: it leaves the group, and starts anew. */
function givingUp(circumstances: GroupCircumstances, branch: ClusterBranch, readyAt: Span): Course {
  const { group } = circumstances;
  const { crashAt, joinedAt } = restartOf(group, branch, 0);
  const stopped = pausing(branch);
  const timers = [groupTimer(group, "retries")];
  const partitions = branch.partitions.map(({ known, effect }): Progress => {
    const isGone = isLost(effect);
    const fromMs = isGone ? (effect.readyAt ?? readyAt).fromMs : 0;
    const toMs = isGone || stopped.has(known.member) ? joinedAt.toMs : joinedAt.toMs - crashAt.fromMs;
    return goesOn(span(fromMs, Math.max(fromMs, toMs)), timers, ["kafkajs restarts", "leader moves"]);
  });
  return courseOf(circumstances, branch, partitions, comesWithin(branch.fault, plus(crashAt, span(0, 1000))));
}

/** A fetch that is not answered in time is made again, to the same broker. */
function hanging(circumstances: GroupCircumstances, branch: ClusterBranch): Course {
  const { group } = circumstances;
  const { situation } = branch;
  const { crashAt, joinedAt, joining } = restartOf(group, branch, group.requestTimeout);
  const timers = [groupTimer(group, "request"), groupTimer(group, "retries")];
  const isGone = (effect: PartitionEffect): boolean => isLost(effect) || lateOdds(group, effect) > 0;
  const stopped = pausing(branch, isGone);
  // the others of a group take over what those read that cannot start
  const isStuck = isStuckAtStart(group, branch) && group.members.every((one) => stopped.has(one));
  // of a leader that stays each cycle of tries ends in the next
  const isEndless = !isStuck && branch.partitions.some(({ effect }) => isGone(effect) && !effect.moves);
  const partitions = branch.partitions.map(({ known, effect }): Progress => {
    if (isGone(effect) && !effect.moves) return stands(["kafkajs hangs", "too late"], timers);
    if (isStuck) return stands(["kafkajs hangs", "silent broker"], timers);
    if (isGone(effect))
      return goesOn(latest(joinedAt, effect.readyAt!), timers, ["kafkajs hangs", "silent broker"]);
    const reading = reachedReading(group, branch, effect) ?? goesOn(undisturbed(group, branch));
    if (reading.gap === null) return reading;
    const pause = stopped.has(known.member) ? lastPause(group).toMs + joining.toMs : 0;
    const toMs = reading.gap.toMs + pause + group.heartbeatInterval + situation.work(2500);
    return { ...reading, gap: span(reading.gap.fromMs, toMs) };
  });
  const leavesAt =
    pausesPastSession(group) > 0
      ? span(group.sessionTimeout, crashAt.toMs + 1000)
      : plus(crashAt, span(0, 1000));
  const course = courseOf(circumstances, branch, partitions, comesWithin(branch.fault, leavesAt));
  // who cannot start commits what it reads until its tries are used up
  const commits = isStuck && course.commits !== null ? { ...course.commits, odds: 0.5 } : course.commits;
  return {
    ...course,
    commits,
    repeated: added(course.repeated, afterPauses(circumstances, branch, isEndless)),
  };
}

/** What is read behind pauses in which the session has ended, and read again. */
function afterPauses(
  circumstances: GroupCircumstances,
  { fault }: ClusterBranch,
  isEndless: boolean,
): Course["repeated"] {
  const pausesMs = pausesPastSession(circumstances.group);
  if (circumstances.group.commit === "before" || pausesMs === 0) return 0;
  if (!isEndless) return recordsIn(circumstances, pausesMs);
  return fault.lastsMs === undefined ? null : recordsIn(circumstances, fault.lastsMs + pausesMs);
}
