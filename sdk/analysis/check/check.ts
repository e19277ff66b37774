// Runs the checkers over one history and merges the verdicts of those that were asked for.
import type { Duration } from "../../model/duration.ts";
import type { History, SendEvent } from "../../model/history.ts";
import { available, type Availability } from "./availability.ts";
import { duplication, type Duplication } from "./duplicates.ts";
import type { ExampleOptions, Scope } from "./finding.ts";
import { phantomWritesIn, type NoPhantomWrites } from "./no-phantom-writes.ts";
import { ledger, type Ledger, type TopicLedger } from "./ledger.ts";
import { ordering, type Ordering } from "./order.ts";
import { ackTimelines, type LongestAckGap, type AckTimelines } from "./ack-timeline.ts";
import { progressed, type Progress } from "./progress.ts";
import { recovered, type Recovery } from "./recovery.ts";
import { lostWritesIn, type NoLostWrites } from "./no-lost-writes.ts";
import { mergeVerdicts, type Verdict } from "../../model/verdict.ts";

/** Any checker's result; `checker` is its name. */
export type Check =
  | NoLostWrites
  | NoPhantomWrites
  | Duplication
  | Ordering
  | Availability
  | Progress
  | Recovery;

/** The name of a checker. */
export type CheckerName = Check["checker"];

/** Every checker, in the order of `Judgement.checks`. */
export const CHECKERS: readonly CheckerName[] = Object.freeze([
  "noLostWrites",
  "noPhantomWrites",
  "duplicates",
  "order",
  "availability",
  "progress",
  "recovery",
] satisfies CheckerName[]);

/** Options of `check`. */
export interface CheckOptions extends Scope, ExampleOptions {
  /**
   * The checkers whose verdicts are merged. A limit adds its checker.
   *
   * @default ["noLostWrites", "noPhantomWrites", "duplicates", "order", "availability"]
   */
  checks?: readonly CheckerName[];
  /** The longest time without an acknowledged send that any client may have. @default no limit */
  gapLimit?: Duration;
  /** The longest time from a heal to the next acknowledgement. @default no limit */
  recoveryLimit?: Duration;
}

/** What a history proves. */
export interface Judgement {
  /** The merged verdict of `checks`. */
  verdict: Verdict;
  /** The checkers that were asked for, in a fixed order. */
  checks: readonly Check[];
  /** Counts of every send and record in scope, whatever was asked for. */
  counts: Counts;
  /**
   * The longest gap between acknowledged sends over the whole run, all clients as one; null where nobody
   * sent.
   */
  gap: LongestAckGap | null;
  /** One row a client that sent, in order of first appearance. */
  clients: readonly ClientTally[];
}

/** Counts of sends and records. */
export interface Counts {
  /** Every send. */
  sent: number;
  /** Sends with outcome `ok`. */
  acknowledged: number;
  /** Sends with outcome `fail`. */
  failed: number;
  /** Sends with outcome `info`. */
  unknown: number;
  /** Those of them that are in the readback. */
  unknownFound: number;
  /** Acknowledged, and missing from a partition that was read to its end. */
  lost: number;
  /** Acknowledged, and not known whether lost. */
  undecided: number;
  /** Records beyond one of each value. */
  duplicates: number;
  /** Sends with outcome `fail` that are in the log. */
  failedButPresent: number;
  /** Records behind one whose send began after their acknowledgement. */
  outOfOrder: number;
  /** Records whose value no send in scope has. */
  foreign: number;
}

/** One client's sends by outcome, and its longest gap. */
export interface ClientTally {
  client: string;
  sent: number;
  acknowledged: number;
  failed: number;
  unknown: number;
  gap: LongestAckGap | null;
}

const DEFAULT: readonly CheckerName[] = CHECKERS.slice(0, CHECKERS.indexOf("progress"));

/**
 * Judges a history.
 *
 * The first four checkers are safety properties: they hold if nothing was sent. `availability`, `progress`
 * and `recovery` are liveness properties: they are unknown if nothing was sent.
 *
 * @throws TypeError if `checks` names an unknown checker, RangeError if a limit is not a duration
 */
export function check(history: History, options: CheckOptions = {}): Judgement {
  const book = ledger(history, options);
  const timelines = ackTimelines(history, options);
  const noLostWrites = lostWritesIn(book, options);
  const noPhantomWrites = phantomWritesIn(book, options);
  const doubled = duplication(book, options);
  const ordered = ordering(book, options);
  const reached = available(timelines, options.gapLimit === undefined ? {} : { limit: options.gapLimit });
  const restored = recovered(
    timelines,
    options.recoveryLimit === undefined ? {} : { limit: options.recoveryLimit },
  );
  const all: readonly Check[] = [
    noLostWrites,
    noPhantomWrites,
    doubled,
    ordered,
    reached,
    progressed(timelines),
    restored,
  ];
  const wanted = asked(options);
  const checks = all.filter(({ checker }) => wanted.has(checker));
  const tallies = [...timelines.clients].map(([client, { sends }]) => ({
    client,
    ...byOutcome(sends),
    gap: reached.facts.run.clients[client] ?? null,
  }));
  return {
    verdict: mergeVerdicts(checks.map(({ verdict }) => verdict)),
    checks,
    counts: counts(book, timelines, noLostWrites, noPhantomWrites, doubled, ordered),
    gap: reached.facts.run.gap,
    clients: tallies,
  };
}

function asked({ checks = DEFAULT, gapLimit, recoveryLimit }: CheckOptions): Set<CheckerName> {
  const names = new Set<CheckerName>(checks);
  for (const name of names) {
    if (!CHECKERS.includes(name))
      throw new TypeError(`Cannot check "${name}": the checkers are ${CHECKERS.join(", ")}`);
  }
  if (gapLimit !== undefined) names.add("availability");
  if (recoveryLimit !== undefined) names.add("recovery");
  return names;
}

function byOutcome(sends: readonly SendEvent[]): {
  sent: number;
  acknowledged: number;
  failed: number;
  unknown: number;
} {
  const tally = { ok: 0, fail: 0, info: 0 };
  for (const { outcome } of sends) tally[outcome]++;
  return { sent: sends.length, acknowledged: tally.ok, failed: tally.fail, unknown: tally.info };
}

function counts(
  { topics }: Ledger,
  { all }: AckTimelines,
  noLostWrites: NoLostWrites,
  noPhantomWrites: NoPhantomWrites,
  doubled: Duplication,
  ordered: Ordering,
): Counts {
  return {
    ...byOutcome(all.sends),
    unknownFound: noLostWrites.facts.unknownFound,
    lost: noLostWrites.facts.lost,
    undecided: noLostWrites.facts.undecided,
    duplicates: doubled.facts.copies,
    failedButPresent: noPhantomWrites.facts.present,
    outOfOrder: ordered.facts.outOfOrder,
    foreign: topics.reduce((sum, topic) => sum + foreign(topic), 0),
  };
}

function foreign({ records, sendOf, repeated }: TopicLedger): number {
  let n = 0;
  for (let r = 0; r < sendOf.length; r++) if (sendOf[r] === -1 && !repeated.has(records[r]?.value ?? "")) n++;
  return n;
}
