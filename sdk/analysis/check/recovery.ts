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
import { couldBeMachine, type MachineLog, shareOf } from "./machine.ts";
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
  /** What the machine kept from lab and brokers, where only that may have made a client wait too long. */
  busy?: string;
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
 * within the limit, and unknown where nothing was healed, nobody sent after a heal, or the machine could have
 * made each wait that was too long.
 */
export function recovery(history: History, options: RecoveryOptions = {}): Recovery {
  return recovered(ackTimelines(history, options), options);
}

/** Measures recovery on paces that are already built. */
export function recovered(
  { all, clients, windows, machine }: AckTimelines,
  { limit }: RecoveryOptions = {},
): Recovery {
  const limitMs = limit === undefined ? null : toMs(limit);
  const heals = windows.heals.map(({ id, fault, targets, effectAtMs }): Healed => {
    const trying = [...clients].filter(([, pace]) => sentAfter(pace, effectAtMs));
    const waits = trying.map(([client, pace]): [string, number | null] => [
      client,
      nextAckMs(pace, effectAtMs),
    ]);
    const busy = doubtOf(
      machine,
      waits.map(([, ms]) => ms),
      { fromMs: effectAtMs, endMs: windows.endMs, limitMs },
    );
    return {
      id,
      fault,
      targets,
      effectAtMs,
      hasSends: trying.length > 0,
      ackAfterMs: nextAckMs(all, effectAtMs),
      ...(busy === undefined ? {} : { busy }),
      clients: Object.fromEntries(waits),
    };
  });
  const overLimit = heals.filter(({ clients }) =>
    Object.values(clients).some((ms) => ms === null || ms > (limitMs ?? Infinity)),
  );
  const verdict: Verdict = overLimit.some(({ busy }) => busy === undefined)
    ? false
    : overLimit.length > 0 || heals.length === 0 || heals.some(({ hasSends }) => !hasSends)
      ? "unknown"
      : true;
  return {
    checker: "recovery",
    verdict,
    summary: summary(heals, overLimit[0], limitMs),
    facts: { limitMs, heals },
  };
}

/** The machine's figure where it could have made every wait that is over the limit. */
function doubtOf(
  machine: MachineLog,
  waits: readonly (number | null)[],
  { fromMs, endMs, limitMs }: { fromMs: number; endMs: number; limitMs: number | null },
): string | undefined {
  const over = waits.filter((ms) => ms === null || ms > (limitMs ?? Infinity));
  const shares = over.map((ms) => {
    const share = shareOf(machine, fromMs, ms === null ? endMs : fromMs + ms);
    return couldBeMachine(share, ms === null ? 0 : ms - (limitMs ?? ms)) ? share.text : undefined;
  });
  return shares.includes(undefined) ? undefined : shares[0];
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
      `${limitMs === null ? "" : ` (limit ${readable(limitMs)})`}` +
      `${overLimit.busy === undefined ? "" : ` (${overLimit.busy})`}.`
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
