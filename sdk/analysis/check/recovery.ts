// How soon after a heal did acknowledgements come again?
import { readable, toMs, type Duration } from "../../model/duration.ts";
import type { Broker, FaultKind, History } from "../../model/history.ts";
import type { Finding, Scope } from "./finding.ts";
import {
  firstEndingAt,
  nextAckMs,
  ackTimelines,
  type AckTimeline,
  type AckTimelines,
} from "./ack-timeline.ts";
import type { Verdict } from "../../model/verdict.ts";

/** What `recovery` found. */
export type Recovery = Finding<"recovery", RecoveryFacts>;

export interface RecoveryFacts {
  limitMs: number | null;
  heals: readonly Healed[];
}

/**
 * One heal, and how long after its effect the next acknowledgement came: to anyone, and to each client that
 * sent after it. Null is never.
 */
export interface Healed {
  id: string;
  fault: FaultKind;
  targets: readonly Broker[];
  effectAtMs: number;
  /** Whether anybody was sending after the heal took effect. */
  hasSends: boolean;
  ackAfterMs: number | null;
  clients: Readonly<Record<string, number | null>>;
}

export interface RecoveryOptions extends Scope {
  /**
   * The longest time from a heal to the next acknowledgement, for every client.
   *
   * @default none: it is enough that an acknowledgement comes
   */
  limit?: Duration;
}

/**
 * Measures the time from each heal to the next acknowledged send.
 *
 * It counts from the heal's effect, such as a broker's process running again; what that broker needs until it
 * serves is part of it. The verdict is false where a client that sent after a heal was not acknowledged
 * within the limit, and unknown where nothing was healed or nobody sent after a heal.
 */
export function recovery(history: History, options: RecoveryOptions = {}): Recovery {
  return recovered(ackTimelines(history, options), options);
}

/** Measures recovery on paces that are already built. */
export function recovered(
  { all, clients, windows }: AckTimelines,
  { limit }: RecoveryOptions = {},
): Recovery {
  const limitMs = limit === undefined ? null : toMs(limit);
  const heals = windows.heals.map(({ id, fault, targets, effectAtMs }): Healed => {
    const trying = [...clients].filter(([, pace]) => sentAfter(pace, effectAtMs));
    const waits = trying.map(([client, pace]) => [client, nextAckMs(pace, effectAtMs)]);
    return {
      id,
      fault,
      targets,
      effectAtMs,
      hasSends: trying.length > 0,
      ackAfterMs: nextAckMs(all, effectAtMs),
      clients: Object.fromEntries(waits),
    };
  });
  const overLimit = heals.filter(({ clients }) =>
    Object.values(clients).some((ms) => ms === null || ms > (limitMs ?? Infinity)),
  );
  const verdict: Verdict =
    overLimit.length > 0
      ? false
      : heals.length === 0 || heals.some(({ hasSends }) => !hasSends)
        ? "unknown"
        : true;
  return {
    checker: "recovery",
    verdict,
    summary: summary(heals, overLimit[0], limitMs),
    facts: { limitMs, heals },
  };
}

function sentAfter(timeline: AckTimeline, atMs: number): boolean {
  return firstEndingAt(timeline, atMs) < timeline.sends.length;
}

function summary(heals: readonly Healed[], overLimit: Healed | undefined, limitMs: number | null): string {
  if (heals.length === 0) return "Nothing was healed, so recovery was not measured.";
  if (overLimit !== undefined) {
    const waits = Object.entries(overLimit.clients).filter(
      ([, ms]) => ms === null || ms > (limitMs ?? Infinity),
    );
    const said = waits.map(([client, ms]) =>
      ms === null ? `${client} was never acknowledged again` : `${client} waited ${readable(ms)}`,
    );
    return (
      `After the heal of ${overLimit.fault} ${overLimit.targets.join(", ")} ${said.join(", ")}` +
      `${limitMs === null ? "" : ` (limit ${readable(limitMs)})`}.`
    );
  }
  const idle = heals.find(({ hasSends }) => !hasSends);
  if (idle !== undefined) return `Nobody sent after the heal of ${idle.fault} ${idle.targets.join(", ")}.`;
  const longest = Math.max(
    ...heals.flatMap(({ clients }) => Object.values(clients).map((ms) => ms ?? Infinity)),
  );
  return (
    `Sends were acknowledged again within ${readable(longest)} of ` +
    `${heals.length === 1 ? "the heal" : "each heal"}.`
  );
}
