// From a target to nodes, at the moment of a fault: a number, a node.id or a service is taken as it is, a
// role or the leader of a partition is looked up in the cluster.

import type { Node } from "../../engine/engine.ts";
import type { Broker } from "../../model/history.ts";
import type { Members } from "../../model/member.ts";
import type { Observer } from "../observe/observe.ts";
import { groupsOf, needsSituation, resolveTarget, type Target } from "../../model/target.ts";

/**
 * Resolves a target.
 *
 * @throws LabError NO_SUCH_BROKER, NO_SUCH_PARTITION, NO_LEADER, NO_CONTROLLER, NO_COORDINATOR, LAB_CLOSED
 */
export type TargetResolver = (target: Target) => Promise<Members>;

export interface TargetResolverParts {
  brokers: readonly Broker[];
  nodes: readonly Node[];
  observer: Observer;
  /** The topic and partition that roles speak of. */
  focus(): { topic: string; partition: number };
  /** The broker that coordinates a group; null where there is none. */
  coordinatorOf(group: string): Promise<Broker | null>;
  assertOpen(): void;
}

export function makeTargetResolver({
  brokers,
  nodes,
  observer,
  focus,
  coordinatorOf,
  assertOpen,
}: TargetResolverParts): TargetResolver {
  return async (target) => {
    assertOpen();
    if (!needsSituation(target)) return resolveTarget(target, { brokers, nodes, controller: null });
    const coordinators = await Promise.all(
      groupsOf(target).map(async (group) => [group, await coordinatorOf(group)] as const),
    );
    const view = await observer.look();
    const { topic, partition } = focus();
    const focused = view.partitions.find((one) => one.topic === topic && one.partition === partition);
    return resolveTarget(target, {
      brokers,
      nodes,
      controller: view.controller,
      coordinators: new Map(coordinators),
      controllerNode: view.controllerNode,
      ...(focused && { partition: focused }),
      ...(view.answered > 0 && { partitions: view.partitions }),
    });
  };
}
