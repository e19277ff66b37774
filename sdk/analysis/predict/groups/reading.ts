// When a client reads a partition again, whatever the group does: the leader's part, and how the client
// notices.
//
//   the leader is              a reader waits for
//   refused: gone, or reset    the cluster, then the pause before the client dials again
//   silent: frozen, isolated   the end of its request timeout: a fetch is always under way
//   late: a delay              its answer, within the request timeout; a fetch that finds nothing waits
//                              fetch.max.wait.ms more: too much for a delay just under the timeout
//   serving, ISR too large     the high watermark, which waits for the replica that is gone
//   serving, but stale         metadata.max.age.ms: it is answered, with nothing new
//   serving, below min ISR     a larger ISR, since 3.7; before, what comes with acks=1 can be read at once,
//                              and with acks=all nothing comes
//
// Sources: NetworkClient.handleTimedOutRequests, AbstractFetch.java, ReplicaManager.scala (DelayedFetch);
// kafkajs consumer/consumerGroup.js.

import type { Span } from "../../../model/prediction.ts";
import { ramp } from "../detection.ts";
import { isAtLeast } from "../situation.ts";
import { latest, NOW, plus, span } from "../span.ts";
import { type Course, goesOn, type Progress, stands } from "./course.ts";
import type { ClusterBranch, PartitionEffect } from "./effects.ts";
import type { KnownGroup } from "./circumstances.ts";
import { groupTimer, JAVA_BACKOFF_MS } from "./group-timers.ts";

type Effects = Pick<ClusterBranch, "situation">;

/** The course, with nothing new of partitions whose ISR is smaller than min.insync.replicas. */
export function heldBack(course: Course, { partitions, situation }: ClusterBranch): Course {
  const isHeld = isAtLeast(situation.kafka, 3, 7);
  return {
    ...course,
    partitions: course.partitions.map((reading, i): Progress => {
      if (partitions[i]?.effect.isBelowMinIsr !== true) return reading;
      if (isHeld || reading.gap === null) return stands(["below min isr"]);
      return { ...reading, odds: reading.odds / 2, reasons: ["below min isr", ...reading.reasons] };
    }),
  };
}

/** What lies between two polls that find something, on a machine that is not idle. */
export function undisturbed(group: KnownGroup, { situation }: Effects): Span {
  return span(0, group.maxWait + group.processMs + situation.work(700));
}

/** How a partition is read whose leader the client still reaches, or which nobody serves; else null. */
export function reachedReading(group: KnownGroup, branch: Effects, effect: PartitionEffect): Progress | null {
  const { readyAt, timers, moves, isReachable, contact, addsMs, isStale, because } = effect;
  const { situation } = branch;
  if (readyAt === null) return stands(["no leader"], timers);
  if (!isReachable) return stands(["leader unreachable"], timers);
  const usual = undisturbed(group, branch);
  if (isStale) {
    const metadata = groupTimer(group, "metadata");
    const heardMs = Math.max(readyAt.toMs, metadata.ms);
    return goesOn(span(readyAt.fromMs, heardMs + situation.work(1500)), [metadata], ["stale leader"]);
  }
  if (contact !== "open") return null;
  if (addsMs > 0 && !moves) return lateReading(group, branch, effect);
  if (moves)
    return goesOn(plus(readyAt, span(0, 2 * addsMs + situation.work(1000))), timers, ["leader moves"]);
  if (readyAt.toMs === 0)
    return goesOn(usual, [], because === "not needed" || because === "refused" ? [because] : []);
  // the leader answers waiting fetches when the high watermark moves
  const heard = span(0, usual.toMs + situation.timer("metadata.max.idle.interval.ms").ms);
  return goesOn(plus(readyAt, heard), timers, ["isr shrinks"]);
}

/** How probable it is that a leader that is reached answers a fetch later than its client waits. */
export function lateOdds(group: KnownGroup, { contact, addsMs }: PartitionEffect): number {
  if (contact !== "open" || addsMs === 0) return 0;
  const { ms } = groupTimer(group, "request");
  return ramp(addsMs + group.maxWait / 2, ms, group.maxWait / 2 + 50);
}

/** A leader whose answers are late. */
function lateReading(group: KnownGroup, { situation }: Effects, effect: PartitionEffect): Progress {
  const { addsMs, readyAt } = effect;
  const request = groupTimer(group, "request");
  // kafkajs: an answer that is too late concerns the whole member, in a course of its own
  const odds = group.client === "kafkajs" ? 1 : 1 - lateOdds(group, effect);
  if (odds <= 0) return stands(["too late"], [request, groupTimer(group, "wait")]);
  const late = span(Math.max(0, addsMs - group.maxWait), 2 * addsMs + group.maxWait + situation.work(700));
  const gap = latest(late, readyAt ?? NOW);
  return odds >= 1
    ? goesOn(gap, [], ["late answers"])
    : { odds, gap, timers: [request, groupTimer(group, "wait")], reasons: ["late answers", "too late"] };
}

/** Java: a partition whose leader does not answer, or refuses. */
export function javaReading(group: KnownGroup, branch: ClusterBranch, effect: PartitionEffect): Progress {
  const reached = reachedReading(group, branch, effect);
  if (reached !== null) return reached;
  const { situation } = branch;
  const { contact, timers } = effect;
  const readyAt = effect.readyAt!;
  if (contact === "refusing") {
    const dialled = span(0, 1.2 * JAVA_BACKOFF_MS + situation.work(500));
    return goesOn(plus(readyAt, dialled), timers, ["leader moves"]);
  }
  const request = groupTimer(group, "request");
  // an answer that does not come is noticed when a poll wakes: for a heartbeat at the latest
  const noticed = span(
    Math.max(0, request.ms - group.maxWait),
    request.ms + Math.min(group.heartbeatInterval, 5_000) + situation.work(1500),
  );
  // a leader that is elected later is heard of when the next request times out
  const again = readyAt.toMs > request.ms ? request.ms : 0;
  const gap = latest(noticed, span(readyAt.fromMs, readyAt.toMs + again + situation.work(1500)));
  return goesOn(gap, [request, ...timers], ["silent broker", "leader moves"]);
}
