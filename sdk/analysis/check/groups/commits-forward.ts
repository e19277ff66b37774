// Committed offsets of a partition only go forward, except after its position was reset.
//
//   commits   ▲ 3    ▲ 7    ▲ 5                backwards: 5 after 7
//   commits   ▲ 3    ▲ 7    ◆ 0   ▲ 2          a reset: the coordinator reported 0, or a member read 0
import { firstIndex } from "../../../model/first-index.ts";
import type { DeliveredEvent, History } from "../../../model/history.ts";
import { mergeVerdicts, type Verdict } from "../../../model/verdict.ts";
import { counted } from "../counted.ts";
import type { ExampleOptions, Finding } from "../finding.ts";
import { compareOffsets } from "../offset.ts";
import { STALE_MS } from "./fates.ts";
import type { GroupScope } from "./group-events.ts";
import { type Commit, type GroupLog, groupLogs, type PartitionLog } from "./group-log.ts";
import { NO_GROUP } from "./group-record.ts";

/** What `commitsForward` found. */
export type CommitsForward = Finding<"commitsForward", CommitsForwardFacts>;

/** What `commitsForward` rests on. */
export interface CommitsForwardFacts {
  groups: readonly GroupCommits[];
}

/** The commits of one group, each counted once for each of its partitions. */
export interface GroupCommits {
  group: string;
  /** Those that the coordinator accepted. */
  accepted: number;
  /** Those that are known not to have happened. */
  refused: number;
  /** Those of which nobody knows. */
  unknown: number;
  /** Accepted ones that went backwards without a reset. */
  backwards: number;
  /** Those of unknown outcome that would have gone backwards. */
  undecided: number;
  /** Accepted ones that went backwards after the position was reset: all before it may be read again. */
  resets: number;
  /** Commits that went backwards; where there is none, those after a reset. */
  examples: readonly BackwardCommit[];
}

/** A commit that stands before the one that it followed. */
export interface BackwardCommit {
  group: string;
  topic: string;
  partition: number;
  /** The commit's line in `history.jsonl`, and when it began, in milliseconds since the run's start. */
  line: number;
  member: string;
  atMs: number;
  offset: string;
  /** What was committed before. */
  before: { line: number; member: string; atMs: number; offset: string };
  /** What shows that the position was reset; null where nothing does. */
  reset: "committed offset was lower" | "no committed offset" | "read again from an earlier offset" | null;
}

/**
 * Checks that no accepted commit of a partition stands before the accepted one that it followed.
 *
 * A reset is counted apart: between both, the coordinator reported a lower committed offset or none, or
 * another assignment began to read in front of what was committed. Two commits of different members that were
 * under way at the same time are not compared. The verdict is unknown where only a commit with unknown
 * outcome would have gone backwards.
 */
export function commitsForward(history: History, options: GroupScope & ExampleOptions = {}): CommitsForward {
  return commitsForwardIn(groupLogs(history, options), options);
}

/** Checks logs that are already built. */
export function commitsForwardIn(
  groups: readonly GroupLog[],
  { examples = 5 }: ExampleOptions = {},
): CommitsForward {
  const all = groups.map((group) => commitsOf(group, examples));
  const verdictOf = ({ backwards, undecided }: GroupCommits): Verdict =>
    backwards > 0 ? false : undecided > 0 ? "unknown" : true;
  return {
    checker: "commitsForward",
    verdict: groups.length === 0 ? "unknown" : mergeVerdicts(all.map(verdictOf)),
    summary: groups.length === 0 ? NO_GROUP : all.map(summaryOf).join(" "),
    facts: { groups: all },
  };
}

function commitsOf({ group, partitions }: GroupLog, examples: number): GroupCommits {
  const counts = { accepted: 0, refused: 0, unknown: 0, backwards: 0, undecided: 0, resets: 0 };
  const [wrong, reset]: [BackwardCommit[], BackwardCommit[]] = [[], []];
  for (const log of partitions) {
    const resetBetween = resets(log);
    let last: Commit | undefined;
    for (const commit of log.commits) {
      counts[commit.outcome]++;
      if (commit.outcome === "refused") continue;
      if (last !== undefined && isAfter(commit, last) && compareOffsets(commit.offset, last.offset) < 0) {
        const why = resetBetween(last, commit);
        if (commit.outcome === "unknown") counts.undecided += why === null ? 1 : 0;
        else counts[why === null ? "backwards" : "resets"]++;
        const into = why === null ? wrong : reset;
        if (commit.outcome === "accepted" && into.length < examples)
          into.push(backward(group, log, commit, last, why));
      }
      if (commit.outcome === "accepted") last = commit;
    }
  }
  return { group, ...counts, examples: wrong.length > 0 ? wrong : reset };
}

/** Whether a commit certainly came after another: one member's in its order, others once that had ended. */
function isAfter(commit: Commit, before: Commit): boolean {
  return commit.member === before.member || before.toMs <= commit.fromMs;
}

type Reset = BackwardCommit["reset"];

/** Prepares to find what reset a partition's position between two commits. */
function resets({ observed, deliveries }: PartitionLog): (last: Commit, commit: Commit) => Reset {
  let given: DeliveredEvent[] | undefined;
  return (last, commit) => {
    const isLower = (offset: string | undefined): boolean =>
      offset !== undefined && compareOffsets(offset, last.offset) < 0;
    for (let i = firstFrom(observed, last.toMs + STALE_MS); i < observed.length; i++) {
      const { atMs, committed } = observed[i]!;
      if (atMs > commit.toMs) break;
      if (committed === null) return "no committed offset";
      if (isLower(committed)) return "committed offset was lower";
    }
    given ??= deliveries.map(({ event }) => event).sort((a, b) => a.atMs - b.atMs);
    for (let i = firstFrom(given, last.toMs); i < given.length && given[i]!.atMs <= commit.fromMs; i++)
      if (isLower(given[i]!.records[0]?.offset)) return "read again from an earlier offset";
    return null;
  };
}

/** The number of the first event from a moment on. */
function firstFrom(events: readonly { atMs: number }[], fromMs: number): number {
  return firstIndex(events.length, (i) => events[i]!.atMs >= fromMs);
}

function backward(
  group: string,
  { topic, partition }: PartitionLog,
  { line, member, fromMs, offset }: Commit,
  last: Commit,
  reset: Reset,
): BackwardCommit {
  const before = { line: last.line, member: last.member, atMs: last.fromMs, offset: last.offset };
  return { group, topic, partition, line, member, atMs: fromMs, offset, before, reset };
}

function summaryOf({
  group,
  accepted,
  refused,
  unknown,
  backwards,
  undecided,
  resets,
  examples,
}: GroupCommits): string {
  const all = counted(accepted, "commit");
  const others = [
    ...(refused > 0 ? [`${counted(refused)} refused`] : []),
    ...(unknown > 0 ? [`${counted(unknown)} with unknown outcome`] : []),
  ];
  const beside = others.length === 0 ? "" : ` (and ${others.join(", ")})`;
  const [first] = examples;
  const where =
    first === undefined
      ? ""
      : `, the first at ${first.topic}-${first.partition} from offset ${first.before.offset} to ` +
        first.offset;
  if (backwards > 0) return `${group}: ${counted(backwards)} of ${all}${beside} went backwards${where}.`;
  if (undecided > 0)
    return `${group}: ${counted(undecided, "commit")} with unknown outcome would have gone backwards.`;
  if (resets > 0)
    return `${group}: ${all}${beside} went forward, except after ${counted(resets, "reset")}${where}.`;
  return accepted === 0 ? `${group} committed nothing${beside}.` : `${group}: ${all}${beside} went forward.`;
}
