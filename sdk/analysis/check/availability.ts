// How long no send was acknowledged: over the run, in each step, during each fault, for each client.
import { readable, toMs, type Duration } from "../../model/duration.ts";
import type { History } from "../../model/history.ts";
import { counted } from "./counted.ts";
import type { Finding, Scope } from "./finding.ts";
import {
  gapsOver,
  longestGap,
  nextAckMs,
  ackTimelines,
  type LongestAckGap,
  type AckTimelines,
} from "./ack-timeline.ts";
import { couldBeMachine, type MachineShare, shareOf } from "./machine.ts";
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
  /** Those of them for whom the machine could have made that, with its figure. */
  busy: Readonly<Record<string, string>>;
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
 * unknown where nobody sent, or where the machine could have made each of those waits (`facts.busy`).
 *
 * Gaps of steps and faults are cut at the stretch's ends; a gap that spans two steps is whole only in `run`.
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
  const busy = Object.fromEntries(
    overLimit.flatMap((client): [string, string][] => {
      const share = doubtOf(of, client, run.clients[client] ?? null, limitMs);
      return share === undefined ? [] : [[client, share.text]];
    }),
  );
  const facts: AvailabilityFacts = {
    sent: of.all.sends.length,
    acknowledged: of.all.acked.reduce((sum, one) => sum + one, 0),
    limitMs,
    run,
    steps: of.windows.steps.map((window) => ({ ...window, ...gapsOf(of, window) })),
    faults: of.windows.faults.map((window) => ({ ...window, ...gapsOf(of, window) })),
    overLimit,
    busy,
  };
  const isOver = overLimit.some((client) => busy[client] === undefined);
  const verdict = isOver ? false : facts.sent === 0 || overLimit.length > 0 ? "unknown" : true;
  return { checker: "availability", verdict, summary: summary(facts), facts };
}

/** The machine's share of a client's longest gap, where it could have made each of those over the limit. */
function doubtOf(
  { machine, clients }: AckTimelines,
  client: string,
  longest: LongestAckGap | null,
  limitMs: number | null,
): MachineShare | undefined {
  if (longest === null) return undefined;
  const couldBe = ({ fromMs, toMs }: { fromMs: number; toMs: number }, byMs: number): boolean =>
    couldBeMachine(shareOf(machine, fromMs, toMs), byMs);
  const isDoubt =
    longest.ms === null || limitMs === null
      ? couldBe(longest, 0)
      : gapsOver(clients.get(client)!, limitMs).every((gap) => couldBe(gap, gap.toMs - gap.fromMs - limitMs));
  return isDoubt ? shareOf(machine, longest.fromMs, longest.toMs) : undefined;
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

/** The client that waited longest; a gap of all as one would be shorter than what each of them saw. */
function longestOf({ clients }: Gaps): readonly [string, LongestAckGap] {
  return Object.entries(clients)
    .flatMap(([client, gap]) => (gap === null ? [] : [[client, gap] as const]))
    .reduce((longest, one) => (spanOf(one[1]) > spanOf(longest[1]) ? one : longest));
}

/** A gap that no fault was open in is none of a fault's making. */
function whenOf({ fromMs, toMs }: LongestAckGap, faults: readonly FaultWindow[]): string {
  if (faults.length === 0) return "";
  const open = faults.filter((fault) => fault.fromMs < toMs && fault.toMs > fromMs);
  if (open.length > 0) return `, during ${[...new Set(open.map(({ name }) => name))].join(" and ")}`;
  return faults.every((fault) => toMs <= fault.fromMs) ? ", before any fault" : ", with no fault open";
}

function spanOf({ ms, fromMs, toMs }: LongestAckGap): number {
  return ms ?? toMs - fromMs;
}

function summary({ sent, run, faults, overLimit, limitMs, busy }: AvailabilityFacts): string {
  if (run.gap === null) return "Nobody sent anything, so availability was not measured.";
  if (run.gap.ms === null) {
    const [why] = Object.values(busy);
    return `None of ${counted(sent, "send")} was acknowledged${why === undefined ? "" : ` (${why})`}.`;
  }
  const [client, gap] = longestOf(run);
  const of = Object.keys(run.clients).length > 1 ? ` of ${client}` : "";
  const longest =
    `The longest time without an acknowledged send${of} was ${readable(spanOf(gap))}, from ` +
    `${readable(gap.fromMs)} to ${readable(gap.toMs)}${whenOf(gap, faults)}`;
  if (overLimit.length === 0) return `${longest}.`;
  const [why] = Object.values(busy);
  return (
    `${longest}; ${overLimit.join(", ")} ` +
    `${limitMs === null ? "was never acknowledged" : `waited longer than ${readable(limitMs)}`}` +
    `${why === undefined ? "" : ` (${why})`}.`
  );
}
