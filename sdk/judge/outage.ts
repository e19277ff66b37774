// What one fault did, in a row of figures: each client's gap, and who led and who controlled before and after.
import type { Broker, ClusterEvent, History, NodeId } from "../history.ts";
import { longestGap, paces, type Gap } from "./pace.ts";

/** A value before a fault took effect, and the last one seen before it was healed. */
export interface BeforeAfter<T> {
  before: T;
  after: T;
}

/** What one fault did. */
export interface Outage {
  fault: string;
  targets: readonly Broker[];
  /** By client: the longest time without an acknowledged send while the fault lasted, in milliseconds; null where no send was acknowledged any more, absent where the client did not send. */
  clients: Readonly<Record<string, number | null>>;
  leader: BeforeAfter<Broker | null>;
  isr: BeforeAfter<readonly Broker[]>;
  /** The active controller's node id. */
  controller: BeforeAfter<NodeId | null>;
}

/**
 * Measures one fault of a history.
 *
 * A client's longest gap that is still open when it is healed counts as never, which is null, unless it is so short that a busy machine may have made it.
 *
 * @param options.id the fault's id; @default the first
 * @param options.untilMs where its stretch is cut, in milliseconds since the run's start; @default when it was healed
 * @throws RangeError where the history has no such fault
 */
export function outage(history: History, { id, topic, partition = 0, untilMs = Infinity }: { id?: string; topic: string; partition?: number; untilMs?: number }): Outage {
  const { clients, windows } = paces(history, { topic });
  const whole = windows.faults.find((one) => id === undefined || one.id === id);
  const window = whole && { ...whole, toMs: Math.min(whole.toMs, untilMs) };
  if (window === undefined) throw new RangeError(`Cannot measure the fault ${id ?? ""}: the history has none of that id`);
  const seen = history.filter((event): event is ClusterEvent => event.kind === "cluster");
  // seen before the fault was begun: an engine may tell of its effect later than the observer
  const begun = history.find((event) => event.kind === "fault" && event.id === window.id)?.atMs ?? window.fromMs;
  const before = seen.findLast(({ atMs }) => atMs <= begun);
  const after = seen.findLast(({ atMs }) => atMs <= window.toMs);
  const state = (event: ClusterEvent | undefined) => event?.partitions.find((one) => one.topic === topic && one.partition === partition);
  return {
    fault: window.fault,
    targets: window.targets,
    clients: Object.fromEntries([...clients].flatMap(([client, pace]) => {
      const gap = longestGap(pace, window);
      return gap === null ? [] : [[client, lasting(gap, window.toMs - window.fromMs)]];
    })),
    leader: { before: state(before)?.leader ?? null, after: state(after)?.leader ?? null },
    isr: { before: state(before)?.isr ?? [], after: state(after)?.isr ?? [] },
    controller: { before: before?.controllerNodeId ?? null, after: after?.controllerNodeId ?? null },
  };
}

/** Starting a broker again keeps this machine from all else for some 100 ms: a gap that begins then says nothing of whether the client was served. */
const OPEN_MS = 500;

function lasting({ ms, before }: Gap, lastedMs: number): number | null {
  return before === null && (ms ?? Infinity) >= Math.min(OPEN_MS, lastedMs / 2) ? null : ms;
}
