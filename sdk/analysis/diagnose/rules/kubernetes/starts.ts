// Pods that wait for each other when they start.

import {
  at,
  isSameNamespace,
  type KubernetesProject,
  named,
  type Pod,
  resolve,
  selectedBy,
  type Service,
  textAt,
  type Workload,
} from "../../../../kubernetes/mod.ts";
import { type Facts, isAtLeast, type Node } from "../../facts.ts";
import type { Problem, Rule } from "../../finding.ts";
import { alsoIn, type Fix, fixing } from "../../fix.ts";
import { setIn } from "./edits.ts";
import { asksBroker, byWorkload } from "./probes.ts";
import { settingAt } from "./setting.ts";

export const podStartRules: readonly Rule[] = [
  {
    id: "ordered-start-without-quorum",
    severity: "error",
    title: "the first pod waits for a quorum that starts after it",
    source:
      'Kubernetes: StatefulSet, OrderedReady, "before a scaling operation is applied to a Pod, all of its ' +
      'predecessors must be Running and Ready"; Kafka: a broker opens its ports when it has caught ' +
      "up with the " +
      "controllers (KAFKA-14658, BrokerServer.startup), and a majority of voters elects them (KIP-595)",
    check: (facts) => byWorkload(facts).flatMap((one) => waiting(facts, one)),
  },
  {
    id: "quorum-waits-for-readiness",
    severity: "error",
    title: "pods that are not ready cannot find their quorum",
    source:
      "Kubernetes: Services and DNS have ready pods only, but for publishNotReadyAddresses; Kafka: a " +
      "broker " +
      "opens its ports when it has caught up with the controllers (KAFKA-14658, BrokerServer.startup)",
    check: (facts) => byWorkload(facts).flatMap((one) => unfound(facts, one)),
  },
];

function waiting(
  { kubernetes }: Facts,
  { node, workload, nodes }: ReturnType<typeof byWorkload>[number],
): Problem[] {
  const { resource } = workload;
  const policy = at(resource.tree, "spec", "podManagementPolicy");
  const probe = at(node.pod!.container!.tree, "readinessProbe");
  const startup = at(node.pod!.container!.tree, "startupProbe");
  const asked = [probe, startup].find((one) => asksBroker(one, { node }));
  if (!isOrdered(workload) || asked === undefined || !node.roles.includes("broker")) return [];
  // with a majority elsewhere, the first pod finds its quorum
  const ids = new Set(nodes.map(({ nodeId }) => nodeId));
  const own = node.voters.filter(({ id }) => ids.has(id)).length;
  const others = node.voters.length - own;
  const majority = Math.floor(node.voters.length / 2) + 1;
  if (!node.isKraft || node.voters.length < 2 || others + 1 >= majority) return [];
  if (isAtLeast(node.version, 3, 5) === false) return [];
  return [
    {
      settings: [
        settingAt(
          "podManagementPolicy",
          policy === undefined
            ? "OrderedReady"
            : String(textAt(resource.tree, "spec", "podManagementPolicy")),
          policy?.location ?? resource.location,
          policy === undefined ? "default" : "file",
        ),
        settingAt(probe === asked ? "readinessProbe" : "startupProbe", "", asked.location),
      ],
      happens:
        `${named(resource)} starts its pods one after another, each when the one before is ready. ` +
        `${node.name} ` +
        `opens that port once ${majority} of ${node.voters.length} voters run, and the others are ` +
        `never started.`,
      fix: fixing(
        setIn(resource, ["spec"], "podManagementPolicy", "Parallel"),
        ", and ",
        published(kubernetes == null ? [] : hidingServices(node, kubernetes)),
        " (an existing StatefulSet has to be deleted with --cascade=orphan first)",
      ),
    },
  ];
}

/** Services that have pods before they are ready; those of other files are the reader's. */
function published(services: readonly Service[]): string | Fix {
  const text = "publishNotReadyAddresses: true in the headless Service";
  if (services.length === 0) return text;
  const fixes = services.map(({ resource }) =>
    setIn(resource, ["spec"], "publishNotReadyAddresses", "true", text),
  );
  return alsoIn(fixes[0]!, fixes.slice(1));
}

/** The Services that hide the voters of a node until they are ready. */
function hidingServices({ voters, pod }: Node, project: KubernetesProject): Service[] {
  const found = voters.map(({ host }) => hidingService(host, pod!.container!.pod, project));
  return [...new Set(found.filter((service) => service !== null))];
}

function isOrdered({ resource, replicas }: Workload): boolean {
  const isSet = resource.kind === "StatefulSet" && replicas > 1;
  return isSet && textAt(resource.tree, "spec", "podManagementPolicy") !== "Parallel";
}

function unfound(
  { kubernetes }: Facts,
  { node, workload }: ReturnType<typeof byWorkload>[number],
): Problem[] {
  const { pod, tree } = node.pod!.container!;
  const probe = at(tree, "readinessProbe");
  // an ordered start has a rule of its own
  if (kubernetes == null || isOrdered(workload) || !node.isKraft || !asksBroker(probe, { node })) return [];
  if (isAtLeast(node.version, 3, 5) === false || node.voters.length === 0) return [];
  const services = node.voters.map(({ host }) => hidingService(host, pod, kubernetes));
  const found = services.filter((service) => service === null).length;
  const hiding = services.find((service) => service !== null);
  if (hiding == null || found > node.voters.length / 2) return [];
  return [
    {
      settings: [
        settingAt("publishNotReadyAddresses", "false", hiding.location, "default"),
        settingAt("readinessProbe", "", probe!.location),
      ],
      happens:
        `${node.name} is ready when it listens, listens when it has found a majority of its voters, and ` +
        `finds them by Service ${hiding.name}, which has no pod that is not ready: the pods of ` +
        `${named(workload.resource)} never start together.`,
      fix: setIn(
        hiding.resource,
        ["spec"],
        "publishNotReadyAddresses",
        "true",
        `publishNotReadyAddresses: true in Service ${hiding.name}`,
      ),
    },
  ];
}

/** The Service that hides a voter's pod, of the same workload, until it is ready; null where none does. */
function hidingService(host: string, pod: Pod, project: KubernetesProject): Service | null {
  const found = resolve(host, pod.namespace, project);
  if (found.kind === "service") {
    const pods = selectedBy(found.service, project.pods);
    const isOurs = pods.length > 0 && pods.every((one) => one.workload === pod.workload);
    return isOurs && !found.service.publishesNotReady ? found.service : null;
  }
  // a pod knows its own name from /etc/hosts
  if (found.kind !== "pod" || found.pod === pod || found.pod.workload !== pod.workload) return null;
  const service = project.services.find(
    ({ name, namespace }) => name === found.pod.subdomain && isSameNamespace(namespace, pod.namespace),
  );
  return service === undefined || service.publishesNotReady ? null : service;
}
