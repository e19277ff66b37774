// Leaders that are elected because somebody asks for it, not because one is lost (KIP-183, KIP-460).
//
//   preferred   back to the first of a partition's replicas, if it is alive and in sync: nothing is lost
//   unclean     where there is no leader: the first replica that is alive, in sync or not. What only the
//               others have is lost, also what was acknowledged

import type { Broker } from "./broker.ts";
import type { LeaderOf } from "./target.ts";
import type { TopicPartition } from "./partition.ts";

/**
 * Which replica is elected: `preferred`, the first of the partition's replicas, which has to be in sync;
 * `unclean`, of a partition without a leader, one that is alive, in sync or not.
 */
export type ElectionKind = "preferred" | "unclean";

/** A topic, or one of its partitions. */
export interface TopicTarget {
  readonly topic: string;
  /** @default all of the topic's partitions */
  readonly partition?: number;
}

/**
 * The partitions whose leaders are elected: one (`{ leaderOf: "orders-3" }`, `{ topic: "orders", partition: 3
 * }`), those of a topic (`{ topic: "orders" }`), or `"all"`.
 */
export type ElectionTarget = LeaderOf | TopicTarget | "all";

/**
 * What came of an election: another leader; none was needed, since the leader is the preferred one, or (for
 * an unclean one) there is a leader; Kafka refused it.
 */
export type ElectionResult = "elected" | "not needed" | "refused";

/** One partition in an election. */
export interface ElectedPartition extends TopicPartition {
  /** The leader when it was asked for; null where there was none. */
  readonly before: Broker | null;
  /** The leader afterwards. */
  readonly after: Broker | null;
  readonly result: ElectionResult;
  /** Kafka's name for why it was refused. */
  readonly error?: string;
}

/** Leaders were elected because the lab asked for it. */
export interface ElectionEvent {
  kind: "election";
  /** When it was asked for. */
  atMs: number;
  /** Until the elected brokers were seen to lead. */
  tookMs: number;
  election: ElectionKind;
  /** The target as asked: `orders-3`, `topic orders`, `all partitions`. */
  asked: string;
  partitions: readonly ElectedPartition[];
}
