// How many replicas must have a record before acks=all acknowledges it.

import { type Facts, isAtLeast, type Node } from "../facts.ts";
import type { Problem, Rule } from "../finding.ts";
import { type Fix, fixing } from "../fix.ts";
import { best, FACTOR, fitting, MIN, replicas } from "./replica-fixes.ts";
import { failoverBrokers, setOn, settingOf, where } from "./words.ts";

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
        (min, nodes) => ({
          happens:
            `All ${min} replicas must be in sync for acks=all: when any broker stops, is killed or ` +
            "hangs, writes to its partitions fail with NOT_ENOUGH_REPLICAS until it is back.",
          fix: min > 2 ? setOn(nodes, MIN, min - 1) : threeReplicas(facts, nodes),
        }),
      ),
  },
  {
    id: "min-isr-above-replicas",
    severity: "warning",
    title: "min.insync.replicas is above the replication factor",
    source:
      "Kafka: since 3.7 Partition.effectiveMinIsr takes the lesser of min.insync.replicas and the number " +
      "of " +
      "replicas (KAFKA-15583); before, appendRecordsToLeader refuses acks=all with " +
      "NotEnoughReplicasException",
    check: aboveReplicas,
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
        (_, nodes) => ({
          happens:
            "acks=all waits for all in-sync replicas, which may be the leader alone while the other " +
            `${nodes[0].settings.number(FACTOR) - 1} replicas lag: if that leader is lost ` +
            "then, acknowledged records are lost.",
          fix: setOn(nodes, MIN, 2),
        }),
      ),
  },
];

/** Of two replicas, whether both are needed is a choice. */
function threeReplicas({ cluster }: Facts, nodes: readonly Node[]): Fix {
  const choice = "; with two replicas, 1 favours availability and 2 durability";
  const three = fixing("three replicas (", setOn(nodes, FACTOR, 3), ") with ", setOn(nodes, MIN, 2), choice);
  return cluster?.isWhole && cluster.brokerCount < 3 ? { text: three.text, edits: [] } : three;
}

/** More replicas if there are brokers for them, otherwise a lower minimum. */
function moreOrLess(facts: Facts, nodes: readonly Node[], min: number): Fix {
  const factor = nodes[0]!.settings.number(FACTOR);
  const wanted = Math.max(3, min + 1);
  if (facts.cluster?.isWhole !== true || wanted <= facts.cluster.brokerCount)
    return fixing(setOn(nodes, FACTOR, wanted), ", or a lower min.insync.replicas");
  return factor === 1 && !facts.cluster.isAlone
    ? replicas(nodes, FACTOR, best(facts))
    : setOn(nodes, MIN, fitting(min, factor));
}

function aboveReplicas(facts: Facts): Problem[] {
  const capped = ofMinIsr(
    facts,
    (min, factor, { version }) => min > factor && isAtLeast(version, 3, 7) !== false,
    (min, nodes) => {
      const factor = nodes[0].settings.of(FACTOR).value;
      return {
        happens:
          factor === "1"
            ? "Topics created with the default have 1 replica, so the effective minimum is 1, not " +
              `${min}: an acknowledged record is on one broker only.`
            : `For a topic of ${factor} replicas the effective minimum is ${factor}, not ${min}: ` +
              "with one broker down, writes with acks=all fail.",
        fix: moreOrLess(facts, nodes, min),
      };
    },
  );
  const refused = ofMinIsr(
    facts,
    (min, factor, { version }) => min > factor && isAtLeast(version, 3, 7) === false,
    (min, nodes) => {
      const [{ settings, version }] = nodes;
      const factor = settings.number(FACTOR);
      return {
        severity: "error",
        happens:
          `A topic with ${factor} ${factor === 1 ? "replica" : "replicas"} never has ${min} in sync, and ` +
          `Kafka ${version.text} refuses every write with acks=all to it (NOT_ENOUGH_REPLICAS), also when ` +
          `all ` +
          "brokers run.",
        fix: moreOrLess(facts, nodes, min),
      };
    },
    facts.cluster?.brokers ?? [],
  );
  return [...refused, ...capped];
}

function ofMinIsr(
  facts: Facts,
  isWrong: (min: number, factor: number, node: Node) => boolean,
  describe: (min: number, nodes: readonly [Node, ...Node[]]) => Omit<Problem, "settings">,
  brokers: readonly Node[] = failoverBrokers(facts),
): Problem[] {
  const nodes = where(brokers, "min.insync.replicas", (min, node) =>
    isWrong(min, node.settings.number("default.replication.factor"), node),
  );
  const [first] = nodes;
  if (first === undefined) return [];
  return [
    {
      settings: [
        ...settingOf(nodes, "min.insync.replicas"),
        ...settingOf(nodes, "default.replication.factor"),
      ],
      ...describe(first.settings.number(MIN), [first, ...nodes.slice(1)]),
    },
  ];
}
