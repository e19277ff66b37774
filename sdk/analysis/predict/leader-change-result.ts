// The result of a leader change: who leads, with which ISR, and since when.

import type { LeaderReason } from "../../model/claim.ts";
import type { Broker } from "../../model/history.ts";
import type { Span, Timer } from "../../model/prediction.ts";
import type { KnownNode } from "./circumstances.ts";
import { neededIsr, type Situation } from "./situation.ts";

export interface LeaderChange {
  readonly because: LeaderReason;
  /** 1 if another broker becomes leader, else 0. */
  readonly moves: 0 | 1;
  readonly leader: Broker | null;
  readonly isr: readonly Broker[];
  /** When the leader moves; null if it does not. */
  readonly movedAt: Span | null;
  /** When the final leader can answer acks=all, and acks=1; null for never. */
  readonly readyAll: Span | null;
  readonly readyOne: Span | null;
  readonly timers: readonly Timer[];
}

/** No broker leads. */
export function nobody(because: LeaderReason): LeaderChange {
  return {
    because,
    moves: 0,
    leader: null,
    isr: [],
    movedAt: null,
    readyAll: null,
    readyOne: null,
    timers: [],
  };
}

export function brokers(nodes: readonly KnownNode[]): Broker[] {
  return nodes.flatMap(({ broker }) => broker ?? []);
}

/** acks=all is never answered if the ISR is smaller than min.insync.replicas. */
export function finished(situation: Situation, found: LeaderChange): LeaderChange {
  if (found.isr.length >= neededIsr(situation) || found.readyAll === null) return found;
  return { ...found, because: found.moves > 0 ? found.because : "not enough replicas", readyAll: null };
}
