// The circumstances with one controller that is known, and what every rule asks of them.

import type { Broker, NodeId } from "../../model/history.ts";
import type { Circumstances, KnownNode, KnownTopic } from "./circumstances.ts";
import { hitsMetadataLog, hitsReplica } from "./disk-scope.ts";
import type { Timer } from "../../model/prediction.ts";
import { type Reach, reachOf } from "./reach.ts";
import { topicAfter } from "./settings.ts";
import { brokerTimers, clusterTimers, timerOf } from "./timers.ts";

export { isTarget } from "./circumstances.ts";

export interface Situation extends Circumstances {
  readonly reach: Reach;
  /** The active controller, where its hung disk has it do nothing any more. */
  readonly frozen?: NodeId;
  /** The topic with the settings that it had before the fault; `topic` has those that the fault makes. */
  readonly before: KnownTopic;
  /** Kafka's first number; 4 where it is not known. */
  readonly major: number;
  nodeOf(broker: Broker): KnownNode | undefined;
  node(id: NodeId | null): KnownNode | undefined;
  /** A timer as a node has it; of a voter, a broker, where no node is named. */
  timer(name: string, node?: KnownNode): Timer;
  /** How long work takes on this machine that takes so many milliseconds on the reference machine. */
  work(ms: number): number;
}

export function situationOf(given: Circumstances): Situation {
  const circumstances = withQuorumLeader(given);
  const { nodes, kafka, slower = 1 } = circumstances;
  const all = clusterTimers(nodes);
  return {
    ...circumstances,
    topic: topicAfter(circumstances),
    before: circumstances.topic,
    reach: reachOf(circumstances),
    major: Number(/^\d+/.exec(kafka ?? "")?.[0] ?? 4),
    work: (ms) => Math.round(ms * slower),
    nodeOf: (broker) => nodes.find((node) => node.broker === broker),
    node: (id) => nodes.find(({ nodeId }) => nodeId === id),
    timer: (name, node) =>
      timerOf(name, (node === undefined ? all : brokerTimers(node.properties))[name] ?? 0),
  };
}

/**
 * A hung disk under the active controller is as a frozen process: the quorum's leader writes before it
 * answers, so the other voters elect another. The node does not learn of that, since its own metadata log
 * hangs, and sends its heartbeats to itself, until the new controller fences it. Measured with 3.9.2. Where
 * its replica lies in another directory, it goes on as the leader that it is for itself. Other targets only
 * have a disk that hangs.
 */
function withQuorumLeader(circumstances: Circumstances): Circumstances & Pick<Situation, "frozen"> {
  const { fault, nodes, controller } = circumstances;
  const active = nodes.find(({ nodeId }) => nodeId === controller);
  const isHung = fault.disk?.effect === "hung" && active !== undefined;
  if (!isHung || !hitsMetadataLog(circumstances, active)) return circumstances;
  const { broker, nodeId } = active;
  if (hitsReplica(circumstances, active) || broker === null) return { ...circumstances, frozen: nodeId };
  const cut = { kind: "isolate", how: "drop", path: "controllers", direction: "both", broker } as const;
  return { ...circumstances, fault: { ...fault, network: [cut] } };
}

/**
 * How many in-sync replicas a write with acks=all needs: since Kafka 3.7 never more than there are replicas
 * (Partition.effectiveMinIsr), before as many as the setting says.
 */
export function neededIsr({ topic, kafka }: Pick<Circumstances, "topic" | "kafka">): number {
  const isBounded = isAtLeast(kafka, 3, 7);
  return isBounded ? Math.min(topic.minIsr, Math.max(1, topic.state.replicas.length)) : topic.minIsr;
}

/** Whether Kafka is of that version or a later one; where it is not known, it is taken for the newest. */
export function isAtLeast(kafka: string | null, major: number, minor: number): boolean {
  const [first = 4, second = 99] = (/^\d+(\.\d+)?/.exec(kafka ?? "")?.[0] ?? "")
    .split(".")
    .filter((part) => part !== "")
    .map(Number);
  return first > major || (first === major && second >= minor);
}
