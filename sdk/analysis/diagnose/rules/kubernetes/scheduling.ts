// On how many machines brokers are, and how many a drain may take at once.

import {
  at,
  isSameNamespace,
  named,
  type Resource,
  selects,
  textAt,
  textsIn,
  type Workload,
} from "../../../../kubernetes/mod.ts";
import type { Tree } from "../../../../compose/tree.ts";
import type { Facts, Node } from "../../facts.ts";
import type { Problem, Rule } from "../../finding.ts";
import { alsoIn, type Fix } from "../../fix.ts";
import type { Setting } from "../../setting.ts";
import { failoverBrokers } from "../words.ts";
import { removeIn, setIn } from "./edits.ts";
import { settingAt } from "./setting.ts";

/** StatefulSets and pools with several brokers. */
function severals(facts: Facts): { node: Node; count: number }[] {
  const groups = new Map<Resource, Node[]>();
  for (const node of failoverBrokers(facts))
    if (node.pod !== undefined) groups.set(node.pod.owner, [...(groups.get(node.pod.owner) ?? []), node]);
  return [...groups.values()]
    .filter((nodes) => nodes.length > 1)
    .map((nodes) => ({ node: nodes[0]!, count: nodes.length }));
}

export const podSchedulingRules: readonly Rule[] = [
  {
    id: "brokers-on-one-machine",
    severity: "note",
    title: "nothing keeps brokers on different machines",
    source:
      "Kubernetes: podAntiAffinity, topologySpreadConstraints; the scheduler's default spreads pods " +
      "where it can " +
      "(maxSkew 3 and 5, ScheduleAnyway)",
    check: (facts) => {
      const found = severals(facts).filter(({ node }) => !isSpread(node));
      const [first] = found;
      if (first === undefined) return [];
      return [
        {
          settings: found.map(({ node }) => ownerOf(node)),
          happens:
            `${first.count} brokers of ${named(first.node.pod!.owner)} may run on one machine: when it is ` +
            "lost, all replicas of a partition may be lost with it.",
          fix:
            "podAntiAffinity with topologyKey: kubernetes.io/hostname" +
            (first.node.pod!.strimzi === null ? "" : " in template.pod.affinity; rack for zones"),
        },
      ];
    },
  },
  {
    id: "disruption-budget",
    severity: "warning",
    title: "a drain may stop too many brokers at once",
    source:
      "Kubernetes: PodDisruptionBudget, minAvailable, maxUnavailable (both rounded up); Kafka: " +
      "min.insync.replicas; Strimzi: template.podDisruptionBudget.maxUnavailable, default 1",
    check: (facts) => [...severals(facts).flatMap((one) => budgeted(facts, one)), ...operated(facts)],
  },
  {
    id: "no-disruption-budget",
    severity: "note",
    title: "brokers without a PodDisruptionBudget",
    source: "Kubernetes: PodDisruptionBudget; without one an eviction is never refused",
    check: (facts) => {
      const found = severals(facts).filter(
        ({ node }) => node.pod!.strimzi === null && budgetsOf(facts, workloadOf(node)).length === 0,
      );
      const [first] = found;
      if (first === undefined) return [];
      return [
        {
          settings: found.map(({ node }) => ownerOf(node)),
          happens:
            `Nodes that are drained together evict several of ${first.count} brokers together: ` +
            `partitions fall ` +
            "below min.insync.replicas, or have no leader.",
          fix:
            "a PodDisruptionBudget with maxUnavailable: 1 for the brokers' labels, if no other " +
            "file has it",
        },
      ];
    },
  },
];

/** The resource that a node's pod belongs to, as evidence. */
function ownerOf({ pod }: Node): Setting {
  const { kind, name, location } = pod!.owner;
  return settingAt(kind, name, location);
}

function isSpread({ pod }: Node): boolean {
  const has = (spec: Tree | undefined): boolean =>
    at(spec, "affinity", "podAntiAffinity") !== undefined ||
    at(spec, "topologySpreadConstraints") !== undefined;
  if (pod?.strimzi == null) return has(pod?.container?.pod.workload.spec);
  const { cluster, node } = pod.strimzi;
  return (
    has(at(node.spec, "template", "pod")) ||
    has(at(cluster.spec, "template", "pod")) ||
    at(cluster.spec, "rack") !== undefined
  );
}

function workloadOf({ pod }: Node): Workload | undefined {
  return pod?.container?.pod.workload;
}

function budgetsOf({ kubernetes }: Facts, workload: Workload | undefined): Resource[] {
  if (workload === undefined) return [];
  return (kubernetes?.resources ?? []).filter(({ kind, tree, namespace }) => {
    if (kind !== "PodDisruptionBudget" || !isSameNamespace(namespace, workload.resource.namespace))
      return false;
    const selector = at(tree, "spec", "selector");
    // expressions are not read; such a budget may be for these pods
    return (
      at(selector, "matchExpressions") !== undefined ||
      selects(textsIn(at(selector, "matchLabels")), workload.labels)
    );
  });
}

function budgeted(facts: Facts, { node, count }: { node: Node; count: number }): Problem[] {
  return budgetsOf(facts, workloadOf(node)).flatMap((resource) => {
    const { tree } = resource;
    const key = at(tree, "spec", "maxUnavailable") === undefined ? "minAvailable" : "maxUnavailable";
    const given = at(tree, "spec", key);
    const value = numberOf(textAt(tree, "spec", key) ?? "", count);
    if (given === undefined || value === null) return [];
    const allowed = key === "maxUnavailable" ? value : count - value;
    const setting = settingAt(key, textAt(tree, "spec", key)!, given.location);
    return tooMany(node, { allowed, setting, resource, path: ["spec"] });
  });
}

function numberOf(text: string, count: number): number | null {
  const [, number, percent] = /^(\d{1,6})(%?)$/.exec(text) ?? [];
  if (number === undefined) return null;
  return percent === "%" ? Math.ceil((Number(number) * count) / 100) : Number(number);
}

function operated(facts: Facts): Problem[] {
  const clusters = new Set(failoverBrokers(facts).flatMap(({ pod }) => pod?.strimzi?.cluster ?? []));
  return [...clusters].flatMap((cluster) => {
    const node = failoverBrokers(facts).find(({ pod }) => pod?.strimzi?.cluster === cluster)!;
    const given = at(cluster.spec, "template", "podDisruptionBudget", "maxUnavailable");
    const value = numberOf(textAt(given) ?? "", 0);
    return given === undefined || value === null
      ? []
      : tooMany(node, {
          allowed: value,
          setting: settingAt("maxUnavailable", String(value), given.location),
          resource: cluster.resource,
          path: ["spec", "kafka", "template", "podDisruptionBudget"],
        });
  });
}

interface Budget {
  readonly allowed: number;
  readonly setting: Setting;
  readonly resource: Resource;
  readonly path: readonly string[];
}

/** The budget that allows so many; it has one of the two keys only. */
function allowing({ setting, resource, path }: Budget, count: number): Fix {
  const set = setIn(resource, path, "maxUnavailable", String(count));
  return setting.key === "maxUnavailable" ? set : alsoIn(set, [removeIn(resource, path, setting.key)]);
}

function tooMany(node: Node, budget: Budget): Problem[] {
  const { allowed, setting } = budget;
  const factor = node.settings.number("default.replication.factor");
  const min = node.settings.number("min.insync.replicas");
  const spare = factor - min;
  if (allowed < 1)
    return [
      {
        settings: [setting],
        severity: "note",
        happens: "No broker may be evicted: a drain of its machine waits for ever.",
        fix: allowing(budget, 1),
      },
    ];
  if (Number.isNaN(spare) || spare < 1 || allowed <= spare) return [];
  return [
    {
      settings: [setting, node.settings.of("min.insync.replicas")],
      happens:
        `${allowed} brokers may be evicted together: a partition with ${factor} replicas that has ` +
        `${allowed} of ` +
        `them there is left with ${Math.max(factor - allowed, 0)} in sync, below ` +
        `min.insync.replicas=${min}, and ` +
        "writes with acks=all fail.",
      fix: allowing(budget, spare),
    },
  ];
}
