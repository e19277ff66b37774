// Whom a fault hits: a broker's number, several, a role, or the leader of a partition. Roles and leaders are
// resolved once, when the fault is injected.

import { LabError } from "./errors.ts";
import type { Broker, NodeId } from "./broker.ts";
import { controllersField, type Members } from "./member.ts";
import { printable } from "./printable.ts";
import { findPartition, type PartitionState, partitionName, readPartitionName } from "./partition.ts";

/**
 * A role, resolved once when the fault is injected: the leader or the followers of the lab's partition 0, or
 * the active controller.
 */
export type Role = "leader" | "controller" | "followers";

/**
 * The leader of one partition of any topic, resolved once when the fault is injected: `{ leaderOf: "orders-3"
 * }`. The last dash separates the topic's name and the partition's number.
 */
export interface LeaderOf {
  /** Topic and partition, as Kafka writes them: `orders-3`. */
  readonly leaderOf: string;
}

/**
 * The broker that coordinates a consumer group, resolved once when the fault is injected: `{ coordinatorOf:
 * "billing" }`. It leads the group's partition of `__consumer_offsets`.
 */
export interface CoordinatorOf {
  /** The group's name. */
  readonly coordinatorOf: string;
}

/** A node by Kafka's own `node.id`: a broker, or a node that is only a controller. */
export interface NodeTarget {
  /** Kafka's `node.id`. */
  readonly node: NodeId;
}

/** A node by its service in the compose file: a broker, or a node that is only a controller. */
export interface ServiceTarget {
  /** The service's name. */
  readonly service: string;
}

/**
 * A broker number, a role, the leader of a partition, the coordinator of a group, a node by its id or its
 * service, or a list of them.
 */
export type Target = OneTarget | readonly OneTarget[];

/** A target that is no list. */
export type OneTarget = number | Role | LeaderOf | CoordinatorOf | NodeTarget | ServiceTarget;

/** What is known of the cluster when a target is resolved. */
export interface Situation {
  brokers: readonly Broker[];
  controller: Broker | null;
  /** The active controller's `node.id`, where it is a node that is only a controller. */
  controllerNode?: NodeId | null;
  /** Every node; without them only brokers are known. */
  nodes?: readonly { service: string; nodeId: NodeId; broker: Broker | null }[];
  /** The partition that `"leader"` and `"followers"` speak of, where there is one. */
  partition?: PartitionState;
  /** Every partition of the cluster; absent where no broker answered. */
  partitions?: readonly PartitionState[];
  /** By group, the broker that coordinates it; null where no broker knows one. */
  coordinators?: ReadonlyMap<string, Broker | null>;
}

/**
 * Returns the nodes that a target means, each once, in the order given.
 *
 * @throws LabError NO_SUCH_BROKER, NO_SUCH_PARTITION, NO_LEADER, NO_CONTROLLER, NO_COORDINATOR
 * @throws TypeError where the target is none of those that there are
 */
export function resolveTarget(target: Target, situation: Situation): Members {
  const resolved = listed(target).flatMap((one): One[] => {
    if (typeof one === "number") return [{ broker: numbered(one, situation) }];
    if (typeof one === "string") return byRole(one, situation);
    if (one !== null && ("node" in one || "service" in one)) return [named(one, situation)];
    if (one !== null && "coordinatorOf" in one) return [{ broker: coordinatorOf(one, situation) }];
    return [{ broker: leaderOf(one, situation) }];
  });
  if (resolved.length === 0)
    throw new LabError(
      "NO_SUCH_BROKER",
      `Cannot resolve the target ${describeTarget(target)}: it means no broker`,
    );
  return {
    targets: [...new Set(resolved.flatMap((one) => ("broker" in one ? one.broker : [])))],
    ...controllersField({
      targets: [],
      controllers: [...new Set(resolved.flatMap((one) => ("controller" in one ? one.controller : [])))],
    }),
  };
}

type One = { broker: Broker } | { controller: NodeId };

/** Says whether a target can only be resolved by looking at the cluster. */
export function needsSituation(target: Target): boolean {
  return listed(target).some(
    (one) =>
      typeof one === "string" ||
      (typeof one === "object" && one !== null && ("leaderOf" in one || "coordinatorOf" in one)),
  );
}

/** The groups whose coordinators a target means. */
export function groupsOf(target: Target): string[] {
  return listed(target).flatMap((one) =>
    typeof one === "object" && one !== null && "coordinatorOf" in one ? [one.coordinatorOf] : [],
  );
}

/** Writes a target as it was asked for: `leader`, `1, 3`, `leader of orders-3`, `node 3001`. */
export function describeTarget(target: Target): string {
  return listed(target).map(describeOne).join(", ");
}

function describeOne(one: OneTarget): string {
  if (typeof one !== "object" || one === null) return String(one);
  if ("node" in one) return `node ${one.node}`;
  if ("coordinatorOf" in one) return `coordinator of ${one.coordinatorOf}`;
  return "service" in one ? `service ${one.service}` : `leader of ${one.leaderOf}`;
}

function listed(target: Target): readonly OneTarget[] {
  return Array.isArray(target) ? (target as readonly OneTarget[]) : [target as OneTarget];
}

function numbered(one: number, { brokers }: Situation): Broker {
  if (brokers.includes(one)) return one;
  throw new LabError(
    "NO_SUCH_BROKER",
    `Cannot find broker ${one}: the cluster has ${brokers.length === 1 ? "broker" : "brokers"} ` +
      `${brokers.join(", ")}`,
    { broker: one },
  );
}

/** The node of an id or a service. */
function named(one: NodeTarget | ServiceTarget, { nodes = [] }: Situation): One {
  const isMeant = (node: { service: string; nodeId: NodeId }): boolean =>
    "node" in one ? node.nodeId === one.node : node.service === one.service;
  const found = nodes.find(isMeant);
  if (found !== undefined)
    return found.broker === null ? { controller: found.nodeId } : { broker: found.broker };
  const known = nodes.map(({ service, nodeId }) => ("node" in one ? String(nodeId) : service));
  throw new LabError(
    "NO_SUCH_BROKER",
    `Cannot find ${printable(describeOne(one))}: the cluster has ` +
      `${"node" in one ? "node.id" : "service"} ${known.join(", ")}`,
  );
}

function leaderOf(one: LeaderOf, { partitions }: Situation): Broker {
  const wanted = typeof one?.leaderOf === "string" ? readPartitionName(one.leaderOf) : undefined;
  if (wanted === undefined)
    throw new TypeError('Cannot resolve the target: expected { leaderOf: "orders-3" }, topic and partition');
  return leading(findPartition(partitions, wanted), partitionName(wanted));
}

function coordinatorOf({ coordinatorOf: group }: CoordinatorOf, { coordinators }: Situation): Broker {
  const found = coordinators?.get(group) ?? null;
  if (found !== null) return found;
  throw new LabError("NO_COORDINATOR", `Cannot find the coordinator of the group ${group}: there is none`, {
    hint: "Has its partition of __consumer_offsets a leader? `cluster.describe()` shows it.",
  });
}

function leading(partition: PartitionState | undefined, name: string): Broker {
  if (partition !== undefined && partition.leader !== null) return partition.leader;
  throw new LabError("NO_LEADER", `Cannot find the leader of ${name}: it has none`, {
    hint: "Are all of its replicas stopped? `cluster.describe()` shows them.",
  });
}

function byRole(role: Role, { controller, controllerNode = null, partition }: Situation): One[] {
  const name = partition === undefined ? "the lab's topic" : partitionName(partition);
  switch (role) {
    case "leader":
      return [{ broker: leading(partition, name) }];
    case "followers":
      if (partition === undefined)
        throw new LabError("NO_LEADER", `Cannot find the followers of ${name}: the topic does not exist`);
      return partition.replicas.filter((broker) => broker !== partition.leader).map((broker) => ({ broker }));
    case "controller":
      if (controller === null && controllerNode !== null) return [{ controller: controllerNode }];
      if (controller === null)
        throw new LabError("NO_CONTROLLER", "Cannot find the active controller: the quorum has none", {
          hint: "Is a majority of the quorum's voters running? `cluster.describe()` shows them.",
        });
      return [{ broker: controller }];
    default:
      throw new TypeError(
        `Cannot resolve the target "${String(role satisfies never)}": expected a broker number, ` +
          '"leader", "controller", "followers", { leaderOf: "orders-3" }, { coordinatorOf: "billing" }, ' +
          '{ node: 1 } or { service: "kafka" }',
      );
  }
}
