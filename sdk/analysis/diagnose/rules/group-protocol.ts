// The group protocol of KIP-848.

import { isAtLeast } from "../facts.ts";
import type { Rule } from "../finding.ts";
import { listOf } from "../setting.ts";
import { eachConsumer, isClassic } from "./consumers.ts";
import { list } from "./words.ts";

export const groupProtocolRules: readonly Rule[] = [
  {
    id: "group-protocol-settings",
    severity: "error",
    title: "settings that the new group protocol rejects",
    source:
      'KIP-848; tried: kafka-clients 4.4.0 throws "cannot be set when group.protocol=CONSUMER", 3.9.2 ' +
      "ignores them; librdkafka: CONFIGURATION.md",
    check: (facts) =>
      eachConsumer(facts, (client) => {
        const found = [
          "session.timeout.ms",
          "heartbeat.interval.ms",
          "partition.assignment.strategy",
        ].flatMap((key) => client.settings.given.get(key) ?? []);
        if (isClassic(client) || found[0] === undefined) return null;
        return {
          settings: [found[0], client.settings.of("group.protocol"), ...found.slice(1)],
          happens:
            "With group.protocol=consumer the broker decides (group.consumer.session.timeout.ms): " +
            `clients from 4.0 on do not start with ${list(found.map(({ key }) => key))}, older ones ` +
            `ignore ${found.length === 1 ? "it" : "them"}.`,
          fix: `remove ${list(found.map(({ written }) => written))}`,
        };
      }),
  },
  {
    id: "group-protocol-not-offered",
    severity: "error",
    title: "the brokers do not support the new group protocol",
    source:
      "KIP-848: on by default since 4.0; in 3.7 to 3.9 with " +
      "group.coordinator.rebalance.protocols=classic,consumer",
    check: (facts) =>
      eachConsumer(facts, (client) => {
        const [broker] = facts.cluster?.brokers ?? [];
        if (isClassic(client) || broker === undefined || isAtLeast(broker.version, 4, 0) !== false)
          return null;
        if (
          listOf(broker.settings.given.get("group.coordinator.rebalance.protocols")?.value ?? "").includes(
            "consumer",
          )
        )
          return null;
        return {
          settings: [client.settings.of("group.protocol")],
          happens:
            `${broker.name} runs Kafka ${broker.version.text}, which rejects group.protocol=consumer ` +
            "(UNSUPPORTED_VERSION): the consumer never joins.",
          fix: client.settings.spell("group.protocol", "classic"),
        };
      }),
  },
];
