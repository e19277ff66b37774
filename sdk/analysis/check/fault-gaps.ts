// How long each client waited for an acknowledgement: during each fault, before the first one, and afterwards
// while none was open. A run's warm-up is not an outage of its fault.
//
//             before │ kill 3 ░░░░░░░░░░░ │ after
//   p2   ████·████████████·········███████████████
//   p3   ███████████████···············███████████     a gap that is open at the heal counts whole
import type { Broker } from "../../model/broker.ts";
import {
  type AckTimeline,
  type AckTimelines,
  firstEndingAt,
  longestGap,
  type LongestAckGap,
  nextAckMs,
} from "./ack-timeline.ts";
import type { FaultWindow } from "./windows.ts";

/** A client's longest time without an acknowledged send in a stretch of the run. */
export interface ClientGap {
  /** The probe's name. */
  client: string;
  /** In milliseconds; null where no send was acknowledged any more until the client ended. */
  ms: number | null;
  /** The acknowledgement before it, or the first send after the stretch began: ms since the run's start. */
  fromMs: number;
  /** The acknowledgement that ended it, or the end of the sending: in milliseconds since the run's start. */
  toMs: number;
  /** How much of it came after the fault was healed, in milliseconds. */
  afterHealMs: number;
}

/** What each client that sent during a fault waited for. */
export interface FaultGaps {
  /** The fault's id. */
  id: string;
  /** As a person names it: `kill 3`. */
  name: string;
  /** The brokers that it hit. */
  targets: readonly Broker[];
  /** When it took effect, in milliseconds since the run's start. */
  fromMs: number;
  /** When it was healed, or the run ended, in milliseconds since the run's start. */
  toMs: number;
  /** Whether it was healed. */
  healed: boolean;
  /** The longest first; empty where nobody sent during the fault. */
  clients: readonly ClientGap[];
}

/** The longest times without an acknowledged send, by client, apart for each fault. */
export interface GapsByFault {
  /** In the order in which they were injected. */
  faults: readonly FaultGaps[];
  /** Before the first fault, the longest first; of the whole run where there was none. */
  before: readonly ClientGap[];
  /** After the first fault while none was open, the longest first. */
  after: readonly ClientGap[];
}

/** Measures the gaps of a history's timelines. */
export function gapsByFault({ clients, windows }: AckTimelines): GapsByFault {
  const { faults } = windows;
  const firstMs = Math.min(Infinity, ...faults.map(({ fromMs }) => fromMs));
  return {
    faults: faults.map((window) => ({
      id: window.id,
      name: window.name,
      targets: window.targets,
      fromMs: window.fromMs,
      toMs: window.toMs,
      healed: window.healed,
      clients: longestFirst([...clients], (timeline) => gapDuring(timeline, window)),
    })),
    before: longestFirst([...clients], (timeline) => longestGap(timeline, { toMs: firstMs })),
    after: longestFirst([...clients], (timeline) =>
      betweenFaults(faults)
        .map((stretch) => withoutLead(timeline, stretch))
        .reduce(longer, null),
    ),
  };
}

type Gap = Pick<LongestAckGap, "ms" | "fromMs" | "toMs"> & { afterHealMs?: number };

function longestFirst(
  clients: readonly (readonly [string, AckTimeline])[],
  gapOf: (timeline: AckTimeline) => Gap | null,
): ClientGap[] {
  return clients
    .flatMap(([client, timeline]): ClientGap[] => {
      const gap = gapOf(timeline);
      if (gap === null) return [];
      const { ms, fromMs, toMs, afterHealMs = 0 } = gap;
      return [{ client, ms, fromMs, toMs, afterHealMs }];
    })
    .sort((a, b) => (b.ms ?? Infinity) - (a.ms ?? Infinity) || b.toMs - b.fromMs - (a.toMs - a.fromMs));
}

/** The longest gap that begins during the fault; it goes on to the acknowledgement that ends it. */
function gapDuring(timeline: AckTimeline, window: FaultWindow): Gap | null {
  const gap = longestGap(timeline, window);
  if (gap === null || gap.before !== null || !isUnderWay(timeline, window.toMs)) return gap;
  const { fromMs } = gap;
  const nextMs = nextAckMs(timeline, window.toMs);
  if (nextMs === null) return { ms: null, fromMs, toMs: timeline.endMs.at(-1)!, afterHealMs: 0 };
  const toMs = window.toMs + nextMs;
  return { ms: toMs - fromMs, fromMs, toMs, afterHealMs: nextMs };
}

/** Whether a send had begun before that ended no earlier. */
function isUnderWay(timeline: AckTimeline, atMs: number): boolean {
  return (timeline.earliestMs[firstEndingAt(timeline, atMs)] ?? Infinity) < atMs;
}

/** The stretches after the first fault in which no fault was open. */
function betweenFaults(faults: readonly FaultWindow[]): { fromMs: number; toMs: number }[] {
  const found: { fromMs: number; toMs: number }[] = [];
  let openUntilMs = Infinity;
  for (const { fromMs, toMs } of [...faults].sort((a, b) => a.fromMs - b.fromMs)) {
    if (fromMs > openUntilMs) found.push({ fromMs: openUntilMs, toMs: fromMs });
    openUntilMs = openUntilMs === Infinity ? toMs : Math.max(openUntilMs, toMs);
  }
  return openUntilMs === Infinity ? found : [...found, { fromMs: openUntilMs, toMs: Infinity }];
}

/** What a client still waited for when the fault was healed counts for the fault. */
function withoutLead(timeline: AckTimeline, { fromMs, toMs }: { fromMs: number; toMs: number }): Gap | null {
  if (!isUnderWay(timeline, fromMs)) return longestGap(timeline, { fromMs, toMs });
  const nextMs = nextAckMs(timeline, fromMs);
  if (nextMs === null || fromMs + nextMs >= toMs) return null;
  return longestGap(timeline, { fromMs: fromMs + nextMs, toMs });
}

function longer(a: Gap | null, b: Gap | null): Gap | null {
  if (a === null || b === null) return a ?? b;
  return b.toMs - b.fromMs > a.toMs - a.fromMs ? b : a;
}
