// How long no send was acknowledged: over the run, in each step, during each fault, for each client.
import { readable, toMs, type Duration } from "../../model/duration.ts";
import type { History } from "../../model/history.ts";
import { counted } from "./counted.ts";
import type { Finding, Scope } from "./finding.ts";
import {
  longestGap,
  nextAckMs,
  ackTimelines,
  type LongestAckGap,
  type AckTimelines,
} from "./ack-timeline.ts";
import type { FaultWindow, Window } from "./windows.ts";

/** What `availability` found. */
export type Availability = Finding<"availability", AvailabilityFacts>;

export interface AvailabilityFacts {
  sent: number;
  acknowledged: number;
  limitMs: number | null;
  run: Gaps;
  steps: readonly (Window & Gaps)[];
  faults: readonly (FaultWindow & Gaps)[];
  /** Clients that waited longer than the limit, or were never acknowledged. */
  overLimit: readonly string[];
}

/** The longest gaps of one stretch. A gap is null where nobody was sending in it. */
export interface Gaps {
  /** All clients as one: nobody was acknowledged. */
  gap: LongestAckGap | null;
  clients: Readonly<Record<string, LongestAckGap | null>>;
}

export interface AvailabilityOptions extends Scope {
  /**
   * The longest gap that any client may see over the whole run.
   *
   * @default none: it is enough that every client is acknowledged at least once
   */
  limit?: Duration;
}

/**
 * Measures the longest gap between acknowledged sends.
 *
 * The verdict is false where a client that sent was never acknowledged or waited longer than the limit, and
 * unknown where nobody sent. Gaps of steps and faults are cut at the stretch's ends; a gap that spans two
 * steps is whole only in `run`.
 */
export function availability(history: History, options: AvailabilityOptions = {}): Availability {
  return available(ackTimelines(history, options), options);
}

/** Measures availability on paces that are already built. */
export function available(of: AckTimelines, { limit }: AvailabilityOptions = {}): Availability {
  const run = gapsOf(of, {});
  const limitMs = limit === undefined ? null : toMs(limit);
  const overLimit = Object.entries(run.clients)
    .filter(([, gap]) => gap !== null && (gap.ms === null || gap.ms > (limitMs ?? Infinity)))
    .map(([client]) => client);
  const facts: AvailabilityFacts = {
    sent: of.all.sends.length,
    acknowledged: of.all.acked.reduce((sum, one) => sum + one, 0),
    limitMs,
    run,
    steps: of.windows.steps.map((window) => ({ ...window, ...gapsOf(of, window) })),
    faults: of.windows.faults.map((window) => ({ ...window, ...gapsOf(of, window) })),
    overLimit,
  };
  const verdict = overLimit.length > 0 ? false : facts.sent === 0 ? "unknown" : true;
  return { checker: "availability", verdict, summary: summary(facts), facts };
}

/**
 * Returns how long after a moment the next send was acknowledged, to one client or to any: milliseconds, or
 * null for never.
 */
export function firstAckAfter(history: History, atMs: number, client?: string): number | null {
  return nextAckMs(ackTimelines(history, client === undefined ? {} : { client }).all, atMs);
}

function gapsOf({ all, clients }: AckTimelines, window: { fromMs?: number; toMs?: number }): Gaps {
  return {
    gap: longestGap(all, window),
    clients: Object.fromEntries([...clients].map(([client, pace]) => [client, longestGap(pace, window)])),
  };
}

function summary({ sent, run, overLimit, limitMs }: AvailabilityFacts): string {
  if (run.gap === null) return "Nobody sent anything, so availability was not measured.";
  if (run.gap.ms === null) return `None of ${counted(sent, "send")} was acknowledged.`;
  const between = `from ${readable(run.gap.fromMs)} to ${readable(run.gap.toMs)}`;
  const longest = `The longest time without an acknowledged send was ${readable(run.gap.ms)}, ${between}`;
  if (overLimit.length === 0) return `${longest}.`;
  return (
    `${longest}; ${overLimit.join(", ")} ` +
    `${limitMs === null ? "was never acknowledged" : `waited longer than ${readable(limitMs)}`}.`
  );
}
