// The cluster id of containers.

import { isAtLeast } from "../facts.ts";
import type { Rule } from "../finding.ts";
import type { Setting } from "../setting.ts";
import { type Contained, contained } from "./contained.ts";
import { onePerPlace } from "./words.ts";

/**
 * base64 of 16 bytes: 22 letters, or 24 with padding; Java's decoder does not mind bits to spare in the last
 * letter (Uuid.fromString).
 */
const UUID = /^[A-Za-z0-9_-]{22}(==)?$/;

export const clusterIdRules: readonly Rule[] = [
  {
    id: "cluster-id-unsupported",
    severity: "error",
    title: "this version does not take the cluster id",
    source:
      'Kafka 3.0 to 3.8: StorageTool.buildMetadataProperties, "does not appear to be a valid UUID"; the check went with 3.9 (KAFKA-17118)',
    check: ({ cluster }) => {
      const nodes = contained(cluster?.nodes).filter(
        ({ version, container: { clusterId } }) =>
          clusterId !== null &&
          clusterId.origin === "file" &&
          !clusterId.value.includes("${") &&
          !UUID.test(clusterId.value) &&
          isAtLeast(version, 3, 9) === false,
      );
      const [first] = nodes;
      if (first === undefined) return [];
      const id = first.container.clusterId!;
      return [
        {
          at: onePerPlace(nodes.map(({ container }) => container.clusterId!)),
          happens: `${first.name} does not start: Kafka ${first.version.text} formats its disk only with a base64 UUID of 22 letters, and "${id.value}" is none.`,
          fix: `${id.written}: 5L6g3nShT-eMCtK--X86sw, or another from kafka-storage.sh random-uuid`,
        },
      ];
    },
  },
  {
    id: "cluster-ids-differ",
    severity: "error",
    title: "nodes of one cluster have different cluster ids",
    source:
      "Kafka: raft and broker registration answer INCONSISTENT_CLUSTER_ID (KafkaRaftClient.java, ClusterControlManager.java)",
    check: ({ cluster }) => {
      const nodes = contained(cluster?.nodes).filter(({ isKraft }) => isKraft);
      const ids = nodes.map(({ container }) => container.clusterId).filter((id) => id !== null);
      const other = ids.find(({ value }) => value !== ids[0]!.value);
      if (other !== undefined)
        return [
          {
            at: onePerPlace([other, ids[0]!]),
            happens: `Nodes with the ids "${ids[0]!.value}" and "${other.value}" do not talk to each other (INCONSISTENT_CLUSTER_ID): there is no quorum, or a broker is left out.`,
            fix: `${other.written}: ${ids[0]!.value}`,
          },
        ];
      const without = nodes.filter(
        ({ container }) => container.clusterId === null && container.convention === "bitnami",
      );
      if (nodes.length < 2 || without[0] === undefined) return [];
      return [
        {
          at: [idPlace(without[0])],
          happens:
            "Each node without an id makes up its own, and nodes of different ids do not talk to each other: there is no quorum.",
          fix: "KAFKA_KRAFT_CLUSTER_ID: 5L6g3nShT-eMCtK--X86sw on every node",
        },
      ];
    },
  },
];

function idPlace({ settings }: Contained): Setting {
  return {
    key: "cluster id",
    written: "KAFKA_KRAFT_CLUSTER_ID",
    value: "made up by each node",
    origin: "default",
    at: settings.at,
  };
}
