// node.id and broker.id.

import type { Rule } from "../finding.ts";
import { eachNode, KAFKA_CONFIG, onePerPlace } from "./words.ts";

export const nodeIdRules: readonly Rule[] = [
  {
    id: "no-node-id",
    severity: "error",
    title: "node.id is missing",
    source: KAFKA_CONFIG,
    check: (facts) =>
      eachNode(facts, ({ name, isKraft, nodeId, settings }) => {
        if (!isKraft || nodeId !== null || settings.of("node.id").value.includes("${")) return null;
        if (settings.refused.some(({ setting }) => setting.key === "node.id" || setting.key === "broker.id"))
          return null; // reported by refused-value
        return {
          settings: [settings.of("node.id")],
          happens: `${name} does not start: node.id is required with process.roles, and must be 0 or more.`,
          fix: settings.spell("node.id", "1"),
        };
      }),
  },
  {
    id: "duplicate-node-id",
    severity: "error",
    title: "two nodes have the same node.id",
    source:
      'Kafka: node.id, "must be unique"; the controller answers DUPLICATE_BROKER_REGISTRATION ' +
      "(ClusterControlManager.registerBroker)",
    check: ({ cluster }) => {
      const nodes = cluster?.nodes ?? [];
      const twins = nodes.filter(
        (node, i) => node.nodeId !== null && nodes.findIndex((other) => other.nodeId === node.nodeId) < i,
      );
      return twins.map((twin) => {
        const first = nodes.find((node) => node.nodeId === twin.nodeId)!;
        const happens =
          `${first.name} and ${twin.name} have the node.id ${twin.nodeId}: the second is rejected ` +
          "(DUPLICATE_BROKER_REGISTRATION) while the first runs, and two voters with the same id break " +
          "the quorum.";
        return {
          settings: onePerPlace([twin.settings.of("node.id"), first.settings.of("node.id")]),
          happens,
          fix: "a unique node.id for each node",
        };
      });
    },
  },
  {
    id: "broker-id-differs",
    severity: "error",
    title: "broker.id and node.id differ",
    source: KAFKA_CONFIG,
    check: (facts) =>
      eachNode(facts, ({ name, settings: { given } }) => {
        const [broker, node] = [given.get("broker.id"), given.get("node.id")];
        if (broker === undefined || node === undefined || broker.value === node.value) return null;
        return {
          settings: [broker, node],
          happens:
            `${name} does not start: broker.id is ${broker.value} and node.id is ${node.value}; they ` +
            "must be equal.",
          fix: "remove broker.id",
        };
      }),
  },
];
