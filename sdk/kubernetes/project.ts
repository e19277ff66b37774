// Manifests read together: who is a Kafka node, who dials it, and by which names.

import type { ComposeSource, SourceLocation } from "../compose/project.ts";
import { checkCount, containersOf, isKafka, type PodContainer } from "./containers.ts";
import { type Service, servicesOf } from "./names.ts";
import { type Pod, type Workload, workloadsOf } from "./pods.ts";
import { type Resource, resourcesOf } from "./resource.ts";
import { LabError } from "../model/errors.ts";
import { type Budget, makeBudget, MAX_EXPANDED_CHARACTERS } from "../runtime/limits.ts";
import { strimziClusters } from "./strimzi.ts";
import type { StrimziCluster } from "./strimzi-model.ts";

/** All manifests together. */
export interface KubernetesProject {
  readonly files: readonly string[];
  readonly resources: readonly Resource[];
  readonly workloads: readonly Workload[];
  readonly services: readonly Service[];
  /** The pods that have names that are known: all of workloads with Kafka, the first of others. */
  readonly pods: readonly Pod[];
  /** Kafka's containers, pod by pod. */
  readonly kafka: readonly PodContainer[];
  /** All other containers, once a workload. */
  readonly others: readonly PodContainer[];
  readonly strimzi: readonly StrimziCluster[];
}

/**
 * Reads manifests.
 *
 * @throws LabError `BAD_CONFIGURATION` with file and line where one cannot be read or is over a limit
 */
export function parseManifests(sources: readonly ComposeSource[]): KubernetesProject {
  const resources = resourcesOf(sources);
  const workloads = workloadsOf(resources);
  const room = roomForVariables();
  const containers = workloads.flatMap((workload) => containersOf(workload, resources, room));
  const kafka = containers.filter(isKafka);
  checkCount(kafka);
  return {
    files: sources.map(({ file }) => file),
    resources,
    workloads,
    services: servicesOf(resources),
    pods: [...new Set(containers.map(({ pod }) => pod))],
    kafka,
    others: containers.filter((one) => !isKafka(one)),
    strimzi: strimziClusters(resources),
  };
}

/** What the variables of all containers make together: a few that hold each other twice make gigabytes. */
function roomForVariables(): Budget {
  const why = `their variables make more than ${MAX_EXPANDED_CHARACTERS} characters`;
  return makeBudget(
    MAX_EXPANDED_CHARACTERS,
    () => new LabError("BAD_CONFIGURATION", `Cannot read the manifests: ${why}`),
  );
}

/** The resource in which a line of a file is. */
export function resourceAt(
  { resources }: Pick<KubernetesProject, "resources">,
  { file, line }: SourceLocation,
): Resource | undefined {
  return resources.findLast(({ location, firstLine }) => location.file === file && firstLine <= line);
}
