// When acknowledgements came. A send counts when it ends, so sends are processed in the order of their ends.
//
//   sends   ├─ok┤  ├────info────┤  ├─fail─┤     ├─ok┤
//   gap          ├──────────────────────────────────┤   from the last acknowledgement, or after an idle
//                                                       time from the next send
import { firstIndex } from "../../model/first-index.ts";
import type { History, SendEvent } from "../../model/history.ts";
import type { Scope, SentRecord } from "./finding.ts";
import { endedAtMs, sendsBy, sentRecord, type Sends } from "./sends.ts";
import { type MachineLog, machineLog } from "./machine.ts";
import { ofNodes, windows, type Windows } from "./windows.ts";

/** The sends of one client, or of all, in the order in which they ended. */
export interface AckTimeline extends Sends {
  /** By send: when it ended, in milliseconds since the run's start. */
  endMs: Float64Array;
  /** By send: 1 where it was acknowledged. */
  acked: Uint8Array;
  /** By send: the earliest begin of it and all later ones, in milliseconds since the run's start. */
  earliestMs: Float64Array;
}

/** The paces of a history, and the stretches that they are judged in. */
export interface AckTimelines {
  /** All clients as one. */
  all: AckTimeline;
  /** Each client alone. */
  clients: ReadonlyMap<string, AckTimeline>;
  windows: Windows;
  machine: MachineLog;
}

/** The longest time within a stretch in which sends were tried and none was acknowledged. */
export interface LongestAckGap {
  /** How long; null where no send was acknowledged within the whole stretch: never. */
  ms: number | null;
  fromMs: number;
  toMs: number;
  /**
   * The acknowledged send before the gap; null where the gap begins with the stretch or with the client's
   * first send.
   */
  after: SentRecord | null;
  /**
   * The acknowledged send that ended the gap; null where it was still open at the end of the stretch or of
   * the sending.
   */
  before: SentRecord | null;
}

/** Builds the paces of a history. */
export function ackTimelines(history: History, scope: Scope = {}): AckTimelines {
  const all = timelineOf(byEnd(sendsBy(history, scope, () => "all").get("all") ?? { sends: [], lines: [] }));
  const numbers = new Map<string, number[]>();
  all.sends.forEach(({ client }, i) => {
    const known = numbers.get(client);
    if (known === undefined) numbers.set(client, [i]);
    else known.push(i);
  });
  const clients = [...numbers].map(([client, own]): [string, AckTimeline] => [
    client,
    numbers.size === 1 ? all : timelineOf(picked(all, own)),
  ]);
  return { all, clients: new Map(clients), windows: ofNodes(windows(history)), machine: machineLog(history) };
}

/**
 * Returns the longest gap between acknowledged sends within a stretch, by default from the first begin to the
 * last end; null where nobody was sending in it.
 *
 * The gap at both ends counts. A gap begins with the acknowledgement before it or, where no send was under
 * way by then, with the next send's begin: a pause in which nobody asks is no outage.
 */
export function longestGap(
  timeline: AckTimeline,
  { fromMs = -Infinity, toMs = Infinity }: { fromMs?: number; toMs?: number } = {},
): LongestAckGap | null {
  let longest: AckGap = { fromMs: 0, toMs: -Infinity, after: -1, before: -1 };
  const isAnswered = eachAckGap(timeline, { fromMs, toMs }, (one) => {
    if (one.toMs - one.fromMs > longest.toMs - longest.fromMs) longest = one;
  });
  return longest.toMs === -Infinity ? null : gapOf(timeline, longest, isAnswered);
}

/**
 * Returns all gaps of a whole pace that are longer than a limit, in order of time; each is measured as
 * `longestGap` does.
 */
export function gapsOver(timeline: AckTimeline, longerThanMs: number): AckGap[] {
  const found: AckGap[] = [];
  eachAckGap(timeline, {}, (one) => {
    if (one.toMs - one.fromMs > longerThanMs) found.push(one);
  });
  return found;
}

/** Returns how long after a moment the next acknowledgement came: milliseconds, or null for never. */
export function nextAckMs(timeline: AckTimeline, atMs: number): number | null {
  const next = timeline.acked.indexOf(1, firstEndingAt(timeline, atMs));
  return next === -1 ? null : (timeline.endMs[next] ?? atMs) - atMs;
}

/** Returns the number of the first send that ended at a moment or later. */
export function firstEndingAt({ endMs }: AckTimeline, atMs: number): number {
  return firstIndex(endMs.length, (i) => endMs[i]! >= atMs);
}

/**
 * A gap whose ends are numbers of sends, -1 for none: the acknowledged one before it, and the one that ended
 * it.
 */
export interface AckGap {
  fromMs: number;
  toMs: number;
  after: number;
  before: number;
}

/**
 * Visits every stretch between acknowledgements, in order of time, and returns whether any send was
 * acknowledged.
 */
function eachAckGap(
  timeline: AckTimeline,
  { fromMs = -Infinity, toMs = Infinity }: { fromMs?: number; toMs?: number },
  visit: (one: AckGap) => void,
): boolean {
  const { endMs, acked, earliestMs } = timeline;
  const untilMs = Math.min(toMs, endMs.at(-1) ?? -Infinity);
  let after = -1;
  let next = firstEndingAt(timeline, fromMs);
  for (let i = next; ; i++) {
    const open = i >= endMs.length || (endMs[i] ?? 0) > untilMs;
    if (!open && acked[i] === 0) continue;
    const began = Math.max(after === -1 ? fromMs : (endMs[after] ?? 0), earliestMs[next] ?? Infinity);
    const ended = open ? untilMs : (endMs[i] ?? 0);
    if (!open || began < ended) visit({ fromMs: began, toMs: ended, after, before: open ? -1 : i });
    if (open) return after !== -1;
    after = i;
    // What ended at the same moment as the acknowledgement was not under way after it.
    next = i + 1;
    while ((endMs[next] ?? Infinity) <= ended) next++;
  }
}

function gapOf(
  timeline: AckTimeline,
  { fromMs, toMs, after, before }: AckGap,
  isAnswered: boolean,
): LongestAckGap {
  return {
    ms: isAnswered ? toMs - fromMs : null,
    fromMs,
    toMs,
    after: sentRecord(timeline, after),
    before: sentRecord(timeline, before),
  };
}

function timelineOf({ sends, lines }: Sends): AckTimeline {
  const n = sends.length;
  const [endMs, earliestMs, acked] = [new Float64Array(n), new Float64Array(n), new Uint8Array(n)];
  let earliest = Infinity;
  for (let i = n - 1; i >= 0; i--) {
    const send = sends[i];
    if (send === undefined) continue;
    endMs[i] = endedAtMs(send);
    acked[i] = send.outcome === "ok" ? 1 : 0;
    earliest = Math.min(earliest, send.atMs);
    earliestMs[i] = earliest;
  }
  return { sends, lines, endMs, acked, earliestMs };
}

function byEnd(recorded: Sends): Sends {
  const ends = recorded.sends.map(endedAtMs);
  if (ends.every((ended, i) => i === 0 || (ends[i - 1] ?? 0) <= ended)) return recorded;
  return picked(
    recorded,
    [...ends.keys()].sort((a, b) => (ends[a] ?? 0) - (ends[b] ?? 0)),
  );
}

function picked(from: Sends, numbers: readonly number[]): Sends {
  const own = { sends: [] as SendEvent[], lines: [] as number[] };
  for (const i of numbers) {
    const send = from.sends[i];
    if (send === undefined) continue;
    own.sends.push(send);
    own.lines.push(from.lines[i] ?? 0);
  }
  return own;
}
