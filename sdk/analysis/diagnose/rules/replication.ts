// How many replicas topics have, and which of them may become leader.

import { type Facts, isAtLeast, type Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { fixing } from "../fix.ts";
import { aboveBrokersRules } from "./above-brokers.ts";
import { minIsrRules } from "./min-isr.ts";
import { best, FACTOR, OFFSETS, replicas, TRANSACTION_MIN, TRANSACTIONS } from "./replica-fixes.ts";
import { failoverBrokers, onEvery, setOn, settingOf, where } from "./words.ts";

function countOf({ cluster }: Facts): string {
  const { brokerCount = 0, isWhole = false } = cluster ?? {};
  return isWhole || brokerCount > 1 ? `${brokerCount} brokers` : "other brokers";
}

// reported by replicas-above-brokers
function exceedsBrokers({ cluster }: Facts, factor: number): boolean {
  return cluster?.isWhole === true && factor > cluster.brokerCount;
}

function transactionsRefused(
  { cluster }: Facts,
  node: Node,
  [factor, min]: readonly [number, number],
): Problem {
  return {
    ...(cluster?.isAlone === true && { severity: "note" as const }),
    settings: [...settingOf([node], TRANSACTION_MIN), ...settingOf([node], TRANSACTIONS)],
    happens:
      `__transaction_state has ${factor} ${factor === 1 ? "replica" : "replicas"} and wants ${min} in ` +
      `sync: ` +
      `Kafka ${node.version.text} takes that literally (KAFKA-15583 came with 3.7), so no transaction ` +
      `begins.`,
    fix: onEvery(cluster?.brokers ?? [node], TRANSACTION_MIN, Math.max(1, factor - 1)),
  };
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
          fix: fixing(
            replicas(nodes, FACTOR, best(facts)),
            `, or ${first.settings.spell("auto.create.topics.enable", "false")} and create topics with a ` +
              "replication factor",
          ),
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
              fix: replicas(nodes, FACTOR, best(facts)),
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
          fix: fixing(
            onEvery(nodes, OFFSETS, best(facts)),
            ", before the topic is created (later: kafka-reassign-partitions.sh)",
          ),
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
              fix: replicas(nodes, TRANSACTIONS, best(facts)),
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
      (facts.cluster?.brokers ?? []).slice(0, 1).flatMap((node): Problem[] => {
        const brokers = facts.cluster!.brokers;
        const [factor, min] = [node.settings.number(TRANSACTIONS), node.settings.number(TRANSACTION_MIN)];
        if (min > factor && isAtLeast(node.version, 3, 7) === false && !exceedsBrokers(facts, factor))
          return [transactionsRefused(facts, node, [factor, min])];
        if (facts.cluster?.isAlone !== false) return [];
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
                  ? onEvery(brokers, TRANSACTION_MIN, factor - 1)
                  : facts.cluster.brokerCount > 2 || !facts.cluster.isWhole
                    ? fixing(
                        setOn(brokers, TRANSACTIONS, 3),
                        " with ",
                        setOn(brokers, TRANSACTION_MIN, 2),
                        "; with two brokers, lower one of them",
                      )
                    : fixing(
                        onEvery(brokers, TRANSACTION_MIN, 1),
                        `; with three brokers, ${node.settings.spell(TRANSACTIONS, "3")}`,
                      ),
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
            fix: onEvery(brokers, TRANSACTION_MIN, 2),
          },
        ];
      }),
  },
  ...minIsrRules,
  ...aboveBrokersRules,
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
              fix: fixing(
                setOn(nodes, "unclean.leader.election.enable", "false"),
                ", and elect manually if availability matters more (kafka-leader-election.sh " +
                  "--election-type unclean)",
              ),
            },
          ];
    },
  },
];
