// Settings of other versions of Kafka: ZooKeeper's, and those that Kafka 4 has removed.

import { isAtLeast } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { REMOVED_IN_4 } from "../known/broker.ts";
import { hasNoMode } from "./no-roles.ts";
import { kraftNodes, list, onePerPlace, removing } from "./words.ts";

export const versionRules: readonly Rule[] = [
  {
    id: "zookeeper-in-kraft",
    severity: "warning",
    title: "ZooKeeper settings on a KRaft node",
    source:
      "Kafka: zookeeper.* acts in KRaft only with zookeeper.metadata.migration.enable (3.4 to 3.9), " +
      "and is gone with 4.0",
    check: (facts) =>
      kraftNodes(facts).flatMap(({ name, settings, version }): Problem[] => {
        const found = [...settings.given.values()].filter(
          ({ key, origin }) => origin === "file" && key.startsWith("zookeeper."),
        );
        if (
          found.length === 0 ||
          (settings.given.get("zookeeper.metadata.migration.enable")?.value === "true" &&
            isAtLeast(version, 4, 0) !== true)
        )
          return [];
        return [
          {
            node: name,
            settings: onePerPlace(found),
            happens:
              `${name} has process.roles, so it ignores ${list(found.map(({ key }) => key))} and ` +
              "whatever ZooKeeper holds.",
            fix: removing(settings, found),
          },
        ];
      }),
  },
  {
    id: "zookeeper-with-kafka-4",
    severity: "error",
    title: "Kafka 4 has no ZooKeeper mode",
    source:
      'Kafka 4.0 upgrade notes; KIP-500; tried: 4.4.0 says "missing required configuration process.roles"',
    check: ({ cluster }) =>
      (cluster?.nodes ?? [])
        .filter((node) => !node.isKraft && !hasNoMode(node) && isAtLeast(node.version, 4, 0) === true)
        .map(({ name, settings, version }) => ({
          node: name,
          settings: [settings.given.get("zookeeper.connect") ?? settings.of("process.roles")],
          happens:
            `${name} does not start: Kafka ${version.text} needs process.roles, node.id and ` +
            "controllers, and has no ZooKeeper mode.",
          fix:
            `${settings.spell("process.roles", "broker,controller")}, node.id and ` +
            "controller.quorum.voters; data of a ZooKeeper cluster must be migrated with 3.9 first",
        })),
  },
  {
    id: "zookeeper-mode",
    severity: "note",
    title: "the cluster needs ZooKeeper",
    source: "Kafka: ZooKeeper mode is deprecated since 3.5 and removed in 4.0 (KIP-833)",
    check: ({ cluster }) => {
      const nodes = (cluster?.nodes ?? []).filter(
        (node) => !node.isKraft && !hasNoMode(node) && isAtLeast(node.version, 4, 0) !== true,
      );
      if (nodes.length === 0) return [];
      return [
        {
          settings: onePerPlace(
            nodes.map(
              ({ settings }) => settings.given.get("zookeeper.connect") ?? settings.of("process.roles"),
            ),
          ),
          happens:
            "Without process.roles, leaders are elected through ZooKeeper: most of these rules are " +
            "about KRaft, and this cluster cannot run Kafka 4.",
          fix: "migrate to KRaft with 3.9",
        },
      ];
    },
  },
  {
    id: "removed-in-kafka-4",
    severity: "warning",
    title: "a setting that Kafka 4 has removed",
    source: "Kafka 4.0 upgrade notes; in 3.9.2's ConfigDef and not in 4.4.0's",
    check: ({ cluster }) =>
      (cluster?.nodes ?? [])
        .filter(({ version }) => isAtLeast(version, 4, 0) === true)
        .flatMap(({ name, settings, version }): Problem[] => {
          const found = [...settings.given.values()].filter(
            ({ key, origin }) => origin === "file" && REMOVED_IN_4.has(key),
          );
          return found.length === 0
            ? []
            : [
                {
                  node: name,
                  settings: found,
                  happens:
                    `Kafka ${version.text} ignores ${list(found.map(({ key }) => key))} with a warning ` +
                    `in the log: ${name} uses the built-in behaviour.`,
                  fix: removing(settings, found),
                },
              ];
        }),
  },
  {
    id: "control-plane-in-kraft",
    severity: "error",
    title: "control.plane.listener.name in KRaft",
    source:
      'Kafka up to 3.9: KafkaConfig, "control.plane.listener.name is not supported in KRaft mode", ' +
      "tried with 3.9.2",
    check: (facts) =>
      kraftNodes(facts).flatMap(({ name, settings, version }): Problem[] => {
        const found = settings.given.get("control.plane.listener.name");
        if (found === undefined || isAtLeast(version, 4, 0) === true) return [];
        return [
          {
            node: name,
            settings: [found],
            happens:
              `${name} does not start: controllers have listeners of their own in KRaft ` +
              "(controller.listener.names).",
            fix: settings.remove(found.key),
          },
        ];
      }),
  },
];
