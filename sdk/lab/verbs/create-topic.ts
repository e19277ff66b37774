// Creates a topic and waits until the brokers know it.

import type { Engine } from "../../engine/engine.ts";
import { checkProperties, checkTopicName } from "../../kafka/mod.ts";
import { LabError } from "../../model/errors.ts";
import type { PartitionState } from "../../model/history.ts";
import type { OpenFaults } from "../faults/open-faults.ts";
import type { Observer, View } from "../observe/observe.ts";
import { type BrokerNode, brokerNodes, hasFullIsr } from "./description.ts";
import { firstReplication } from "./first-replication.ts";
import type { Waiter, WaitOptions } from "./waiting.ts";

/** Options of `createTopic`. */
export interface TopicOptions extends WaitOptions {
  /** The number of partitions. @default 1 */
  partitions?: number;
  /** Replicas of each partition. @default 3, or the number of brokers if there are fewer */
  replicationFactor?: number;
  /** Topic settings by Kafka's names, such as `min.insync.replicas`. @default {} */
  config?: Readonly<Record<string, string>>;
}

/** Asks the cluster for a topic. */
export type AskForTopic = (
  topic: string,
  options: { partitions: number; replicationFactor: number; config: Readonly<Record<string, string>> },
) => Promise<void>;

export interface TopicParts {
  engine: Engine;
  observer: Observer;
  faults: OpenFaults;
  createTopic: AskForTopic;
  /** Called with the id of a topic that is there. @default not called */
  noteTopicId?(topic: string, id: string): void;
}

/** @throws RangeError, TypeError for what Kafka would refuse; LabError COMMAND_FAILED, NOT_READY */
export async function createTopicAndWait(
  { engine, observer, faults, createTopic, noteTopicId }: TopicParts,
  waiter: Waiter,
  topic: string,
  { partitions, replicationFactor, config = {}, ...options }: TopicOptions,
): Promise<void> {
  const nodes = brokerNodes(engine);
  checkTopicName(topic);
  checkProperties(config, engine.kafka, "topic");
  if (replicationFactor !== undefined && replicationFactor > nodes.length)
    throw new RangeError(
      `Cannot create ${topic} with ${replicationFactor} replicas: the cluster has ${nodes.length} brokers`,
    );
  const asked = {
    partitions: partitions ?? 1,
    replicationFactor: replicationFactor ?? Math.min(3, nodes.length),
    config,
  };
  const replicated = firstReplication(engine, nodes);
  await createTopic(topic, asked);
  observer.forceMetadataCommit();
  const hasTopic = (seen: View["partitions"]): boolean => {
    const own = seen.filter((one) => one.topic === topic);
    assertAsAsked(topic, own, { partitions, replicationFactor });
    return own.length > 0 && own.every(hasFullIsr);
  };
  /** One that a fault keeps from answering is not waited for, nor one that nobody can ask. */
  const mustAnswer = ({ broker, service, observed }: BrokerNode): boolean =>
    observed !== null &&
    engine.status(service).state === "running" &&
    !faults.open.some(({ targets }) => targets.includes(broker));
  let id: string | null | undefined;
  await waiter.until(
    `${topic} to have full ISR for every broker`,
    ({ views, topicIds }) => {
      id = topicIds.get(topic);
      return (
        views.size > 0 &&
        [...views.values()].every((seen) => hasTopic(seen.partitions)) &&
        nodes.filter(mustAnswer).every(({ broker }) => views.has(broker))
      );
    },
    options,
  );
  // somebody may delete it before the history's own observer looks
  if (typeof id === "string") noteTopicId?.(topic, id);
  await replicated({ topic, ...asked });
}

/**
 * Only what was asked for counts: a cell that is run again finds the topic that it made before. All
 * partitions of a new one come at once.
 */
function assertAsAsked(
  topic: string,
  own: readonly PartitionState[],
  asked: { partitions: number | undefined; replicationFactor: number | undefined },
): void {
  if (own.length === 0) return; // no broker knows it yet
  const has = { partitions: own.length, replicationFactor: own[0]!.replicas.length };
  const say = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
  for (const [option, what] of [
    ["partitions", "partition"],
    ["replicationFactor", "replica"],
  ] as const) {
    const wanted = asked[option];
    if (wanted === undefined || wanted === has[option]) continue;
    throw new LabError(
      "COMMAND_FAILED",
      `Cannot create the topic ${topic} with ${say(wanted, what)}: it exists with ${say(has[option], what)}`,
      { hint: `Is another name meant? Without \`${option}\` the topic is taken as it is.` },
    );
  }
}
