// What manifests have of Kafka that no rule looks at.

import {
  clusterLabelOf,
  isStrimzi,
  type KubernetesProject,
  named,
  type PodContainer,
  type Resource,
  type StrimziCluster,
} from "../../../kubernetes/mod.ts";
import type { NotJudged } from "../facts.ts";
import type { Locate } from "./locate.ts";
import { isUnknownKafka, settingAt, unknownImage } from "./not-judged.ts";

/** Other operators' resources, by group and kind. */
const OTHER_OPERATORS: readonly (readonly [group: string, kinds: RegExp])[] = [
  ["platform.confluent.io", /^(Kafka|KRaftController|KafkaTopic)$/],
  ["kafka.banzaicloud.io", /^KafkaCluster$/],
  ["cluster.redpanda.com", /^Redpanda$/],
  ["kafka.stackable.tech", /^KafkaCluster$/],
];

function isOfOtherOperator({ apiVersion, kind }: Resource): boolean {
  return OTHER_OPERATORS.some(([group, kinds]) => apiVersion.startsWith(`${group}/`) && kinds.test(kind));
}

/** Lists what is read and not judged; `partial` are pods whose settings are in a file that is not there. */
export function notJudgedResources(
  project: KubernetesProject,
  partial: readonly PodContainer[],
  locate: Locate,
): NotJudged[] {
  return [
    ...project.resources.filter(isOfOtherOperator).map((resource) => ofOperator(resource, locate)),
    ...project.others
      .filter((one) => isUnknownKafka(one.service) && !isTool(one))
      .map(({ service }) => unknownImage(service, locate)),
    ...oneAWorkload(partial).map((container) => withoutMap(container, locate)),
    ...withoutCluster(project, locate),
  ];
}

/** A job, or another program in an image of Kafka. */
function isTool({ pod, script }: PodContainer): boolean {
  if (/^(Job|CronJob)$/.test(pod.workload.resource.kind)) return true;
  return script !== null && !/kafka-server-start|\b(run|entrypoint|setup)(\.sh)?\b|KAFKA_/.test(script);
}

function oneAWorkload(containers: readonly PodContainer[]): PodContainer[] {
  return containers.filter(
    ({ pod }, i) => containers.findIndex((other) => other.pod.workload === pod.workload) === i,
  );
}

function ofOperator(resource: Resource, locate: Locate): NotJudged {
  return {
    setting: kindAt(resource, locate),
    why:
      `The rules by which the operator of ${resource.apiVersion} configures Kafka are not known: ` +
      `${named(resource)} is not judged.`,
    fix: "give a broker's server.properties, such as from its pod or ConfigMap",
  };
}

function withoutMap({ environment, pod }: PodContainer, locate: Locate): NotJudged {
  const [first] = environment.missing;
  const { kind, name, location } = first!;
  return {
    setting: settingAt("envFrom", name, locate(location, name)),
    why:
      `${kind} ${name} is not there, so the settings of ${named(pod.workload.resource)} are not known and ` +
      "not judged.",
    fix:
      kind === "Secret"
        ? "settings that are no secrets in a ConfigMap"
        : `also give the manifest of ${kind} ${name}`,
  };
}

const OF_CLUSTER: ReadonlySet<string> = new Set(["KafkaNodePool", "KafkaTopic", "KafkaUser"]);

/** Strimzi's resources of a cluster that is in another file; the first of each cluster. */
function withoutCluster({ resources, strimzi }: KubernetesProject, locate: Locate): NotJudged[] {
  const own = resources.filter((one) => isStrimzi(one));
  const known = new Set(strimzi.map(({ resource }) => resource.name));
  const lost = own.filter(
    (one) =>
      OF_CLUSTER.has(one.kind) && clusterLabelOf(one) !== undefined && !known.has(clusterLabelOf(one)!),
  );
  const firsts = lost.filter(
    (one, i) => lost.findIndex((other) => clusterLabelOf(other) === clusterLabelOf(one)) === i,
  );
  const alone = strimzi.filter(({ nodes }) => nodes.length === 0);
  return [
    ...firsts.map((one) => ({
      setting: kindAt(one, locate),
      why: `Kafka ${clusterLabelOf(one)!} is not there, so what ${named(one)} is a part of is not known.`,
      fix: `also give the manifest of Kafka ${clusterLabelOf(one)!}`,
    })),
    ...alone.map((cluster) => withoutNodes(cluster, locate)),
  ];
}

function withoutNodes({ resource, isKraft, uncounted, pools }: StrimziCluster, locate: Locate): NotJudged {
  const setting = kindAt(uncounted[0] ?? resource, locate);
  if (uncounted[0] !== undefined)
    return {
      setting,
      why:
        `The replicas of ${named(uncounted[0])} are no number, so the brokers of ${named(resource)} are ` +
        "not known and not judged.",
      fix: "give the manifests with their variables replaced, as they are applied",
    };
  const none = isKraft && pools.length === 0 ? "No KafkaNodePool" : "No broker";
  return {
    setting,
    why: `${none} of ${named(resource)} is there, so its brokers are not known and not judged.`,
    fix: isKraft ? "also give the KafkaNodePools" : "replicas in spec.kafka",
  };
}

function kindAt({ kind, name, location }: Resource, locate: Locate): NotJudged["setting"] {
  return settingAt("kind", `${kind} ${name}`, locate(location, kind));
}
