// How many replicas topics have, and which of them may become leader.

import type { Facts, Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { minIsrRules } from "./min-isr.ts";
import { failoverBrokers, settingOf, where } from "./words.ts";

const OFFSETS = "offsets.topic.replication.factor";
const TRANSACTIONS = "transaction.state.log.replication.factor";
const TRANSACTION_MIN = "transaction.state.log.min.isr";

function countOf({ cluster }: Facts): string {
  const { brokerCount = 0, isWhole = false } = cluster ?? {};
  return isWhole || brokerCount > 1 ? `${brokerCount} brokers` : "other brokers";
}

function fixOf(node: Node, key: string, value: number): string {
  return `${node.settings.spell(key, String(value))} on every broker`;
}

/** As many replicas as there are brokers, at most three. */
function best({ cluster }: Facts): number {
  return cluster?.isWhole ? Math.min(3, cluster.brokerCount) : 3;
}

export const replicationRules: readonly Rule[] = [
  {
    id: "auto-created-topic-one-replica",
    severity: "error",
    title: "auto-created topics have one replica",
    source:
      "Kafka: default.replication.factor, auto.create.topics.enable (ReplicationConfigs.java; " +
      "AutoTopicCreationManager.scala)",
    check: (facts) => {
      const nodes = where(
        failoverBrokers(facts),
        "default.replication.factor",
        (factor, { settings }) => factor === 1 && settings.isTrue("auto.create.topics.enable"),
      );
      const [first] = nodes;
      if (first === undefined) return [];
      const happens =
        "A topic that a client's first send or read creates has one replica although there are " +
        `${countOf(facts)}: when its broker stops, is killed or hangs, ` +
        "no other broker can become leader, and its partitions are unavailable until that broker is " +
        "back. If its disk is lost, the data is lost.";
      return [
        {
          settings: settingOf(nodes, "default.replication.factor"),
          happens,
          fix:
            `${fixOf(first, "default.replication.factor", best(facts))}, or ` +
            `${first.settings.spell("auto.create.topics.enable", "false")} and create topics with a ` +
            "replication factor",
        },
      ];
    },
  },
  {
    id: "default-one-replica",
    severity: "note",
    title: "topics created without a replication factor have one replica",
    source: "Kafka: default.replication.factor (ReplicationConfigs.java); KIP-464",
    check: (facts) => {
      const nodes = where(
        failoverBrokers(facts),
        "default.replication.factor",
        (factor, { settings }) => factor === 1 && !settings.isTrue("auto.create.topics.enable"),
      );
      const [first] = nodes;
      const happens =
        "A topic created without a replication factor has one replica although there are " +
        `${countOf(facts)}: it is unavailable while its broker is.`;
      return first === undefined
        ? []
        : [
            {
              settings: settingOf(nodes, "default.replication.factor"),
              happens,
              fix: fixOf(first, "default.replication.factor", best(facts)),
            },
          ];
    },
  },
  {
    id: "offsets-topic-one-replica",
    severity: "error",
    title: "__consumer_offsets has one replica",
    source: "Kafka: offsets.topic.replication.factor, default 3 (GroupCoordinatorConfig.java)",
    check: (facts) => {
      const nodes = where(failoverBrokers(facts), OFFSETS, (factor) => factor === 1);
      const [first] = nodes;
      if (first === undefined) return [];
      const happens =
        "The offsets of a consumer group are in one partition on a single broker: when that broker " +
        "stops or is killed, the group has no coordinator " +
        "(COORDINATOR_NOT_AVAILABLE) and reads nothing until it is back, even if the topic's own " +
        "leader has moved.";
      return [
        {
          settings: settingOf(nodes, OFFSETS),
          happens,
          fix:
            `${fixOf(first, OFFSETS, best(facts))}, before the topic is created (later: ` +
            "kafka-reassign-partitions.sh)",
        },
      ];
    },
  },
  {
    id: "transaction-log-one-replica",
    severity: "warning",
    title: "__transaction_state has one replica",
    source: "Kafka: transaction.state.log.replication.factor, default 3 (TransactionLogConfig.java)",
    check: (facts) => {
      const nodes = where(failoverBrokers(facts), TRANSACTIONS, (factor) => factor === 1);
      const [first] = nodes;
      const happens =
        "The state of a transactional producer is in one partition on a single broker: while that " +
        "broker is down, its transactions can neither begin nor end.";
      return first === undefined
        ? []
        : [
            {
              settings: settingOf(nodes, TRANSACTIONS),
              happens,
              fix: fixOf(first, TRANSACTIONS, best(facts)),
            },
          ];
    },
  },
  {
    id: "transaction-log-min-isr",
    severity: "warning",
    title: "transaction.state.log.min.isr does not fit the replication factor",
    source: "Kafka: transaction.state.log.min.isr, default 2 (TransactionLogConfig.java)",
    check: (facts) =>
      failoverBrokers(facts)
        .slice(0, 1)
        .flatMap((node): Problem[] => {
          const [factor, min] = [node.settings.number(TRANSACTIONS), node.settings.number(TRANSACTION_MIN)];
          if (!(factor > 1)) return [];
          const basis = [...settingOf([node], TRANSACTION_MIN), ...settingOf([node], TRANSACTIONS)];
          if (min >= factor) {
            return [
              {
                settings: basis,
                happens:
                  `All ${factor} replicas must be in sync to write the transaction log: with one broker ` +
                  "down no transaction begins or ends.",
                fix:
                  factor > 2
                    ? fixOf(node, TRANSACTION_MIN, factor - 1)
                    : `${node.settings.spell(TRANSACTIONS, "3")} with ` +
                      `${node.settings.spell(TRANSACTION_MIN, "2")}; with two brokers, lower one of them`,
              },
            ];
          }
          if (min > 1 || factor < 3) return [];
          return [
            {
              settings: basis,
              happens:
                "Writes to the transaction log need one replica in sync, the leader: if it is lost " +
                "while it is the only one, the outcome of committed transactions is lost.",
              fix: fixOf(node, TRANSACTION_MIN, 2),
            },
          ];
        }),
  },
  ...minIsrRules,
  {
    id: "replicas-above-brokers",
    severity: "error",
    title: "more replicas than brokers",
    source:
      "Kafka: ReplicationControlManager refuses with INVALID_REPLICATION_FACTOR; " +
      "offsets.topic.replication.factor defaults to 3",
    check: ({ cluster }) => {
      if (cluster === null || !cluster.isWhole) return [];
      const [first] = cluster.brokers;
      const keys = ["default.replication.factor", OFFSETS, TRANSACTIONS];
      const what = [
        "no topic can be auto-created: clients get UNKNOWN_TOPIC_OR_PARTITION",
        "__consumer_offsets is never created, so no consumer group has a coordinator " +
          "(COORDINATOR_NOT_AVAILABLE)",
        "__transaction_state is never created, so no transactional producer starts",
      ];
      return keys.flatMap((key, i) => {
        const nodes = where(cluster.brokers, key, (factor) => factor > cluster.brokerCount);
        if (first === undefined || nodes.length === 0) return [];
        const factor = nodes[0]!.settings.of(key).value;
        const count = cluster.brokerCount === 1 ? "is 1 broker" : `are ${cluster.brokerCount} brokers`;
        return [
          {
            settings: settingOf(nodes, key),
            happens: `${factor} replicas are configured, but there ${count}: ${what[i]}.`,
            fix: fixOf(first, key, cluster.brokerCount),
            ...(i === 2 && { severity: cluster.isAlone ? ("note" as const) : ("warning" as const) }),
          },
        ];
      });
    },
  },
  {
    id: "unclean-leader-election",
    severity: "warning",
    title: "a replica that is not in sync may become leader",
    source: "Kafka: unclean.leader.election.enable, default false (ReplicationConfigs.java); KIP-966",
    check: ({ cluster }) => {
      if (cluster === null || cluster.isAlone) return [];
      const nodes = cluster.nodes.filter(({ settings }) => settings.isTrue("unclean.leader.election.enable"));
      const happens =
        "When the last in-sync replica is lost, a replica that lags becomes leader: acknowledged " +
        "records that it does not have are lost, and other replicas truncate their logs. " +
        "Consumers that had read further are reset by auto.offset.reset.";
      return nodes[0] === undefined
        ? []
        : [
            {
              settings: settingOf(nodes, "unclean.leader.election.enable"),
              happens,
              fix:
                `${nodes[0].settings.spell("unclean.leader.election.enable", "false")}, and elect ` +
                "manually if availability matters more (kafka-leader-election.sh --election-type " +
                "unclean)",
            },
          ];
    },
  },
];
