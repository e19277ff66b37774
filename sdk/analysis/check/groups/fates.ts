// What became of the records that nobody processed, in one partition of one group.
//
//   offsets    0 1 2 3 4 5 6 7 8 9
//   processed  ● ● ●     ● ●                 3 and 4 were passed over
//   commits          ▲ 3     ▲ 7  ─────▶     and the second commit skipped them: nobody reads them any more
//                              unread: 7 8 9
import { firstIndex } from "../../../model/first-index.ts";
import type { MemberEvent } from "../../../model/history.ts";
import { endedAtMs } from "../sends.ts";
import {
  type Commit,
  type GroupLog,
  type Life,
  type Observed,
  type PartitionLog,
  sendOf,
} from "./group-log.ts";

/** Why it is not known whether a record would have been processed. */
export type GroupDoubt =
  /** The group had not come to it at the end. */
  | "not read to the end"
  /** A member had it at the end, and had not yet processed it. */
  | "under way at the end"
  /** A later record was processed; nothing was committed behind it, so that it may be read again. */
  | "passed over, not committed"
  /** Only a commit whose outcome is not known stands behind it. */
  | "commit with unknown outcome"
  /** It stands before the first record that the group was given, and `auto.offset.reset` is not known. */
  | "before the group's first record"
  /** It was acknowledged, and is not in the log, where that proves nothing. */
  | "not in the readback";

/** What became of a record that nobody processed. */
export type Fate =
  /** A commit stands behind it, and the group's offset stayed behind it. */
  | { what: "skipped"; commit: Commit }
  | { what: "undecided"; doubt: GroupDoubt }
  /** It is not in the log at the end: no group can read it. */
  | { what: "lost in the log" }
  /** The group began to read behind it (`auto.offset.reset=latest`). */
  | { what: "before the start" }
  /** It was acknowledged after the group's last member had left of its own accord. */
  | { what: "after the end" };

/** Finds what became of a record that was not processed. */
export type FateOf = (life: Life) => Fate;

/** A committed offset that the coordinator reports is taken for an earlier one if it is older than that. */
export const STALE_MS = 1000;

/** Prepares to find the fates of one partition. */
export function fatesOf(group: GroupLog, log: PartitionLog): FateOf {
  const start = startOf(group, log);
  const passing = passingCommits(log);
  const furthest = log.runs.reduce(
    (most, { lives }) => lives.reduce((rank, life) => Math.max(rank, life.rank), most),
    -1,
  );
  const highestUnknown = log.commits.reduce(
    (most, { outcome, rank }) => (outcome === "unknown" ? Math.max(most, rank) : most),
    0,
  );
  const isUnderWay = holders(group, log);
  return (life) => {
    if (life.isInLog === false) return { what: "lost in the log" };
    if (life.rank < start.rank && start.isKnown) return { what: "before the start" };
    if (furthest < life.rank && isUnderWay(life)) return undecided("under way at the end");
    const commit = passing(life.rank);
    if (life.rank < start.rank) return undecided("before the group's first record");
    if (commit !== null) return { what: "skipped", commit };
    if (life.rank < highestUnknown) return undecided("commit with unknown outcome");
    if (life.rank < furthest) return undecided("passed over, not committed");
    return isAfterEnd(group, log, life) ? { what: "after the end" } : undecided("not read to the end");
  };
}

function isAfterEnd({ leftMs }: GroupLog, log: PartitionLog, life: Life): boolean {
  const send = sendOf(log, life);
  return leftMs !== null && send?.outcome === "ok" && endedAtMs(send) > leftMs;
}

function undecided(doubt: GroupDoubt): Fate {
  return { what: "undecided", doubt };
}

/**
 * Where the group begins to read: at the offset that it had committed before the run, else where
 * `auto.offset.reset` says.
 */
function startOf(
  { settings }: GroupLog,
  { deliveries, lives, observed, commits }: PartitionLog,
): {
  rank: number;
  isKnown: boolean;
} {
  const firstMs = Math.min(deliveries[0]?.event.atMs ?? Infinity, commits[0]?.fromMs ?? Infinity);
  const before = observed.find(({ atMs, committed }) => atMs <= firstMs && committed !== null);
  if (before !== undefined) return { rank: before.rank, isKnown: true };
  if (settings.reset === "earliest") return { rank: 0, isKnown: true };
  const first = lives.findIndex(({ delivered }) => delivered > 0);
  return { rank: Math.max(0, first), isKnown: settings.reset === "latest" };
}

/**
 * Finds the accepted commit by which the group's offset came to stand behind a record for good: the first
 * behind which no later one stands before the record. An offset that the coordinator reports counts as a
 * later one where it is lower than what had been committed a while before.
 */
function passingCommits(log: PartitionLog): (rank: number) => Commit | null {
  const marks = passingMarks(log);
  const lowest = new Float64Array(marks.length + 1).fill(Infinity);
  for (let i = marks.length - 1; i >= 0; i--) lowest[i] = Math.min(lowest[i + 1]!, marks[i]!.rank);
  // `lowest` never falls: the first mark from which on every one is behind the record
  return (rank) => marks[firstIndex(marks.length, (i) => lowest[i]! > rank)]?.commit ?? null;
}

/** An offset at which the group stood: by a commit, or by what the coordinator reported. */
export interface Mark {
  rank: number;
  commit: Commit | null;
  observed: Observed | null;
}

/** The accepted commits in order of time, and what the coordinator reported where it is lower. */
export function passingMarks({ commits, observed }: PartitionLog): Mark[] {
  const marks: Mark[] = [];
  let last: Commit | undefined;
  let next = 0;
  const observe = (untilMs: number): void => {
    for (; next < observed.length && observed[next]!.atMs < untilMs; next++) {
      const one = observed[next]!;
      if (last !== undefined && one.rank < last.rank && one.atMs > last.toMs + STALE_MS)
        marks.push({ rank: one.rank, commit: null, observed: one });
    }
  };
  for (const commit of commits) {
    if (commit.outcome !== "accepted") continue;
    observe(commit.fromMs);
    marks.push({ rank: commit.rank, commit, observed: null });
    last = commit;
  }
  observe(Infinity);
  return marks;
}

/** Prepares to say whether the member that was last given a record still had it at the end. */
function holders({ members }: GroupLog, { topic, partition }: PartitionLog): (life: Life) => boolean {
  const gone = new Map<string, number>();
  const isHere = ({ partitions }: MemberEvent): boolean =>
    partitions === undefined || partitions.some((one) => one.topic === topic && one.partition === partition);
  for (const event of members) {
    const { change, member, atMs } = event;
    const isGone = change === "left" || change === "failed" || change === "ended";
    if (isGone || ((change === "revoked" || change === "lost") && isHere(event))) gone.set(member, atMs);
  }
  return ({ delivery }) => delivery !== null && (gone.get(delivery.member) ?? -Infinity) < delivery.atMs;
}
