// When a group was formed anew: as its members say, as its coordinator says, and as the brokers logged it.

import type { BrokerLogEvent, BrokerLogFact, GroupEvent } from "../../model/history.ts";
import type { MemberLane, Rebalance } from "./lane.ts";

/** What a coordinator calls it: classic groups, then those of KIP-848. */
const STATES: ReadonlySet<string> = new Set([
  "PreparingRebalance",
  "CompletingRebalance",
  "Assigning",
  "Reconciling",
]);
/** The coordinator is asked four times a second: what is closer than that is one rebalance. */
const APART_MS = 300;

/** A broker's log line that begins or ends the rebalance of a group. */
export interface LoggedRebalance extends Pick<BrokerLogEvent, "atMs"> {
  fact: Extract<BrokerLogFact, { what: "rebalanceBegun" | "rebalanceEnded" | "groupEmpty" }>;
}

/** What a rebalance of a group is known from. */
export interface RebalanceSources {
  members: readonly MemberLane[];
  /** In order of time. */
  views: readonly GroupEvent[];
  /** In order of time. */
  logged: readonly LoggedRebalance[];
}

/** Returns the rebalances of a group in order of time. */
export function rebalancesOf({ members, views, logged }: RebalanceSources, endMs: number): Rebalance[] {
  const spans: Span[] = [
    ...loggedSpans(logged, endMs),
    ...members.flatMap(({ states }) => states.filter(({ state }) => state === "rebalancing")),
    ...views.flatMap(({ atMs, state }, i) =>
      state !== null && STATES.has(state) ? [{ fromMs: atMs, toMs: views[i + 1]?.atMs ?? endMs }] : [],
    ),
  ].sort((a, b) => a.fromMs - b.fromMs);
  const all: Span[] = [];
  for (const { fromMs, toMs, reason } of spans) {
    const last = all.at(-1);
    if (last === undefined || fromMs - last.toMs > APART_MS) {
      all.push({ fromMs, toMs, ...(reason !== undefined && { reason }) });
      continue;
    }
    last.toMs = Math.max(last.toMs, toMs);
    if (last.reason === undefined && reason !== undefined) last.reason = reason;
  }
  return all.map((one) => ({ ...one, isOver: one.toMs < endMs }));
}

interface Span {
  fromMs: number;
  toMs: number;
  reason?: string;
}

/** From the line that begins a rebalance to the one that ends it. */
function loggedSpans(logged: readonly LoggedRebalance[], endMs: number): Span[] {
  const spans: Span[] = [];
  let open: Span | undefined;
  for (const { atMs, fact } of logged) {
    if (fact.what === "rebalanceBegun") {
      // it may begin anew before it has ended
      if (open === undefined) spans.push((open = { fromMs: atMs, toMs: endMs, reason: fact.reason }));
      continue;
    }
    if (open !== undefined) open.toMs = atMs;
    open = undefined;
  }
  return spans;
}
