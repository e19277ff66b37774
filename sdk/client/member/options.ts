// What a consumer group is asked for.

import type { Duration } from "../../model/duration.ts";

/**
 * When a member commits what it has read.
 *
 * `auto`: the client does, every `autoCommitInterval` (kafkajs also after each batch). `after`: the member,
 * when it has processed a poll. `before`: the member, before it processes a poll. `never`: nobody.
 * `application`: only `group.commit()`.
 */
export type CommitPolicy = "auto" | "after" | "before" | "never" | "application";

/** Timers and limits of a group's members. */
export interface MemberSettings {
  /**
   * After which a member that is silent is thrown out: Kafka's `session.timeout.ms`.
   *
   * @default the client's: 45 s (Java), 30 s (kafkajs)
   */
  sessionTimeout?: Duration;
  /** The pause between heartbeats: `heartbeat.interval.ms`. @default "3s" */
  heartbeatInterval?: Duration;
  /**
   * How long the group waits for members that have to join again: kafkajs's `rebalanceTimeout`, Java's
   * `max.poll.interval.ms`.
   *
   * @default the client's: 60 s (kafkajs), 5 min (Java)
   */
  rebalanceTimeout?: Duration;
  /** With commit `auto`: `auto.commit.interval.ms`. @default "5s" */
  autoCommitInterval?: Duration;
  /** How long a broker may wait for records: `fetch.max.wait.ms`. @default "500ms"; kafkajs's own is 5 s */
  maxWait?: Duration;
  /** After which a request without an answer fails: `request.timeout.ms`. @default "30s" */
  requestTimeout?: Duration;
}

/** Where a group writes what it processes: consume-transform-produce. */
export interface TransformOptions {
  /** The topic that each processed record is written to, with its key; it has to exist. */
  topic: string;
  /**
   * Writes what a poll brought, and commits its offsets, in one transaction: of a poll of one partition
   * (kafkajs), of a whole poll (Java). A text is what each member's `transactional.id` begins with: `true`
   * and the group's name are the same, `billing.1`.
   *
   * @default false: an idempotent producer with acks=all, and offsets are committed as `commit` says
   */
  transactional?: boolean | string;
  /**
   * After which the coordinator aborts a transaction that nobody ends: `transaction.timeout.ms`. Until then
   * readers at read_committed wait at it.
   *
   * @default "60s"
   */
  transactionTimeout?: Duration;
}

/** Options of `lab.group`. */
export interface GroupOptions {
  /** The topic that it reads. @default the topic of the lab */
  topic?: string;
  /** How many members to start. @default 2 */
  members?: number;
  /** The client: kafkajs, or Kafka's own in Java. @default "kafkajs" */
  client?: "kafkajs" | "java";
  /** When it commits; not with a `transactional` transform, whose transactions do. @default "auto" */
  commit?: CommitPolicy;
  /** How long processing a record takes; `java` does not poll in that time. @default 0 */
  process?: Duration;
  /**
   * The record whose processing fails, once in each member's life: 1 is the first that it processes. It is
   * read again.
   *
   * @default none fails
   */
  failAt?: number;
  /** Writes each processed record to another topic. @default false */
  transform?: false | TransformOptions;
  /**
   * How partitions are shared among members; `java` has all, kafkajs only its own `roundrobin`.
   *
   * @default the client's: roundrobin (kafkajs), range and cooperative-sticky (Java)
   */
  assignor?: "range" | "roundrobin" | "sticky" | "cooperative-sticky";
  /**
   * Static membership (`group.instance.id`): true names each member's id after it; `java` only.
   *
   * @default false
   */
  instanceIds?: boolean | readonly string[];
  /**
   * Where to begin without a committed offset: `auto.offset.reset`.
   *
   * @default "earliest", so that nothing sent before the first join is skipped; the clients' own is latest
   */
  reset?: "earliest" | "latest";
  /**
   * Whether records of open and aborted transactions are read: `isolation.level`.
   *
   * @default the client's: read_uncommitted (Java), read_committed (kafkajs)
   */
  isolation?: "read_committed" | "read_uncommitted";
  /** The group protocol; `consumer` (KIP-848) needs brokers and a client of 4.0. @default "classic" */
  protocol?: "classic" | "consumer";
  /** Timers and limits. @default the client's */
  settings?: MemberSettings;
  /** Any property of Kafka's own consumer, by Kafka's name; for `client: "java"` only. */
  properties?: Readonly<Record<string, string>>;
}
