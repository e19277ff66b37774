// The pods that workloads make: N of a StatefulSet with names of their own, N of a Deployment without.

import { LabError } from "../model/errors.ts";
import type { SourceLocation } from "../compose/project.ts";
import type { Mapping } from "../compose/tree.ts";
import { at, countAt, mapsAt, named, type Resource, textAt, textsIn } from "./resource.ts";

/** How many pods the files may make; a StatefulSet of brokers of people has tens. */
export const MAX_PODS = 300;

/** What makes pods. */
export interface Workload {
  readonly resource: Resource;
  readonly replicas: number;
  /** False where `replicas` is no number, such as a template's variable, and taken for one. */
  readonly isCounted: boolean;
  /** Where `replicas` is written, or the resource. */
  readonly replicasAt: SourceLocation;
  /** The pods' spec. */
  readonly spec: Mapping;
  /** The keys that lead to the spec from the resource's top. */
  readonly path: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** `spec.serviceName`, the Service below which a StatefulSet's pods have names; null where it has none. */
  readonly serviceName: string | null;
  /** The names of the volumes that each pod has of its own. */
  readonly claims: ReadonlySet<string>;
}

/** One pod. */
export interface Pod {
  readonly workload: Workload;
  readonly name: string;
  /** Whether the name is the pod's, and not only its workload's. */
  readonly isNamed: boolean;
  readonly namespace: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** The N of a StatefulSet's N-th pod, from 0 unless it says otherwise. */
  readonly ordinal: number | null;
  /** The headless Service below which it has a name. */
  readonly subdomain: string | null;
}

const TEMPLATES: ReadonlySet<string> = new Set([
  "StatefulSet",
  "Deployment",
  "DaemonSet",
  "ReplicaSet",
  "ReplicationController",
  "Job",
]);

/** The workloads among resources, in order. */
export function workloadsOf(resources: readonly Resource[]): Workload[] {
  return resources.flatMap((resource): Workload[] => {
    const template = templateOf(resource);
    const spec = at(template, "spec");
    if (template === undefined || spec?.kind !== "map") return [];
    const isSet = resource.kind === "StatefulSet";
    const replicas = at(resource.tree, "spec", "replicas");
    return [
      {
        resource,
        replicas: /^(Pod|Job|CronJob|DaemonSet)$/.test(resource.kind)
          ? 1
          : (countAt(resource.tree, "spec", "replicas") ?? 1),
        isCounted: isCounted(resource),
        replicasAt: replicas?.location ?? resource.location,
        spec,
        path: [...templatePath(resource.kind), "spec"],
        labels: resource.kind === "Pod" ? resource.labels : textsIn(at(template, "metadata", "labels")),
        serviceName: isSet ? (textAt(resource.tree, "spec", "serviceName") ?? null) : null,
        claims: new Set(
          mapsAt(resource.tree, "spec", "volumeClaimTemplates").flatMap(
            (claim) => textAt(claim, "metadata", "name") ?? [],
          ),
        ),
      },
    ];
  });
}

/** Whether a resource says how many it makes: in a number, or not at all. */
export function isCounted({ tree }: Resource, ...path: readonly string[]): boolean {
  const under = path.length === 0 ? ["spec"] : path;
  return at(tree, ...under, "replicas") === undefined || countAt(tree, ...under, "replicas") !== undefined;
}

function templateOf({ kind, tree }: Resource): Mapping | undefined {
  const isKnown = kind === "Pod" || kind === "CronJob" || TEMPLATES.has(kind);
  const found = isKnown ? at(tree, ...templatePath(kind)) : undefined;
  return found?.kind === "map" ? found : undefined;
}

function templatePath(kind: string): readonly string[] {
  if (kind === "Pod") return [];
  return kind === "CronJob" ? ["spec", "jobTemplate", "spec", "template"] : ["spec", "template"];
}

/**
 * The pods of a workload.
 *
 * @throws LabError `BAD_CONFIGURATION` for more than {@link MAX_PODS}
 */
export function podsOf(workload: Workload): Pod[] {
  const { resource, replicas, labels, serviceName } = workload;
  if (replicas > MAX_PODS)
    throw new LabError(
      "BAD_CONFIGURATION",
      `Cannot read ${named(resource)}: more than ${MAX_PODS} replicas`,
      { ...workload.replicasAt },
    );
  const isSet = resource.kind === "StatefulSet";
  const first = countAt(resource.tree, "spec", "ordinals", "start") ?? 0;
  return Array.from({ length: replicas }, (_, i): Pod => {
    const own = `${resource.name}-${first + i}`;
    const other = replicas > 1 ? `${resource.name}#${i + 1}` : resource.name;
    return {
      workload,
      name: isSet ? own : other,
      isNamed: isSet || resource.kind === "Pod",
      namespace: resource.namespace,
      labels: isSet
        ? {
            ...labels,
            "statefulset.kubernetes.io/pod-name": own,
            "apps.kubernetes.io/pod-index": String(first + i),
          }
        : labels,
      ordinal: isSet ? first + i : null,
      subdomain: isSet ? serviceName : (textAt(workload.spec, "subdomain") ?? null),
    };
  });
}
