// A group of kafkajs members while brokers fail (kafkajs 2.2.4: consumer/runner.js, consumerGroup.js,
// retry/).
//
//   fetcher of each broker ─┐
//   worker: batch, commit   ├─ one of them fails ─▶ all stop ─▶ pause ─▶ all start again   retries + 1 times
//   heartbeat between polls ┘                                     └─▶ then it leaves, and starts anew
//
//   NOT_LEADER_FOR_PARTITION, NOT_COORDINATOR   it asks for metadata or the coordinator, and joins again;
//                                               where the group's leader does, all have to (eager)
//   connection refused                          a pause, and again: a leader's broker is asked for in the
//                                               metadata by then; the coordinator is that of the last
//                                               join, whoever coordinates now
//   no answer                                   requestTimeout, a pause, and again: metadata is not asked for
//
// A consumer that starts anew has a new member id. The new coordinator has loaded the old ones, and a join
// waits for them until their sessions end.

import type { GroupReasonCode } from "../../../model/group-prediction.ts";
import type { Span } from "../../../model/prediction.ts";
import { anyOf, latest, plus, span } from "../span.ts";
import type { GroupCircumstances, KnownGroup } from "./circumstances.ts";
import { commitsByPolicy, type Course, goesOn, type Progress, sessionEnds, stands } from "./course.ts";
import type { ClusterBranch, PartitionEffect } from "./effects.ts";
import { groupTimer, ONE_OFFSETS_REPLICA } from "./group-timers.ts";
import { kafkajsAsked } from "./kafkajs-asked.ts";
import { kafkajsFetching } from "./kafkajs-fetch.ts";
import {
  comesWithin,
  hearsOdds,
  isStuckAtStart,
  lastPause,
  readsBetween,
  requestsOf,
  type Restart,
  restartOf,
} from "./kafkajs-tries.ts";
import { added, committedInHand, inHand, recordsIn, uncommitted } from "./records.ts";

/** What may become of a group of kafkajs members in one course of events of the cluster. */
export function kafkajsCourses(circumstances: GroupCircumstances, branch: ClusterBranch): Course[] {
  const { group } = circumstances;
  const { coordinator, odds } = branch;
  switch (contactOf(group, branch)) {
    case "kept":
      return branch.isByRequest
        ? [{ ...kafkajsAsked(circumstances, branch), odds }]
        : kafkajsFetching(circumstances, branch);
    case "refused":
      return [{ ...leftAlone(circumstances, branch, stands(["offsets below min isr"])), odds }];
    case "told": {
      const heard = hearsOdds(circumstances, branch);
      return [
        { ...rejoining(circumstances, branch), odds: odds * heard },
        { ...restarting(circumstances, branch), odds: odds * (1 - heard) },
      ];
    }
    case "lost":
      return [{ ...restarting(circumstances, branch), odds }];
    case "late":
      return kafkajsFetching(circumstances, branch).map((course) => slowed(course, coordinator, branch));
  }
}

/** How members stand with the broker that coordinated when they joined. */
function contactOf(group: KnownGroup, branch: ClusterBranch): "kept" | "refused" | "told" | "lost" | "late" {
  const { contact, moves, addsMs, readyAt, isBelowMinIsr } = branch.coordinator;
  // neither a commit nor the assignment of a join is written
  if (contact === "open" && isBelowMinIsr && (moves || commitsByPolicy(group))) return "refused";
  if (contact === "open" && addsMs >= group.requestTimeout) return "lost";
  if (contact === "open" && moves) return "told";
  if (contact === "open") return addsMs > 0 ? "late" : "kept";
  return branch.isShutdown && moves && readyAt !== null ? "told" : "lost";
}

/** Every member hears that the coordinator has moved, and joins again. */
function rejoining(circumstances: GroupCircumstances, branch: ClusterBranch): Course {
  const { group } = circumstances;
  const { coordinator, situation } = branch;
  const readyMs = coordinator.readyAt?.toMs ?? 0;
  const joined = span(0, readyMs + group.heartbeatInterval + group.maxWait + situation.work(2500));
  const timers = [groupTimer(group, "heartbeat")];
  const partitions = branch.partitions.map(
    ({ effect }): Progress =>
      effect.readyAt === null
        ? stands(["no leader"], effect.timers)
        : goesOn(latest(joined, effect.readyAt), timers, ["kafkajs rejoins", "coordinator moves"]),
  );
  const poll = inHand(circumstances, 1, group.members.length);
  return {
    odds: 1,
    partitions,
    commits: commitsByPolicy(group) ? goesOn(plus(joined, span(0, 500)), timers) : null,
    rebalance: 1,
    skipped: committedInHand(circumstances, group.members),
    repeated: group.commit === "before" ? 0 : added(uncommitted(circumstances, group.members), poll),
  };
}

/** No answer comes from the coordinator that members know: they start anew. */
function restarting(circumstances: GroupCircumstances, branch: ClusterBranch): Course {
  const { group } = circumstances;
  const { coordinator } = branch;
  const { readyAt } = coordinator;
  const isSilent = coordinator.contact !== "refusing";
  const lone = aloneBecause(group, branch);
  if (readyAt === null || lone !== null)
    return leftAlone(circumstances, branch, lone ?? stands(["no coordinator"]));
  const { crashAt, joinedAt, gap, sessions } = restartTimes(group, branch, readyAt);
  const timers = [groupTimer(group, "retries"), groupTimer(group, isSilent ? "request" : "session")];
  const reasons: GroupReasonCode[] = [isSilent ? "kafkajs hangs" : "kafkajs restarts", "coordinator moves"];
  const partitions = branch.partitions.map(({ effect }) =>
    restartedReading(effect, { gap, joinedAt }, timers, reasons),
  );
  return {
    odds: 1,
    partitions,
    commits: commitsByPolicy(group) ? goesOn(plus(joinedAt, span(0, 1500)), timers, reasons) : null,
    // the new coordinator removes them, or they join it as others
    rebalance: comesWithin(
      branch.fault,
      span(Math.min(sessions.fromMs, crashAt.fromMs), Math.min(sessions.toMs + 2000, joinedAt.toMs)),
    ),
    skipped: committedInHand(circumstances, group.members),
    repeated: repeatedBefore(circumstances, crashAt.toMs),
  };
}

interface RestartTimes {
  readonly crashAt: Span;
  readonly joinedAt: Span;
  /** The longest time without a record of a partition that is read between the tries. */
  readonly gap: Span;
  /** When the new coordinator has removed the members that it has loaded. */
  readonly sessions: Span;
}

function restartTimes(group: KnownGroup, branch: ClusterBranch, readyAt: Span): RestartTimes {
  const isSilent = branch.coordinator.contact !== "refusing";
  const silentMs = isSilent ? group.requestTimeout : 0;
  const requests = isSilent ? requestsOf(branch) : 1;
  const [quick, slow] = [1, requests].map((most) => restartOf(group, branch, silentMs, most)) as [
    Restart,
    Restart,
  ];
  const sessions = plus(readyAt, span(group.sessionTimeout, group.sessionTimeout));
  const removed = span(sessions.fromMs, sessions.toMs + group.maxWait + 1500);
  const joined = latest(quick.joinedAt, removed);
  const pause = lastPause(group);
  // each try reads what there is, up to where it asks the coordinator
  const between = span(
    Math.max(silentMs, joined.fromMs - quick.crashAt.toMs, pause.fromMs),
    Math.max(joined.toMs - quick.crashAt.fromMs, pause.toMs) + (requests - 1) * silentMs,
  );
  const joinedAt = span(joined.fromMs, latest(slow.joinedAt, removed).toMs);
  return {
    crashAt: span(quick.crashAt.fromMs, slow.crashAt.toMs),
    joinedAt,
    gap: readsBetween(group) ? between : joinedAt,
    sessions,
  };
}

/** Why no member is in the group again while the fault lasts; null where they are. */
function aloneBecause(group: KnownGroup, branch: ClusterBranch): Progress | null {
  const { readyAt, hasOneReplica, isReachable, contact, moves, timers, isBelowMinIsr } = branch.coordinator;
  if (readyAt === null && hasOneReplica) return stands(["one offsets replica"], [ONE_OFFSETS_REPLICA]);
  if (readyAt === null) return stands(["no coordinator"], timers);
  if (!isReachable) return stands(["leader unreachable"], timers);
  // a member that joins is given nothing before its assignment is written
  if (isBelowMinIsr) return stands(["offsets below min isr"]);
  const request = [groupTimer(group, "request")];
  if (contact === "open" && !moves) return stands(["too late"], request);
  if (contact !== "refusing" && isStuckAtStart(group, branch)) return stands(["kafkajs hangs"], request);
  return null;
}

function restartedReading(
  effect: PartitionEffect,
  { gap, joinedAt }: { gap: Span; joinedAt: Span },
  timers: Progress["timers"],
  reasons: readonly GroupReasonCode[],
): Progress {
  if (effect.readyAt === null) return stands(["no leader"], effect.timers);
  const isMissing = effect.isHit && effect.readyAt.toMs > 0;
  const own = isMissing ? anyOf(gap, span(Math.min(gap.fromMs, effect.readyAt.fromMs), joinedAt.toMs)) : gap;
  return goesOn(own, timers, reasons);
}

/** Without a coordinator for as long as the fault lasts: nobody is in a group again. */
function leftAlone(circumstances: GroupCircumstances, branch: ClusterBranch, gone: Progress): Course {
  const { group } = circumstances;
  const reasons: GroupReasonCode[] = [...gone.reasons, "kafkajs restarts"];
  const { contact, readyAt, isBelowMinIsr } = branch.coordinator;
  const isRefused = contact === "open" && isBelowMinIsr;
  const silentMs = contact === "refusing" || isRefused ? 0 : group.requestTimeout;
  const { crashAt } = restartOf(group, branch, silentMs, silentMs === 0 ? 1 : requestsOf(branch));
  return {
    odds: 1,
    partitions: branch.partitions.map(() => ({ ...gone, reasons })),
    commits: commitsByPolicy(group) ? gone : null,
    // a coordinator that serves does not count on them any more, or they leave
    rebalance: isRefused
      ? comesWithin(branch.fault, plus(crashAt, span(0, 1000)))
      : readyAt === null
        ? 0
        : sessionEnds(circumstances, readyAt.toMs + crashAt.toMs),
    skipped: committedInHand(circumstances, group.members),
    repeated: repeatedBefore(circumstances, crashAt.toMs),
  };
}

/** What was processed until the last try, and could not be committed. */
function repeatedBefore(circumstances: GroupCircumstances, ms: number): Course["repeated"] {
  const { group } = circumstances;
  if (group.commit === "before") return 0;
  const processed = added(recordsIn(circumstances, ms), inHand(circumstances, 1, group.members.length));
  return added(uncommitted(circumstances, group.members), processed);
}

/** Every commit and heartbeat waits for a late answer, and nothing is read meanwhile. */
function slowed(course: Course, { addsMs }: PartitionEffect, { situation }: ClusterBranch): Course {
  const late = span(Math.max(0, addsMs - 100), 3 * addsMs + situation.work(1000));
  const slow = (one: Progress): Progress =>
    one.gap === null
      ? one
      : { ...one, gap: latest(one.gap, late), reasons: [...one.reasons, "late answers"] };
  return {
    ...course,
    partitions: course.partitions.map(slow),
    commits: course.commits === null ? null : slow(course.commits),
  };
}
