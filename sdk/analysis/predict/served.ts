// What can be said of when one client is served.

import type { Trips } from "./delays.ts";
import type { Odds, PredictedPart, Span } from "../../model/prediction.ts";
import type { Situation } from "./situation.ts";
import { span } from "./span.ts";

/** Why a client is not served, where the cluster could serve it or is whole. */
export type UnavailableReason =
  | "acks 0"
  | "cluster"
  | "leader unreachable"
  | "hung"
  | "stuck on bootstrap"
  | "too late"
  | "held up"
  | "no bootstrap";

export interface Service {
  readonly served: Odds;
  readonly gap: Span | null;
  /** From when a try succeeds; the gap ends with the first try after it. */
  readonly ready: Span | null;
  /** What the client itself adds to the cluster's time. */
  readonly own: readonly PredictedPart[];
  readonly unavailable: UnavailableReason | null;
  /** For a delay. */
  readonly trips: Trips | null;
}

/**
 * What passes between two acknowledgements where nothing is wrong: a Java program stops for its garbage, this
 * one for others' turns.
 */
export function undisturbed({ work }: Pick<Situation, "work">): Span {
  return span(0, work(400));
}

/** It is not served while the fault lasts. */
export function never(unavailable: UnavailableReason, trips: Trips | null = null): Service {
  return { served: 0, gap: null, ready: null, own: [], unavailable, trips };
}
