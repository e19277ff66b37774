// What becomes of a group when something happens to its members.
//
//   fault          the group hears of it            who is stopped meanwhile
//   stop           at once: the member leaves       (a static one does not: KIP-345)
//   kill, pause    when its session ends            its partitions
//   slow           when it is away too long         slow-members.ts
//   add            at its join                      eager: all partitions; else those that move
//   roll           each member in turn: stop and add
//
//   heard ─▶ the others hear with their next heartbeat ─▶ join, sync ─▶ committed offsets ─▶ first fetch
//
// A session begins anew with each heartbeat and each commit
// (GroupCoordinator.completeAndScheduleNextHeartbeatExpiration): it ends up to one heartbeat sooner after the
// fault than it lasts. A join waits for every member that is left.

import type { GroupReasonCode } from "../../../model/group-prediction.ts";
import type { Span, Timer } from "../../../model/prediction.ts";
import { plus, span } from "../span.ts";
import { distinct } from "../timers.ts";
import type { GroupCircumstances, KnownGroup, MemberFaultFacts } from "./circumstances.ts";
import { commitsByPolicy, type Course, goesOn, larger, type Progress, stands } from "./course.ts";
import { groupTimer } from "./group-timers.ts";
import { memberProcess } from "./member-process.ts";
import { committedInHand, uncommitted } from "./records.ts";
import { type Faced, type Heard, repeatedBySlow, slowReading, thrownOutAt } from "./slow-members.ts";

/** What becomes of the group. */
export function memberCourses(circumstances: GroupCircumstances, fault: MemberFaultFacts): Course[] {
  const { group, slower = 1 } = circumstances;
  const faced: Faced = {
    circumstances,
    group,
    fault,
    others: group.members.filter((name) => !fault.members.includes(name)),
    work: (ms) => Math.round(ms * slower),
  };
  if (fault.kind === "add") return [joined(faced)];
  if (fault.kind === "roll") return [rolled(faced)];
  const heard = heardAt(faced);
  if (heard !== null) return [gone(faced, heard)];
  const { partitions, usual } = slowReading(faced);
  return [unheard(faced, partitions, usual)];
}

/** When the coordinator counts on the members no more; null where it goes on counting on them. */
function heardAt(faced: Faced): Heard | null {
  const { group, fault, work } = faced;
  const process = memberProcess(fault);
  if (process === "shutdown" && !group.isStatic)
    return { at: span(0, work(1500) + group.maxWait + group.processMs), timers: [], reasons: ["leaves"] };
  if (process !== undefined) {
    const session = groupTimer(group, "session");
    const reasons: GroupReasonCode[] =
      process === "shutdown" ? ["static member", "session expires"] : ["session expires"];
    return {
      at: span(session.ms - sinceHeartbeat(group), session.ms + work(300)),
      timers: [session],
      reasons,
    };
  }
  return thrownOutAt(faced);
}

/** How long ago the last heartbeat may have been. */
function sinceHeartbeat(group: KnownGroup): number {
  const between = group.client === "kafkajs" ? group.maxWait + group.processMs : 0;
  return Math.min(group.sessionTimeout, group.heartbeatInterval + between);
}

/** From when the coordinator has heard until those that are left read what they were given. */
function takingOver({ group, work }: Faced): { tookMs: Span; timers: readonly Timer[] } {
  const heartbeat = groupTimer(group, "heartbeat");
  // KIP-848: the old owner of a partition gives it back first
  const rounds = group.protocol === "consumer" ? 2 : 1;
  const between = group.client === "kafkajs" ? 2 * group.maxWait : 0;
  return {
    tookMs: span(0, rounds * heartbeat.ms + between + group.processMs + work(1500)),
    timers: [heartbeat],
  };
}

/** For how long the partitions of those stand still that are not hit. */
function othersStand(faced: Faced): Progress {
  const { group, others, work } = faced;
  const usual = span(0, group.maxWait + group.processMs + work(700));
  if (group.strategy === "cooperative" || group.protocol === "consumer")
    return goesOn(span(0, usual.toMs + work(500)), [], ["cooperative rebalance"]);
  const heartbeat = groupTimer(group, "heartbeat");
  const waits = others.length > 1 ? heartbeat.ms : 0;
  const between = group.client === "kafkajs" ? 2 * group.maxWait : 0;
  return goesOn(span(0, usual.toMs + waits + between + work(1000)), waits > 0 ? [heartbeat] : [], [
    "eager rebalance",
  ]);
}

/** Members are gone, and the group goes on without them, if anybody is left. */
function gone(faced: Faced, heard: Heard): Course {
  const { circumstances, fault, others } = faced;
  const taking = takingOver(faced);
  const own: Progress =
    others.length === 0
      ? stands(["nobody left"])
      : goesOn(plus(heard.at, taking.tookMs), distinct([...heard.timers, ...taking.timers]), heard.reasons);
  const rest = othersStand(faced);
  const isLate = fault.lastsMs !== undefined && heard.at.fromMs >= fault.lastsMs;
  const isInTime = fault.lastsMs === undefined || heard.at.toMs < fault.lastsMs;
  const isOrderly = heard.reasons.includes("leaves");
  const isSlow = heard.reasons.includes("too slow");
  return {
    odds: 1,
    partitions: circumstances.partitions.map(({ member }) =>
      member === null || fault.members.includes(member)
        ? own
        : // who was thrown out joins again, is given others' partitions, and is thrown out again
          isSlow && own.gap !== null
          ? { ...own, gap: span(0, own.gap.toMs) }
          : rest,
    ),
    commits: commitsOf(faced, own, rest),
    rebalance: others.length === 0 || isLate ? 0 : isInTime ? 1 : 0.5,
    skipped: isOrderly ? 0 : committedInHand(circumstances, fault.members),
    repeated: isOrderly
      ? repeatedInOrder(faced)
      : isSlow
        ? repeatedBySlow(faced)
        : larger(uncommitted(circumstances, fault.members), repeatedInOrder(faced)),
  };
}

/** An orderly rebalance commits what was processed; where nobody commits, everything is read again. */
function repeatedInOrder({ circumstances, group, others }: Faced): Course["repeated"] {
  if (!commitsByPolicy(group)) return null;
  return group.client === "java" && group.commit === "auto" && others.length > 1
    ? 0
    : uncommittedAtRebalance(circumstances, others);
}

/** Members that join again have committed their last poll, or have it in hand and commit it too late. */
function uncommittedAtRebalance(
  circumstances: GroupCircumstances,
  others: readonly string[],
): Course["repeated"] {
  const { group } = circumstances;
  return group.commit === "before" ? 0 : group.client === "kafkajs" ? uncommitted(circumstances, others) : 0;
}

/** Whoever goes on commits. */
function commitsOf({ group, others }: Faced, own: Progress, rest: Progress): Progress | null {
  if (!commitsByPolicy(group)) return null;
  if (others.length === 0) return own;
  const interval = group.client === "java" && group.commit === "auto" ? 2 * group.autoCommitInterval : 0;
  return { ...rest, gap: span(0, Math.max(rest.gap?.toMs ?? 0, 0) + interval + 1000) };
}

/** The group does not hear of it: only the members that are hit are slower. */
function unheard(faced: Faced, partitions: readonly Progress[], usual: Progress): Course {
  return {
    odds: 1,
    partitions,
    commits: commitsOf(faced, partitions[0] ?? usual, usual),
    rebalance: 0,
    skipped: 0,
    repeated: 0,
  };
}

/**
 * One more member joins: with an eager protocol everybody stands still until the slowest has joined again.
 */
function joined(faced: Faced): Course {
  const { circumstances, group } = faced;
  const rest = othersStand(faced);
  const taking = takingOver(faced);
  // nobody knows which partitions move
  const moves =
    group.strategy === "eager"
      ? rest
      : goesOn(span(0, Math.max(rest.gap!.toMs, taking.tookMs.toMs)), taking.timers, rest.reasons);
  return {
    odds: 1,
    partitions: circumstances.partitions.map(() => moves),
    commits: commitsOf(faced, moves, rest),
    rebalance: 1,
    skipped: 0,
    repeated: repeatedInOrder(faced),
  };
}

/** How long a member's process needs until it joins. */
const STARTS_MS = { kafkajs: 1_500, java: 4_000 } as const;

/** Each member is stopped and started, one after the other: two rebalances each. */
function rolled(faced: Faced): Course {
  const { circumstances, group, others, work } = faced;
  const starting = work(STARTS_MS[group.client]);
  const isAlone = group.members.length <= 1 && others.length === 0;
  const back = span(0, starting + group.initialRebalanceDelay + takingOver(faced).tookMs.toMs);
  if (group.isStatic || isAlone) {
    const returns = goesOn(back, [], group.isStatic ? ["static member", "one by one"] : ["one by one"]);
    return {
      odds: 1,
      partitions: circumstances.partitions.map(() => returns),
      commits: commitsOf(faced, returns, returns),
      rebalance: group.isStatic ? 0 : 1,
      skipped: 0,
      repeated: commitsByPolicy(group) ? 0 : null,
    };
  }
  const taking = takingOver(faced);
  const stopped = span(0, work(1500) + group.maxWait + group.processMs + 2 * taking.tookMs.toMs);
  const each = goesOn(stopped, taking.timers, [
    "one by one",
    group.strategy === "eager" ? "eager rebalance" : "cooperative rebalance",
  ]);
  return {
    odds: 1,
    partitions: circumstances.partitions.map(() => each),
    commits: commitsOf(faced, each, each),
    rebalance: 1,
    skipped: 0,
    repeated: times(2 * group.members.length, repeatedInOrder({ ...faced, others: group.members })),
  };
}

function times(count: number, records: Course["repeated"]): Course["repeated"] {
  return records === null ? null : count * records;
}
