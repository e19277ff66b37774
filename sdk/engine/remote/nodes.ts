// From what a cluster said of itself to the nodes of an engine: pure functions.

import type { Node } from "../engine.ts";
import type { Found } from "./look.ts";

/** Returns the brokers in the order of their node ids, then the controllers that are no brokers. */
export function nodesOf({ brokers, quorum }: Pick<Found, "brokers" | "quorum">): Node[] {
  const known = new Set(brokers.map(({ nodeId }) => nodeId));
  const voters = quorum?.voters ?? [];
  return [
    ...brokers.map(({ nodeId, address, configs }, index): Node => {
      const properties = typeof configs === "string" ? {} : configs;
      const isController =
        voters.includes(nodeId) || (properties["process.roles"] ?? "").includes("controller");
      return {
        service: serviceOf(nodeId),
        broker: index + 1,
        nodeId,
        roles: isController ? ["broker", "controller"] : ["broker"],
        client: address,
        observed: address,
        controller: null,
        properties,
      };
    }),
    ...voters
      .filter((nodeId) => !known.has(nodeId))
      .map(
        (nodeId): Node => ({
          service: serviceOf(nodeId),
          broker: null,
          nodeId,
          roles: ["controller"],
          client: null,
          observed: null,
          controller: null,
          properties: {},
        }),
      ),
  ];
}

function serviceOf(nodeId: number): string {
  return `node-${nodeId}`;
}

/** The highest level of metadata.version of each release (MetadataVersion.java). */
const LEVELS: readonly (readonly [level: number, release: string])[] = [
  [7, "3.3"],
  [8, "3.4"],
  [11, "3.5"],
  [14, "3.6"],
  [19, "3.7"],
  [20, "3.8"],
  [21, "3.9"],
  [25, "4.0"],
  [27, "4.1"],
  [29, "4.2"],
  [30, "4.3"],
  [33, "4.4"],
];

/** The release of the broker that answered, as far as its features show; a broker does not name its own. */
export function releaseOf(features: Found["features"]): string {
  const level = features?.supported.get("metadata.version")?.max;
  if (level === undefined) return "3";
  return LEVELS.find(([highest]) => level <= highest)?.[1] ?? "4";
}

/** What the lab cannot see or do there, and what it could not reach, a sentence each. */
export function missingOf({ brokers, absent, silent, features, quorum }: Found): string[] {
  const unread = brokers.flatMap(({ nodeId, configs }) =>
    typeof configs === "string" ? [`${nodeId} (${configs})`] : [],
  );
  return [
    "the lab has not started this cluster: it reaches the brokers only as a client, and stops or breaks none",
    "the brokers' logs cannot be read: elections, fencing and changes of the ISR are known from the " +
      "cluster's metadata alone, 40 to 500 ms late",
    "kafkajs clients of the lab pass a link of its own, which accepts before it dials: a broker that is " +
      "down resets their connections instead of refusing them",
    ...(silent.length > 0 ? [`no answer from ${silent.join("; ")}`] : []),
    ...(absent.length > 0
      ? [
          `no broker that is alive has the node id ${absent.join(", ")} of some replicas: it is not in ` +
            "the lab",
        ]
      : []),
    ...(unread.length > 0
      ? [`the settings of node ${unread.join(", ")} cannot be read: predictions assume Kafka's defaults`]
      : []),
    ...(features === undefined || quorum === undefined
      ? ["no broker tells of the metadata quorum: changes of the controller are not seen"]
      : []),
  ];
}
