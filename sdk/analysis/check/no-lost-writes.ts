// Every acknowledged record is in the log at the end.
import { readable } from "../../model/duration.ts";
import type { History, SendEvent } from "../../model/history.ts";
import { doubtOf, type Doubt } from "./absence.ts";
import { counted } from "./counted.ts";
import type { ExampleOptions, Finding, Scope, SentRecord } from "./finding.ts";
import { ledger, type Ledger, type TopicLedger } from "./ledger.ts";
import { type Unjudged, unjudgedSends, unjudgedWords } from "./unjudged.ts";
import { isUnderWay, sentRecord } from "./sends.ts";

/** What `survive` found. */
export type NoLostWrites = Finding<"noLostWrites", NoLostWritesFacts>;

export interface NoLostWritesFacts {
  acknowledged: number;
  kept: number;
  /** Kept, but at another offset than the acknowledged one. */
  moved: number;
  /** Acknowledged, and proven not to be in the log. */
  lost: number;
  /** Acknowledged and not found, where that proves nothing. */
  undecided: number;
  /** How often for which reason. */
  doubts: Partial<Record<Doubt, number>>;
  /** Where those records are, and why they cannot be judged. */
  unjudged: readonly Unjudged[];
  /** Transactions, of whatever program, that had not ended when reading began. */
  openTransactions: readonly OpenTransaction[];
  /**
   * Sends of which nobody can know (`info`), by whether the readback has them; neither lost nor kept. Those
   * that were under way at the end are not among them.
   */
  unknownFound: number;
  unknownNotFound: number;
  /** Lost records; where none is lost, undecided ones. */
  examples: readonly SentRecord[];
}

/** A partition behind which a read_committed consumer waits. */
export interface OpenTransaction {
  topic: string;
  partition: number;
  /** The first offset of the oldest one. */
  from: string;
  /** How many records wait for their ends. */
  records: number;
}

/**
 * Checks that the value of every acknowledged send is in the last readback of its topic.
 *
 * A value missing from a partition that was read to its end is lost. Where absence proves nothing the verdict
 * is unknown. `info` is never counted as lost or as kept. Without an acknowledged send there is nothing to
 * lose and the verdict is true.
 */
export function noLostWrites(history: History, options: Scope & ExampleOptions = {}): NoLostWrites {
  return lostWritesIn(ledger(history, options), options);
}

/** Checks survival on a ledger that is already built. */
export function lostWritesIn({ topics }: Ledger, { examples = 5 }: ExampleOptions = {}): NoLostWrites {
  const facts = {
    acknowledged: 0,
    kept: 0,
    moved: 0,
    lost: 0,
    undecided: 0,
    doubts: {} as Partial<Record<Doubt, number>>,
    unknownFound: 0,
    unknownNotFound: 0,
  };
  const lost: SentRecord[] = [];
  const undecided: SentRecord[] = [];
  const unjudged = unjudgedSends();
  const show = (shown: SentRecord[], topic: TopicLedger, s: number): void => {
    const record = shown.length < Math.max(1, examples) ? sentRecord(topic, s) : null;
    if (record !== null) shown.push(record);
  };
  for (const topic of topics) {
    topic.sends.forEach((send, s) => {
      const found = topic.recordOf[s] !== -1;
      if (send.outcome === "info" && !isUnderWay(send)) facts[found ? "unknownFound" : "unknownNotFound"]++;
      if (send.outcome !== "ok") return;
      facts.acknowledged++;
      const doubt = found ? null : doubtOf(topic, send);
      if (found) {
        facts.kept++;
        if (isMoved(topic, send, s)) facts.moved++;
      } else if (doubt === null) {
        facts.lost++;
        show(lost, topic, s);
      } else {
        facts.undecided++;
        show(undecided, topic, s);
        facts.doubts[doubt] = (facts.doubts[doubt] ?? 0) + 1;
        unjudged.add(topic, send, doubt);
      }
    });
  }
  const openTransactions = topics.flatMap(openIn);
  const shown = (facts.lost > 0 ? lost : undecided).slice(0, examples);
  const verdict = facts.lost > 0 ? false : facts.undecided > 0 ? "unknown" : true;
  return {
    checker: "noLostWrites",
    verdict,
    summary: summary({ ...facts, unjudged: unjudged.all() }, lost[0]) + openWords(openTransactions),
    facts: { ...facts, unjudged: unjudged.all(), openTransactions, examples: shown },
  };
}

function openIn({ topic, readback }: TopicLedger): OpenTransaction[] {
  return (readback?.partitions ?? []).flatMap(({ partition, open }) =>
    open === undefined ? [] : [{ topic, partition, ...open }],
  );
}

function openWords(open: readonly OpenTransaction[]): string {
  return open
    .map(
      ({ topic, partition, from, records }) =>
        ` ${topic}-${partition} has an open transaction from offset ${from} on ` +
        `(${counted(records, "record")} left out): read_committed consumers wait there.`,
    )
    .join("");
}

function isMoved({ records, recordOf }: TopicLedger, { partition, offset }: SendEvent, s: number): boolean {
  const record = records[recordOf[s] ?? -1];
  return offset !== undefined && (record?.offset !== offset || record.partition !== partition);
}

function summary(
  { acknowledged, lost, undecided, unjudged }: Omit<NoLostWritesFacts, "examples" | "openTransactions">,
  first: SentRecord | undefined,
): string {
  const all = `${counted(acknowledged)} acknowledged ${acknowledged === 1 ? "record" : "records"}`;
  if (first !== undefined) {
    const position = `${first.topic}-${first.partition ?? "?"} offset ${first.offset ?? "?"}`;
    return (
      `${counted(lost)} of ${all} ${lost === 1 ? "is" : "are"} lost, the first at ${position}, sent by ` +
      `${first.client} at ${readable(first.atMs)}.`
    );
  }
  if (undecided > 0)
    return `Cannot tell whether ${counted(undecided)} of ${all} survived: ${unjudgedWords(unjudged)}.`;
  if (acknowledged === 0) return "Nothing was acknowledged, so nothing could be lost.";
  return (
    `${acknowledged === 1 ? "The" : "All"} ${all} ${acknowledged === 1 ? "is" : "are"} in the final ` +
    "readback."
  );
}
