// What brokers log about consumer groups: who coordinates them, and each rebalance.
//
//   rebalanceBegun ── members join ── generationFormed ── the leader assigns ── rebalanceEnded

import type { NodeId } from "./broker.ts";

/** What a line of a group coordinator's log reports. */
export type GroupLogFact =
  /** A broker begins to coordinate the groups of one partition of `__consumer_offsets`, and loads them. */
  | { what: "coordinatorElected"; nodeId: NodeId; offsetsPartition: number }
  /** A broker does not coordinate the groups of a partition of `__consumer_offsets` (any more). */
  | { what: "coordinatorResigned"; nodeId: NodeId; offsetsPartition: number }
  /** A coordinator has loaded the groups and offsets of one partition of `__consumer_offsets`. */
  | { what: "offsetsLoaded"; nodeId: NodeId; offsetsPartition: number; tookMs: number }
  /** A coordinator has loaded a group. */
  | { what: "groupLoaded"; nodeId: NodeId; group: string }
  /**
   * A group is formed anew: after `generation` (KIP-848: the group epoch before), for the reason that the
   * coordinator logs. Every member has to join again; with KIP-848 a new assignment is computed.
   */
  | { what: "rebalanceBegun"; nodeId: NodeId; group: string; generation: number; reason: string }
  /** All members have joined, or those that had not were removed; classic protocol only. */
  | { what: "generationFormed"; nodeId: NodeId; group: string; generation: number; members: number }
  /** The group's leader has sent the assignment; with KIP-848 the coordinator has computed it. */
  | { what: "rebalanceEnded"; nodeId: NodeId; group: string; generation: number }
  /** A group has no members any more. */
  | { what: "groupEmpty"; nodeId: NodeId; group: string; generation: number }
  /** Members are out of the group. */
  | {
      what: "membersRemoved";
      nodeId: NodeId;
      group: string;
      memberIds: readonly string[];
      why: RemovalReason;
    };

/** Why a coordinator removed a member. */
export type RemovalReason =
  /** No heartbeat came within the session timeout. */
  | "session"
  /** It did not join within the rebalance timeout. */
  | "rebalance timeout"
  /** It did not ask for its assignment within the rebalance timeout (KAFKA-13419). */
  | "sync timeout"
  /** It left of its own accord. */
  | "left";
