// What a consumer group's outage is spent on, beside what producers wait for, too.

/**
 * A part of the time in which a partition of a consumer group stands still. `detection`, `election`,
 * `metadata`, `reconnect`, `request`, `back-off`, `delay`, `healing` and `other` are as for producers;
 * `detection` is also the time until the coordinator holds a member for dead.
 */
export type GroupPartKind =
  /** Until a member's process had started and asked to join. */
  | "start"
  /** Until the group has a coordinator, and its members know it: FindCoordinator. */
  | "coordinator"
  /** Until the new coordinator has loaded the group's offsets. */
  | "loading"
  /** From the rebalance's begin until every member has joined, or was given up. */
  | "join"
  /** From then until the members have their partitions: the leader assigns them. */
  | "sync"
  /** Until the member has the committed offset from which it reads on. */
  | "position"
  /** Until the member is given the first records. */
  | "fetch"
  /** The member processes records, of this partition or of another. */
  | "processing"
  /** The member waits for the answer to a commit. */
  | "commit";
