// A claim is a piece that also says from when on it can account for the time: what is before that, and
// nothing else claims, is unexplained.

import { type Piece, UNKNOWN } from "../pieces.ts";

/** A piece of a group's outage. */
export interface Claim extends Piece {
  /** It cannot account for anything before this moment. @default it can */
  readonly notBeforeMs?: number;
}

/** Returns claims as pieces, with unexplained ones before those that begin too late; in their order. */
export function bounded(claims: readonly Claim[], fromMs: number): Piece[] {
  let cursor = fromMs;
  return claims.flatMap(({ notBeforeMs = -Infinity, ...piece }) => {
    if (piece.toMs <= cursor) return [];
    const beginsMs = Math.min(notBeforeMs, piece.toMs);
    const unknown: Piece = { kind: "unexplained", toMs: beginsMs, what: UNKNOWN, evidence: [] };
    const pieces = beginsMs > cursor + SLACK_MS ? [unknown, piece] : [piece];
    cursor = piece.toMs;
    return pieces;
  });
}

/** How long a client may take, beside its timers, for what it does without a trace. */
export const CLIENT_MS = 2500;
/** So much of a program's own work lies between two events. */
const SLACK_MS = 100;
