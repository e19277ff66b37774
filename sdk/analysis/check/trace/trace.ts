// The trace of one record: sent, attempted, acknowledged, read, and what consumer groups did with it.
//
//   sent ─▶ attempt ─▶ attempt ─▶ acknowledged ─▶ stored at an offset ─▶ readers
//     └───────┴───────────┴────────────┴─ each with its scene: leader, epoch, ISR, controller, open faults
import type { Attempt, Broker, History, Outcome, SendEvent } from "../../../model/history.ts";
import type { Doubt } from "../absence.ts";
import { ledger, type TopicLedger } from "../ledger.ts";
import { endedAtMs } from "../sends.ts";
import { groupTraces, type GroupTrace } from "./group-trace.ts";
import { copiesBySend, fateOf, type RecordFate } from "./fate.ts";
import { nearestValue } from "./nearest.ts";
import { logPositionsOf, type LogPosition } from "./log-positions.ts";
import { scenesOf, type Scene } from "./scene.ts";

/** One try on the wire, and what was so when it began; the scene's faults are those of its whole time. */
export interface TracedAttempt extends Attempt {
  then: Scene;
}

/** The life of one record. Times in milliseconds since the run's start. */
export interface RecordTrace {
  value: string;
  client: string;
  topic: string;
  /** The send's position in the history counted from 1: its line in `history.jsonl`. */
  line: number;
  /** How often the value was sent: 1, unless a program chose it itself. What follows is of the first time. */
  timesSent: number;
  /**
   * The partition that the scenes are of: where it was acknowledged, else where it was seen, else the topic's
   * only one; null if unknown.
   */
  partition: number | null;
  sent: { atMs: number; then: Scene };
  attempts: readonly TracedAttempt[];
  outcome: Outcome;
  /** When the client knew the outcome, or gave up. */
  ended: { atMs: number; tookMs: number; then: Scene; error: string | null };
  /**
   * Null where it was not. Without `partition` and `offset` where the client did not wait for the broker's
   * word (`acks: 0`).
   */
  acknowledged: {
    atMs: number;
    broker: Broker | null;
    partition: number | null;
    offset: string | null;
  } | null;
  /** Every offset at which it was seen. */
  places: readonly LogPosition[];
  /** The topic's last reading back; null where there was none. */
  readBack: {
    atMs: number;
    tookMs: number;
    /**
     * The value at the acknowledged offset: another one if the log was truncated and continued. Null if there
     * is none, or no offset is known.
     */
    standsThere: string | null;
  } | null;
  /** What each consumer group that reads its topic did with it. */
  groups: readonly GroupTrace[];
  /** What became of it. */
  words: readonly RecordFate[];
  /** Why its absence from the log proves nothing; null where it was found, or its absence is proof. */
  doubt: Doubt | null;
}

/**
 * Tells the life of a record by its value.
 *
 * @throws RangeError where no send of the history has that value; it names the nearest that has been sent
 */
export function recordTrace(history: History, value: string): RecordTrace {
  const send = history.find((event): event is SendEvent => event.kind === "send" && event.value === value);
  if (send === undefined) throw unknownValue(history, value);
  const topic = ledger(history, { topic: send.topic }).topics[0]!;
  const s = topic.sends.indexOf(send);
  const places = logPositionsOf(history, send.topic, value);
  const partition = send.partition ?? places[0]?.partition ?? onlyPartition(history, topic);
  const at = scenesOf(history, send.topic, partition);
  const endMs = endedAtMs(send);
  const { client, topic: name, outcome, atMs, tookMs, attempts, error = null } = send;
  return {
    value,
    client,
    topic: name,
    line: topic.lines[s] ?? 0,
    timesSent: history.reduce(
      (sum, event) => sum + Number(event.kind === "send" && event.value === value),
      0,
    ),
    partition,
    sent: { atMs, then: at(atMs) },
    attempts: attempts.map((attempt) => ({
      ...attempt,
      then: at(attempt.atMs, attempt.atMs + attempt.tookMs),
    })),
    outcome,
    ended: { atMs: endMs, tookMs, then: at(endMs), error },
    acknowledged:
      outcome === "ok"
        ? {
            atMs: endMs,
            broker: send.broker ?? null,
            partition: send.partition ?? null,
            offset: send.offset ?? null,
          }
        : null,
    places,
    readBack: readBackOf(topic, send),
    groups: groupTraces(history, send.topic, s),
    ...fateOf(topic, send, s, copiesBySend(topic)[s] ?? 0),
  };
}

function readBackOf(
  { readback, records }: TopicLedger,
  { partition, offset }: SendEvent,
): RecordTrace["readBack"] {
  if (readback === null) return null;
  const there =
    offset === undefined
      ? undefined
      : records.find((record) => record.offset === offset && record.partition === partition);
  return { atMs: readback.atMs, tookMs: readback.tookMs, standsThere: there?.value ?? null };
}

/** The topic's only partition, as the cluster or the reading back tells it. */
function onlyPartition(history: History, { topic, readback }: TopicLedger): number | null {
  const seen = new Set(readback?.partitions.map(({ partition }) => partition));
  for (const event of history) {
    if (event.kind === "cluster")
      for (const state of event.partitions) if (state.topic === topic) seen.add(state.partition);
  }
  return seen.size === 1 ? [...seen][0]! : null;
}

function unknownValue(history: History, value: string): RangeError {
  const nearest = nearestValue(sentValues(history), value);
  const position = history.flatMap((event) =>
    "records" in event && event.kind !== "delivered"
      ? event.records
          .filter((record) => record.value === value)
          .map(({ partition, offset }) => `${event.topic}-${partition} offset ${offset}`)
      : [],
  )[0];
  const state =
    nearest === null
      ? "nothing was sent"
      : "no send has that value" +
        `${position === undefined ? "" : `, though it was read at ${position}: another program sent it`}; ` +
        `the nearest is ${JSON.stringify(nearest)}`;
  return new RangeError(`Cannot tell the life of ${JSON.stringify(value)}: ${state}`);
}

function* sentValues(history: History): Iterable<string> {
  for (const event of history) if (event.kind === "send") yield event.value;
}
