// The cluster at one moment, as a value.

import type { Engine, EngineKind, Exit, Node, NodeState } from "../../engine/engine.ts";
import type { Broker, NodeId, PartitionState } from "../../model/history.ts";
import type { GroupDescription } from "../groups/states.ts";
import type { View } from "../observe/observe.ts";

/** A broker's state, as `describe()` returns it. */
export interface BrokerState {
  /** Its number, from 1. */
  broker: Broker;
  /** Kafka's `node.id`. */
  nodeId: NodeId;
  /** The name of its compose service. */
  service: string;
  /** The state of its process. */
  state: NodeState;
  /** Whether it is registered with the controller and not fenced. */
  alive: boolean;
  /** `host:port` for this machine's clients. */
  endpoint: string;
  /** The process id; absent if it does not run or is in a container. */
  pid?: number;
  /** How its process ended; absent while it runs. */
  exit?: Exit;
}

/** The cluster's state at one moment; frozen. */
export interface Description {
  /** What runs the brokers. */
  engine: EngineKind;
  /** Kafka's version. */
  kafka: string;
  /** Every broker, by number. */
  brokers: readonly BrokerState[];
  /**
   * The active controller's broker number; null if the quorum has no leader, or if the controller is a node
   * without a broker (see `quorum`).
   */
  controller: Broker | null;
  /** The metadata quorum; null if no majority of the voters responds. */
  quorum: { leader: string; nodeId: NodeId; epoch: number; voters: readonly NodeId[] } | null;
  /** Every partition of every topic. */
  partitions: readonly PartitionState[];
  /** The lab's own consumer groups that are open; to a function that `waitFor` calls, none. */
  groups: readonly GroupDescription[];
}

/** A node that is a broker. */
export type BrokerNode = Node & { broker: Broker; client: string };

export function brokerNodes(engine: Engine): readonly BrokerNode[] {
  return engine.nodes.filter((node): node is BrokerNode => node.broker !== null);
}

/** What was observed, and the state of the processes, as a frozen value. */
export function descriptionOf(
  engine: Engine,
  view: View,
  groups: readonly GroupDescription[] = [],
): Description {
  const leader = engine.nodes.find(({ nodeId }) => nodeId === view.controllerNode);
  return Object.freeze({
    engine: engine.kind,
    kafka: engine.kafka,
    brokers: Object.freeze(brokerNodes(engine).map((node) => brokerState(engine, node, view))),
    controller: view.controller,
    quorum:
      leader === undefined || view.controllerEpoch === null
        ? null
        : Object.freeze({
            leader: leader.service,
            nodeId: leader.nodeId,
            epoch: view.controllerEpoch,
            voters: Object.freeze(view.voters),
          }),
    partitions: Object.freeze(view.partitions.map((one) => Object.freeze(one))),
    groups: Object.freeze(groups),
  });
}

function brokerState(
  engine: Engine,
  { broker, nodeId, service, client }: BrokerNode,
  view: View,
): BrokerState {
  const status = engine.status(service);
  return Object.freeze({
    broker,
    nodeId,
    service,
    endpoint: client,
    alive: status.state === "running" && view.alive.includes(broker),
    ...status,
  });
}

export function hasFullIsr({ leader, isr, replicas }: PartitionState): boolean {
  return leader !== null && isr.length >= replicas.length;
}

/** The state in one line, for an error. */
export function summary({ brokers, controller, quorum, partitions }: Description): string {
  const states = brokers.map(
    ({ broker, state, alive }) =>
      `broker ${broker} ${state}${state === "running" && !alive ? " but not alive for the cluster" : ""}`,
  );
  const bad = partitions
    .filter((one) => !hasFullIsr(one))
    .slice(0, 3)
    .map(
      ({ topic, partition, leader, isr, replicas }) =>
        `${topic}-${partition} leader ${leader ?? "none"} ` +
        `ISR [${isr.join(", ")}] of [${replicas.join(", ")}]`,
    );
  return [...states, `controller ${controller ?? quorum?.leader ?? "none"}`, ...bad].join("; ");
}
