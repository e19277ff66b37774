// KafkaTopics against the brokers of their cluster.

import { at, clusterLabelOf, countAt, isStrimzi, named, type Resource } from "../../../../kubernetes/mod.ts";
import type { Facts } from "../../facts.ts";
import type { Problem, Rule } from "../../finding.ts";
import { type Fix, fixing } from "../../fix.ts";
import { setIn } from "./edits.ts";
import { settingAt } from "./setting.ts";

interface Topic {
  readonly resource: Resource;
  readonly replicas: number;
  readonly minIsr: number | null;
  readonly brokers: number;
  readonly clusterMinIsr: number;
}

/** The topics that name their replicas, of clusters whose brokers are known. */
function topicsOf({ kubernetes, cluster, isFurther }: Facts): Topic[] {
  if (kubernetes == null || isFurther === true) return [];
  return kubernetes.resources
    .filter((one) => isStrimzi(one) && one.kind === "KafkaTopic")
    .flatMap((resource): Topic[] => {
      const of = kubernetes.strimzi.find((one) => one.resource.name === clusterLabelOf(resource));
      const brokers = of?.nodes.filter(({ roles }) => roles.includes("broker")).length ?? 0;
      const replicas = countAt(resource.tree, "spec", "replicas");
      if (of === undefined || brokers === 0 || replicas === undefined) return [];
      const node = cluster?.brokers.find(({ pod }) => pod?.strimzi?.cluster === of);
      return [
        {
          resource,
          replicas,
          minIsr: countAt(resource.tree, "spec", "config", "min.insync.replicas") ?? null,
          brokers,
          clusterMinIsr: node?.settings.number("min.insync.replicas") ?? NaN,
        },
      ];
    });
}

const MIN = "min.insync.replicas";

/** So many replicas, and of them fewer in sync where the topic would want all. */
function withReplicas(topic: Topic, count: number): Fix {
  const replicas = setIn(topic.resource, ["spec"], "replicas", String(count));
  const min = minIsrOf(topic);
  return count < 2 || Number.isNaN(min) || min < count
    ? replicas
    : fixing(replicas, ", with ", withMin(topic, count));
}

function withMin({ resource }: Topic, replicas: number): Fix {
  return setIn(resource, ["spec", "config"], MIN, String(Math.max(1, replicas - 1)));
}

function problem(topic: Topic, happens: string, fix: string | Fix): Problem {
  const { tree, location } = topic.resource;
  const replicas = at(tree, "spec", "replicas");
  const minIsr = at(tree, "spec", "config", "min.insync.replicas");
  return {
    node: named(topic.resource),
    settings: [
      settingAt("replicas", String(topic.replicas), replicas?.location ?? location),
      ...(minIsr === undefined
        ? []
        : [settingAt("min.insync.replicas", String(topic.minIsr), minIsr.location)]),
    ],
    happens,
    fix,
  };
}

function minIsrOf({ minIsr, clusterMinIsr }: Topic): number {
  return minIsr ?? clusterMinIsr;
}

export const topicRules: readonly Rule[] = [
  {
    id: "topic-above-brokers",
    severity: "error",
    title: "a topic has more replicas than there are brokers",
    source: "Kafka: ReplicationControlManager refuses with INVALID_REPLICATION_FACTOR; Strimzi: KafkaTopic",
    check: (facts) =>
      topicsOf(facts)
        .filter(({ replicas, brokers }) => replicas > brokers)
        .map((topic) =>
          problem(
            topic,
            `${named(topic.resource)} is never created: it wants ${topic.replicas} replicas, and there ` +
              `${topic.brokers === 1 ? "is 1 broker" : `are ${topic.brokers} brokers`}.`,
            withReplicas(topic, topic.brokers),
          ),
        ),
  },
  {
    id: "topic-one-replica",
    severity: "warning",
    title: "a topic has one replica",
    source: "Kafka: replication.factor; Strimzi: KafkaTopic, spec.replicas",
    check: (facts) =>
      topicsOf(facts)
        .filter(({ replicas, brokers }) => replicas === 1 && brokers > 1)
        .map((topic) =>
          problem(
            topic,
            `${named(topic.resource)} has one replica although there are ${topic.brokers} brokers: a ` +
              `partition is ` +
              "unavailable while its broker restarts, also in every rolling update of the operator.",
            fixing(
              withReplicas(topic, Math.min(3, topic.brokers)),
              "; for a topic that is there, the operator needs Cruise Control to change it",
            ),
          ),
        ),
  },
  {
    id: "topic-min-isr",
    severity: "warning",
    title: "a topic's min.insync.replicas leaves no replica to spare",
    source:
      "Kafka: min.insync.replicas (TopicConfig.java); Strimzi: KafkaRoller restarts no broker whose " +
      "restart would " +
      "leave a partition below min.insync.replicas (KafkaAvailability)",
    check: (facts) =>
      topicsOf(facts)
        .filter((topic) => topic.replicas > 1 && minIsrOf(topic) >= topic.replicas)
        .map((topic) =>
          problem(
            topic,
            `All ${topic.replicas} replicas of ${named(topic.resource)} must be in sync ` +
              `(min.insync.replicas=${minIsrOf(topic)}): with one broker down writes with acks=all ` +
              `fail, and the ` +
              "operator does not restart a broker that has one.",
            topic.replicas > 2
              ? withMin(topic, topic.replicas)
              : fixing(withMin(topic, topic.replicas), ", or replicas: 3"),
          ),
        ),
  },
];
