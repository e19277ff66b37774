// A container that says neither how it takes part in KRaft nor where ZooKeeper is. Apache's image has a whole
// server.properties, which it leaves out as soon as one variable sets a property.

import { hasOwnCommand } from "../../../compose/mod.ts";
import type { Facts, Node } from "../facts.ts";
import type { Rule } from "../finding.ts";
import { type Fix, fixingAll } from "../fix.ts";
import { type Contained, contained, variableFix } from "./contained.ts";
import { VOTERS } from "./voter-fixes.ts";

/** Whether an image starts a node of no mode, which no image's own check refuses. */
export function hasNoMode(node: Node): boolean {
  const { isKraft, container, settings } = node;
  return (
    container !== null &&
    container.convention !== "bitnami" &&
    container.refusals.length === 0 &&
    !isKraft &&
    (settings.given.get("zookeeper.connect")?.value ?? "") === "" &&
    !settings.refused.some(({ setting }) => setting.key === "process.roles") &&
    !hasOwnCommand(container.service)
  );
}

export const noRolesRules: readonly Rule[] = [
  {
    id: "no-roles",
    severity: "error",
    title: "neither process.roles nor zookeeper.connect",
    source:
      "Kafka: process.roles has no default (KRaftConfigs), nor had zookeeper.connect; apache/kafka: " +
      "KafkaDockerWrapper.prepareServerConfigs takes the image's server.properties only without variables",
    check: (facts) =>
      contained(facts.cluster?.nodes)
        .filter(hasNoMode)
        .map((node) => ({
          node: node.name,
          settings: [node.settings.of("process.roles")],
          happens:
            `${node.name} does not start: nothing says which roles it has and where the controllers are` +
            (node.container.convention === "apache"
              ? ". The image's own server.properties, a single node, counts only where no KAFKA_ variable " +
                "sets a property."
              : "."),
          fix: asSingleNode(facts, node),
        })),
  },
];

/** All that a node by itself needs; a text alone where there are others. */
function asSingleNode({ cluster }: Facts, node: Contained): Fix {
  const { settings, listeners, nodeId, container, controllerNames } = node;
  const name = controllerNames[0] ?? "CONTROLLER";
  const port = [9093, 19_093].find((one) => !listeners.some((listener) => listener.port === one))!;
  const bound = listeners.map((listener) => `${listener.name}://${listener.host}:${listener.port}`);
  const map = settings.given.get("listener.security.protocol.map");
  const id = nodeId ?? 1;
  const fix = fixingAll([
    settings.set("process.roles", "broker,controller"),
    ...(settings.given.has("node.id") ? [] : [settings.set("node.id", String(id))]),
    settings.set(VOTERS, `${id}@${container.names[0] ?? "localhost"}:${port}`),
    settings.set("controller.listener.names", name),
    ...(listeners.some((listener) => listener.name === name)
      ? []
      : [settings.set("listeners", [...bound, `${name}://:${port}`].join(","))]),
    ...(map === undefined || map.value.includes(`${name}:`)
      ? []
      : [settings.set(map.key, `${map.value},${name}:PLAINTEXT`)]),
    ...(container.convention === "confluent" && container.clusterId === null
      ? [variableFix(node, "CLUSTER_ID", "5L6g3nShT-eMCtK--X86sw")]
      : []),
  ]);
  return (cluster?.nodes.length ?? 0) === 1 ? fix : { text: fix.text, edits: [] };
}
