// One course of events for a group, and how several become one prediction.
//
//   reading of each partition │ commits │ rebalance │ records skipped, repeated
//
// Windows cover every course, odds are weighted, bounds are the largest.

import type { GroupReasonCode, RecordBound } from "../../../model/group-prediction.ts";
import type { Odds, Span, Timer } from "../../../model/prediction.ts";
import { anyOf, NOW } from "../span.ts";
import { distinct } from "../timers.ts";
import type { GroupCircumstances, KnownGroup } from "./circumstances.ts";

/** Whether something goes on, and after which time at the longest. */
export interface Progress {
  readonly odds: Odds;
  /** The longest time without it; null where it does not go on. */
  readonly gap: Span | null;
  readonly timers: readonly Timer[];
  readonly reasons: readonly GroupReasonCode[];
}

/** What happens to a group in one course of events. */
export interface Course {
  readonly odds: Odds;
  /** In the order of the circumstances' partitions. */
  readonly partitions: readonly Progress[];
  /** Null where nobody commits by policy. */
  readonly commits: Progress | null;
  readonly rebalance: Odds;
  readonly skipped: RecordBound;
  readonly repeated: RecordBound;
}

/** Nothing keeps it from going on. */
export function goesOn(
  gap: Span,
  timers: readonly Timer[] = [],
  reasons: readonly GroupReasonCode[] = [],
): Progress {
  return { odds: 1, gap, timers, reasons };
}

/** It does not go on while the fault lasts. */
export function stands(reasons: readonly GroupReasonCode[], timers: readonly Timer[] = []): Progress {
  return { odds: 0, gap: null, timers, reasons };
}

/** It goes on when both do. */
export function both(one: Progress, other: Progress): Progress {
  const gap =
    one.gap === null || other.gap === null
      ? null
      : {
          fromMs: Math.max(one.gap.fromMs, other.gap.fromMs),
          toMs: Math.max(one.gap.toMs, other.gap.toMs),
        };
  const [longer, shorter] =
    (one.gap?.toMs ?? Infinity) >= (other.gap?.toMs ?? Infinity) ? [one, other] : [other, one];
  return {
    odds: one.odds * other.odds,
    gap,
    timers: longer.timers.length > 0 ? longer.timers : shorter.timers,
    reasons: [...new Set([...longer.reasons, ...shorter.reasons])],
  };
}

/** Whether members of a policy commit by themselves. */
export function commitsByPolicy({ commit }: Pick<KnownGroup, "commit">): boolean {
  return commit === "auto" || commit === "after" || commit === "before";
}

/** Whether a member waits for each commit before it reads on. */
export function waitsForCommits({ client, commit }: Pick<KnownGroup, "client" | "commit">): boolean {
  return commit === "after" || commit === "before" || (commit === "auto" && client === "kafkajs");
}

/**
 * How probable it is that a coordinator that serves removes members that do not hear its answers, or do not
 * reach it: that, too, is a rebalance.
 *
 * @param unheardMs until they send it nothing more, in milliseconds
 */
export function sessionEnds({ group, fault }: GroupCircumstances, unheardMs: number): Odds {
  const { lastsMs = Infinity } = fault;
  if (lastsMs < group.sessionTimeout) return 0;
  return lastsMs > unheardMs + group.sessionTimeout + 2_000 ? 1 : 0.5;
}

/** The larger of two bounds; none is larger than any. */
export function larger(one: RecordBound, other: RecordBound): RecordBound {
  return one === null || other === null ? null : Math.max(one, other);
}

/** One course of several. */
export function mergedCourses(courses: readonly Course[]): Course {
  const all = courses.filter(({ odds }) => odds > 0).sort((a, b) => b.odds - a.odds);
  const [likely] = all;
  if (likely === undefined) throw new RangeError("Cannot predict: no possible outcome");
  const total = all.reduce((sum, { odds }) => sum + odds, 0);
  const weighed = (value: (one: Course) => number): Odds =>
    rounded(all.reduce((sum, one) => sum + (one.odds / total) * value(one), 0));
  const merged = (of: (one: Course) => Progress): Progress => {
    const found = all.map(of);
    const gaps = found.flatMap(({ gap }) => gap ?? []);
    return {
      odds: weighed((one) => of(one).odds),
      gap: gaps.length === 0 ? null : anyOf(...gaps),
      timers: distinct(found.flatMap(({ timers }) => timers)),
      reasons: [...new Set(found.flatMap(({ reasons }) => reasons))],
    };
  };
  return {
    odds: 1,
    partitions: likely.partitions.map((_, i) => merged((one) => one.partitions[i]!)),
    commits: likely.commits === null ? null : merged((one) => one.commits ?? goesOn(NOW)),
    rebalance: weighed(({ rebalance }) => rebalance),
    skipped: all.map(({ skipped }) => skipped).reduce(larger),
    repeated: all.map(({ repeated }) => repeated).reduce(larger),
  };
}

function rounded(odds: number): Odds {
  return Math.min(1, Math.round(odds * 1e6) / 1e6);
}
