// What one fault did, in a row of figures: each client's gap, and who led and who controlled before and
// after.
import type { Broker, ClusterEvent, History, NodeId } from "../../model/history.ts";
import { type AckTimelines, longestGap, nextAckMs, type AckTimeline, ackTimelines } from "./ack-timeline.ts";
import { type MachineShare, shareOf } from "./machine.ts";
import type { FaultWindow } from "./windows.ts";

/** A value before a fault took effect, and the last one seen before it was healed. */
export interface BeforeAfter<T> {
  before: T;
  after: T;
}

/** What one fault did. */
export interface Outage {
  fault: string;
  targets: readonly Broker[];
  /**
   * By client: the longest time without an acknowledged send while the fault lasted, in milliseconds; null
   * where no send was acknowledged any more, absent where the client did not send.
   */
  clients: Readonly<Record<string, number | null>>;
  leader: BeforeAfter<Broker | null>;
  isr: BeforeAfter<readonly Broker[]>;
  /** The active controller's node id. */
  controller: BeforeAfter<NodeId | null>;
  /** What the machine kept from lab and brokers while the fault lasted. */
  machine: MachineShare;
}

/**
 * Measures one fault of a history.
 *
 * A client's longest gap that is still open when it is healed counts as never, which is null, unless the
 * client's own machine may have made it: then it says nothing, and the longest of those before it counts.
 *
 * @param options.id the fault's id; @default the first
 * @param options.untilMs where its stretch is cut, in milliseconds since the run's start; @default when it
 *   was healed
 * @throws RangeError where the history has no such fault
 */
export function outage(
  history: History,
  {
    id,
    topic,
    partition = 0,
    untilMs = Infinity,
  }: { id?: string; topic: string; partition?: number; untilMs?: number },
): Outage {
  const { clients, windows, machine } = ackTimelines(history, { topic });
  const whole = windows.faults.find((one) => id === undefined || one.id === id);
  if (whole === undefined)
    throw new RangeError(`Cannot measure the fault ${id ?? ""}: the history has none of that id`);
  const window = { ...whole, toMs: Math.min(whole.toMs, untilMs) };
  const seen = history.filter((event): event is ClusterEvent => event.kind === "cluster");
  // seen before the fault was begun: an engine may tell of its effect later than the observer
  const begun =
    history.find((event) => event.kind === "fault" && event.id === window.id)?.atMs ?? window.fromMs;
  const before = seen.findLast(({ atMs }) => atMs <= begun);
  const after = seen.findLast(({ atMs }) => atMs <= window.toMs);
  const state = (event: ClusterEvent | undefined) =>
    event?.partitions.find((one) => one.topic === topic && one.partition === partition);
  return {
    fault: window.fault,
    targets: window.targets,
    clients: Object.fromEntries(
      [...clients].flatMap(([client, pace]) => {
        const gap = lasting(pace, window, whole);
        return gap === undefined ? [] : [[client, gap.ms]];
      }),
    ),
    leader: { before: state(before)?.leader ?? null, after: state(after)?.leader ?? null },
    isr: { before: state(before)?.isr ?? [], after: state(after)?.isr ?? [] },
    controller: { before: before?.controllerNodeId ?? null, after: after?.controllerNodeId ?? null },
    machine: shareOf(machine, window.fromMs, window.toMs),
  };
}

/**
 * How long a machine may be busy when a fault is healed, or the next one struck: a broker's process is
 * started, and a notebook's kernel has just compiled the cell that does it, in the client's own process (651
 * ms on two cores, with another kernel beside it). A gap that begins then says nothing of whether the client
 * was served.
 */
const BUSY_MS = 1_500;
/**
 * No broker serves so soon after its process was started: a client that is served then was so without the
 * healing.
 */
const BOOT_MS = 500;

/** A gap of one client; `ms` is null for never. */
interface FaultGap {
  readonly ms: number | null;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The longest gap of one client while a fault lasted, at most until `untilMs`; undefined where it did not
 * send, or there is no such fault.
 */
export function gapDuring(
  { clients, windows }: AckTimelines,
  { id, client, untilMs }: { id: string; client: string; untilMs: number },
): FaultGap | undefined {
  const [whole, timeline] = [windows.faults.find((one) => one.id === id), clients.get(client)];
  if (whole === undefined || timeline === undefined) return undefined;
  return lasting(timeline, { ...whole, toMs: Math.min(whole.toMs, untilMs) }, whole);
}

/** A client's longest gap; undefined where it did not send. */
function lasting(
  timeline: AckTimeline,
  window: FaultWindow,
  { toMs: healedMs }: Pick<FaultWindow, "toMs">,
): FaultGap | undefined {
  const gap = longestGap(timeline, window);
  if (gap === null) return undefined;
  if (gap.ms === null || gap.before !== null) return gap;
  const wasServed =
    window.toMs === healedMs &&
    window.healed &&
    window.endsProcess &&
    (nextAckMs(timeline, window.toMs) ?? Infinity) < BOOT_MS;
  if (!wasServed && gap.ms >= Math.min(BUSY_MS, (window.toMs - window.fromMs) / 2))
    return { ...gap, ms: null };
  return longestGap(timeline, { fromMs: window.fromMs, toMs: gap.fromMs }) ?? gap;
}
