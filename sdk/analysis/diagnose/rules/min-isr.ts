// How many replicas must have a record before acks=all acknowledges it.

import type { Facts, Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { failoverBrokers, settingOf, where } from "./words.ts";

export const minIsrRules: readonly Rule[] = [
  {
    id: "min-isr-equals-replicas",
    severity: "warning",
    title: "min.insync.replicas equals the replication factor",
    source: "Kafka: min.insync.replicas (TopicConfig.java)",
    check: (facts) =>
      ofMinIsr(
        facts,
        (min, factor) => min === factor && factor > 1,
        (min, { settings }) => ({
          happens:
            `All ${min} replicas must be in sync for acks=all: when any broker stops, is killed or ` +
            "hangs, writes to its partitions fail with NOT_ENOUGH_REPLICAS until it is back.",
          fix:
            min > 2
              ? settings.spell("min.insync.replicas", String(min - 1))
              : `three replicas (${settings.spell("default.replication.factor", "3")}) with ` +
                `${settings.spell("min.insync.replicas", "2")}; with two replicas, 1 favours ` +
                "availability and 2 durability",
        }),
      ),
  },
  {
    id: "min-isr-above-replicas",
    severity: "warning",
    title: "min.insync.replicas is above the replication factor",
    source:
      "Kafka: Partition.effectiveMinIsr takes the lesser of min.insync.replicas and the number of replicas",
    check: (facts) =>
      ofMinIsr(
        facts,
        (min, factor) => min > factor,
        (min, { settings }) => {
          const factor = settings.of("default.replication.factor").value;
          return {
            happens:
              factor === "1"
                ? "Topics created with the default have 1 replica, so the effective minimum is 1, not " +
                  `${min}: an acknowledged record is on one broker only.`
                : `For a topic of ${factor} replicas the effective minimum is ${factor}, not ${min}: ` +
                  "with one broker down, writes with acks=all fail.",
            fix:
              `${settings.spell("default.replication.factor", String(Math.max(3, min + 1)))}, or a ` +
              "lower min.insync.replicas",
          };
        },
      ),
  },
  {
    id: "min-isr-one",
    severity: "warning",
    title: "acks=all needs only one replica",
    source: "Kafka: min.insync.replicas, default 1 (TopicConfig.java, ServerLogConfigs.java)",
    check: (facts) =>
      ofMinIsr(
        facts,
        (min, factor) => min === 1 && factor >= 3,
        (_, { settings }) => ({
          happens:
            "acks=all waits for all in-sync replicas, which may be the leader alone while the other " +
            `${settings.number("default.replication.factor") - 1} replicas lag: if that leader is lost ` +
            "then, acknowledged records are lost.",
          fix: settings.spell("min.insync.replicas", "2"),
        }),
      ),
  },
];

function ofMinIsr(
  facts: Facts,
  isWrong: (min: number, factor: number) => boolean,
  describe: (min: number, node: Node) => Pick<Problem, "happens" | "fix">,
): Problem[] {
  const nodes = where(failoverBrokers(facts), "min.insync.replicas", (min, { settings }) =>
    isWrong(min, settings.number("default.replication.factor")),
  );
  const [first] = nodes;
  if (first === undefined) return [];
  return [
    {
      settings: [
        ...settingOf(nodes, "min.insync.replicas"),
        ...settingOf(nodes, "default.replication.factor"),
      ],
      ...describe(first.settings.number("min.insync.replicas"), first),
    },
  ];
}
