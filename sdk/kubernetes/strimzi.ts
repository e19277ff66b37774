// Strimzi's Kafka and KafkaNodePool as nodes with the server.properties that the operator writes.
//
// Sources: strimzi-kafka-operator, KafkaBrokerConfigurationBuilder (listeners, voters, log.dirs),
// KafkaConfiguration (defaults, what is filtered), NodeIdAssignor (ids), KafkaResources (names).

import type { Mapping } from "../compose/tree.ts";
import { isCounted } from "./pods.ts";
import { at, countAt, isSameNamespace, mapsAt, type Resource, scalarsIn, textAt } from "./resource.ts";
import { isForbidden } from "./strimzi-forbidden.ts";
import type {
  BareCluster,
  StrimziCluster,
  StrimziListener,
  StrimziNode,
  StrimziSetting,
} from "./strimzi-model.ts";
import { membersOf } from "./strimzi-pools.ts";
import { ownSettings } from "./strimzi-settings.ts";

/** Whether a resource is one of Strimzi's. */
export function isStrimzi({ apiVersion }: Pick<Resource, "apiVersion">, group = "kafka.strimzi.io"): boolean {
  return apiVersion.startsWith(`${group}/`);
}

/** The cluster that a resource belongs to by its label. */
export function clusterLabelOf({ labels }: Resource): string | undefined {
  return labels["strimzi.io/cluster"];
}

/**
 * The clusters that Strimzi makes of resources; one whose node pools are not there, or do not say how many
 * nodes they have, has no nodes.
 *
 * @throws LabError `BAD_CONFIGURATION` for more than {@link MAX_PODS} nodes
 */
export function strimziClusters(resources: readonly Resource[]): StrimziCluster[] {
  const own = resources.filter((one) => isStrimzi(one));
  return own
    .filter(({ kind }) => kind === "Kafka")
    .flatMap((resource): StrimziCluster[] => {
      const spec = at(resource.tree, "spec", "kafka");
      if (spec?.kind !== "map") return [];
      const pools = own.filter(
        (one) =>
          one.kind === "KafkaNodePool" &&
          clusterLabelOf(one) === resource.name &&
          isSameNamespace(one.namespace, resource.namespace),
      );
      const listeners = listenersOf(spec);
      const config = scalarsIn(at(spec, "config")).map(
        ({ key, value, location }): StrimziSetting => ({ key, value, isOperators: false, location }),
      );
      const taken = config.filter(({ key }) => !isForbidden(key, listeners));
      const isKraft = pools.length > 0 || at(resource.tree, "spec", "zookeeper") === undefined;
      const cluster = { resource, spec, isKraft, pools, listeners };
      const uncounted = isKraft
        ? pools.filter((pool) => !isCounted(pool))
        : [resource].filter((one) => !isCounted(one, "spec", "kafka"));
      return [
        {
          ...cluster,
          version: textAt(spec, "version") ?? "",
          forbidden: config.filter((one) => !taken.includes(one)),
          uncounted,
          nodes: uncounted.length > 0 ? [] : nodesOf(cluster, taken),
        },
      ];
    });
}

function listenersOf(spec: Mapping): StrimziListener[] {
  return mapsAt(spec, "listeners").map((one) => ({
    name: textAt(one, "name") ?? "",
    port: countAt(one, "port") ?? 0,
    type: textAt(one, "type") ?? "internal",
    isTls: textAt(one, "tls") === "true",
    authentication: textAt(one, "authentication", "type") ?? null,
    location: one.location,
  }));
}

function nodesOf(cluster: BareCluster, taken: readonly StrimziSetting[]): StrimziNode[] {
  const members = membersOf(cluster);
  const keys = new Set(taken.map(({ key }) => key));
  return members.map((member) => {
    const own = ownSettings(member, { cluster, members }).filter(
      // the operator's default counts where the resource has none
      ({ key }) => key !== "min.insync.replicas" || !keys.has(key),
    );
    return { ...member, settings: [...taken, ...own] };
  });
}
