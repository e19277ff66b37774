// What is expected of a group, from its settings, and how it is compared with what was measured.
//
//   stop         LeaveGroup ─▶ the others hear of the rebalance by their next heartbeat ─▶ join, sync, fetch
//   kill, pause  silence ─▶ session.timeout.ms after the last heartbeat ─▶ as above
//
// Sources: GroupCoordinatorService / GroupMetadataManager (a member that leaves, a session that expires);
// kafkajs src/consumer/runner.js (heartbeats between polls and records), Java's HeartbeatThread.

import {
  type GroupSettings,
  type History,
  machineShare,
  readable,
  type Verdict,
} from "@kafka-failure-lab/sdk";
import type { InHand } from "./in-hand.ts";
import type { Standstill } from "./standstill.ts";

/** A time as it is expected, and the timer that decides it. */
export interface Window {
  readonly fromMs: number;
  /** Infinity: for as long as the fault lasts. */
  readonly toMs: number;
  readonly decidingTimer: string;
}

/** Joining, syncing, reading the committed offset and the first fetch: some ten requests and answers. */
const JOIN_MS = 1000;
/** What the members' process and the lab's clock may differ. */
const CLOCK_MS = 100;

type Timers = Pick<
  GroupSettings,
  "client" | "sessionTimeout" | "heartbeatInterval" | "maxWait" | "processMs"
>;

/**
 * When another member goes on with the partitions of one that was stopped, killed or frozen.
 *
 * kafkajs interrupts its batch when a heartbeat tells it of the rebalance; Java joins when it polls next,
 * which is behind its batch.
 *
 * @param hand what the group has in hand at the fault
 */
export function goesOnIn(
  how: "stop" | "kill" | "pause",
  { client, sessionTimeout, heartbeatInterval, maxWait, processMs }: Timers,
  { left }: Pick<InHand, "left">,
): Window {
  const batchMs = client === "java" ? 2 * left * processMs : 0;
  // an idle member waits for its fetch before it sends its heartbeat
  const hearsMs = heartbeatInterval + maxWait + batchMs;
  if (how === "stop")
    return {
      fromMs: 0,
      // a member that closes waits for its fetch first
      toMs: maxWait + hearsMs + JOIN_MS,
      decidingTimer: `heartbeat.interval.ms ${readable(heartbeatInterval)}`,
    };
  return {
    fromMs: sessionTimeout - heartbeatInterval - maxWait - CLOCK_MS,
    toMs: sessionTimeout + hearsMs + JOIN_MS,
    decidingTimer: `session.timeout.ms ${readable(sessionTimeout)}`,
  };
}

/** How many records a group skips and processes twice at most, if a member of it goes. */
export interface Handled {
  readonly skipped: number;
  readonly twice: number;
}

/**
 * With `before` what is left of the batches in hand is skipped, otherwise what is done and not committed is
 * processed twice: of the member that goes, and of those whose batch its rebalance interrupts.
 *
 * @param hand what the group has in hand at the fault
 * @param waiting records that may be in their hands when the rebalance comes: those that wait at the fault
 */
export function handled(commit: string, { left, twice }: InHand, waiting = 0): Handled {
  const most = left + waiting;
  return commit === "before" ? { skipped: most, twice: 0 } : { skipped: 0, twice: most + twice };
}

/** A window in words: `5.4 to 8 s (session.timeout.ms 6 s)`. */
export function overWindow({ fromMs, toMs, decidingTimer }: Window): string {
  if (toMs === Infinity) return `until the broker returns (${decidingTimer})`;
  return `${fromMs === 0 ? "at most" : `${readable(fromMs)} to`} ${readable(toMs)} (${decidingTimer})`;
}

/** A window for a fault that was healed after so long: who waits for the broker waits for its return. */
export function healedAfter(window: Window, ms: number): Window {
  return window.toMs === Infinity ? { ...window, fromMs: ms } : window;
}

/** A time that was measured beside what was expected. */
export interface Judged {
  readonly name: string;
  readonly expected: Window;
  readonly measured: Standstill;
  /** Unknown where the machine could have made the difference. */
  readonly verdict: Verdict;
  /** What the machine kept from lab and brokers, where that matters. */
  readonly busy?: string;
}

/** Compares; a time that a busy machine may have made longer or shorter is inconclusive. */
export function judgedTime(
  history: History,
  name: string,
  { expected, measured }: Pick<Judged, "expected" | "measured">,
): Judged {
  const { fromMs, toMs, ms, isOpen } = measured;
  const judged = (verdict: Verdict): Judged => ({ name, expected, measured, verdict });
  const missMs = ms > expected.toMs ? ms - expected.toMs : isOpen ? 0 : expected.fromMs - ms;
  if (missMs <= 0) return judged(isOpen && expected.toMs !== Infinity ? "unknown" : true);
  const machine = machineShare(history, { fromMs, toMs });
  if (!machine.isBusy && missMs > machine.togetherMs) return judged(false);
  return { ...judged("unknown"), ...(machine.text !== "" && { busy: machine.text }) };
}

/** A sentence for each time that was not as expected. */
export function missLines(judged: readonly Judged[]): string[] {
  return judged
    .filter(({ verdict }) => verdict !== true)
    .map(({ name, expected, measured: { ms, isOpen }, verdict, busy }) => {
      const took = `${isOpen ? "at least " : ""}${readable(ms)}`;
      const why = verdict === "unknown" ? `; inconclusive${busy === undefined ? "" : `: ${busy}`}` : "";
      return `${name}: stood still for ${took}, predicted ${overWindow(expected)}${why}`;
    });
}
