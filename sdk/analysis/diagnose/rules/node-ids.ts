// node.id and broker.id.

import type { Node } from "../facts.ts";
import type { Rule } from "../finding.ts";
import { fixing } from "../fix.ts";
import type { Setting } from "../setting.ts";
import { freeId } from "./voter-fixes.ts";
import { eachNode, KAFKA_CONFIG, onePerPlace } from "./words.ts";

function idOf({ settings }: Node): Setting {
  return settings.given.get("node.id") ?? settings.given.get("broker.id") ?? settings.of("node.id");
}

export const nodeIdRules: readonly Rule[] = [
  {
    id: "no-node-id",
    severity: "error",
    title: "node.id is missing",
    source: KAFKA_CONFIG,
    check: (facts) =>
      eachNode(facts, (node) => {
        const { name, isKraft, nodeId, settings } = node;
        if (!isKraft || nodeId !== null || settings.of("node.id").value.includes("${")) return null;
        if (settings.refused.some(({ setting }) => setting.key === "node.id" || setting.key === "broker.id"))
          return null; // reported by refused-value
        return {
          settings: [settings.of("node.id")],
          happens: `${name} does not start: node.id is required with process.roles, and must be 0 or more.`,
          fix: settings.set("node.id", String(freeId(facts, node))),
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
    check: (facts) => {
      const nodes = facts.cluster?.nodes ?? [];
      const twins = nodes.filter(
        (node, i) => node.nodeId !== null && nodes.findIndex((other) => other.nodeId === node.nodeId) < i,
      );
      return twins.map((twin) => {
        const first = nodes.find((node) => node.nodeId === twin.nodeId)!;
        const key = twin.isKraft ? "node.id" : "broker.id";
        const happens =
          `${first.name} and ${twin.name} have the ${key} ${twin.nodeId}: the second is rejected ` +
          (twin.isKraft
            ? "(DUPLICATE_BROKER_REGISTRATION) while the first runs, and two voters with the same id break " +
              "the quorum."
            : "while the first runs (ZooKeeper has its node already).");
        return {
          node: twin.name,
          settings: onePerPlace([idOf(twin), idOf(first)]),
          happens,
          fix: fixing(`a unique ${key} for each node: `, twin.settings.set(key, String(freeId(facts, twin)))),
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
      eachNode(facts, ({ name, settings }) => {
        const [broker, node] = [settings.given.get("broker.id"), settings.given.get("node.id")];
        if (broker === undefined || node === undefined || broker.value === node.value) return null;
        return {
          settings: [broker, node],
          happens:
            `${name} does not start: broker.id is ${broker.value} and node.id is ${node.value}; they ` +
            "must be equal.",
          fix: settings.remove("broker.id"),
        };
      }),
  },
];
