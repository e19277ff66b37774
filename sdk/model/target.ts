// Whom a fault hits: a broker's number, several, or a role that is resolved once, when the fault is injected.

import { LabError } from "./errors.ts";
import type { Broker } from "./broker.ts";
import type { PartitionState } from "./partition.ts";

/**
 * A role, resolved once when the fault is injected: the leader or the followers of the lab's partition 0, or
 * the active controller.
 */
export type Role = "leader" | "controller" | "followers";

/** A broker number, a role, or a list of them. */
export type Target = number | Role | readonly (number | Role)[];

/** What is known of the cluster when a target is resolved. */
export interface Situation {
  brokers: readonly Broker[];
  controller: Broker | null;
  /** The partition that `"leader"` and `"followers"` speak of, where there is one. */
  partition?: PartitionState;
}

/**
 * Returns the brokers that a target means, each once, in the order given.
 *
 * @throws LabError NO_SUCH_BROKER, NO_LEADER, NO_CONTROLLER
 * @throws TypeError where the target is neither a number nor a role
 */
export function resolveTarget(target: Target, situation: Situation): Broker[] {
  const list: readonly (number | Role)[] = typeof target === "object" ? target : [target];
  const resolved = list.flatMap((one) =>
    typeof one === "number" ? [numbered(one, situation)] : byRole(one, situation),
  );
  if (resolved.length === 0)
    throw new LabError(
      "NO_SUCH_BROKER",
      `Cannot resolve the target ${describeTarget(target)}: it means no broker`,
    );
  return [...new Set(resolved)];
}

/** Says whether a target can only be resolved by looking at the cluster. */
export function needsSituation(target: Target): boolean {
  return typeof target === "object"
    ? target.some((one) => typeof one === "string")
    : typeof target === "string";
}

/** Writes a target as it was asked for: `leader`, `2`, `1, 3`. */
export function describeTarget(target: Target): string {
  return typeof target === "object" ? target.join(", ") : String(target);
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

function byRole(role: Role, { controller, partition }: Situation): Broker[] {
  const name = partition === undefined ? "the lab's topic" : `${partition.topic}-${partition.partition}`;
  switch (role) {
    case "leader": {
      if (partition === undefined || partition.leader === null)
        throw new LabError("NO_LEADER", `Cannot find the leader of ${name}: it has none`, {
          hint: "Are all of its replicas stopped? `cluster.describe()` shows them.",
        });
      return [partition.leader];
    }
    case "followers":
      if (partition === undefined)
        throw new LabError("NO_LEADER", `Cannot find the followers of ${name}: the topic does not exist`);
      return partition.replicas.filter((broker) => broker !== partition.leader);
    case "controller":
      if (controller === null)
        throw new LabError("NO_CONTROLLER", "Cannot find the active controller: the quorum has none", {
          hint: "Is a majority of the quorum's voters running? `cluster.describe()` shows them.",
        });
      return [controller];
    default:
      throw new TypeError(
        `Cannot resolve the target "${String(role satisfies never)}": expected a broker number, ` +
          '"leader", "controller" or "followers"',
      );
  }
}
