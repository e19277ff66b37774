// How records and readbacks in a history must look; a part of history-schema.ts.

import type {
  Attempt,
  PartitionReadback,
  ReadbackEvent,
  ReadRecord,
  UncommittedRecord,
} from "./operation.ts";
import {
  amount,
  type Fields,
  fields,
  flag,
  listOf,
  nullable,
  number,
  offset,
  oneOf,
  optional,
  text,
  whole,
} from "./shape.ts";

const yes = optional(oneOf(true));
/** A record as a reader saw it. */
export const recordShapes: Fields<ReadRecord> = {
  value: text,
  partition: whole,
  offset,
  tombstone: yes,
  foreign: yes,
};
const uncommittedShapes: Fields<UncommittedRecord> = {
  ...recordShapes,
  transaction: oneOf("aborted", "open"),
};
const unread = {
  reason: optional(
    oneOf(
      "NO_BROKER",
      "NO_LEADER",
      "NO_TOPIC",
      "RECREATED",
      "NOT_AUTHORIZED",
      "UNREADABLE",
      "TIMEOUT",
      "FAILED",
    ),
  ),
  error: optional(text),
};
const row: Fields<PartitionReadback> = {
  partition: whole,
  from: offset,
  logStart: optional(offset),
  to: offset,
  complete: flag,
  compacted: optional(listOf(fields({ from: offset, to: offset }))),
  aborted: optional(whole),
  open: optional(fields({ from: offset, records: whole })),
  ...unread,
};

/** A readback, without its kind. */
export const readbackShapes: Fields<Omit<ReadbackEvent, "kind">> = {
  atMs: number,
  tookMs: amount,
  client: text,
  topic: text,
  partitions: listOf(fields(row)),
  records: listOf(fields(recordShapes)),
  uncommitted: optional(listOf(fields(uncommittedShapes))),
  topicId: optional(text),
  ...unread,
};

/** One try of a send. */
export const attemptShapes: Fields<Attempt> = {
  atMs: number,
  tookMs: amount,
  broker: nullable(whole),
  address: text,
  api: text,
  error: optional(text),
};
