// How pods of brokers are probed, and how they end.

import { at, countAt, listAt, named, type Resource, textAt } from "../../../../kubernetes/mod.ts";
import type { Tree } from "../../../../compose/tree.ts";
import { type Facts, isAtLeast, type Node } from "../../facts.ts";
import type { Problem, Rule } from "../../finding.ts";
import { alsoIn, type Fix } from "../../fix.ts";
import { setIn } from "./edits.ts";
import { asksBroker, byWorkload } from "./probes.ts";
import { settingAt } from "./setting.ts";

export const podLifecycleRules: readonly Rule[] = [
  {
    id: "liveness-during-recovery",
    severity: "warning",
    title: "the liveness probe kills a broker that recovers its logs",
    source:
      "Kubernetes: livenessProbe, startupProbe; Kafka: after an unclean stop LogManager.loadLogs " +
      "recovers every " +
      "unflushed segment before the broker opens its ports (KAFKA-14658, BrokerServer.startup)",
    check: (facts) => byWorkload(facts).flatMap((one) => impatient(one)),
  },
  {
    id: "termination-grace-short",
    severity: "warning",
    title: "a broker is killed before its controlled shutdown ends",
    source:
      "Kubernetes: terminationGracePeriodSeconds, default 30, preStop included, then SIGKILL; Kafka: " +
      "BrokerServer.shutdown waits for the controller to move the leaders, asked in heartbeats of " +
      "broker.heartbeat.interval.ms (2000), and closes the logs",
    check: (facts) => [
      ...byWorkload(facts).flatMap(({ node, workload: { resource, spec, path } }) =>
        killed(node, { resource, spec, path }),
      ),
      ...operated(facts),
    ],
  },
];

/** Below this, a broker with some hundred partitions cannot recover. */
const PATIENCE_SECONDS = 120;

function impatient({ node, workload }: ReturnType<typeof byWorkload>[number]): Problem[] {
  const tree = node.pod!.container!.tree;
  const probe = at(tree, "livenessProbe");
  if (probe === undefined || at(tree, "startupProbe") !== undefined || !node.roles.includes("broker"))
    return [];
  if (!asksBroker(probe, { node }) || isAtLeast(node.version, 3, 5) === false || !node.isKraft) return [];
  const delay = countAt(probe, "initialDelaySeconds") ?? 0;
  const period = countAt(probe, "periodSeconds") ?? 10;
  const failures = countAt(probe, "failureThreshold") ?? 3;
  const seconds = delay + period * failures;
  if (seconds >= PATIENCE_SECONDS) return [];
  return [
    {
      settings: [settingAt("livenessProbe", `${seconds} s`, probe.location)],
      happens:
        `After a kill, ${node.name} recovers its logs before it opens the port. kubelet kills it ` +
        `again after ` +
        `${delay} + ${failures} × ${period} = ${seconds} s, and the next start begins the recovery anew ` +
        `(${named(workload.resource)}).`,
      fix: startupProbe(node),
    },
  ];
}

/** A probe that asks what the liveness probe asks; a command is for the reader to copy. */
function startupProbe(node: Node): Fix {
  const { path, tree, pod } = node.pod!.container!;
  const { resource } = pod.workload;
  const text = "startupProbe of the same port with failureThreshold: 60, which holds the liveness probe back";
  const port = textAt(tree, "livenessProbe", "tcpSocket", "port");
  if (port === undefined) return { text, edits: [] };
  const own = [...path, "startupProbe"];
  return alsoIn({ text, edits: setIn(resource, own, "failureThreshold", "60").edits }, [
    setIn(resource, own, "periodSeconds", "10"),
    setIn(resource, [...own, "tcpSocket"], "port", port),
  ]);
}

/** A pod's spec, or a template of one, in its resource. */
interface PodSpec {
  readonly resource: Resource;
  readonly spec: Tree | undefined;
  readonly path: readonly string[];
}

/** Less is not enough for one heartbeat, the leaders' move and the closing of the logs. */
const LEAST_GRACE_SECONDS = 10;

function killed(node: Node, { resource, spec, path }: PodSpec): Problem[] {
  const given = at(spec, "terminationGracePeriodSeconds");
  const grace = countAt(spec, "terminationGracePeriodSeconds") ?? 30;
  const stop = listAt(node.pod?.container?.tree, "lifecycle", "preStop", "exec", "command").join(" ");
  const slept = Number(
    /\bsleep\s+(\d{1,5})s?\b/.exec(stop)?.[1] ??
      countAt(node.pod?.container?.tree, "lifecycle", "preStop", "sleep", "seconds") ??
      0,
  );
  const left = grace - slept;
  if (left >= LEAST_GRACE_SECONDS) return [];
  const hook = at(node.pod?.container?.tree, "lifecycle", "preStop");
  const home = node.pod!.owner.location;
  return [
    {
      settings: [
        settingAt(
          "terminationGracePeriodSeconds",
          String(grace),
          given?.location ?? home,
          given === undefined ? "default" : "file",
        ),
        ...(slept > 0 && hook !== undefined ? [settingAt("preStop", `sleep ${slept}`, hook.location)] : []),
      ],
      happens:
        `A pod that is deleted or drained has ${Math.max(left, 0)} s from SIGTERM to SIGKILL` +
        `${slept > 0 ? `, because its preStop sleeps ${slept} s of ${grace} s` : ""}: ` +
        (left <= 0
          ? "every stop is a kill, its partitions have no leader until its session ends, and it " +
            "recovers its logs."
          : "a controlled shutdown that takes longer ends as a kill, and its partitions have no " +
            "leader until its session ends."),
      fix: setIn(resource, path, "terminationGracePeriodSeconds", String(Math.max(60, slept + 60))),
    },
  ];
}

/** Strimzi's, by the pools' or the cluster's template. */
function operated({ cluster }: Facts): Problem[] {
  const firsts = (cluster?.nodes ?? []).filter(
    (node, i, all) =>
      node.pod?.strimzi != null && all.findIndex(({ pod }) => pod?.owner === node.pod!.owner) === i,
  );
  return firsts.flatMap((node) => {
    const { cluster: of, node: member } = node.pod!.strimzi!;
    const own = at(member.spec, "template", "pod");
    const spec = own ?? at(of.spec, "template", "pod");
    if (at(spec, "terminationGracePeriodSeconds") === undefined) return [];
    // a pool's spec is the resource's; a cluster without pools has its own below `kafka`
    const isPools = own !== undefined && member.owner.kind === "KafkaNodePool";
    const path = [...(isPools ? ["spec"] : ["spec", "kafka"]), "template", "pod"];
    return killed(node, { resource: isPools ? member.owner : of.resource, spec, path });
  });
}
