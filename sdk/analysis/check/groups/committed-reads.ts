// A group at read_committed sees no record of an aborted or open transaction.
import type { History } from "../../../model/history.ts";
import { mergeVerdicts, type Verdict } from "../../../model/verdict.ts";
import { counted } from "../counted.ts";
import type { ExampleOptions, Finding } from "../finding.ts";
import { compareOffsets } from "../offset.ts";
import type { GroupScope } from "./group-events.ts";
import { type GroupLog, groupLogs, type Life, type PartitionLog } from "./group-log.ts";
import { groupRecord, type GroupRecord, NO_GROUP } from "./group-record.ts";
import type { GroupSettings } from "./group-settings.ts";

/** What `committedReads` found. */
export type CommittedReads = Finding<"committedReads", CommittedReadsFacts>;

/** What `committedReads` rests on. */
export interface CommittedReadsFacts {
  groups: readonly GroupReads[];
}

/** What one group was given. */
export interface GroupReads {
  group: string;
  /** `isolation.level` of its members; null where the history does not have it. */
  isolation: GroupSettings["isolation"];
  /** Records that it was given. */
  delivered: number;
  /** Those that were aborted: not in the log at the end, in a partition with aborted records. */
  aborted: number;
  /** Those behind the first offset of a transaction that was still open at the end, and not committed. */
  open: number;
  /** Those of which the readback does not say whether they were committed. */
  undecided: number;
  /** Aborted and open records. */
  examples: readonly GroupRecord[];
}

/**
 * Checks that a group at `read_committed` was given no record of an aborted or open transaction, by what the
 * last readback of the topic has left out.
 *
 * A group at `read_uncommitted` may be given them: the verdict is true. It is unknown where records were
 * given of which the readback does not say, or where uncommitted records were given to a group whose
 * `isolation.level` is not in the history.
 */
export function committedReads(history: History, options: GroupScope & ExampleOptions = {}): CommittedReads {
  return committedReadsIn(groupLogs(history, options), options);
}

/** Checks logs that are already built. */
export function committedReadsIn(
  groups: readonly GroupLog[],
  { examples = 5 }: ExampleOptions = {},
): CommittedReads {
  const all = groups.map((group) => readsOf(group, examples));
  return {
    checker: "committedReads",
    verdict: groups.length === 0 ? "unknown" : mergeVerdicts(all.map(verdictOf)),
    summary: groups.length === 0 ? NO_GROUP : all.map(summaryOf).join(" "),
    facts: { groups: all },
  };
}

function readsOf({ group, settings, partitions }: GroupLog, examples: number): GroupReads {
  const counts = { delivered: 0, aborted: 0, open: 0, undecided: 0 };
  const shown: GroupRecord[] = [];
  for (const log of partitions) {
    const stateOf = states(log);
    for (const life of log.lives) {
      if (life.delivered === 0) continue;
      counts.delivered++;
      const state = stateOf(life);
      if (state === "committed") continue;
      counts[state]++;
      if (state !== "undecided" && shown.length < examples) shown.push(groupRecord(group, log, life));
    }
  }
  return { group, isolation: settings.isolation, ...counts, examples: shown };
}

type State = "committed" | "aborted" | "open" | "undecided";

/** Tells whether a record was committed. What a truncated log lost is none of a transaction's making. */
function states({ book, partition }: PartitionLog): (life: Life) => State {
  const row = book.row(partition);
  const aborted = row?.aborted ?? 0;
  return ({ isInLog, offset }) => {
    if (isInLog === true) return "committed";
    if (isInLog === null) return "undecided";
    if (row?.open !== undefined && compareOffsets(offset, row.open.from) >= 0) return "open";
    return aborted > 0 ? "aborted" : "committed";
  };
}

function verdictOf({ isolation, aborted, open, undecided }: GroupReads): Verdict {
  if (isolation === "read_uncommitted") return true;
  if (aborted + open > 0) return isolation === null ? "unknown" : false;
  return undecided > 0 ? "unknown" : true;
}

function summaryOf({ group, isolation, delivered, aborted, open, undecided }: GroupReads): string {
  const all = counted(delivered, "record");
  const level = isolation === null ? "" : ` (${isolation})`;
  if (aborted + open > 0) {
    const parts = [
      ...(aborted > 0 ? [`${counted(aborted)} of aborted transactions`] : []),
      ...(open > 0 ? [`${counted(open)} of open ones`] : []),
    ];
    const doubt = isolation === null ? "; its isolation.level is not known" : "";
    return `${group}${level} was given ${all}, ${parts.join(" and ")}${doubt}.`;
  }
  if (undecided > 0 && isolation !== "read_uncommitted")
    return `${group}${level}: whether ${counted(undecided)} of ${all} were committed is not known.`;
  return `${group}${level} was given ${all}, none of an aborted transaction.`;
}
