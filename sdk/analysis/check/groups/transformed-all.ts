// Each input record of a group that writes to another topic has its output there: never, once, or several
// times.
import type { History } from "../../../model/history.ts";
import { mergeVerdicts, type Verdict } from "../../../model/verdict.ts";
import { counted } from "../counted.ts";
import type { ExampleOptions, Finding } from "../finding.ts";
import type { GroupScope } from "./group-events.ts";
import { type GroupLog, groupLogs } from "./group-log.ts";
import { outputBook, type OutputDoubt } from "./output-book.ts";
import {
  type OutputCounts,
  outputTally,
  type OutputTally,
  type StrangeOutput,
  type TransformedRecord,
} from "./output-tally.ts";
import { type MeasuredSemantics, type Semantics, semanticsOf } from "./semantics.ts";

/** What `transformedAll` found. */
export type TransformedAll = Finding<"transformedAll", TransformedAllFacts>;

/** What `transformedAll` rests on. */
export interface TransformedAllFacts {
  /** Those that write to another topic. */
  groups: readonly GroupOutputs[];
}

/** What stands in the topics that one group writes to, of the records that it reads. */
export interface GroupOutputs {
  group: string;
  /** The topics that it reads. */
  topics: readonly string[];
  /** The topics that it writes to; mostly one. */
  outputs: readonly string[];
  isTransactional: boolean;
  /** The guarantee that it was judged by. */
  claimed: Semantics;
  /** The delivery guarantee of its output, as measured at read_committed. */
  semantics: MeasuredSemantics;
  /** Input records: those acknowledged, and those that it was given; without `beforeStart` and `afterEnd`. */
  records: number;
  /** Their outputs as a consumer at read_committed is given them. */
  committed: OutputCounts;
  /**
   * The same at read_uncommitted, where records of aborted and open transactions count; null where the
   * readback does not have those.
   */
  uncommitted: OutputCounts | null;
  /** Of those without an output at read_committed, those that never get one. */
  never: number;
  /** Of `never`, those that are not in the log of the input any more. */
  lostInLog: number;
  /** Of those without an output at read_committed, those of which it is not known. */
  undecided: number;
  /** How often for which reason. */
  doubts: OutputTally["doubts"];
  /** Why the outputs are not all known; then nothing is proven by an output that is not there. */
  outputDoubts: readonly OutputDoubt[];
  /** Records before the offset at which it began to read (`auto.offset.reset=latest`). */
  beforeStart: number;
  /** Records that were acknowledged after its last member had left of its own accord. */
  afterEnd: number;
  /** Records whose first output stands behind that of a later record of their partition. */
  outOfOrder: number;
  /** Outputs that name an input record which never was. */
  neverInput: number;
  /** The same where the input was not read back so far. */
  undecidedInput: number;
  /** Records of the output that name no input record of the group: those of others. */
  foreign: number;
  /** Records without an output; else with several; else out of order; else undecided ones. */
  examples: readonly TransformedRecord[];
  /** Outputs of `neverInput`. */
  strangers: readonly StrangeOutput[];
}

/** Options of `transformedAll`. */
export interface TransformedAllOptions extends GroupScope, ExampleOptions {
  /**
   * The guarantee that the outputs are claimed to have.
   *
   * @default "exactly-once" for a group with transactions, "at-least-once" without
   */
  semantics?: Semantics;
}

/**
 * Counts how often the output of each input record stands in the topic that a group writes to (`transform`),
 * as the last readback has it, and judges it by the claimed guarantee.
 *
 * At least once: false where a record has no output, and the group has passed it. At most once: false where a
 * record has several. Exactly once: false in both cases. False, too, where an output names an input record
 * that never was, or stands behind that of a later record of its partition. The verdict is unknown where the
 * output was not read to its end, a transaction was open, or no group writes to another topic.
 */
export function transformedAll(history: History, options: TransformedAllOptions = {}): TransformedAll {
  return transformedAllIn(history, groupLogs(history, options), options);
}

/** Counts on logs that are already built. */
export function transformedAllIn(
  history: History,
  groups: readonly GroupLog[],
  { semantics, examples = 5 }: TransformedAllOptions = {},
): TransformedAll {
  const all = groups.flatMap((group) =>
    group.writes === null ? [] : [outputsIn(history, group, { semantics, examples })],
  );
  return {
    checker: "transformedAll",
    verdict: all.length === 0 ? "unknown" : mergeVerdicts(all.map(verdictOf)),
    summary: all.length === 0 ? "No consumer group writes to another topic." : all.map(summaryOf).join(" "),
    facts: { groups: all },
  };
}

/** Whether a group of a history writes to another topic. */
export function hasTransforms(history: History): boolean {
  return history.some((event) => event.kind === "produced" || event.kind === "transaction");
}

function outputsIn(
  history: History,
  group: GroupLog,
  { semantics, examples }: { semantics: Semantics | undefined; examples: number },
): GroupOutputs {
  const { outputs, isTransactional } = group.writes ?? { outputs: [], isTransactional: false };
  const topics = [...new Set(group.partitions.map(({ topic }) => topic))];
  const book = outputBook(history, outputs);
  const isShared = history.some(
    (event) =>
      event.kind === "produced" &&
      event.group !== group.group &&
      outputs.includes(event.output) &&
      topics.includes(event.topic),
  );
  const outputDoubts = [...book.doubts, ...(isShared ? ["another group writes the same" as const] : [])];
  const tally = outputTally(group, book, examples);
  const isOpen = outputDoubts.length > 0;
  const never = isOpen ? 0 : tally.never;
  const undecided = isOpen ? tally.undecided + tally.never : tally.undecided;
  const { once, several } = tally.committed;
  const { shown, ofOthers, uncommitted, ...counts } = tally;
  return {
    ...{ group: group.group, topics, outputs, isTransactional },
    claimed: semantics ?? (isTransactional ? "exactly-once" : "at-least-once"),
    semantics: semanticsOf({
      ...{ processed: once + several, repeated: several, skipped: never },
      undecided: undecided + (isOpen ? 1 : 0),
    }),
    records: once + several + tally.committed.none,
    ...counts,
    ...{ never, undecided, lostInLog: isOpen ? 0 : tally.lostInLog, outputDoubts },
    uncommitted: book.hasUncommitted ? uncommitted : null,
    foreign: book.foreign + ofOthers,
    examples:
      [isOpen ? [] : shown.never, shown.several, shown.outOfOrder, shown.undecided].find(
        (some) => some.length > 0,
      ) ?? [],
  };
}

function verdictOf(outputs: GroupOutputs): Verdict {
  const { claimed, committed, never, undecided, neverInput, undecidedInput, outOfOrder } = outputs;
  if (neverInput > 0) return false;
  if (outputs.outputDoubts.includes("another group writes the same")) return "unknown";
  if (outOfOrder > 0) return false;
  if (committed.several > 0 && claimed !== "at-least-once") return false;
  if (never > 0 && claimed !== "at-most-once") return false;
  const isMissing = undecided > 0 && claimed !== "at-most-once";
  return isMissing || undecidedInput > 0 || outputs.outputDoubts.length > 0 ? "unknown" : true;
}

function summaryOf(all: GroupOutputs): string {
  const { group, outputs, records, semantics, committed, never, undecided, neverInput, outOfOrder } = all;
  const word = semantics === "none" || semantics === "unknown" ? "" : ` (${semantics} as measured)`;
  const parts = [`${counted(committed.once)} once`];
  if (committed.several > 0)
    parts.push(`${counted(committed.several)} more than once (at most ${counted(committed.most)} times)`);
  if (never > 0) parts.push(`${counted(never)} never`);
  if (undecided > 0) parts.push(`${counted(undecided)} not known${doubtWords(all)}`);
  const of = `${group} wrote of ${counted(records, "input record")} to ${outputs.join(", ")} `;
  const extra = [
    ...(neverInput > 0 ? [`${counted(neverInput)} of no input record`] : []),
    ...(outOfOrder > 0 ? [`${counted(outOfOrder)} out of order`] : []),
    ...all.outputDoubts,
    ...(all.uncommitted !== null && all.uncommitted.several > committed.several
      ? [`at read_uncommitted ${counted(all.uncommitted.several)} more than once`]
      : []),
  ].map((text) => `; ${text}`);
  return `${of}${parts.join(", ")}${word}${extra.join("")}.`;
}

function doubtWords({ doubts }: GroupOutputs): string {
  const words = Object.entries(doubts).map(([doubt, n]) => `${counted(n)} ${doubt}`);
  return words.length === 0 ? "" : ` (${words.join(", ")})`;
}
