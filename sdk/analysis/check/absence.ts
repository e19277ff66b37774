// When does a value that is not in the readback prove that it is not in the log?
import type { SendEvent } from "../../model/history.ts";
import type { TopicLedger } from "./ledger.ts";
import { compareOffsets } from "./offset.ts";
import { endedAtMs } from "./sends.ts";

/** Why a missing value proves nothing. */
export type Doubt =
  | "no readback"
  | "partition not read to its end"
  | "stood before the first offset that was read"
  | "ended after the readback had begun"
  | "value sent more than once";

/**
 * Returns why the absence of a send's value from the readback proves nothing, or null where it is proof.
 *
 * A send that does not know its partition asks for all of them. An acknowledged offset at or beyond the end
 * that was read is proof too: the log became shorter; unless the acknowledgement came after the readback
 * began, when the end may be older than the record.
 */
export function doubtOf(topic: TopicLedger, send: SendEvent): Doubt | null {
  if (topic.repeated.has(send.value)) return "value sent more than once";
  if (topic.readback === null) return "no readback";
  const rows = topic.readback.partitions.filter(
    ({ partition }) => send.partition === undefined || partition === send.partition,
  );
  if (rows.length === 0 || !rows.every(({ complete }) => complete)) return "partition not read to its end";
  const { offset } = send;
  if (offset !== undefined && rows.some(({ from }) => compareOffsets(offset, from) < 0))
    return "stood before the first offset that was read";
  const passed = offset !== undefined && rows.every(({ to }) => compareOffsets(offset, to) < 0);
  return !passed && endedAtMs(send) > topic.readback.atMs ? "ended after the readback had begun" : null;
}
