// When acknowledgements came. A send counts where it ended, so sends are walked in the order of their ends.
//
//   sends   ├─ok┤  ├────info────┤  ├─fail─┤     ├─ok┤
//   gap          ├──────────────────────────────────┤     from the last acknowledgement, or from the next send where nobody was sending
import type { History, SendEvent } from "../history.ts";
import type { Scope, SentRecord } from "./finding.ts";
import { endedAtMs, sendsBy, sentRecord, type Sends } from "./sends.ts";

/** The sends of one client, or of all, in the order in which they ended. */
export interface Pace extends Sends {
  /** By send: the earliest begin of it and all later ones, in milliseconds since the run's start. */
  earliestMs: Float64Array;
}

/** The paces of a history: all of its clients as one, and each alone in order of first appearance. */
export interface Paces {
  all: Pace;
  clients: ReadonlyMap<string, Pace>;
}

/** The longest time within a stretch in which sends were tried and none was acknowledged. */
export interface Gap {
  /** How long; null where no send was acknowledged within the whole stretch: never. */
  ms: number | null;
  fromMs: number;
  toMs: number;
  /** The acknowledged send before the gap; null where the gap begins with the stretch or with the client's first send. */
  after: SentRecord | null;
  /** The acknowledged send that ended the gap; null where it was still open at the end of the stretch or of the sending. */
  before: SentRecord | null;
}

/** Builds the paces of a history. */
export function paces(history: History, scope: Scope = {}): Paces {
  const all = sendsBy(history, scope, () => "all").get("all") ?? { sends: [], lines: [] };
  const clients = sendsBy(history, scope, ({ client }) => client);
  return { all: pace(all), clients: new Map([...clients].map(([client, sends]) => [client, pace(sends)])) };
}

/**
 * Returns the longest gap between acknowledged sends within a stretch, by default from the first begin to the last end; null where nobody was sending in it.
 *
 * The gap at both ends counts. A gap begins with the acknowledgement before it or, where no send was under way by then, with the next send's begin:
 * a pause in which nobody asks is no outage.
 */
export function longestGap(pace: Pace, { fromMs = -Infinity, toMs = Infinity }: { fromMs?: number; toMs?: number } = {}): Gap | null {
  const { sends, earliestMs } = pace;
  const last = sends.at(-1);
  if (last === undefined) return null;
  const untilMs = Math.min(toMs, endedAtMs(last));
  let longest: Stretch | null = null;
  let after = -1;
  let startMs = fromMs;
  let next = firstEndingAt(sends, fromMs);
  for (let i = next; i < sends.length; i++) {
    const send = sends[i];
    if (send === undefined || endedAtMs(send) > untilMs) break;
    if (send.outcome !== "ok") continue;
    const found = { fromMs: Math.max(startMs, earliestMs[next] ?? Infinity), toMs: endedAtMs(send), after, before: i };
    if (longest === null || lengthOf(found) > lengthOf(longest)) longest = found;
    after = i;
    startMs = found.toMs;
    next = firstEndingAfter(sends, startMs, i);
  }
  const open = { fromMs: Math.max(startMs, earliestMs[next] ?? Infinity), toMs: untilMs, after, before: -1 };
  if (open.fromMs < untilMs && (longest === null || lengthOf(open) > lengthOf(longest))) longest = open;
  if (longest === null) return null;
  return { ...longest, ms: after === -1 ? null : lengthOf(longest), after: sentRecord(pace, longest.after), before: sentRecord(pace, longest.before) };
}

/** Returns how long after a moment the next acknowledgement came: milliseconds, or null for never. */
export function nextAckMs({ sends }: Pace, atMs: number): number | null {
  for (let i = firstEndingAt(sends, atMs); i < sends.length; i++) {
    const send = sends[i];
    if (send?.outcome === "ok") return endedAtMs(send) - atMs;
  }
  return null;
}

/** Returns the number of the first send that ended at a moment or later. */
export function firstEndingAt(sends: readonly SendEvent[], atMs: number): number {
  let low = 0;
  let high = sends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const send = sends[middle];
    if (send !== undefined && endedAtMs(send) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A gap whose ends are numbers of sends, -1 for none. */
interface Stretch {
  fromMs: number;
  toMs: number;
  after: number;
  before: number;
}

/** Sends that ended at the same moment as the acknowledgement were not under way after it. */
function firstEndingAfter(sends: readonly SendEvent[], atMs: number, i: number): number {
  let next = i + 1;
  for (let send = sends[next]; send !== undefined && endedAtMs(send) <= atMs; send = sends[next]) next++;
  return next;
}

function lengthOf({ fromMs, toMs }: Stretch): number {
  return toMs - fromMs;
}

function pace(recorded: Sends): Pace {
  const { sends, lines } = byEnd(recorded);
  const earliestMs = new Float64Array(sends.length);
  let earliest = Infinity;
  for (let i = sends.length - 1; i >= 0; i--) {
    earliest = Math.min(earliest, sends[i]?.atMs ?? Infinity);
    earliestMs[i] = earliest;
  }
  return { sends, lines, earliestMs };
}

function byEnd({ sends, lines }: Sends): Sends {
  if (sends.every((send, i) => i === 0 || endedAtMs(sends[i - 1] ?? send) <= endedAtMs(send))) return { sends, lines };
  const both = sends.map((send, i) => ({ send, line: lines[i] ?? 0 })).sort((a, b) => endedAtMs(a.send) - endedAtMs(b.send));
  return { sends: both.map(({ send }) => send), lines: both.map(({ line }) => line) };
}
