// The circumstances with one controller that is known, and what every rule asks of them.

import type { Broker, NodeId } from "../../model/history.ts";
import type { Circumstances, KnownNode } from "./circumstances.ts";
import type { Timer } from "../../model/prediction.ts";
import { type Reach, reachOf } from "./reach.ts";
import { brokerTimers, clusterTimers, timerOf } from "./timers.ts";

export interface Situation extends Circumstances {
  readonly reach: Reach;
  /** Kafka's first number; 4 where it is not known. */
  readonly major: number;
  nodeOf(broker: Broker): KnownNode | undefined;
  node(id: NodeId | null): KnownNode | undefined;
  /** A timer as a node has it; of a voter, a broker, where no node is named. */
  timer(name: string, node?: KnownNode): Timer;
}

export function situationOf(circumstances: Circumstances): Situation {
  const { nodes, kafka } = circumstances;
  const all = clusterTimers(nodes);
  return {
    ...circumstances,
    reach: reachOf(circumstances),
    major: Number(/^\d+/.exec(kafka ?? "")?.[0] ?? 4),
    nodeOf: (broker) => nodes.find((node) => node.broker === broker),
    node: (id) => nodes.find(({ nodeId }) => nodeId === id),
    timer: (name, node) =>
      timerOf(name, (node === undefined ? all : brokerTimers(node.properties))[name] ?? 0),
  };
}

/** Whether a fault hits a node. */
export function isTarget({ fault }: Circumstances, node: KnownNode): boolean {
  return node.broker !== null && fault.targets.includes(node.broker);
}

/**
 * How many in-sync replicas a write with acks=all needs (Partition.effectiveMinIsr: never more than there are
 * replicas).
 */
export function neededIsr({ topic }: Circumstances): number {
  return Math.min(topic.minIsr, Math.max(1, topic.state.replicas.length));
}
