// What consumer groups did with one record: delivered to whom, processed when, committed by which commit.
//
//   group   delivered ─▶ [written ─▶] processed ─▶ committed ─▶ …     each step with its member and line
//                 └─▶ delivered again ─▶ processed again              after a rebalance, or a reset
import type { History } from "../../../model/history.ts";
import { fatesOf, passingMarks, type GroupDoubt } from "../groups/fates.ts";
import { type GroupLog, groupLogs, hasGroups, type Life, type PartitionLog } from "../groups/group-log.ts";
import { outputBook, type OutputRecord } from "../groups/output-book.ts";
import { outputsOf } from "../groups/output-tally.ts";

/** One thing that happened to a record in a group. */
export interface GroupStep {
  what:
    | "delivered"
    | "delivered again"
    | "processed"
    | "processed again"
    | "processing failed"
    /** To another topic: `output`. */
    | "written"
    | "written again"
    | "writing failed"
    | "committed"
    | "commit refused"
    | "commit with unknown outcome"
    /** The committed offset went back in front of it. */
    | "committed offset reset";
  /** The event's position in the history counted from 1: its line in `history.jsonl`. */
  line: number;
  /** When it began, in milliseconds since the run's start; of a batch, when its first record was begun. */
  atMs: number;
  tookMs: number;
  /** Null where the coordinator reported it. */
  member: string | null;
  partition: number;
  /** The record's offset; of a commit, the committed one. */
  offset: string;
  error: string | null;
  /** The topic that it was written to. */
  output?: string;
}

/** What one group did with a record. */
export interface GroupTrace {
  group: string;
  /** How often it processed the record to the end. */
  times: number;
  /** What became of it; `processed`, else why it was not. */
  outcome: "processed" | "skipped" | "lost in the log" | "before the start" | "after the end" | GroupDoubt;
  /** In the order of time. */
  steps: readonly GroupStep[];
  /** What was made of it in the topics that the group writes to, by their last readbacks. */
  outputs: readonly OutputRecord[];
}

/**
 * Returns what each group that reads a topic did with the record of a send.
 *
 * @param send its number among the topic's sends
 */
export function groupTraces(history: History, topic: string, send: number): GroupTrace[] {
  if (!hasGroups(history)) return [];
  return groupLogs(history, { topic }).flatMap((group) => {
    const met = group.partitions.flatMap((log) =>
      log.lives.filter((life) => life.send === send).map((life) => ({ log, life })),
    );
    if (met.length === 0) return [];
    const book = outputBook(history, group.writes?.outputs ?? []);
    return [{ ...traceOf(group, met), outputs: met.flatMap(({ log, life }) => outputsOf(book, log, life)) }];
  });
}

type Met = { log: PartitionLog; life: Life };

function traceOf(group: GroupLog, met: readonly Met[]): Omit<GroupTrace, "outputs"> {
  const times = met.reduce((sum, { life }) => sum + life.times, 0);
  const steps = met.flatMap(({ log, life }) => [
    ...deliveriesOf(log, life),
    ...writingsOf(log, life),
    ...processingsOf(log, life),
    ...commitsOf(log, life),
  ]);
  return {
    group: group.group,
    times,
    outcome: times > 0 ? "processed" : outcomeOf(group, met),
    steps: steps.sort((a, b) => a.atMs - b.atMs || a.line - b.line),
  };
}

function outcomeOf(group: GroupLog, met: readonly Met[]): GroupTrace["outcome"] {
  const fates = met.map(({ log, life }) => fatesOf(group, log)(life));
  const fate = fates.find(({ what }) => what === "undecided") ?? fates[0]!;
  return fate.what === "undecided" ? fate.doubt : fate.what;
}

function deliveriesOf(log: PartitionLog, { offset, value }: Life): GroupStep[] {
  return log.deliveries
    .filter(({ event }) => event.records.some((one) => one.offset === offset && one.value === value))
    .map(({ line, event: { atMs, member } }, i) => ({
      ...{ what: i === 0 ? "delivered" : "delivered again", line, atMs, tookMs: 0, member },
      ...{ partition: log.partition, offset, error: null },
    }));
}

function writingsOf({ produced, partition }: PartitionLog, { offset }: Life): GroupStep[] {
  let times = 0;
  return produced
    .filter(({ event }) => event.offsets.includes(offset))
    .map(({ line, event: { atMs, tookMs, member, output, error = null } }): GroupStep => {
      const what = error !== null ? "writing failed" : times++ === 0 ? "written" : "written again";
      return { what, line, atMs, tookMs, member, partition, offset, output, error };
    });
}

function processingsOf({ runs, partition }: PartitionLog, life: Life): GroupStep[] {
  let times = 0;
  return runs.flatMap(({ line, member, fromMs, toMs, lives, failed }): GroupStep[] => {
    const of = { line, member, atMs: fromMs, tookMs: toMs - fromMs, partition, offset: life.offset };
    const done = lives
      .filter((one) => one === life)
      .map((): GroupStep => {
        times++;
        return { ...of, what: times === 1 ? "processed" : "processed again", error: null };
      });
    if (failed?.life !== life) return done;
    return [...done, { ...of, what: "processing failed", error: failed.error }];
  });
}

/** The commits that took the group's offset behind it, and what took it back in front of it. */
function commitsOf(log: PartitionLog, life: Life): GroupStep[] {
  const { partition } = log;
  const steps: GroupStep[] = [];
  let isBehind = false;
  for (const { rank, commit, observed } of passingMarks(log)) {
    if (rank > life.rank === isBehind) continue;
    isBehind = !isBehind;
    const what = isBehind ? "committed" : "committed offset reset";
    if (commit !== null) {
      const { line, member, fromMs, toMs, offset } = commit;
      const of = { line, member, atMs: fromMs, tookMs: toMs - fromMs };
      steps.push({ ...of, what, partition, offset, error: null });
    } else if (observed !== null) {
      const { line, atMs, committed } = observed;
      const of = { line, member: null, atMs, tookMs: 0 };
      steps.push({ ...of, what, partition, offset: committed ?? "none", error: null });
    }
  }
  return [...steps, ...refusalsOf(log, life, steps[0]?.atMs ?? Infinity)];
}

/** The first commit of each member and error that should have taken the group's offset behind it. */
function refusalsOf({ commits, partition }: PartitionLog, life: Life, untilMs: number): GroupStep[] {
  const seen = new Set<string>();
  return commits.flatMap(({ line, member, fromMs, toMs, offset, rank, outcome, error }): GroupStep[] => {
    const key = JSON.stringify([outcome, member, error]);
    if (outcome === "accepted" || rank <= life.rank || fromMs >= untilMs || seen.has(key)) return [];
    seen.add(key);
    const what = outcome === "refused" ? "commit refused" : "commit with unknown outcome";
    return [{ what, line, member, atMs: fromMs, tookMs: toMs - fromMs, partition, offset, error }];
  });
}
