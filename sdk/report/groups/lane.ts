// A consumer group on the axis of time.
//
//   member 1   ── orders-0 ──────────┤           what it was assigned, and how that ended
//              running      │frozen░░│gone       what state it was in
//              · ·· · · ·                        records given, records processed, commits
//   group      coordinator, rebalances, lag

import type { Broker } from "../../model/broker.ts";

/**
 * What a member does: its process runs and has no assignment yet; it is a member of a generation; it joins
 * anew; it is frozen; its client gave up; its process ended, or it left the group.
 */
export type MemberState = "starting" | "member" | "rebalancing" | "frozen" | "failed" | "gone";

/** A member's state for a time. */
export interface MemberSpan {
  fromMs: number;
  toMs: number;
  state: MemberState;
  /** Why it is so: the client's error, `SIGKILL`, `left`. */
  why?: string;
}

/** A partition that a member had for a time. */
export interface Assignment {
  /** The partition's name. */
  partition: string;
  fromMs: number;
  toMs: number;
  /** How it ended; `open` where it lasted to the end of the run. */
  end: "revoked" | "lost" | "gone" | "open";
  /** From when on another member had it, too, in milliseconds since the run's start. */
  staleFromMs?: number;
}

/** Records of one moment. */
export interface Amount {
  atMs: number;
  count: number;
  /** How many of them the group had processed before. */
  again: number;
  /** Whether processing the last of them failed. */
  failed: boolean;
}

/** The end of a commit. */
export interface CommitMark {
  atMs: number;
  outcome: "accepted" | "refused" | "unknown";
}

/** One member. */
export interface MemberLane {
  member: string;
  states: readonly MemberSpan[];
  assignments: readonly Assignment[];
  delivered: readonly Amount[];
  processed: readonly Amount[];
  commits: readonly CommitMark[];
}

/** How far the group was behind from a moment on. */
export interface LagPoint {
  atMs: number;
  /** Records of all partitions that were not committed; null where the coordinator did not answer. */
  lag: number | null;
}

/** A time in which the group was formed anew. */
export interface Rebalance {
  fromMs: number;
  toMs: number;
  /** Whether it had ended by the end of the run. */
  isOver: boolean;
  /** Why, as the coordinator logged it first; absent where its log is not in the history. */
  reason?: string;
}

/** One group. */
export interface GroupLane {
  group: string;
  /** In the order of their first events. */
  members: readonly MemberLane[];
  /** The names of its partitions, in order. */
  partitions: readonly string[];
  coordinators: readonly { atMs: number; broker: Broker | null }[];
  /** As the coordinator says: `Stable`, …; null where nobody answers. */
  states: readonly { atMs: number; state: string | null }[];
  rebalances: readonly Rebalance[];
  lag: readonly LagPoint[];
}
