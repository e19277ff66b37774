// Faults that are over when they were carried out, as a measurement takes them.
//
//   roll    ├ stop 1 ─ start ┤├ stop 2 ─ start ┤   one stretch: the faults within it are parts of it
//   elect   ├──────────────────────────── until another fault, or the end of the run

import type { FaultEvent, History, HistoryEvent } from "../../model/history.ts";

/** The history in which a fault is one stretch, for as long as it acts. */
export function asOneStretch(history: History, fault: FaultEvent): History {
  if (fault.fault === "elect") return history.filter((event) => !isHealOf(event, fault));
  if (fault.fault !== "roll") return history;
  const endMs = history.find((event) => isHealOf(event, fault))?.atMs ?? Infinity;
  const inner = new Set(
    history.flatMap((event) =>
      event.kind === "fault" && event.id !== fault.id && event.atMs >= fault.atMs && event.atMs <= endMs
        ? event.id
        : [],
    ),
  );
  return history.filter(
    (event) => !((event.kind === "fault" || event.kind === "heal") && inner.has(event.id)),
  );
}

function isHealOf(event: HistoryEvent, { id }: FaultEvent): boolean {
  return event.kind === "heal" && event.id === id;
}

/**
 * Whether a fault moves leaders although none is lost, or several times: then it counts where a partition was
 * led by another one in between, and where it was led by one at all.
 */
export function isByRequest({ fault }: Pick<FaultEvent, "fault">): boolean {
  return ["roll", "elect", "reconfigure"].includes(fault);
}

/** Whether a partition was led by another broker than before, or by one at all, at any time of a stretch. */
export function wasLedByAnother(
  history: History,
  { topic, partition }: { topic: string; partition: number },
  { fromMs, toMs }: { fromMs: number; toMs: number },
): boolean {
  const leaders = history.flatMap((event) => {
    if (event.kind !== "cluster" || event.atMs > toMs) return [];
    const state = event.partitions.find((one) => one.topic === topic && one.partition === partition);
    return state === undefined ? [] : [{ atMs: event.atMs, leader: state.leader }];
  });
  const before = leaders.findLast(({ atMs }) => atMs <= fromMs)?.leader;
  if (before === undefined) return false;
  return leaders.some(({ atMs, leader }) => atMs > fromMs && leader !== null && leader !== before);
}

/** The smallest ISR that was seen of a partition in a stretch; null where it was not seen. */
export function smallestIsr(
  history: History,
  { topic, partition }: { topic: string; partition: number },
  { fromMs, toMs }: { fromMs: number; toMs: number },
): number | null {
  const sizes = history.flatMap((event) => {
    if (event.kind !== "cluster" || event.atMs < fromMs || event.atMs > toMs) return [];
    const state = event.partitions.find((one) => one.topic === topic && one.partition === partition);
    return state === undefined ? [] : [state.isr.length];
  });
  return sizes.length === 0 ? null : Math.min(...sizes);
}
