// From a target to brokers, at the moment of a fault: a number is taken as it is, a role is looked up in the
// cluster.

import type { Broker } from "../../model/history.ts";
import type { Observer } from "../observe/observe.ts";
import { needsSituation, resolveTarget, type Target } from "../../model/target.ts";

/** Resolves a target. @throws LabError NO_SUCH_BROKER, NO_LEADER, NO_CONTROLLER, LAB_CLOSED */
export type TargetResolver = (target: Target) => Promise<Broker[]>;

export interface TargetResolverParts {
  brokers: readonly Broker[];
  observer: Observer;
  /** The topic and partition that roles speak of. */
  focus(): { topic: string; partition: number };
  assertOpen(): void;
}

export function makeTargetResolver({
  brokers,
  observer,
  focus,
  assertOpen,
}: TargetResolverParts): TargetResolver {
  return async (target) => {
    assertOpen();
    if (!needsSituation(target)) return resolveTarget(target, { brokers, controller: null });
    const view = await observer.look();
    const { topic, partition } = focus();
    const focused = view.partitions.find((one) => one.topic === topic && one.partition === partition);
    return resolveTarget(target, {
      brokers,
      controller: view.controller,
      ...(focused && { partition: focused }),
    });
  };
}
