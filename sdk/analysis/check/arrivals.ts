// What arrived on a watched topic, whoever sent it: gaps, duplicates, and records that are gone again.
//
//   arrivals   ├┤  ├┤  ├┤ ─────────────── ├──────┤  ├┤    each between "not seen yet" and "seen"
//   gap                 ├───────────────────────┤         from seen to seen; at least to "not seen yet"
//
// The lab's own probes are left out: their sends are known, and judged by the other checkers.
import { readable, toMs, type Duration } from "../../model/duration.ts";
import type { Arrival, History } from "../../model/history.ts";
import type { Verdict } from "../../model/verdict.ts";
import { duplicatesOf, type DuplicateArrivals, vanishedOf } from "./arrival-content.ts";
import { counted } from "./counted.ts";
import type { ExampleOptions, Finding, Scope } from "./finding.ts";
import { sentValues, watchesIn, type WatchedTopic } from "./watches.ts";
import { type FaultWindow, windows } from "./windows.ts";
import { mergeVerdicts } from "../../model/verdict.ts";

/** What `arrivals` found. */
export type Arrivals = Finding<"arrivals", ArrivalsFacts>;

/** What `arrivals` rests on. */
export interface ArrivalsFacts {
  /** The longest gap that a fault may cause, in milliseconds; null without a limit. */
  limitMs: number | null;
  watches: readonly WatchTally[];
  /** What only the application that sends can tell. */
  unknowable: readonly ("acknowledged" | "never sent")[];
}

/** What arrived on one watched topic. */
export interface WatchTally {
  watch: string;
  topic: string;
  by: "value" | "key";
  fromMs: number;
  toMs: number;
  /** Whether every partition was read to its end; null while the watch goes on. */
  complete: boolean | null;
  /** Records of others than the lab's probes. */
  arrived: number;
  /** Records of the lab's probes. */
  own: number;
  /** The longest gap between two arrivals; null with fewer than two. */
  gap: ArrivalGap | null;
  /** The longest gap that ended before the first fault: the application's own pace. */
  usualGapMs: number | null;
  faults: readonly (FaultWindow & FaultArrivals)[];
  /** The time from the last arrival to the end of the watch. */
  silentMs: number;
  /** The longest time from a record's own timestamp to its arrival; null where records have none. */
  longestDelayMs: number | null;
  /** Null where contents do not tell records apart: they repeat without any fault, or too few arrived. */
  duplicates: DuplicateArrivals | null;
  /** Arrived, and not in the log at the end; null where it was not read back to its end. */
  vanished: number | null;
}

/** The time between two arrivals. */
export interface ArrivalGap {
  /** From the moment when the first was seen to that when the second was. */
  ms: number;
  /** That part of it for which the second is known not to have been there. */
  atLeastMs: number;
  fromMs: number;
  /** When the second was seen; the end of the watch where none came. */
  toMs: number;
  /** Whether none came any more: whether the application still sent is not known. */
  isOpen: boolean;
}

/** What arrived during a fault and after it. */
export interface FaultArrivals {
  /** Records that arrived while it lasted. */
  arrived: number;
  /** Records that arrived after its effect. */
  arrivedAfter: number;
  /** The longest gap that it overlaps. */
  gap: ArrivalGap | null;
}

/** Options of `arrivals`. */
export interface ArrivalsOptions extends Scope, ExampleOptions {
  /** The longest gap between arrivals that a fault may cause. @default none */
  limit?: Duration;
}

/**
 * Judges what arrived on watched topics.
 *
 * The verdict is false where a record that had arrived is gone at the end, or a gap is certainly longer than
 * the limit. It is unknown where nothing was watched, nothing arrived, nothing arrived any more after a
 * fault, or a topic was not read to its end: whether the application sent is its own knowledge.
 */
export function arrivals(history: History, options: ArrivalsOptions = {}): Arrivals {
  const { limit, examples = 5 } = options;
  const limitMs = limit === undefined ? null : toMs(limit);
  const tallies = options.client === undefined ? talliesIn(history, options.topic, examples) : [];
  return {
    checker: "arrivals",
    verdict: tallies.length === 0 ? "unknown" : mergeVerdicts(tallies.map((one) => verdictOf(one, limitMs))),
    summary:
      tallies.length === 0
        ? "No topic was watched."
        : tallies.map((one) => summaryOf(one, limitMs)).join(" "),
    facts: { limitMs, watches: tallies, unknowable: ["acknowledged", "never sent"] },
  };
}

/** What has arrived at one watch; undefined where there is none of that name. */
export function arrivalsOf(history: History, watch: string): WatchTally | undefined {
  const one = watchesIn(history).find(({ name }) => name === watch);
  return one === undefined ? undefined : tallyOf(history, one, 5);
}

function talliesIn(history: History, topic: string | undefined, examples: number): WatchTally[] {
  return watchesIn(history)
    .filter((one) => topic === undefined || one.topic === topic)
    .map((one) => tallyOf(history, one, examples));
}

function tallyOf(history: History, watched: WatchedTopic, examples: number): WatchTally {
  const { name, topic, by, fromMs, toMs: endMs, complete } = watched;
  const probes = sentValues(history, topic);
  const others = watched.arrivals.filter(({ value }) => !probes.has(value));
  const gaps = gapsOf(others, endMs);
  const during = windows(history).faults.filter((one) => one.toMs > fromMs && one.fromMs < endMs);
  const firstFaultMs = Math.min(Infinity, ...during.map((one) => one.fromMs));
  const usual = gaps.filter((one) => !one.isOpen && one.toMs <= firstFaultMs);
  const delays = others.flatMap(({ atMs, stampMs }) => (stampMs === undefined ? [] : [atMs - stampMs]));
  return {
    watch: name,
    topic,
    by,
    fromMs,
    toMs: endMs,
    complete,
    arrived: others.length,
    own: watched.arrivals.length - others.length,
    gap: longest(gaps.filter((one) => !one.isOpen)),
    usualGapMs: longest(usual)?.ms ?? null,
    faults: during.map((window) => ({ ...window, ...faultArrivals(others, gaps, window) })),
    silentMs: endMs - (others.at(-1)?.atMs ?? fromMs),
    longestDelayMs:
      delays.length === 0
        ? null
        : Math.max(
            0,
            delays.reduce((a, b) => Math.max(a, b)),
          ),
    duplicates: duplicatesOf(others, { by, untilMs: firstFaultMs, examples }),
    vanished: vanishedOf(history, topic, others),
  };
}

/** The gaps in order of time, the one after the last arrival included. */
function gapsOf(others: readonly Arrival[], endMs: number): ArrivalGap[] {
  return others.map((one, i): ArrivalGap => {
    const next = others[i + 1];
    const toMs = next?.atMs ?? Math.max(endMs, one.atMs);
    const surely = Math.min(toMs, next?.notBeforeMs ?? toMs);
    return {
      ms: toMs - one.atMs,
      atLeastMs: Math.max(0, surely - one.atMs),
      fromMs: one.atMs,
      toMs,
      isOpen: next === undefined,
    };
  });
}

function longest(gaps: readonly ArrivalGap[]): ArrivalGap | null {
  return gaps.reduce<ArrivalGap | null>(
    (best, one) => (best === null || one.ms > best.ms ? one : best),
    null,
  );
}

function faultArrivals(
  others: readonly Arrival[],
  gaps: readonly ArrivalGap[],
  { fromMs, toMs: healMs }: FaultWindow,
): FaultArrivals {
  return {
    arrived: others.filter(({ atMs }) => atMs > fromMs && atMs <= healMs).length,
    arrivedAfter: others.filter(({ atMs }) => atMs > fromMs).length,
    gap: longest(gaps.filter((one) => one.fromMs < healMs && one.toMs > fromMs)),
  };
}

/** Longer than this, and than ten times its own pace, an application that is silent may have ended. */
const SILENT_MS = 5_000;

function isSilent({ silentMs, usualGapMs }: WatchTally): boolean {
  return silentMs > Math.max(SILENT_MS, 10 * (usualGapMs ?? 0));
}

function verdictOf(tally: WatchTally, limitMs: number | null): Verdict {
  const { faults, gap, vanished, arrived, complete } = tally;
  const judged = faults.length === 0 ? [gap] : faults.map((one) => one.gap);
  const isOver = (ms: number | undefined): boolean => (ms ?? 0) > (limitMs ?? Infinity);
  if ((vanished ?? 0) > 0) return false;
  if (judged.some((one) => one !== null && !one.isOpen && isOver(one.atLeastMs))) return false;
  const isUnsure =
    arrived === 0 ||
    complete !== true ||
    vanished === null ||
    faults.some(({ arrivedAfter }) => arrivedAfter === 0) ||
    judged.some((one) => isOver(one?.ms)) ||
    isSilent(tally);
  return isUnsure ? "unknown" : true;
}

function summaryOf(tally: WatchTally, limitMs: number | null): string {
  const { topic, arrived, gap, faults, vanished, duplicates, by } = tally;
  if (arrived === 0) return `No record of others arrived on ${topic}.`;
  const parts = [`${counted(arrived, "record")} of others arrived on ${topic}`];
  const usual = tally.usualGapMs === null ? "" : `, before any fault at most ${readable(tally.usualGapMs)}`;
  const limit = limitMs === null ? "" : ` (limit ${readable(limitMs)})`;
  if (faults.length === 0 && gap !== null) parts.push(`${gapText(gap)} between two of them${limit}`);
  for (const one of faults)
    if (one.gap !== null) parts.push(`during ${one.name} ${gapText(one.gap)}${limit}`);
  parts[parts.length - 1] += usual;
  parts.push(vanished === null ? "not known whether all stayed" : `${counted(vanished)} vanished`);
  if (duplicates === null) parts.push(`duplicates cannot be recognised by ${by}`);
  else parts.push(`${counted(duplicates.copies, "duplicate")} by ${by}`);
  const silent = isSilent(tally) ? ` None arrived in the last ${readable(tally.silentMs)}.` : "";
  return `${parts.join("; ")}.${silent} ${UNKNOWABLE}`;
}

const UNKNOWABLE = "Which sends were acknowledged, and what was never sent, only their sender knows.";

function gapText({ ms, atLeastMs, isOpen }: ArrivalGap): string {
  if (isOpen) return `none for ${readable(ms)}`;
  const unsure = ms - atLeastMs > Math.max(100, ms / 10) ? ` (at least ${readable(atLeastMs)})` : "";
  return `${readable(ms)}${unsure} without an arrival`;
}
