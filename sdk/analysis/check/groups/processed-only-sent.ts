// Nothing is processed that was never sent.
import type { History } from "../../../model/history.ts";
import { mergeVerdicts, type Verdict } from "../../../model/verdict.ts";
import { counted } from "../counted.ts";
import type { ExampleOptions, Finding } from "../finding.ts";
import type { GroupScope } from "./group-events.ts";
import { type GroupLog, groupLogs, type Life, type PartitionLog, sendOf } from "./group-log.ts";
import { groupRecord, type GroupRecord, NO_GROUP } from "./group-record.ts";

/** What `processedOnlySent` found. */
export type ProcessedOnlySent = Finding<"processedOnlySent", ProcessedOnlySentFacts>;

/** What `processedOnlySent` rests on. */
export interface ProcessedOnlySentFacts {
  groups: readonly GroupOrigins[];
}

/** Whose the records are that one group processed, in the topics that the run's probes sent to. */
export interface GroupOrigins {
  group: string;
  /** Records that it processed. */
  processed: number;
  /** Those that a send of the run wrote. */
  sent: number;
  /** Those of `sent` whose client reported a failure (`noPhantomWrites` judges that). */
  reportedFailed: number;
  /** Those of other producers: they stand in the log. */
  foreign: number;
  /** Those that no send of the run has, and that are not in the log. */
  neverSent: number;
  /** Those that no send of the run has, where it is not known whether they stood in the log. */
  undecided: number;
  /** Records that were never sent. */
  examples: readonly GroupRecord[];
}

/**
 * Checks that a group processed only what was sent.
 *
 * A record counts as never sent where no send of the run has its value, and it is not in the log at the end.
 * Records of other producers, which are in the log, are counted apart. The verdict is unknown where such a
 * record's partition was not read back to its end, or had transactions that were aborted or open.
 */
export function processedOnlySent(
  history: History,
  options: GroupScope & ExampleOptions = {},
): ProcessedOnlySent {
  return processedOnlySentIn(groupLogs(history, options), options);
}

/** Checks logs that are already built. */
export function processedOnlySentIn(
  groups: readonly GroupLog[],
  { examples = 5 }: ExampleOptions = {},
): ProcessedOnlySent {
  const all = groups.map((group) => originsOf(group, examples));
  return {
    checker: "processedOnlySent",
    verdict: groups.length === 0 ? "unknown" : mergeVerdicts(all.map(verdictOf)),
    summary: groups.length === 0 ? NO_GROUP : all.map(summaryOf).join(" "),
    facts: { groups: all },
  };
}

function originsOf({ group, partitions }: GroupLog, examples: number): GroupOrigins {
  const counts = { processed: 0, sent: 0, reportedFailed: 0, foreign: 0, neverSent: 0, undecided: 0 };
  const shown: GroupRecord[] = [];
  for (const log of partitions) {
    if (log.book.ledger === null) continue;
    for (const life of log.lives) {
      if (life.times === 0) continue;
      counts.processed++;
      const origin = originOf(log, life);
      counts[origin]++;
      if (origin === "sent" && sendOf(log, life)?.outcome === "fail") counts.reportedFailed++;
      if (origin === "neverSent" && shown.length < examples) shown.push(groupRecord(group, log, life));
    }
  }
  return { group, ...counts, examples: shown };
}

function originOf(
  { book, partition }: PartitionLog,
  { send, value, isInLog }: Life,
): "sent" | "foreign" | "neverSent" | "undecided" {
  if (send >= 0) return "sent";
  if (isInLog === true) return "foreign";
  if (value !== null && book.wasSent(value)) return "sent";
  const row = book.row(partition);
  const isOfTransaction = (row?.aborted ?? 0) > 0 || row?.open !== undefined;
  return isInLog === null || isOfTransaction ? "undecided" : "neverSent";
}

function verdictOf({ neverSent, undecided }: GroupOrigins): Verdict {
  return neverSent > 0 ? false : undecided > 0 ? "unknown" : true;
}

function summaryOf({ group, processed, foreign, neverSent, undecided, examples }: GroupOrigins): string {
  if (processed === 0) return `${group} processed nothing of the topics that the run's probes sent to.`;
  const all = counted(processed, "record");
  const others = foreign > 0 ? `; ${counted(foreign)} are of other producers` : "";
  if (neverSent > 0) {
    const [first] = examples;
    const where =
      first === undefined ? "" : `, the first at ${first.topic}-${first.partition} offset ${first.offset}`;
    return `${group}: ${counted(neverSent)} of ${all} processed were never sent${where}${others}.`;
  }
  if (undecided > 0)
    return `${group}: not known whether ${counted(undecided)} of ${all} processed were sent${others}.`;
  return `${group}: all of ${all} processed were sent${others}.`;
}
