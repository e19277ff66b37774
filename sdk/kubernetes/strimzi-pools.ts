// The nodes of node pools: how many, with which ids, roles and volumes.

import type { Role } from "../compose/kafka.ts";
import type { Mapping } from "../compose/tree.ts";
import { LabError } from "../model/errors.ts";
import { MAX_PODS } from "./pods.ts";
import { at, countAt, listAt, mapsAt, named, type Resource, textAt } from "./resource.ts";
import type { BareCluster, Member, StrimziVolume } from "./strimzi-model.ts";

/**
 * The nodes of a cluster.
 *
 * @throws LabError `BAD_CONFIGURATION` for more than {@link MAX_PODS} of a pool
 */
export function membersOf(cluster: BareCluster): Member[] {
  return cluster.isKraft ? ofPools(cluster) : ofResource(cluster.resource, cluster.spec);
}

/** Ids are given out pool by pool in the order of their names (NodeIdAssignor). */
function ofPools(cluster: BareCluster): Member[] {
  const taken = new Set(cluster.pools.flatMap((pool) => listAt(pool.tree, "status", "nodeIds").map(Number)));
  const ids = new Map<Resource, number[]>();
  for (const pool of [...cluster.pools].sort((a, b) => (a.name < b.name ? -1 : 1)))
    ids.set(pool, idsOf(pool, taken));
  return cluster.pools.flatMap((pool): Member[] => {
    const spec = at(pool.tree, "spec");
    if (spec?.kind !== "map") return [];
    const roles = listAt(spec, "roles").filter(
      (role): role is Role => role === "broker" || role === "controller",
    );
    return ids.get(pool)!.map((nodeId) => ({
      name: `${cluster.resource.name}-${pool.name}-${nodeId}`,
      nodeId,
      roles,
      owner: pool,
      spec,
      volumes: volumesOf(spec),
    }));
  });
}

function idsOf(pool: Resource, taken: Set<number>): number[] {
  const count = replicasOf(pool, "spec");
  const known = listAt(pool.tree, "status", "nodeIds").map(Number).slice(0, count);
  const asked = rangeOf(pool.annotations["strimzi.io/next-node-ids"] ?? "");
  const ids = [...known];
  while (ids.length < count) {
    let next = asked.find((id) => !taken.has(id)) ?? 0;
    while (taken.has(next)) next++;
    taken.add(next);
    ids.push(next);
  }
  return ids;
}

/** `[0, 1, 10-19]` */
function rangeOf(text: string): number[] {
  return text
    .slice(0, 1000)
    .replace(/[[\]\s]/g, "")
    .split(",")
    .flatMap((part) => {
      const [, from, to] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part) ?? [];
      if (from === undefined) return [];
      const count = Math.min(Math.max(Number(to ?? from) - Number(from) + 1, 1), MAX_PODS);
      return Array.from({ length: count }, (_, i) => Number(from) + i);
    });
}

function replicasOf(resource: Resource, ...path: string[]): number {
  const count = countAt(resource.tree, ...path, "replicas") ?? 0;
  if (count > MAX_PODS)
    throw new LabError(
      "BAD_CONFIGURATION",
      `Cannot read ${named(resource)}: more than ${MAX_PODS} replicas`,
      {
        ...resource.location,
      },
    );
  return count;
}

/** The brokers of a cluster with ZooKeeper, which has no pools. */
function ofResource(resource: Resource, spec: Mapping): Member[] {
  return Array.from({ length: replicasOf(resource, "spec", "kafka") }, (_, nodeId) => ({
    name: `${resource.name}-kafka-${nodeId}`,
    nodeId,
    roles: ["broker"],
    owner: resource,
    spec,
    volumes: volumesOf(spec),
  }));
}

function volumesOf(spec: Mapping): StrimziVolume[] {
  const storage = at(spec, "storage");
  if (storage?.kind !== "map") return [];
  const all = textAt(storage, "type") === "jbod" ? mapsAt(storage, "volumes") : [storage];
  return all.map((one) => ({
    isEphemeral: textAt(one, "type") === "ephemeral",
    location: at(one, "type")?.location ?? one.location,
  }));
}
