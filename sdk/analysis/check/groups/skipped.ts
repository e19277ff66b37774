// What was committed past without being processed: at-most-once loss, with the commit that did it.
import type { History } from "../../../model/history.ts";
import { mergeVerdicts, type Verdict } from "../../../model/verdict.ts";
import { readable } from "../../../model/duration.ts";
import { counted } from "../counted.ts";
import type { ExampleOptions, Finding } from "../finding.ts";
import { fatesOf } from "./fates.ts";
import type { GroupScope } from "./group-events.ts";
import { type Commit, type GroupLog, groupLogs, type Life, type PartitionLog } from "./group-log.ts";
import { NO_GROUP } from "./group-record.ts";
import type { Semantics } from "./semantics.ts";

/** What `skipped` found. */
export type Skipped = Finding<"skipped", SkippedFacts>;

/** What `skipped` rests on. */
export interface SkippedFacts {
  groups: readonly GroupSkips[];
}

/** What one group skipped. */
export interface GroupSkips {
  group: string;
  /** Accepted commits, counted once for each partition. */
  commits: number;
  /** Records that were committed past and that nobody processed. */
  records: number;
  /** Those of them that a member had been given. */
  delivered: number;
  /** Those of them whose processing failed. */
  failed: number;
  /** Records that nobody processed, behind which only commits of unknown outcome stand. */
  undecided: number;
  /** Neighbours that one commit skipped, in the order of topics, partitions and offsets. */
  ranges: readonly SkippedRange[];
}

/** Records next to each other that one commit skipped. */
export interface SkippedRange {
  group: string;
  topic: string;
  partition: number;
  /** The first and the last of them. */
  fromOffset: string;
  toOffset: string;
  /** How many records that is. */
  records: number;
  /** The members that were given them. */
  members: readonly string[];
  /** The commit by which the group's offset came to stand behind them for good. */
  commit: { line: number; member: string; offset: string; atMs: number; endedAtMs: number };
}

/** Options of `skipped`. */
export interface SkippedOptions extends GroupScope, ExampleOptions {
  /** With `at-most-once` skipped records are counted, and do not make the verdict false. */
  semantics?: Semantics;
}

/**
 * Finds records that a group committed past without processing them: nobody reads them any more.
 *
 * Records that a member had at the end, and records in front of the offset at which the group began to read,
 * do not count. The verdict is false where there is one, and unknown where only a commit with an unknown
 * outcome stands behind some. `examples` bounds `ranges`.
 */
export function skipped(history: History, options: SkippedOptions = {}): Skipped {
  return skippedIn(groupLogs(history, options), options);
}

/** Finds them in logs that are already built. */
export function skippedIn(
  groups: readonly GroupLog[],
  { examples = 5, semantics }: SkippedOptions = {},
): Skipped {
  const all = groups.map((group) => skipsOf(group, examples));
  const verdictOf = ({ records, undecided }: GroupSkips): Verdict =>
    semantics === "at-most-once" ? true : records > 0 ? false : undecided > 0 ? "unknown" : true;
  return {
    checker: "skipped",
    verdict: groups.length === 0 ? "unknown" : mergeVerdicts(all.map(verdictOf)),
    summary: groups.length === 0 ? NO_GROUP : all.map(summaryOf).join(" "),
    facts: { groups: all },
  };
}

type Range = { -readonly [K in keyof SkippedRange]: SkippedRange[K] } & { lastRank: number };

function skipsOf(group: GroupLog, examples: number): GroupSkips {
  const counts = { commits: 0, records: 0, delivered: 0, failed: 0, undecided: 0 };
  const ranges: Range[] = [];
  for (const log of group.partitions) {
    const fateOf = fatesOf(group, log);
    counts.commits += log.commits.filter(({ outcome }) => outcome === "accepted").length;
    let range: Range | undefined;
    for (const life of log.lives) {
      if (life.times > 0) continue;
      const fate = fateOf(life);
      if (fate.what === "undecided" && fate.doubt === "commit with unknown outcome") counts.undecided++;
      if (fate.what !== "skipped") continue;
      counts.records++;
      if (life.delivered > 0) counts.delivered++;
      if (life.failed > 0) counts.failed++;
      if (range?.lastRank === life.rank - 1 && range.commit.line === fate.commit.line) add(range, life);
      else if (ranges.length < examples) ranges.push((range = begun(group.group, log, life, fate.commit)));
      else range = undefined;
    }
  }
  return { group: group.group, ...counts, ranges: ranges.map(({ lastRank: _, ...range }) => range) };
}

function begun(group: string, { topic, partition }: PartitionLog, life: Life, commit: Commit): Range {
  const { line, member, offset, fromMs, toMs } = commit;
  const range: Range = {
    ...{ group, topic, partition, fromOffset: life.offset, toOffset: life.offset, records: 0, members: [] },
    commit: { line, member, offset, atMs: fromMs, endedAtMs: toMs },
    lastRank: life.rank,
  };
  add(range, life);
  return range;
}

function add(range: Range, { offset, rank, delivery }: Life): void {
  range.toOffset = offset;
  range.lastRank = rank;
  range.records++;
  if (delivery !== null && !range.members.includes(delivery.member))
    range.members = [...range.members, delivery.member];
}

function summaryOf({ group, commits, records, undecided, ranges }: GroupSkips): string {
  if (records > 0) {
    const [first] = ranges;
    const by =
      first === undefined
        ? ""
        : `, the first at ${first.topic}-${first.partition} offset ${first.fromOffset}, by the commit of ` +
          `offset ${first.commit.offset} by ${first.commit.member} at ${readable(first.commit.atMs)}`;
    return `${group} committed past ${counted(records, "record")} that nobody processed${by}.`;
  }
  if (undecided > 0)
    return (
      `${group}: a commit with unknown outcome stands behind ${counted(undecided, "record")} that nobody ` +
      "processed."
    );
  return commits === 0
    ? `${group} committed nothing.`
    : `${group}: nothing was skipped by its ${counted(commits, "commit")}.`;
}
