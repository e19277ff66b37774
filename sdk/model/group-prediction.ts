// What will happen to one consumer group when a fault strikes, said before it does.

import type { Broker } from "./broker.ts";
import type { FaultKind } from "./fault.ts";
import type { Timer } from "./prediction.ts";
import type { Odds, Span } from "./span.ts";
import type { NetFault } from "./traffic.ts";

/**
 * What the brokers that a fault hits are to a group: the leader of a partition that it reads, its
 * coordinator, both, or neither.
 */
export type GroupRole = "leader" | "coordinator" | "both" | "neither";

/** How many records at most; null where nothing bounds it but what the group has processed. */
export type RecordBound = number | null;

/** Why a prediction for a group says what it does. */
export type GroupReasonCode =
  /** The fault touches no broker and no member that the group needs. */
  | "untouched"
  /** The leader of a partition moves to another broker. */
  | "leader moves"
  /** A partition that the group reads has no leader while the fault lasts. */
  | "no leader"
  /** The leader does not know of new records until an in-sync replica that is gone has left the ISR. */
  | "isr shrinks"
  /** The client reaches the leader no more, and no other is elected. */
  | "leader unreachable"
  /** The old leader answers, and does not know that it is none any more. */
  | "stale leader"
  /** The client waits for a silent broker until its request timeout ends. */
  | "silent broker"
  /** Answers are later. */
  | "late answers"
  /** Answers are later than the client waits. */
  | "too late"
  /** Another broker becomes the coordinator and loads the group; its members need not join again. */
  | "coordinator moves"
  /** The group's partition of `__consumer_offsets` has no leader while the fault lasts. */
  | "no coordinator"
  /** That partition has one replica, and its broker is gone. */
  | "one offsets replica"
  /** The client blocks in `commitSync`, and reads nothing meanwhile. */
  | "commit blocks"
  /** The Java client looks for the coordinator in `poll()`, and returns no records meanwhile. */
  | "poll blocks"
  /**
   * kafkajs sends heartbeats to the broker that coordinated when it joined, until its retries are used up.
   */
  | "kafkajs restarts"
  /** kafkajs pauses between its tries, and then reads no partition of the member. */
  | "kafkajs pauses"
  /** kafkajs asks a silent broker again and again. */
  | "kafkajs hangs"
  /** kafkajs joins again when a broker says that it is the leader, or the coordinator, no more. */
  | "kafkajs rejoins"
  /** kafkajs goes on with the old leader, which answers it as a follower (KIP-392). */
  | "follower answers"
  /** The member leaves the group: its partitions are assigned anew at once. */
  | "leaves"
  /** The member stays in the group until its session expires. */
  | "session expires"
  /** A static member stays in the group when it ends (KIP-345). */
  | "static member"
  /** Processing takes longer than the member may be away. */
  | "too slow"
  /** A slow member is given more than it processes: its partitions wait for each other, ever longer. */
  | "falls behind"
  /** Nobody is left who could take over. */
  | "nobody left"
  /** With an eager protocol every member gives all its partitions back, and waits for the slowest. */
  | "eager rebalance"
  /** With a cooperative protocol only partitions stand still that move. */
  | "cooperative rebalance"
  /** One member after the other. */
  | "one by one"
  /** One broker after the other. */
  | "broker by broker"
  /** What has gone is there again when the broker that was restarted is back. */
  | "comes back"
  /** A partition's ISR is below `min.insync.replicas`: consumers are given nothing new since Kafka 3.7. */
  | "below min isr"
  /** The same of the group's partition of `__consumer_offsets`: no commit is accepted. */
  | "offsets below min isr"
  /** An election is not needed: the leader is who was asked for. */
  | "not needed"
  /** An election is refused: who was asked for is not in sync, or not alive. */
  | "refused"
  /** The fault is healed before. */
  | "healed";

/** What a claim of a group's prediction states. */
export type GroupClaimCode =
  | "readsOn"
  | "standsStill"
  | "mayRead"
  | "readsNoMore"
  | "commitsOn"
  | "commitsAgain"
  | "mayCommit"
  | "commitsNoMore"
  | "noCommits"
  | "rebalance"
  | "mayRebalance"
  | "noRebalance"
  | "noneSkipped"
  | "skippedAtMost"
  | "noneRepeated"
  | "repeatedAtMost"
  | "settingsNotDerived"
  | "slowMachine";

/** One statement of the sentence, with the figures that it names. */
export interface GroupClaim {
  readonly code: GroupClaimCode;
  /** Its probability, where it is not certain. */
  readonly odds?: Odds;
  /** For how long nothing is processed, or committed, in milliseconds. */
  readonly tookMs?: Span;
  /** How long the fault lasts, in milliseconds; absent: until it is healed. */
  readonly lastsMs?: number;
  /** The timers that it names, by Kafka's or the client's names. */
  readonly timers?: readonly string[];
  /** How many records at most; null: nothing bounds it. */
  readonly records?: RecordBound;
  /** As the sentence has it. */
  readonly text: string;
}

/** What a fault does to one partition that a group reads. */
export interface GroupPartitionPrediction {
  readonly topic: string;
  readonly partition: number;
  /** The partition's leader before the fault; null: it has none. */
  readonly leader: Broker | null;
  /** The member that reads it before the fault; null: nobody does. */
  readonly member: string | null;
  /** Whether it is read again while the fault lasts. */
  readonly reads: Odds;
  /**
   * The longest time in which none of its records is processed, in milliseconds, with records sent all the
   * time; null where `reads` is 0.
   */
  readonly standstill: Span | null;
  /** What decides it. */
  readonly timers: readonly Timer[];
}

/** The prediction for one consumer group. Times are in milliseconds. */
export interface GroupPrediction {
  readonly group: string;
  readonly fault: FaultKind;
  /** Brokers that it hits. */
  readonly targets: readonly Broker[];
  /** Members of the group that it hits, by their names. */
  readonly members: readonly string[];
  /** Whose settings it changes, or whose leaders it elects; absent where it hits brokers or members. */
  readonly resources?: readonly string[];
  /** How long the fault lasts; absent: until it is healed. */
  readonly lastsMs?: number;
  /** What the brokers that are hit are to the group; null where no broker is hit. */
  readonly role: GroupRole | null;
  /** Whether every partition is read again while the fault lasts: the least of them. */
  readonly reads: Odds;
  /** The standstill of the partition that waits longest; null where `reads` is 0. */
  readonly standstill: Span | null;
  /** Whether commits are accepted again while the fault lasts; null where nobody commits by policy. */
  readonly commits: Odds | null;
  /**
   * The longest time without an accepted commit; null where `commits` is 0 or null. Where members commit at
   * an interval it counts.
   */
  readonly commitGap: Span | null;
  /** Whether members join the group again because of it. */
  readonly rebalance: Odds;
  /** Records that are committed past and processed by nobody. */
  readonly skipped: RecordBound;
  /** Records that are processed more than once. */
  readonly repeated: RecordBound;
  /** In the order of their numbers. */
  readonly partitions: readonly GroupPartitionPrediction[];
  /** What decides it. */
  readonly timers: readonly Timer[];
  /** Settings that the fault changes, and of which no effect on the group is derived. @default none */
  readonly notDerived?: readonly string[];
  /** How many times slower the machine is than that of the figures; absent where it is not. */
  readonly slower?: number;
  /** Why, in one or two sentences for a person. */
  readonly why: string;
  /** The reasons as codes, the likeliest first. */
  readonly reasons: readonly GroupReasonCode[];
  /** What `sentence` states, in its order. */
  readonly claims: readonly GroupClaim[];
  /** The whole in one line. */
  readonly sentence: string;
}

/** What was predicted for a consumer group, before a fault. */
export interface GroupPredictionEvent {
  kind: "group prediction";
  atMs: number;
  group: string;
  /** The topic that it reads. */
  topic: string;
  prediction: GroupPrediction;
  /** Records that reach the topic a second, as the prediction assumes; null: any number. */
  perSecond: number | null;
  /** The effects on the network, for a network fault. */
  network?: readonly NetFault[];
  /** What was asked for, where settings are changed or leaders elected: `min.insync.replicas=3`. */
  asked?: string;
}
