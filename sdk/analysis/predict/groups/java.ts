// A group of Kafka's Java clients while brokers fail.
//
//   heartbeats, commits ─▶ coordinator: found again through any broker (FindCoordinator), the group is loaded
//                          with fresh sessions, nobody joins again
//   poll()              ─▶ classic: looks for the coordinator first, for as long as the poll may take
//                          (ConsumerCoordinator.poll); KIP-848: the background thread does
//                          a partition whose leader has moved is not read before that: its position is
//                          validated behind the coordinator (ConsumerCoordinator.poll, updateFetchPositions)
//   commitSync()        ─▶ waits for the coordinator, up to default.api.timeout.ms (60 s); then it throws,
//                          and who has processed already polls again, who has not does not
//
// A commit that is refused because the offsets have too few in-sync replicas is COORDINATOR_NOT_AVAILABLE:
// the member looks for the coordinator, finds the same, and commits again, as long as commitSync() may take.
//
// A silent coordinator is given up when the session ends without an answer to a heartbeat (classic), or when
// a request times out.

import { latest, NOW, plus, span } from "../span.ts";
import type { GroupCircumstances, KnownGroup } from "./circumstances.ts";
import {
  both,
  commitsByPolicy,
  type Course,
  goesOn,
  type Progress,
  sessionEnds,
  stands,
  waitsForCommits,
} from "./course.ts";
import type { ClusterBranch, PartitionEffect } from "./effects.ts";
import { groupTimer, JAVA_BACKOFF_MS, ONE_OFFSETS_REPLICA } from "./group-timers.ts";
import { javaReading, undisturbed } from "./reading.ts";

/** What becomes of a group of Java clients in one course of events. */
export function javaCourses(circumstances: GroupCircumstances, branch: ClusterBranch): Course[] {
  const { group } = circumstances;
  const { coordinator, odds } = branch;
  const found = coordinating(group, branch);
  const blocked = blockedBy(group, branch, found);
  const partitions = branch.partitions.map(({ effect }) => {
    const reading = validated(group, effect, javaReading(group, branch, effect), found);
    if (blocked === null) return reading;
    return found.odds > 0 && group.commit === "after" ? readOnce(reading, blocked) : both(reading, blocked);
  });
  const rebalance = joinsAgain(circumstances, coordinator, found);
  return [
    {
      odds,
      partitions,
      commits: commitsByPolicy(group)
        ? (refusedBy(coordinator) ?? committing(group, found, partitions))
        : null,
      rebalance,
      skipped: 0,
      repeated: 0,
    },
  ];
}

/** Every commit is refused where the offsets have too few in-sync replicas; heartbeats are answered. */
function refusedBy({ isBelowMinIsr }: PartitionEffect): Progress | null {
  return isBelowMinIsr ? stands(["offsets below min isr"]) : null;
}

/** A member without a commit under way reads once more before it waits for the next one. */
function readOnce(reading: Progress, blocked: Progress): Progress {
  const all = both(reading, blocked);
  if (all.gap === null || reading.gap === null) return all;
  const rest = Math.max(0, all.gap.fromMs - reading.gap.toMs);
  return { ...all, gap: span(Math.max(reading.gap.fromMs, rest), all.gap.toMs) };
}

/** What a new leader has is read once the position is validated; without a coordinator it is not. */
function validated(
  { protocol }: KnownGroup,
  { moves }: PartitionEffect,
  reading: Progress,
  found: Progress,
): Progress {
  if (protocol === "consumer" || !moves || reading.gap === null) return reading;
  if (found.gap === null) return stands(["poll blocks", ...found.reasons], found.timers);
  return { ...reading, gap: span(reading.gap.fromMs, Math.max(reading.gap.toMs, found.gap.toMs)) };
}

/** When the group has a coordinator that answers its members. */
function coordinating(group: KnownGroup, branch: ClusterBranch): Progress {
  const { coordinator, situation } = branch;
  const { readyAt, contact, timers, moves, isReachable, addsMs, hasOneReplica } = coordinator;
  if (readyAt === null)
    return hasOneReplica
      ? stands(["one offsets replica"], [ONE_OFFSETS_REPLICA])
      : stands(["no coordinator"], timers);
  if (!isReachable) return stands(["leader unreachable"], timers);
  const request = groupTimer(group, "request");
  const loaded = span(0, 1.2 * JAVA_BACKOFF_MS + situation.work(800));
  const reasons = moves ? (["coordinator moves"] as const) : [];
  if (contact === "refusing") return goesOn(plus(readyAt, loaded), timers, reasons);
  if (contact === "silent") {
    const noticed = silence(group, situation.work(1500));
    return goesOn(
      plus(latest(readyAt, noticed.gap!), loaded),
      [...noticed.timers, ...timers],
      ["silent broker", ...reasons],
    );
  }
  if (addsMs > 0 && !moves) {
    if (addsMs >= Math.min(request.ms, group.protocol === "classic" ? group.sessionTimeout : Infinity))
      return stands(["too late"], [request]);
    return goesOn(span(addsMs, 2 * addsMs + situation.work(500)), [], ["late answers"]);
  }
  if (moves) return goesOn(plus(readyAt, span(0, 2 * addsMs + loaded.toMs)), timers, reasons);
  return readyAt.toMs === 0
    ? goesOn(NOW)
    : goesOn(plus(readyAt, span(0, loaded.toMs)), timers, ["isr shrinks"]);
}

/** How long a member waits for a coordinator that does not answer any more. */
function silence(group: KnownGroup, lateMs: number): Progress {
  const [request, session, heartbeat] = (["request", "session", "heartbeat"] as const).map((which) =>
    groupTimer(group, which),
  ) as [ReturnType<typeof groupTimer>, ReturnType<typeof groupTimer>, ReturnType<typeof groupTimer>];
  const isSession = group.protocol === "classic" && session.ms < request.ms;
  const first = isSession ? session : request;
  return goesOn(
    span(Math.max(0, first.ms - (isSession ? heartbeat.ms : 0)), first.ms + heartbeat.ms + lateMs),
    [first],
  );
}

/** What keeps a member from reading because of its coordinator; null where nothing does. */
function blockedBy(group: KnownGroup, branch: ClusterBranch, found: Progress): Progress | null {
  const { coordinator, situation } = branch;
  const refused = refusedBy(coordinator);
  const isUndisturbed = refused === null && found.odds === 1 && (found.gap?.toMs ?? 0) === 0;
  if (isUndisturbed) return null;
  if (waitsForCommits(group)) {
    const waited = refused ?? found;
    const blocked: Progress = { ...waited, reasons: ["commit blocks", ...waited.reasons] };
    return waited.odds === 0 && group.commit === "after" ? uncommittedPolls(group, branch, blocked) : blocked;
  }
  // heartbeats are answered although commits wait; who is refused asks who coordinates
  if (coordinator.contact === "open" && !coordinator.moves && coordinator.readyAt !== null && !refused)
    return null;
  if (group.protocol === "consumer") return null;
  // a poll that waits for records waits for the coordinator, too
  if (found.odds === 0 && group.pollTimeout === null && coordinator.readyAt === null)
    return { ...found, reasons: ["poll blocks", ...found.reasons] };
  const looking =
    coordinator.contact === "silent"
      ? // an idle connection to the silent broker may be asked for the coordinator
        span(0, groupTimer(group, "request").ms + situation.work(2000))
      : span(0, undisturbed(group, branch).toMs + 1.2 * JAVA_BACKOFF_MS + (group.pollTimeout ?? 0));
  return goesOn(looking, [], ["poll blocks"]);
}

/** A member whose commit has timed out polls again, and waits as long for the next one. */
function uncommittedPolls(group: KnownGroup, { situation }: ClusterBranch, blocked: Progress): Progress {
  const api = groupTimer(group, "api");
  const polls = span(
    Math.max(0, api.ms - group.maxWait),
    api.ms + group.maxWait + JAVA_BACKOFF_MS + (group.pollTimeout ?? 0) + situation.work(1500),
  );
  return { ...blocked, odds: 1, gap: polls, timers: [api, ...blocked.timers] };
}

function committing(group: KnownGroup, found: Progress, partitions: readonly Progress[]): Progress {
  if (found.gap === null) return found;
  const readMs = Math.max(0, ...partitions.map(({ gap }) => gap?.toMs ?? 0));
  const own = group.commit === "auto" ? 2 * group.autoCommitInterval : 0;
  const toMs = Math.max(found.gap.toMs, group.commit === "auto" ? 0 : readMs) + own + 500;
  const timers = group.commit === "auto" ? [...found.timers, groupTimer(group, "commit")] : found.timers;
  return { ...found, gap: span(found.gap.fromMs, toMs), timers };
}

/** A new coordinator begins every session anew: only who finds it later than that is thrown out. */
function joinsAgain(
  circumstances: GroupCircumstances,
  coordinator: PartitionEffect,
  found: Progress,
): number {
  const { group } = circumstances;
  const { readyAt, moves } = coordinator;
  if (readyAt === null) return 0;
  if (found.gap === null) return sessionEnds(circumstances, readyAt.toMs + group.requestTimeout);
  if (!moves) return 0;
  const loadedMs = readyAt.fromMs + group.sessionTimeout;
  if (found.gap.toMs <= loadedMs) return 0;
  return found.gap.fromMs > readyAt.toMs + group.sessionTimeout ? 1 : 0.5;
}
