// The events of consumer groups, as they must look.

import type { GroupLogFact } from "./group-log.ts";
import type {
  CommitEvent,
  DeliveredEvent,
  GroupEvent,
  LagEvent,
  MemberEvent,
  ProcessedEvent,
  ProducedEvent,
  TransactionEvent,
} from "./group.ts";
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
  type ShapesOf,
  text,
  whole,
} from "./shape.ts";

const partition = { topic: text, partition: whole };
const partitions = listOf(fields(partition));
const of = { atMs: number, group: text };
const member = { ...of, member: text };

/** By kind, a shape for every field. */
export const GROUPS: {
  member: ShapesOf<MemberEvent>;
  delivered: ShapesOf<DeliveredEvent>;
  processed: ShapesOf<ProcessedEvent>;
  produced: ShapesOf<ProducedEvent>;
  transaction: ShapesOf<TransactionEvent>;
  commit: ShapesOf<CommitEvent>;
  group: ShapesOf<GroupEvent>;
  lag: ShapesOf<LagEvent>;
} = {
  member: {
    ...member,
    change: oneOf(
      "started",
      "rebalancing",
      "joined",
      "assigned",
      "revoked",
      "lost",
      "left",
      "failed",
      "paused",
      "resumed",
      "ended",
    ),
    partitions: optional(partitions),
    generation: optional(whole),
    memberId: optional(text),
    isLeader: optional(flag),
    error: optional(text),
  },
  delivered: {
    ...member,
    ...partition,
    records: listOf(fields({ offset, value: text, key: optional(text) })),
  },
  processed: {
    ...member,
    ...partition,
    tookMs: amount,
    offsets: listOf(offset),
    error: optional(text),
  },
  produced: {
    ...member,
    ...partition,
    tookMs: amount,
    offsets: listOf(offset),
    output: text,
    error: optional(text),
  },
  transaction: {
    ...member,
    tookMs: amount,
    transactionalId: text,
    change: oneOf("begun", "committed", "aborted", "failed"),
    error: optional(text),
  },
  commit: {
    ...member,
    tookMs: amount,
    offsets: listOf(fields({ ...partition, offset })),
    error: optional(text),
    isRefused: optional(flag),
  },
  group: {
    ...of,
    state: nullable(text),
    coordinator: nullable(whole),
    protocol: nullable(oneOf("classic", "consumer")),
    members: listOf(fields({ memberId: text, clientId: text, partitions })),
  },
  lag: {
    ...of,
    partitions: listOf(fields({ ...partition, committed: nullable(offset), end: offset })),
  },
};

const coordinator = { nodeId: whole, offsetsPartition: whole };
const inGroup = { nodeId: whole, group: text };
const formed = { ...inGroup, generation: whole };

/** By what a coordinator's line reports, a shape for every field. */
export const GROUP_FACTS: {
  [What in GroupLogFact["what"]]: Fields<Omit<Extract<GroupLogFact, { what: What }>, "what">>;
} = {
  coordinatorElected: coordinator,
  coordinatorResigned: coordinator,
  offsetsLoaded: { ...coordinator, tookMs: amount },
  groupLoaded: inGroup,
  rebalanceBegun: { ...formed, reason: text },
  generationFormed: { ...formed, members: whole },
  rebalanceEnded: formed,
  groupEmpty: formed,
  membersRemoved: {
    ...inGroup,
    memberIds: listOf(text),
    why: oneOf("session", "rebalance timeout", "sync timeout", "left"),
  },
};
