// What becomes of members that process slowly.
//
//   Java      polls between batches: thrown out when a batch takes longer than max.poll.interval.ms
//   kafkajs   sends heartbeats behind each record and each empty fetch. It has a fetcher for each broker: the
//             session ends within a record only where every fetcher waits for the worker, so where the member
//             reads from every broker (consumer/fetchManager.js, runner.js)
//
// A member that is given more than it processes reads one partition after the other, and each waits for what
// has come for those in front of it.

import type { GroupReasonCode } from "../../../model/group-prediction.ts";
import type { Span, Timer } from "../../../model/prediction.ts";
import { span } from "../span.ts";
import type { GroupCircumstances, KnownGroup, MemberFaultFacts } from "./circumstances.ts";
import { type Course, goesOn, larger, type Progress } from "./course.ts";
import { groupTimer } from "./group-timers.ts";
import { recordsIn, shareOf, uncommitted } from "./records.ts";

/** A circumstance of a member's fault, and what work costs on this machine. */
export interface Faced {
  readonly circumstances: GroupCircumstances;
  readonly group: KnownGroup;
  readonly fault: MemberFaultFacts;
  /** Members that go on. */
  readonly others: readonly string[];
  work(ms: number): number;
}

/** When a coordinator hears that members are gone, and why. */
export interface Heard {
  readonly at: Span;
  readonly timers: readonly Timer[];
  readonly reasons: readonly GroupReasonCode[];
}

/** When the coordinator counts on slow members no more; null where it goes on counting on them. */
export function thrownOutAt({ circumstances, group, fault, work }: Faced): Heard | null {
  if (fault.processMs === undefined) return null;
  if (group.client === "kafkajs" && !readsEverywhere(circumstances, fault)) return null;
  const limit = groupTimer(group, group.client === "java" ? "poll" : "session");
  const awayMs = fault.processMs * (group.client === "java" ? Math.max(1, group.maxPollRecords ?? 1) : 1);
  if (awayMs <= limit.ms) return null;
  const isSure = fault.processMs > limit.ms;
  return {
    at: span(isSure ? Math.max(0, limit.ms - group.maxWait) : 0, limit.ms + awayMs + work(1000)),
    timers: [limit],
    reasons: ["too slow"],
  };
}

/** Whether some member that is hit has a partition on each broker. */
function readsEverywhere({ nodes, partitions }: GroupCircumstances, { members }: MemberFaultFacts): boolean {
  const brokers = nodes.filter(({ broker, isReachable }) => broker !== null && isReachable);
  return members.some((name) =>
    brokers.every(({ broker }) =>
      partitions.some(({ member, state }) => member === name && state.leader === broker),
    ),
  );
}

/** How partitions are read of which some have a slow member. */
export function slowReading({ circumstances, group, fault, work }: Faced): {
  readonly partitions: readonly Progress[];
  readonly usual: Progress;
} {
  const usual = goesOn(span(0, group.maxWait + group.processMs + work(700)), [], ["untouched"]);
  const { processMs = 0, lastsMs } = fault;
  const partitions = circumstances.partitions.map(({ member }): Progress => {
    if (member === null || !fault.members.includes(member)) return usual;
    const own = circumstances.partitions.filter((one) => one.member === member).length;
    const most = usual.gap!.toMs + processMs;
    if (own === 1) return goesOn(span(0, most));
    const waiting = waitingFor(circumstances, member, processMs, work(1000));
    if (waiting !== null) return goesOn(span(0, most + waiting));
    // nobody can say for how long: it is longer each time
    const toMs = Math.max(most, lastsMs ?? 10 * most);
    return { odds: 0.5, gap: span(0, toMs), timers: [], reasons: ["falls behind"] };
  });
  return { partitions, usual };
}

/** How long records of the member's other partitions take at most; null where more come meanwhile. */
function waitingFor(
  circumstances: GroupCircumstances,
  member: string,
  processMs: number,
  lateMs: number,
): number | null {
  const { group, lag = 0 } = circumstances;
  const share = shareOf(circumstances, [member]);
  const perSecond = recordsIn(circumstances, 1000, share);
  if (perSecond === null) return null;
  const busy = (perSecond * processMs) / 1000;
  if (busy >= 0.9) return null;
  const arrived = recordsIn(circumstances, group.maxWait + lateMs, share) ?? 0;
  return Math.ceil((processMs * (arrived + Math.max(0, lag))) / (1 - busy));
}

/** A slow member is thrown out again and again, and what it has in hand is processed by another, too. */
export function repeatedBySlow({ circumstances, group, fault }: Faced): Course["repeated"] {
  if (group.commit === "before") return 0;
  return fault.lastsMs === undefined
    ? null
    : larger(uncommitted(circumstances, fault.members), recordsIn(circumstances, fault.lastsMs));
}
