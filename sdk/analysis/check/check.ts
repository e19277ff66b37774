// Runs the checkers over one history and merges the verdicts of those that were asked for.
import type { History, SendEvent } from "../../model/history.ts";
import { arrivals } from "./arrivals.ts";
import { available } from "./availability.ts";
import { duplication, type Duplication } from "./duplicates.ts";
import { gapsByFault } from "./fault-gaps.ts";
import { foreignIn } from "./foreign.ts";
import { phantomWritesIn, type NoPhantomWrites } from "./no-phantom-writes.ts";
import { hasGroups } from "./groups/group-log.ts";
import { GROUP_CHECKERS, groupChecks } from "./groups/judged.ts";
import { hasTransforms } from "./groups/transformed-all.ts";
import {
  type Check,
  CHECKERS,
  type CheckerName,
  type CheckOptions,
  type Counts,
  type Judgement,
} from "./judgement.ts";
import { ledger } from "./ledger.ts";
import { ordering, type Ordering } from "./order.ts";
import { shareOf } from "./machine.ts";
import { ackTimelines, type AckTimelines } from "./ack-timeline.ts";
import { progressed } from "./progress.ts";
import { recovered } from "./recovery.ts";
import { lostWritesIn, type NoLostWrites } from "./no-lost-writes.ts";
import { isUnderWay } from "./sends.ts";
import { mergeVerdicts } from "../../model/verdict.ts";

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
    arrivals(history, { ...options, ...(options.gapLimit !== undefined && { limit: options.gapLimit }) }),
  ];
  const wanted = asked(options, {
    isWatched: isWatched(history),
    isRead: hasGroups(history),
    isTransformed: hasTransforms(history),
    hasSends: timelines.all.sends.length > 0,
  });
  const ofGroups = GROUP_CHECKERS.some((name) => wanted.has(name)) ? groupChecks(history, options) : [];
  const checks = [...all, ...ofGroups].filter(({ checker }) => wanted.has(checker));
  const tallies = [...timelines.clients].map(([client, { sends }]) => ({
    client,
    ...byOutcome(sends),
    gap: reached.facts.run.clients[client] ?? null,
  }));
  return {
    verdict: mergeVerdicts(checks.map(({ verdict }) => verdict)),
    checks,
    counts: {
      ...counts(timelines, noLostWrites, noPhantomWrites, doubled, ordered),
      foreign: foreignIn(history, options, book),
    },
    gap: reached.facts.run.gap,
    gaps: gapsByFault(timelines),
    clients: tallies,
    machine: shareOf(
      timelines.machine,
      timelines.windows.faults[0]?.fromMs ?? timelines.all.earliestMs[0] ?? 0,
      timelines.windows.endMs,
    ),
  };
}

/** Whether a topic was watched for what others send. */
function isWatched(history: History): boolean {
  return history.some(({ kind }) => kind === "watch");
}

/** What a history has, by which the default of `checks` goes. */
interface Contents {
  isWatched: boolean;
  isRead: boolean;
  isTransformed: boolean;
  hasSends: boolean;
}

function asked(
  { checks, gapLimit, recoveryLimit, standstillLimit }: CheckOptions,
  { isWatched, isRead, isTransformed, hasSends }: Contents,
): Set<CheckerName> {
  const isWithout = (isWatched || isRead) && !hasSends;
  const byDefault: readonly CheckerName[] = [
    ...(isWithout ? [] : DEFAULT),
    ...(isWatched ? ["arrivals" as const] : []),
    ...(isRead ? GROUP_CHECKERS.filter((name) => isTransformed || name !== "transformedAll") : []),
  ];
  const names = new Set<CheckerName>(checks ?? byDefault);
  for (const name of names) {
    if (!CHECKERS.includes(name))
      throw new TypeError(`Cannot check "${name}": the checkers are ${CHECKERS.join(", ")}`);
  }
  if (gapLimit !== undefined) names.add(isWatched && !hasSends ? "arrivals" : "availability");
  if (recoveryLimit !== undefined) names.add("recovery");
  if (standstillLimit !== undefined) names.add("groupProgress");
  return names;
}

function byOutcome(sends: readonly SendEvent[]): {
  sent: number;
  acknowledged: number;
  failed: number;
  unknown: number;
  underWay: number;
} {
  const tally = { ok: 0, fail: 0, info: 0, underWay: 0 };
  for (const send of sends) tally[isUnderWay(send) ? "underWay" : send.outcome]++;
  return {
    sent: sends.length,
    acknowledged: tally.ok,
    failed: tally.fail,
    unknown: tally.info,
    underWay: tally.underWay,
  };
}

function counts(
  { all }: AckTimelines,
  noLostWrites: NoLostWrites,
  noPhantomWrites: NoPhantomWrites,
  doubled: Duplication,
  ordered: Ordering,
): Omit<Counts, "foreign"> {
  return {
    ...byOutcome(all.sends),
    unknownFound: noLostWrites.facts.unknownFound,
    lost: noLostWrites.facts.lost,
    undecided: noLostWrites.facts.undecided,
    duplicates: doubled.facts.copies,
    failedButPresent: noPhantomWrites.facts.present,
    outOfOrder: ordered.facts.outOfOrder,
  };
}
