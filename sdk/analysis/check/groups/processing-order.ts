// Records of a partition are processed in the order of their offsets; repeated processing is counted apart.
//
//   runs   ├ 0 1 2 ┤ ├ 3 5 4 ┤       4 is out of order: its first processing began after 5 was done
//                     ├ 3 4 5 6 ┤    another member begins again at 3: 3, 4 and 5 are repeated, not
// disordered
import type { History } from "../../../model/history.ts";
import { counted } from "../counted.ts";
import type { ExampleOptions, Finding } from "../finding.ts";
import type { GroupScope } from "./group-events.ts";
import { type GroupLog, groupLogs, type Life, type PartitionLog, type Run } from "./group-log.ts";
import { groupRecord, type GroupRecord, NO_GROUP } from "./group-record.ts";

/** What `processingOrder` found. */
export type ProcessingOrder = Finding<"processingOrder", ProcessingOrderFacts>;

/** What `processingOrder` rests on. */
export interface ProcessingOrderFacts {
  groups: readonly GroupOrdering[];
}

/** In which order one group processed. */
export interface GroupOrdering {
  group: string;
  /** Records that were processed at least once. */
  compared: number;
  /** Records that were processed first after a later one of their partition. */
  outOfOrder: number;
  /** The same by `topic-partition`; partitions without any are left out. */
  partitions: Readonly<Record<string, number>>;
  /** Those of them that were processed after a later record of their own key. */
  outOfOrderByKey: number;
  /** Keys that were compared; 0 where records have none, or the history does not tell them. */
  keys: number;
  /** Keys that stand in several partitions: their order across partitions is not judged. */
  spreadKeys: number;
  /** Records that were processed again: a re-delivery, as after a rebalance, which is no disorder. */
  repeated: number;
  /** How often processing of a partition went back to a record that had been processed. */
  rewinds: number;
  examples: readonly DisorderedRecord[];
}

/** A record that was processed after `after`, which stands behind it. */
export interface DisorderedRecord extends GroupRecord {
  after: GroupRecord;
}

/**
 * Checks that each partition's records were processed in the order of their offsets.
 *
 * A record is out of order where its first processing began after a later record of its partition had been
 * processed. What was processed at the same time may have any order. Processing a record again is no
 * disorder.
 */
export function processingOrder(
  history: History,
  options: GroupScope & ExampleOptions = {},
): ProcessingOrder {
  return processingOrderIn(groupLogs(history, options), options);
}

/** Checks logs that are already built. */
export function processingOrderIn(
  groups: readonly GroupLog[],
  { examples = 5 }: ExampleOptions = {},
): ProcessingOrder {
  const all = groups.map((group) => orderOf(group, examples));
  const isWrong = all.some(({ outOfOrder }) => outOfOrder > 0);
  return {
    checker: "processingOrder",
    verdict: groups.length === 0 ? "unknown" : !isWrong,
    summary: groups.length === 0 ? NO_GROUP : all.map(summaryOf).join(" "),
    facts: { groups: all },
  };
}

function orderOf({ group, partitions }: GroupLog, examples: number): GroupOrdering {
  const counts = { compared: 0, outOfOrder: 0, outOfOrderByKey: 0, repeated: 0, rewinds: 0 };
  const wrong: Record<string, number> = {};
  const shown: DisorderedRecord[] = [];
  const keys = new Map<string, PartitionLog | null>();
  for (const log of partitions) {
    for (const { times, key } of log.lives) {
      if (times === 0) continue;
      counts.compared++;
      if (times > 1) counts.repeated++;
      if (key === undefined) continue;
      const known = keys.get(key);
      keys.set(key, known === undefined || known === log ? log : null);
    }
    counts.rewinds += rewindsOf(log);
    eachDisorder(
      log.runs,
      () => "",
      (life, after) => {
        counts.outOfOrder++;
        wrong[log.name] = (wrong[log.name] ?? 0) + 1;
        if (shown.length < examples)
          shown.push({ ...groupRecord(group, log, life), after: groupRecord(group, log, after) });
      },
    );
    eachDisorder(
      log.runs,
      ({ key }) => key,
      () => void counts.outOfOrderByKey++,
    );
  }
  const spreadKeys = [...keys.values()].filter((log) => log === null).length;
  return { group, ...counts, partitions: wrong, keys: keys.size, spreadKeys, examples: shown };
}

/**
 * Reports each record whose first processing began after a later one with the same mark was done, with the
 * latest such record. Records whose mark is undefined are left out.
 */
function eachDisorder(
  runs: readonly Run[],
  markOf: (life: Life) => string | undefined,
  report: (life: Life, after: Life) => void,
): void {
  const furthest = new Map<string, Life>();
  const done = (life: Life): void => {
    const mark = markOf(life);
    if (mark !== undefined && (furthest.get(mark)?.rank ?? -1) < life.rank) furthest.set(mark, life);
  };
  const byEnd = [...runs].sort((a, b) => a.toMs - b.toMs || a.line - b.line);
  let next = 0;
  for (const run of runs) {
    for (; next < byEnd.length && isBefore(byEnd[next]!, run); next++) byEnd[next]!.lives.forEach(done);
    const within = new Map<string, Life>();
    const repeated = new Set<Life>();
    for (const life of run.lives) {
      const mark = markOf(life);
      if (mark === undefined) continue;
      const own = within.get(mark);
      const after = later(own, furthest.get(mark));
      const isFirst = life.first === run && !repeated.has(life);
      if (isFirst && after !== undefined && after.rank > life.rank) report(life, after);
      if (life.times > 1) repeated.add(life);
      within.set(mark, later(own, life)!);
    }
  }
}

/** Whether a run had ended when another one began; of those at one moment the history's order counts. */
function isBefore(a: Run, b: Run): boolean {
  return a.toMs < b.fromMs || (a.toMs === b.fromMs && a.line < b.line);
}

function later(a: Life | undefined, b: Life | undefined): Life | undefined {
  return a === undefined || (b !== undefined && b.rank > a.rank) ? b : a;
}

/** How often a run began with a record that had been processed, not behind the run before it. */
function rewindsOf({ runs }: PartitionLog): number {
  let rewinds = 0;
  let last: Life | undefined;
  for (const run of runs) {
    const [first] = run.lives;
    if (first !== undefined && last !== undefined && first.first !== run && first.rank <= last.rank)
      rewinds++;
    last = run.lives.at(-1) ?? last;
  }
  return rewinds;
}

function summaryOf(ordering: GroupOrdering): string {
  const { group, compared, outOfOrder, outOfOrderByKey, keys, repeated, rewinds, examples } = ordering;
  const all = counted(compared, "record");
  const rewound = rewinds === 1 ? "once" : `${counted(rewinds)} times`;
  const again = repeated === 0 ? "" : `; ${counted(repeated)} processed again (went back ${rewound})`;
  if (outOfOrder === 0) return `${group} processed ${all} in the order of their offsets${again}.`;
  const [first] = examples;
  const where =
    first === undefined
      ? ""
      : `, the first ${first.topic}-${first.partition} offset ${first.offset} after ${first.after.offset}`;
  const ofKeys = keys === 0 ? "" : `, ${counted(outOfOrderByKey)} of them after a later record of their key`;
  return `${group} processed ${counted(outOfOrder)} of ${all} out of order${where}${ofKeys}${again}.`;
}
