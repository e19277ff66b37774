// The cluster at one moment, as a value.

import type { Engine, Exit, Node, NodeState } from "../../engine/engine.ts";
import type { Broker, NodeId, PartitionState } from "../../model/history.ts";
import type { View } from "../observe/observe.ts";

/** A broker as `describe()` shows it. */
export interface BrokerState {
  broker: Broker;
  nodeId: NodeId;
  service: string;
  state: NodeState;
  /** Whether the cluster holds it for alive: registered with the controller and not fenced. */
  alive: boolean;
  /** `host:port` for this machine's clients. */
  endpoint: string;
  pid?: number;
  exit?: Exit;
}

/** The cluster at one moment: a frozen value. */
export interface Description {
  engine: "local" | "docker";
  kafka: string;
  brokers: readonly BrokerState[];
  /**
   * The active controller's broker number; null where the quorum has no leader, or where it is a node that is
   * no broker (see `quorum`).
   */
  controller: Broker | null;
  /** Null where no majority of the voters answers. */
  quorum: { leader: string; nodeId: NodeId; epoch: number; voters: readonly NodeId[] } | null;
  partitions: readonly PartitionState[];
}

/** A node that is a broker. */
export type BrokerNode = Node & { broker: Broker; client: string };

export function brokerNodes(engine: Engine): readonly BrokerNode[] {
  return engine.nodes.filter((node): node is BrokerNode => node.broker !== null);
}

/** What was observed, and the state of the processes, as a frozen value. */
export function descriptionOf(engine: Engine, view: View): Description {
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
        `${topic}-${partition} leader ${leader ?? "none"} ISR [${isr.join(", ")}] of [${replicas.join(", ")}]`,
    );
  return [...states, `controller ${controller ?? quorum?.leader ?? "none"}`, ...bad].join("; ");
}
