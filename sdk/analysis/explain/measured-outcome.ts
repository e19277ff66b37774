// What came of a fault for one client, measured in the terms of a prediction: while it lasted, at most for as
// long as it was alone.

import type { FaultEvent, History, HistoryEvent, SendEvent } from "../../model/history.ts";
import { check, type Counts, gapsOver, outage, ackTimelines, windows } from "../check/mod.ts";

/** What came of a fault for one client, in the terms of a prediction. */
export interface MeasuredOutcome {
  /** Whether another broker became the leader while the fault lasted. */
  failedOver: boolean;
  /**
   * The longest time without an acknowledged send while the fault lasted; null where none was acknowledged
   * any more.
   */
  gapMs: number | null;
  /**
   * Milliseconds from the call that injected the fault until `gapMs` counts: an engine tells of an effect
   * after it came (docker's event of a kill is up to 0.3 s late), and a client that begins afterwards has its
   * own first send. A gap may have been longer by as much.
   */
  countedFromMs: number;
  /**
   * The longest time without an acknowledged send in the three seconds before the fault: what the machine and
   * the load make of it.
   */
  usualMs: number;
  /**
   * How long the fault lasted, at most as long as was predicted; or until another one struck or was healed.
   */
  lastedMs: number;
  /**
   * Whether it lasted on after that: then what is lost or doubled may come from what followed, so that is not
   * held against the prediction.
   */
  isCut: boolean;
  /**
   * Of the client's sends that were under way while it lasted, without those that were first written to a
   * broker later: what became of them is not of its making.
   */
  lost: number;
  /** Those that are in the log more than once. */
  duplicates: number;
  /** Those with the outcome `info`. */
  unknown: number;
}

/** Predictions are of a topic's first partition. */
export const PARTITION = 0;

/** Measures one fault for one client; null where the client did not send while it lasted. */
export function measuredOutcome(
  history: History,
  fault: FaultEvent,
  { client, topic, lastsMs = Infinity }: { client: string; topic: string; lastsMs?: number },
): MeasuredOutcome | null {
  const { faults, heals } = windows(history);
  const whole = faults.find(({ id }) => id === fault.id)!;
  // from then on things are not any more as they were when the prediction was made
  const changes = [...faults, ...heals.map(({ id, effectAtMs }) => ({ id, fromMs: effectAtMs }))].filter(
    ({ id, fromMs }) => id !== fault.id && fromMs > whole.fromMs,
  );
  const window = {
    ...whole,
    toMs: Math.min(whole.toMs, whole.fromMs + lastsMs, ...changes.map(({ fromMs }) => fromMs)),
  };
  // of a long run only what a measurement needs: there may be many predictions
  const near = history.filter(
    (event) =>
      event.kind !== "readback" &&
      (event.kind !== "send" ||
        (event.client === client &&
          event.topic === topic &&
          (event.partition ?? PARTITION) === PARTITION &&
          event.atMs + event.tookMs >= window.fromMs - BEFORE_MS)),
  );
  const own = near.filter((event) => event.kind !== "send" || event.atMs + event.tookMs >= window.fromMs);
  const measured = outage(own, { id: fault.id, topic, partition: PARTITION, untilMs: window.toMs });
  const gapMs = measured.clients[client];
  if (gapMs === undefined) return null;
  const joinedMs = near.reduce(
    (ms, event) => (event.kind === "send" ? Math.min(ms, event.atMs) : ms),
    Infinity,
  );
  const counts = countsOf(
    history,
    topic,
    own.filter(
      (event): event is SendEvent =>
        event.kind === "send" && event.atMs <= window.toMs && isWrittenBy(event, window.toMs),
    ),
  );
  return {
    failedOver:
      measured.leader.after !== null &&
      measured.leader.before !== null &&
      measured.leader.after !== measured.leader.before,
    gapMs,
    countedFromMs: Math.max(whole.fromMs, joinedMs) - fault.atMs,
    usualMs: usualOf(near, window.fromMs),
    lastedMs: window.toMs - window.fromMs,
    isCut: window.toMs < whole.toMs,
    lost: counts.lost,
    duplicates: counts.duplicates,
    unknown: counts.unknown,
  };
}

/**
 * Whether a send's record may have been on the wire by then; of a client whose requests are not known nobody
 * can tell.
 */
function isWrittenBy({ attempts }: SendEvent, untilMs: number): boolean {
  const written = attempts.filter(({ api }) => api === "Produce");
  return written.length === 0 || written.some(({ atMs }) => atMs <= untilMs);
}

/** How far back a client's usual gaps are looked for. */
const BEFORE_MS = 3_000;

/** Between two acknowledgements: what came before the first one is the client finding the cluster. */
function usualOf(history: History, untilMs: number): number {
  return Math.max(
    0,
    ...gapsOver(ackTimelines(history).all, 0)
      .filter(({ after, before, toMs }) => after !== -1 && before !== -1 && toMs <= untilMs)
      .map(({ fromMs, toMs }) => toMs - fromMs),
  );
}

/** Counts what became of some sends of a topic, by what was read back of them. */
function countsOf(history: History, topic: string, sends: readonly SendEvent[]): Counts {
  const [wanted, values] = [new Set<HistoryEvent>(sends), new Set(sends.map(({ value }) => value))];
  const concerned = history.flatMap((event): HistoryEvent[] => {
    if (event.kind === "readback")
      return [{ ...event, records: event.records.filter(({ value }) => values.has(value)) }];
    return event.kind === "client" || wanted.has(event) ? [event] : [];
  });
  return check(concerned, { topic, checks: ["noLostWrites"] }).counts;
}
