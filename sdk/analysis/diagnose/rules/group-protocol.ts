// The group protocol of KIP-848.

import { isAtLeast } from "../facts.ts";
import type { Rule } from "../finding.ts";
import { fixingAll } from "../fix.ts";
import { listOf } from "../setting.ts";
import { eachConsumer, isClassic, isUnknown } from "./consumers.ts";
import { list, removing } from "./words.ts";

const REMOTE = "group.remote.assignor";

export const groupProtocolRules: readonly Rule[] = [
  {
    id: "group-protocol-settings",
    severity: "error",
    title: "settings that the new group protocol rejects",
    source:
      'KIP-848; tried: kafka-clients 4.4.0 throws "cannot be set when group.protocol=CONSUMER", 3.9.2 ' +
      'ignores them; librdkafka 2.16: "is not supported for `group.protocol=consumer`" (rdkafka_conf.c)',
    check: (facts) =>
      eachConsumer(facts, (client) => {
        const found = [
          "session.timeout.ms",
          "heartbeat.interval.ms",
          "partition.assignment.strategy",
          ...(client.kind === "librdkafka" ? ["group.protocol.type"] : []),
        ].flatMap((key) => client.settings.given.get(key) ?? []);
        if (isClassic(client) || found[0] === undefined) return null;
        const names = list(found.map(({ key }) => key));
        return {
          settings: [found[0], client.settings.of("group.protocol"), ...found.slice(1)],
          happens:
            "With group.protocol=consumer the broker decides (group.consumer.session.timeout.ms): " +
            (client.kind === "librdkafka"
              ? `the consumer does not start with ${names}.`
              : `clients from 4.0 on do not start with ${names}, older ones ` +
                `ignore ${found.length === 1 ? "it" : "them"}.`),
          fix: removing(client.settings, found),
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
        if (isClassic(client) || broker === undefined) return null;
        const protocols = broker.settings.given.get("group.coordinator.rebalance.protocols");
        const isOffered =
          protocols === undefined
            ? isAtLeast(broker.version, 4, 0) !== false
            : isUnknown(protocols) || listOf(protocols.value).includes("consumer");
        if (isOffered) return null;
        return {
          settings: [client.settings.of("group.protocol"), ...(protocols === undefined ? [] : [protocols])],
          happens:
            (protocols === undefined
              ? `${broker.name} runs Kafka ${broker.version.text}, which rejects group.protocol=consumer `
              : `${broker.name} offers ${protocols.value} only, and rejects group.protocol=consumer `) +
            "(UNSUPPORTED_VERSION): the consumer never joins.",
          fix: fixingAll([
            client.settings.set("group.protocol", "classic"),
            // which the classic protocol refuses
            ...(client.settings.given.has(REMOTE) ? [client.settings.remove(REMOTE)] : []),
          ]),
        };
      }),
  },
  {
    id: "remote-assignor-in-classic",
    severity: "error",
    title: "a server-side assignor in the classic protocol",
    source:
      'KIP-848; tried: kafka-clients 3.9.2 and 4.4.0 throw "group.remote.assignor cannot be set when ' +
      'group.protocol=CLASSIC"; librdkafka 2.16 ignores it',
    check: (facts) =>
      eachConsumer(facts, (client) => {
        const assignor = client.kind === "kafkajs" ? undefined : client.settings.given.get(REMOTE);
        if (assignor === undefined || !isClassic(client)) return null;
        return {
          settings: [assignor, client.settings.of("group.protocol")],
          ...(client.kind === "librdkafka" && { severity: "warning" }),
          happens:
            client.kind === "librdkafka"
              ? `Without group.protocol=consumer ${REMOTE} has no effect: the members assign by themselves.`
              : `The consumer does not start: "${REMOTE} cannot be set when group.protocol=CLASSIC".`,
          fix: client.settings.remove(REMOTE),
        };
      }),
  },
  {
    id: "remote-assignor-not-offered",
    severity: "error",
    title: "an assignor that the brokers do not have",
    source:
      "Kafka: group.consumer.assignors, by default uniform and range; GroupMetadataManager " +
      "(UNSUPPORTED_ASSIGNOR)",
    check: (facts) =>
      eachConsumer(facts, (client) => {
        const assignor = client.kind === "kafkajs" ? undefined : client.settings.given.get(REMOTE);
        if (assignor === undefined || isClassic(client) || isUnknown(assignor)) return null;
        // brokers' own assignors have names that only their classes say
        if (facts.cluster?.brokers.some(({ settings }) => settings.given.has("group.consumer.assignors")))
          return null;
        if (["uniform", "range"].includes(assignor.value.trim())) return null;
        return {
          settings: [assignor],
          happens:
            "The brokers have the assignors uniform and range: the coordinator rejects the consumer " +
            "(UNSUPPORTED_ASSIGNOR). It never reads.",
          fix: client.settings.set(REMOTE, "uniform"),
        };
      }),
  },
];
