// What came of a fault for one client, measured in the terms of a prediction: while it lasted, at most for as
// long as it was alone.

import type { FaultEvent, History, HistoryEvent, SendEvent } from "../../model/history.ts";
import {
  type AckTimeline,
  check,
  type Counts,
  gapDuring,
  gapsOver,
  type MachineLog,
  type MachineShare,
  machineLog,
  shareOf,
  outage,
  ackTimelines,
  type FaultWindow,
  type Window,
  ofNodes,
  windows,
} from "../check/mod.ts";
import { asOneStretch, isByRequest, smallestIsr, wasLedByAnother } from "./asked-for.ts";
import { type MeasuredController, measuredController } from "./measured-controller.ts";

/** What came of a fault for one client, in the terms of a prediction. */
export interface MeasuredOutcome {
  /** Whether another broker became the leader while the fault lasted. */
  failedOver: boolean;
  /**
   * What became of the active controller while the fault lasted; null where the lab did not see the cluster
   * before the fault.
   */
  controller: MeasuredController | null;
  /**
   * The longest time without an acknowledged send while the fault lasted; null where none was acknowledged
   * any more.
   */
  gapMs: number | null;
  /**
   * Milliseconds from the call that injected the fault until `gapMs` counts: an engine tells of an effect
   * after it came (docker's event of a kill is up to 0.3 s late), and a client that had nothing under way to
   * the partition then begins later. A gap may have been longer by as much.
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
  /** The smallest ISR that was seen of the partition while it lasted; null where it was not seen. */
  smallestIsr: number | null;
  /** Those that are in the log more than once. */
  duplicates: number;
  /** Those with the outcome `info`. */
  unknown: number;
  /**
   * The longest time without an acknowledged send that the machine cannot have made: of each, what is left
   * without what the machine took, and nothing where it was busy. `gapMs` on a quiet machine; null as that.
   */
  provenMs: number | null;
  /** What the machine kept from lab and brokers during that gap; while all of it lasted where none ended. */
  machine: MachineShare;
  /** The same for the three seconds before the fault: a timer may have begun late. */
  machineBefore: MachineShare;
}

/** Whose sends are measured, to which partition. */
export interface MeasuredSends {
  readonly client: string;
  readonly topic: string;
  readonly partition: number;
  /** How long the fault was to last, in milliseconds. @default until it was healed */
  readonly lastsMs?: number | undefined;
}

/**
 * Measures one fault for one client and partition; null where it did not send to it while the fault lasted.
 */
export function measuredOutcome(
  whole: History,
  fault: FaultEvent,
  sent: MeasuredSends,
): MeasuredOutcome | null {
  const history = asOneStretch(whole, fault);
  const { client, topic, partition, lastsMs = Infinity } = sent;
  const { full, window } = stretchOf(history, fault, lastsMs);
  // of a long run only what a measurement needs: there may be many predictions
  const isOwn = sendsTo(history, sent);
  const near = history.filter(
    (event) =>
      event.kind !== "readback" &&
      (event.kind !== "send" || (event.atMs + event.tookMs >= window.fromMs - BEFORE_MS && isOwn(event))),
  );
  const own = near.filter((event) => event.kind !== "send" || event.atMs + event.tookMs >= window.fromMs);
  const measured = outage(own, { id: fault.id, topic, partition, untilMs: window.toMs });
  const timelines = ackTimelines(own, { topic });
  const gap = gapDuring(timelines, { id: fault.id, client, untilMs: window.toMs });
  if (gap === undefined) return null;
  const joinedMs = joinedAt(own);
  const counts = countsOf(
    history,
    topic,
    own.filter(
      (event): event is SendEvent =>
        event.kind === "send" && event.atMs <= window.toMs && isWrittenBy(event, window.toMs),
    ),
  );
  return {
    failedOver: isByRequest(fault)
      ? wasLedByAnother(history, sent, { fromMs: fault.atMs, toMs: window.toMs })
      : measured.leader.after !== null &&
        measured.leader.before !== null &&
        measured.leader.after !== measured.leader.before,
    controller: measuredController(history, fault, window),
    gapMs: gap.ms,
    countedFromMs: Math.max(full.fromMs, joinedMs) - fault.atMs,
    usualMs: usualOf(near, window.fromMs),
    lastedMs: window.toMs - window.fromMs,
    isCut: window.toMs < full.toMs,
    smallestIsr: smallestIsr(history, sent, window),
    lost: counts.lost,
    duplicates: counts.duplicates,
    unknown: counts.unknown,
    ...machineOf(machineLog(history), timelines.clients.get(client)!, { gap, window }),
  };
}

/** A fault's stretch, and as much of it as things were as when the prediction was made. */
function stretchOf(
  history: History,
  fault: FaultEvent,
  lastsMs: number,
): { full: FaultWindow; window: FaultWindow } {
  const { faults, heals } = ofNodes(windows(history));
  const full = faults.find(({ id }) => id === fault.id)!;
  const changes = [...faults, ...heals.map(({ id, effectAtMs }) => ({ id, fromMs: effectAtMs }))].filter(
    ({ id, fromMs }) => id !== fault.id && fromMs > full.fromMs,
  );
  const toMs = Math.min(full.toMs, full.fromMs + lastsMs, ...changes.map(({ fromMs }) => fromMs));
  return { full, window: { ...full, toMs } };
}

/** What the machine kept from lab and brokers, in the gap and before the fault. */
function machineOf(
  log: MachineLog,
  timeline: AckTimeline,
  { gap, window }: { gap: { ms: number | null; fromMs: number; toMs: number }; window: Window },
): Pick<MeasuredOutcome, "provenMs" | "machine" | "machineBefore"> {
  const { fromMs, toMs } = gap.ms === null ? window : gap;
  return {
    provenMs: gap.ms === null ? null : provenOf(timeline, log, window),
    machine: shareOf(log, fromMs, toMs),
    machineBefore: shareOf(log, window.fromMs - BEFORE_MS, window.fromMs),
  };
}

/** The longest of the gaps that ended in a stretch, each without what the machine took of it. */
function provenOf(timeline: AckTimeline, machine: MachineLog, { fromMs, toMs }: Window): number {
  const proven = gapsOver(timeline, 0)
    .filter((gap) => gap.toMs > fromMs && gap.toMs <= toMs)
    .map((gap) => {
      const share = shareOf(machine, Math.max(gap.fromMs, fromMs), gap.toMs);
      return share.isBusy ? 0 : share.ofMs - share.togetherMs;
    });
  return Math.max(0, ...proven);
}

/**
 * When the first of some sends began, of those to the partition where that is known: a client that has all
 * that it may have under way at one partition sends nothing to the others until then.
 */
function joinedAt(events: History): number {
  const sends = events.filter((event): event is SendEvent => event.kind === "send");
  const known = sends.filter((send) => partitionOfSend(send) !== undefined);
  return (known.length === 0 ? sends : known).reduce((ms, { atMs }) => Math.min(ms, atMs), Infinity);
}

/**
 * Returns whether a send is one of these. Where nothing tells a send's partition it counts for each to which
 * the client has written: then somebody was sending, and what is said of it is held against no partition.
 */
function sendsTo(
  history: History,
  { client, topic, partition }: MeasuredSends,
): (event: SendEvent) => boolean {
  const isClients = (event: HistoryEvent): event is SendEvent =>
    event.kind === "send" && event.client === client && event.topic === topic;
  const known = new Set(history.filter(isClients).flatMap((event) => partitionOfSend(event) ?? []));
  const mayBe = known.size === 0 || known.has(partition);
  return (event) => {
    if (!isClients(event)) return false;
    const own = partitionOfSend(event);
    return own === undefined ? mayBe : own === partition;
  };
}

/** The partition of a send, where it is known: by its acknowledgement, or because its caller named it. */
export function partitionOfSend({ partition, requestedPartition }: SendEvent): number | undefined {
  return partition ?? requestedPartition;
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
    return event.kind === "client" || event.kind === "topic" || wanted.has(event) ? [event] : [];
  });
  return check(concerned, { topic, checks: ["noLostWrites"] }).counts;
}
