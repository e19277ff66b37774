// Did the cluster still acknowledge sends while it was broken?
import type { History } from "../../model/history.ts";
import { counted } from "./counted.ts";
import type { Finding, Scope } from "./finding.ts";
import { firstEndingAt, ackTimelines, type AckTimeline, type AckTimelines } from "./ack-timeline.ts";
import { endedAtMs } from "./sends.ts";
import { shareOf } from "./machine.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { FaultWindow } from "./windows.ts";

/** What `progress` found. */
export type Progress = Finding<"progress", ProgressFacts>;

export interface ProgressFacts {
  faults: readonly (FaultWindow &
    Tally & {
      clients: Readonly<Record<string, Tally>>;
      /** What the machine kept from lab and brokers, where it was so busy that it may be why. */
      busy?: string;
    })[];
}

/** Sends that began during a fault, and those of them that were acknowledged before its heal. */
export interface Tally {
  sent: number;
  acknowledged: number;
}

/**
 * Checks that every client that sent during a fault was acknowledged during it.
 *
 * A send counts where it began after the fault's effect: one that was under way may have reached the broker
 * before. The verdict is unknown where there was no fault, nobody sent during one, or the machine was
 * too busy to tell.
 */
export function progress(history: History, scope: Scope = {}): Progress {
  return progressed(ackTimelines(history, scope));
}

/** Checks progress on paces that are already built. */
export function progressed({ all, clients, windows, machine }: AckTimelines): Progress {
  const faults = windows.faults.map((window) => {
    const share = shareOf(machine, window.fromMs, window.toMs);
    return {
      ...window,
      ...tally(all, window),
      clients: Object.fromEntries([...clients].map(([client, pace]) => [client, tally(pace, window)])),
      ...(share.isBusy ? { busy: share.text } : {}),
    };
  });
  const stuck = faults.filter((fault) =>
    Object.values(fault.clients).some(({ sent, acknowledged }) => sent > 0 && acknowledged === 0),
  );
  const idle = faults.filter(({ sent }) => sent === 0);
  const verdict: Verdict = stuck.some(({ busy }) => busy === undefined)
    ? false
    : stuck.length > 0 || faults.length === 0 || idle.length > 0
      ? "unknown"
      : true;
  return { checker: "progress", verdict, summary: summary(faults, stuck, idle), facts: { faults } };
}

function tally(timeline: AckTimeline, { fromMs, toMs }: FaultWindow): Tally {
  const { sends, earliestMs } = timeline;
  let sent = 0;
  let acknowledged = 0;
  for (let i = firstEndingAt(timeline, fromMs); i < sends.length && (earliestMs[i] ?? Infinity) < toMs; i++) {
    const send = sends[i];
    if (send === undefined || send.atMs < fromMs || send.atMs >= toMs) continue;
    sent++;
    if (send.outcome === "ok" && endedAtMs(send) <= toMs) acknowledged++;
  }
  return { sent, acknowledged };
}

function summary(
  faults: ProgressFacts["faults"],
  stuck: ProgressFacts["faults"],
  idle: ProgressFacts["faults"],
): string {
  const [first] = stuck;
  if (first !== undefined) {
    const clients = Object.entries(first.clients)
      .filter(([, { sent, acknowledged }]) => sent > 0 && acknowledged === 0)
      .map(([client]) => client);
    const why = first.busy === undefined ? "" : ` (${first.busy})`;
    return `During ${first.name} no send of ${clients.join(", ")} was acknowledged${why}.`;
  }
  if (faults.length === 0) return "There was no fault to make progress in.";
  if (idle[0] !== undefined) return `Nobody sent during ${idle[0].name}.`;
  return (
    "Sends were acknowledged during " +
    `${faults.length === 1 ? "the fault" : `each of ${counted(faults.length, "fault")}`}.`
  );
}
