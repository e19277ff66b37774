// What became of a send, in the words of the checkers.
import type { SendEvent } from "../../../model/history.ts";
import { doubtOf, type Doubt } from "../absence.ts";
import type { TopicLedger } from "../ledger.ts";
import { isUnderWay } from "../sends.ts";

/** What became of a send; several words may be true of one. */
export type RecordFate =
  /** Acknowledged, and in the log at the end. */
  | "kept"
  /** Acknowledged, and proven not to be in the log at the end. */
  | "lost"
  /** Acknowledged and not found, where that proves nothing; `doubt` says why. */
  | "not known whether lost"
  /** Nobody could know at the time; the log of the end may tell. */
  | "unknown outcome"
  /** The lab ended it before the client had, as `conclude` does; the log of the end may tell. */
  | "under way at the end"
  | "in the log"
  | "not in the log"
  /** It stands at more than one offset at the end. */
  | "duplicate"
  /** Reported as failed. */
  | "failed"
  /** Reported as failed, yet in the log: the client was wrong. */
  | "failed but present"
  /** It took far longer than the run's sends mostly did. */
  | "slow";

/** What became of a send. */
export interface Fate {
  words: readonly RecordFate[];
  /** Why its absence from the log proves nothing; null where it was found, or its absence is proof. */
  doubt: Doubt | null;
}

/** Says what became of the n-th send of a topic, which stands at `copies` offsets at the end. */
export function fateOf(topic: TopicLedger, send: SendEvent, s: number, copies: number): Fate {
  const isFound = topic.recordOf[s] !== -1;
  const doubt = isFound ? null : doubtOf(topic, send);
  return { words: [...wordsOf(send, isFound, doubt), ...(copies > 1 ? ["duplicate" as const] : [])], doubt };
}

function wordsOf(send: SendEvent, isFound: boolean, doubt: Doubt | null): RecordFate[] {
  const { outcome } = send;
  switch (outcome) {
    case "ok":
      return [isFound ? "kept" : doubt === null ? "lost" : "not known whether lost"];
    case "info":
      return [
        isUnderWay(send) ? "under way at the end" : "unknown outcome",
        ...(isFound ? ["in the log" as const] : doubt === null ? ["not in the log" as const] : []),
      ];
    case "fail":
      if (isFound) return ["failed but present"];
      return [isUnderWay(send) ? "under way at the end" : "failed"];
    default:
      return outcome satisfies never;
  }
}

/** Counts by send at how many offsets each stands at the end. */
export function copiesBySend({ sends, sendOf }: TopicLedger): Int32Array {
  const copies = new Int32Array(sends.length);
  for (const s of sendOf) if (s !== -1) copies[s] = (copies[s] ?? 0) + 1;
  return copies;
}
