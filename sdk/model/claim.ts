// What a prediction states and why, as codes.

import type { Odds, Span } from "./span.ts";

/**
 * What a claim states. Of the active controller, where the fault hits nodes that are only controllers:
 * another one is active, there is none, or it stays. Of the leader: it moves, may move, or stays (which
 * includes that there is none any more). Of the client's sends while the fault lasts: they are acknowledged
 * again, perhaps, or not. Of a send that begins at the fault: how it ends, where that differs. Of records:
 * what is possible, and that consumers do not see new ones. Of a rolling restart: whether the ISR may be
 * smaller than `min.insync.replicas`. Of settings: which have no effect that is derived. And that the machine
 * is slow.
 */
export type ClaimCode =
  | "controllerMoves"
  | "controllerMayMove"
  | "controllerLost"
  | "controllerMayBeLost"
  | "controllerStays"
  | "leaderMoves"
  | "leaderMayMove"
  | "leaderStays"
  | "served"
  | "mayBeServed"
  | "notServed"
  | "sendAcknowledged"
  | "sendMayFail"
  | "sendFails"
  | "noneLost"
  | "lossPossible"
  | "noDuplicates"
  | "duplicatesPossible"
  | "unknownPossible"
  | "notVisible"
  | "minIsrKept"
  | "belowMinIsrPossible"
  | "settingsNotDerived"
  | "slowMachine";

/** One statement of a prediction's sentence, with the figures that it names. */
export interface Claim {
  readonly code: ClaimCode;
  /** Its probability, where it is not certain. */
  readonly odds?: Odds;
  /** After what time; for `served`, without an acknowledged send for so long. */
  readonly tookMs?: Span;
  /** How long the fault lasts, in milliseconds; absent: until it is healed. */
  readonly lastsMs?: number;
  /** The names of the timers that decide it. */
  readonly timers?: readonly string[];
  /** Its words. */
  readonly text: string;
}

/** Why the leader changes, or does not. */
export type LeaderReason =
  | "controlledShutdown"
  | "fenced"
  | "unclean"
  | "no replica"
  | "no quorum"
  | "no leader"
  | "not enough replicas"
  | "hung disk"
  | "failed directory"
  | "frozen isr"
  | "shrinks"
  | "untouched"
  | "preferred"
  | "unclean by request"
  | "unclean by timer"
  | "not needed"
  | "refused"
  | "enough replicas";

/**
 * A reason for the outcome. Of the cluster: a controlled shutdown, a fenced leader, an unclean election, why
 * nobody can be elected, why the leader waits for its followers, or that nothing happens to the partition;
 * that the high watermark stands still, and that a replica which is not in sync may be elected when it is
 * back (KIP-966), or any of the ISR when all were gone, that nothing was forced to a disk, and that appends
 * wait for a slow one; that an election was asked for, is not needed or refused, or comes with a timer; that
 * the ISR has become large enough; that the brokers of a rolling restart come back one after the other, and
 * that of a setting nothing is derived.
 * Of the client: why it is not served though the cluster could serve it. Of time: the fault is healed.
 */
export type ReasonCode =
  | LeaderReason
  | "no controller"
  | "another controller"
  | "high watermark"
  | "eligible replica"
  | "whole isr"
  | "not forced"
  | "slow disk"
  | "comes back"
  | "not derived"
  | "acks 0"
  | "acks 1"
  | "leader unreachable"
  | "hung"
  | "stuck on bootstrap"
  | "too late"
  | "held up"
  | "no bootstrap"
  | "race"
  | "healed";
