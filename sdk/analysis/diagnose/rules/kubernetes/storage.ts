// Where the pods of brokers keep their data.

import { named, type PodMount } from "../../../../kubernetes/mod.ts";
import type { Facts, Node } from "../../facts.ts";
import type { Rule } from "../../finding.ts";
import { isOpen, listOf, type Setting } from "../../setting.ts";
import { onePerPlace } from "../words.ts";
import { settingAt } from "./setting.ts";

type Kind = PodMount["kind"] | "none";

interface Data {
  readonly node: Node;
  readonly kind: Kind;
  readonly dir: string;
  readonly isPerPod: boolean;
  readonly setting: Setting;
}

/** What a node's data is on: the least lasting of its folders. */
function dataOf(node: Node): Data[] {
  const { pod, settings } = node;
  const dirs = settings.of("log.dirs");
  if (pod?.strimzi != null) {
    const { volumes } = pod.strimzi.node;
    const ephemeral = volumes.find(({ isEphemeral }) => isEphemeral);
    return ephemeral === undefined
      ? []
      : [
          {
            node,
            kind: "emptyDir",
            dir: dirs.value,
            isPerPod: true,
            setting: settingAt("storage", "ephemeral", ephemeral.location),
          },
        ];
  }
  if (pod?.container == null || isOpen(dirs.value)) return [];
  return listOf(dirs.value).map((dir): Data => {
    const mounts = pod
      .container!.mounts.filter(({ target }) => `${dir}/`.startsWith(`${target.replace(/\/$/, "")}/`))
      .sort((a, b) => b.target.length - a.target.length);
    const mount = mounts[0];
    return {
      node,
      kind: mount?.kind ?? "none",
      dir,
      isPerPod: mount?.isPerPod ?? true,
      setting: mount === undefined ? dirs : settingAt("volumeMounts", mount.volume, mount.location),
    };
  });
}

function all({ cluster }: Facts): Data[] {
  return (cluster?.nodes ?? []).flatMap(dataOf);
}

export const podStorageRules: readonly Rule[] = [
  {
    id: "data-in-pod",
    severity: "note",
    title: "the data goes with the pod",
    source:
      'Kubernetes: Volumes, emptyDir, "when a Pod is removed from a node for any reason, the data in the ' +
      'emptyDir is deleted permanently"; Strimzi: storage of type ephemeral',
    check: (facts) => {
      const found = all(facts).filter(({ kind }) => kind === "emptyDir" || kind === "none");
      const [first] = found;
      if (first === undefined) return [];
      const isAlone = facts.cluster?.isAlone === true;
      const goes =
        first.kind === "none"
          ? `${first.dir} of ${first.node.name} is on no volume: a container that restarts begins without it`
          : `${first.dir} of ${first.node.name} is on an ephemeral volume: a pod that is deleted, ` +
            `evicted or ` +
            "rescheduled begins without it";
      return [
        {
          settings: onePerPlace(found.map(({ setting }) => setting)),
          happens: isAlone
            ? `${goes}, and there is no other broker: every topic is lost.`
            : `${goes}. The broker comes back empty under its old id; a partition whose replicas restart ` +
              "together loses acknowledged records, and so do all if every pod is replaced at once.",
          fix:
            first.node.pod?.strimzi != null
              ? "type: persistent-claim, with a size"
              : `volumeClaimTemplates with a volume that is mounted at ${first.dir} or above`,
        },
      ];
    },
  },
  {
    id: "shared-data-volume",
    severity: "error",
    title: "several pods keep their data on one volume",
    source:
      'Kafka: LogManager.lockLogDirs, "Failed to acquire lock on file .lock"; Kubernetes: a ' +
      "persistentVolumeClaim of a pod's template is the same for all its pods",
    check: (facts) => {
      const shared = all(facts).filter(
        ({ kind, isPerPod, node }) =>
          kind === "claim" && !isPerPod && (node.pod?.container?.pod.workload.replicas ?? 1) > 1,
      );
      const [first] = shared;
      if (first === undefined) return [];
      return [
        {
          settings: onePerPlace(shared.map(({ setting }) => setting)),
          happens:
            `All pods of ${named(first.node.pod!.owner)} have ${first.dir} on the same claim: the second ` +
            "broker finds the folder locked, or the first one's node id in it, and exits.",
          fix: "volumeClaimTemplates in a StatefulSet, which make a claim for each pod",
        },
      ];
    },
  },
  {
    id: "brokers-in-a-deployment",
    severity: "warning",
    title: "brokers without names of their own",
    source: "Kubernetes: Deployment; pods have random names and no order, StatefulSet; Kafka: node.id",
    check: ({ cluster }) => {
      const found = (cluster?.brokers ?? []).filter(
        ({ pod }) => pod?.owner.kind === "Deployment" && (pod.container?.pod.workload.replicas ?? 1) > 1,
      );
      const [first] = found;
      if (first === undefined) return [];
      const { resource, replicas, replicasAt } = first.pod!.container!.pod.workload;
      return [
        {
          settings: [settingAt("replicas", String(replicas), replicasAt)],
          happens:
            `${named(resource)} makes ${replicas} pods from one template, with random names: they have the ` +
            "same environment, and no address that stays with a node.",
          fix: "a StatefulSet with a headless Service, or a Deployment for each broker",
        },
      ];
    },
  },
];
