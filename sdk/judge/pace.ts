// When acknowledgements came. A send counts where it ended, so sends are walked in the order of their ends.
//
//   sends   ├─ok┤  ├────info────┤  ├─fail─┤     ├─ok┤
//   gap          ├──────────────────────────────────┤     from the last acknowledgement, or from the next send where nobody was sending
import type { History, SendEvent } from "../history.ts";
import { endedAtMs, inScope, sentRecord, type Scope, type SentRecord } from "./finding.ts";

/** The sends of one client, or of all, in the order in which they ended. */
export interface Pace {
  history: History;
  sends: readonly SendEvent[];
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
  const all: SendEvent[] = [];
  const clients = new Map<string, SendEvent[]>();
  for (const event of history) {
    if (event.kind !== "send" || !inScope(event, scope)) continue;
    all.push(event);
    const known = clients.get(event.client);
    if (known === undefined) clients.set(event.client, [event]);
    else known.push(event);
  }
  return { all: pace(history, all), clients: new Map([...clients].map(([client, sends]) => [client, pace(history, sends)])) };
}

/**
 * Returns the longest gap between acknowledged sends within a stretch, by default from the first begin to the last end; null where nobody was sending in it.
 *
 * The gap at both ends counts. A gap begins with the acknowledgement before it or, where no send was under way by then, with the next send's begin:
 * a pause in which nobody asks is no outage.
 */
export function longestGap({ history, sends, earliestMs }: Pace, { fromMs = -Infinity, toMs = Infinity }: { fromMs?: number; toMs?: number } = {}): Gap | null {
  const last = sends.at(-1);
  if (last === undefined) return null;
  const untilMs = Math.min(toMs, endedAtMs(last));
  let longest: { ms: number; fromMs: number; toMs: number; after: SendEvent | null; before: SendEvent | null } | null = null;
  let after: SendEvent | null = null;
  let startMs = fromMs;
  let next = firstEndingAt(sends, fromMs);
  for (let i = next; i < sends.length; i++) {
    const send = sends[i];
    if (send === undefined || endedAtMs(send) > untilMs) break;
    if (send.outcome !== "ok") continue;
    const began = Math.max(startMs, earliestMs[next] ?? Infinity);
    const ended = endedAtMs(send);
    if (longest === null || ended - began > longest.ms) longest = { ms: ended - began, fromMs: began, toMs: ended, after, before: send };
    after = send;
    startMs = ended;
    next = i + 1;
  }
  const began = Math.max(startMs, earliestMs[next] ?? Infinity);
  if (began < untilMs && (longest === null || untilMs - began > longest.ms)) longest = { ms: untilMs - began, fromMs: began, toMs: untilMs, after, before: null };
  if (longest === null) return null;
  const shown = (send: SendEvent | null): SentRecord | null => send && sentRecord(history, send);
  return { ms: after === null ? null : longest.ms, fromMs: longest.fromMs, toMs: longest.toMs, after: shown(longest.after), before: shown(longest.before) };
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

function pace(history: History, recorded: readonly SendEvent[]): Pace {
  const inOrder = recorded.every((send, i) => i === 0 || endedAtMs(recorded[i - 1] ?? send) <= endedAtMs(send));
  const sends = inOrder ? recorded : [...recorded].sort((a, b) => endedAtMs(a) - endedAtMs(b));
  const earliestMs = new Float64Array(sends.length);
  let earliest = Infinity;
  for (let i = sends.length - 1; i >= 0; i--) {
    earliest = Math.min(earliest, sends[i]?.atMs ?? Infinity);
    earliestMs[i] = earliest;
  }
  return { history, sends, earliestMs };
}
