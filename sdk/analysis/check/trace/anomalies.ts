// The records whose lives are worth a look, of all that were sent.
import { toMs, type Duration } from "../../../model/duration.ts";
import type { History, Outcome, SendEvent } from "../../../model/history.ts";
import { ledger, type TopicLedger } from "../ledger.ts";
import { copiesBySend, fateOf, type RecordFate } from "./fate.ts";

/** Why a record is worth a look. */
export type AnomalyKind = Extract<
  RecordFate,
  "lost" | "failed but present" | "duplicate" | "unknown outcome" | "not known whether lost" | "slow"
>;

/** The worst first. */
export const ANOMALY_KINDS: readonly AnomalyKind[] = [
  "lost",
  "failed but present",
  "duplicate",
  "unknown outcome",
  "not known whether lost",
  "slow",
];

/** Options of `anomalies`. */
export interface AnomalyOptions {
  /**
   * A send that took longer is slow, whatever its outcome.
   *
   * @default ten times what the fastest quarter of the acknowledged sends stayed within, at least 100 ms
   */
  slowerThan?: Duration;
  /** The most rows; counts are of all records. @default 20 */
  limit?: number;
}

/** One record with an anomaly. */
export interface AnomalousRecord {
  value: string;
  client: string;
  topic: string;
  /** The send's position in the history counted from 1: its line in `history.jsonl`. */
  line: number;
  atMs: number;
  tookMs: number;
  outcome: Outcome;
  /** What became of it, with `slow` where it was. */
  words: readonly RecordFate[];
  attempts: number;
  /** Where it was acknowledged, else where it stands at the end; null where neither. */
  partition: number | null;
  offset: string | null;
  error: string | null;
}

/** The records of a run with anomalies. */
export interface Anomalies {
  /** The worst first: in the order of `WORTH_A_LOOK`, then what took longest. */
  rows: readonly AnomalousRecord[];
  /** How many records are worth a look and have no row. */
  leftOut: number;
  /** How many records each word is true of, rows or not. */
  counts: Readonly<Record<AnomalyKind, number>>;
  /**
   * Above how many milliseconds a send was called slow; null where no send was acknowledged, so that nothing
   * says what is slow.
   */
  slowerThanMs: number | null;
  /**
   * Topics that were never read back: whether their records were lost, doubled, or failed but present is not
   * known, and none is listed for it.
   */
  notReadBack: readonly string[];
}

/**
 * Finds the records that were lost or doubled, whose outcome is unknown, that failed but are present, or that
 * took long.
 *
 * The run itself decides what is slow. The lower quartile is the measure, not the median: it stays what it
 * is where an outage holds up half of all sends. Ten times it is beyond what a busy machine adds, and below
 * 100 ms a pause of a garbage collector decides.
 */
export function anomalies(history: History, { slowerThan, limit = 20 }: AnomalyOptions = {}): Anomalies {
  if (!(limit >= 0)) throw new RangeError(`Cannot list ${limit} records: the limit must be 0 or more`);
  const { topics } = ledger(history);
  const slowerThanMs = slowerThan === undefined ? slowerByItself(topics) : toMs(slowerThan);
  const counts = Object.fromEntries(ANOMALY_KINDS.map((word) => [word, 0])) as Record<AnomalyKind, number>;
  const found: Found[] = [];
  for (const topic of topics) {
    const copies = copiesBySend(topic);
    topic.sends.forEach((send, s) => {
      const words = wordsOf(topic, send, s, copies[s] ?? 0, slowerThanMs);
      const rank = ANOMALY_KINDS.findIndex((word) => words.includes(word));
      if (rank === -1) return;
      for (const word of ANOMALY_KINDS) if (words.includes(word)) counts[word]++;
      found.push({ topic, send, s, words, rank });
    });
  }
  const rows = found
    .sort((a, b) => a.rank - b.rank || b.send.tookMs - a.send.tookMs || a.send.atMs - b.send.atMs)
    .slice(0, limit)
    .map(rowOf);
  return {
    rows,
    leftOut: found.length - rows.length,
    counts,
    slowerThanMs,
    notReadBack: topics.flatMap(({ topic, readback }) => (readback === null ? [topic] : [])),
  };
}

interface Found {
  topic: TopicLedger;
  send: SendEvent;
  s: number;
  words: readonly RecordFate[];
  rank: number;
}

/** Of a topic that was never read back nothing is known; to list every record of it would tell nothing. */
function wordsOf(
  topic: TopicLedger,
  send: SendEvent,
  s: number,
  copies: number,
  slowerThanMs: number | null,
): readonly RecordFate[] {
  const isSlow = slowerThanMs !== null && send.tookMs > slowerThanMs;
  if (send.outcome === "ok" && copies === 1 && !isSlow) return []; // nearly all of them
  const { words, doubt } = fateOf(topic, send, s, copies);
  const shown = doubt === "no readback" && send.outcome === "ok" ? [] : words;
  return isSlow ? [...shown, "slow"] : shown;
}

function rowOf({ topic, send, s, words }: Found): AnomalousRecord {
  const { value, client, atMs, tookMs, outcome, attempts, error = null } = send;
  const record = topic.records[topic.recordOf[s] ?? -1];
  const { partition = record?.partition ?? null, offset = record?.offset ?? null } = send;
  return {
    value,
    client,
    topic: topic.topic,
    line: topic.lines[s] ?? 0,
    atMs,
    tookMs,
    outcome,
    words,
    attempts: attempts.length,
    partition,
    offset,
    error,
  };
}

const TIMES = 10;
const AT_LEAST_MS = 100;

function slowerByItself(topics: readonly TopicLedger[]): number | null {
  const acknowledged: number[] = [];
  for (const { sends } of topics)
    for (const { outcome, tookMs } of sends) if (outcome === "ok") acknowledged.push(tookMs);
  const took = Float64Array.from(acknowledged).sort();
  const quarter = took[Math.floor((took.length - 1) / 4)];
  return quarter === undefined ? null : Math.max(AT_LEAST_MS, TIMES * quarter);
}
