// When does a value that is not in the readback prove that it is not in the log?
import type { PartitionReadback, SendEvent } from "../../model/history.ts";
import { ackedBefore } from "./acked-before.ts";
import type { TopicLedger } from "./ledger.ts";
import { compareOffsets } from "./offset.ts";
import { endedAtMs } from "./sends.ts";

/** Why a missing value proves nothing. */
export type Doubt =
  | "no readback"
  | "partition not read to its end"
  /** It went with its topic: somebody deleted it after the send. */
  | "topic deleted"
  /** It stood before the log's first offset: retention removed it, or DeleteRecords. */
  | "expired or deleted"
  /** A later record of its key may have replaced it. */
  | "compacted"
  | "ended after the readback had begun"
  | "value sent more than once";

/**
 * Returns why the absence of a send's value from the readback proves nothing, or null where it is proof.
 *
 * A send that does not know its partition asks for all of them. An acknowledged offset at or beyond the end
 * that was read is proof too: the log became shorter; unless the acknowledgement came after the readback
 * began, when the end may be older than the record. Records that expired, were compacted, or went with a
 * topic that somebody deleted, were taken by those who may take them: they are not lost.
 */
export function doubtOf(topic: TopicLedger, send: SendEvent): Doubt | null {
  if (topic.repeated.has(send.value)) return "value sent more than once";
  if (topic.deletedAtMs !== null && endedAtMs(send) <= topic.deletedAtMs) return "topic deleted";
  if (topic.readback === null) return "no readback";
  const rows = rowsOf(topic.readback, send);
  if (rows.length === 0 || !rows.every(({ complete }) => complete)) return "partition not read to its end";
  const removed = removedFrom(topic, rows, send);
  if (removed !== null) return removed;
  const { offset } = send;
  const passed = offset !== undefined && rows.every(({ to }) => compareOffsets(offset, to) < 0);
  return !passed && endedAtMs(send) > topic.readback.atMs ? "ended after the readback had begun" : null;
}

/** The rows of a readback in which a send may stand. */
export function rowsOf(
  { partitions }: NonNullable<TopicLedger["readback"]>,
  { partition }: SendEvent,
): PartitionReadback[] {
  return partitions.filter((row) => partition === undefined || partition === row.partition);
}

/** Whether a send may stand where the log has nothing any more. */
function removedFrom(
  topic: TopicLedger,
  rows: readonly PartitionReadback[],
  { atMs, offset }: SendEvent,
): Extract<Doubt, "expired or deleted" | "compacted" | "partition not read to its end"> | null {
  for (const { partition, from, logStart = from, compacted = [] } of rows) {
    // what was sent after an acknowledgement stands behind it
    const after = offset === undefined ? ackedBefore(topic, partition, atMs) : undefined;
    const holds = (begin: string, end: string): boolean =>
      offset === undefined
        ? after === undefined || BigInt(end) > BigInt(after) + 1n
        : compareOffsets(offset, begin) >= 0 && compareOffsets(offset, end) < 0;
    if (compareOffsets(logStart, "0") > 0 && holds("0", logStart)) return "expired or deleted";
    if (offset !== undefined && holds(logStart, from)) return "partition not read to its end";
    if (compacted.some((range) => holds(range.from, range.to))) return "compacted";
  }
  return null;
}
