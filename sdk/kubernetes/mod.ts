export type { PodContainer, PodMount, PropertiesFile } from "./containers.ts";
export type { EnvironmentFlaw, WrittenVariable } from "./environment.ts";
export {
  namesOf,
  type Names,
  type Resolved,
  resolve,
  selectedBy,
  type Service,
  type ServicePort,
} from "./names.ts";
export { MAX_PODS, type Pod, type Workload } from "./pods.ts";
export { type KubernetesProject, parseManifests, resourceAt } from "./project.ts";
export {
  at,
  countAt,
  isManifest,
  isSameNamespace,
  listAt,
  mapsAt,
  named,
  type Resource,
  scalarsIn,
  selects,
  textAt,
  textsIn,
} from "./resource.ts";
export { clusterLabelOf, isStrimzi, strimziClusters } from "./strimzi.ts";
export { isForbidden } from "./strimzi-forbidden.ts";
export type { StrimziCluster, StrimziListener, StrimziNode, StrimziSetting } from "./strimzi-model.ts";
