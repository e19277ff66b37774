// One partition at one moment, and how it is named.

import { editDistance } from "./edit-distance.ts";
import type { Broker } from "./broker.ts";
import { LabError } from "./errors.ts";

/** One partition as Kafka's metadata tells it. */
export interface PartitionState {
  topic: string;
  partition: number;
  leader: Broker | null;
  leaderEpoch: number;
  /** By number. */
  replicas: readonly Broker[];
  /**
   * The first of its replicas as they were assigned, which Kafka prefers as the leader; absent in runs before
   * this field existed.
   */
  preferred?: Broker;
  isr: readonly Broker[];
  offline: readonly Broker[];
}

/** A partition's topic and number. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Writes a partition as Kafka does: `orders-3`. */
export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

/**
 * Reads a partition's name, `orders-3`; undefined where the text is none. The last dash separates: a topic's
 * name may have dashes and digits.
 */
export function readPartitionName(text: string): TopicPartition | undefined {
  const [, topic, number] = /^(.+)-(0|[1-9]\d{0,9})$/s.exec(text) ?? [];
  const partition = Number(number);
  return topic === undefined || partition > MOST ? undefined : { topic, partition };
}

/** The largest of Kafka's 32-bit numbers. */
const MOST = 2_147_483_647;

/**
 * Returns a partition's state as the cluster tells it.
 *
 * @param partitions undefined where no broker answered
 * @throws LabError NO_SUCH_PARTITION: the message lists what exists
 */
export function findPartition(
  partitions: readonly PartitionState[] | undefined,
  wanted: TopicPartition,
): PartitionState {
  const found = partitions?.find(
    ({ topic, partition }) => topic === wanted.topic && partition === wanted.partition,
  );
  if (found !== undefined) return found;
  throw noSuchPartition(partitions, wanted.topic, partitionName(wanted));
}

/**
 * Returns the states of all partitions of a topic, in order.
 *
 * @param partitions undefined where no broker answered
 * @throws LabError NO_SUCH_PARTITION: the message lists what exists
 */
export function partitionsOfTopic(
  partitions: readonly PartitionState[] | undefined,
  topic: string,
): PartitionState[] {
  const found = (partitions ?? []).filter((one) => one.topic === topic);
  if (found.length === 0) throw noSuchPartition(partitions, topic, `the topic ${topic}`);
  return found.sort((a, b) => a.partition - b.partition);
}

function noSuchPartition(
  partitions: readonly PartitionState[] | undefined,
  topic: string,
  what: string,
): LabError {
  if (partitions === undefined)
    return new LabError("NO_SUCH_PARTITION", `Cannot find ${what}: no broker answered`, {
      hint: "Does a broker run? `cluster.describe()` shows them.",
    });
  const own = partitions.filter((one) => one.topic === topic).map(({ partition }) => partition);
  const topics = [...new Set(partitions.map((one) => one.topic))].sort();
  const state = own.length === 0 ? topicsText(topics) : `${topic} has ${numbersText(own)}`;
  const near = own.length === 0 ? nearestTopic(topic, topics) : undefined;
  return new LabError(
    "NO_SUCH_PARTITION",
    `Cannot find ${what}: ${state}`,
    near === undefined ? {} : { hint: `Did you mean ${near}?` },
  );
}

/** More topics than a message lists. */
const LISTED = 10;

/** Kafka's own topics are none that a person writes to. */
function topicsText(topics: readonly string[]): string {
  const named = topics.filter((topic) => !topic.startsWith("__"));
  if (named.length === 0) return "the cluster has no topic";
  const rest = named.length - LISTED;
  const list = named.slice(0, LISTED).join(", ");
  const more = rest > 0 ? ` and ${rest} more` : "";
  return `the cluster has the ${named.length === 1 ? "topic" : "topics"} ${list}${more}`;
}

function numbersText(own: readonly number[]): string {
  const [least, most] = [Math.min(...own), Math.max(...own)];
  if (own.length === 1) return `partition ${least} only`;
  return most - least === own.length - 1
    ? `partitions ${least} to ${most}`
    : `partitions ${[...own].sort((a, b) => a - b).join(", ")}`;
}

function nearestTopic(topic: string, topics: readonly string[]): string | undefined {
  const wanted = topic.slice(0, 40);
  const [best] = topics
    .map((name) => ({ name, apart: editDistance(wanted, name) }))
    .filter(({ name, apart }) => apart <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.apart - b.apart);
  return best?.name;
}
