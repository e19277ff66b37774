// Where manifests have the settings of a pod or of a Strimzi cluster, for the edits of fixes.

import {
  at,
  isForbidden,
  type PodContainer,
  type Resource,
  type StrimziCluster,
} from "../../../kubernetes/mod.ts";
import type { ContainerWriter, ManifestPlace, ManifestWriter } from "../setting.ts";

/** What is one node's own, so that no template has it as a value. */
const ID = /^(KAFKA_(CFG_)?)?(NODE|BROKER)[._]ID$/i;

/** A pod's container: its image and variables; one that is nowhere yet is added to the container's `env`. */
export function writerOfContainer(container: PodContainer): ContainerWriter {
  const { environment, path, tree, service, scripted } = container;
  const env = at(tree, "env")?.location ?? tree.location;
  const image = at(tree, "image")?.location ?? tree.location;
  return {
    image: { file: image.file, line: image.line, column: 1, path, key: "image" },
    placeOf(name): ManifestPlace | null {
      // what the command sets wins
      if (scripted.has(name)) return null;
      const found = environment.written.get(name);
      if (found !== undefined) {
        const { location, path: block, key } = found;
        return { file: location.file, line: location.line, column: 1, path: block, key };
      }
      // a Secret's, or of a map that is not there
      if (name in service.environment) return null;
      return { file: env.file, line: env.line, column: 1, path: [...path, "env"], key: name };
    },
    valueFor: (key, value) => sharedValue(container, key, value),
  };
}

/** A server.properties that pods of a ConfigMap mount. */
export function writerOfProperties(
  container: PodContainer,
  lineOf: (key: string) => number | undefined,
): ManifestWriter {
  const { line, file } = container.properties!;
  return {
    placeOf: (key) => ({ file, line: lineOf(key) ?? line, column: 1, key }),
    // no `$(NAME)` is replaced in a file
    valueFor: (key, value) => (isOnePods(container, key, value) || value.includes("${") ? null : value),
  };
}

/** `spec.kafka.config`; what the operator sets itself has no place there. */
export function writerOfStrimzi({ resource, spec, listeners }: StrimziCluster): ManifestWriter {
  const config = at(spec, "config");
  return {
    placeOf(key): ManifestPlace | null {
      if (isForbidden(key, listeners)) return null;
      const { file, line } = at(config, key)?.location ?? config?.location ?? resource.location;
      return { file, line, column: 1, path: ["spec", "kafka", "config"], key };
    },
    valueFor: (_, value) => (value.includes("${") ? null : value),
  };
}

/** `spec.config` of a KafkaConnect, and what its spec has under names of its own. */
export function writerOfConnect(resource: Resource): ManifestWriter {
  const spec = at(resource.tree, "spec");
  const config = at(spec, "config");
  return {
    placeOf(key): ManifestPlace {
      const isSpecs = /^[a-zA-Z]+$/.test(key);
      const found = isSpecs ? at(spec, key) : (at(config, key) ?? config);
      const { file, line } = found?.location ?? resource.location;
      return { file, line, column: 1, path: isSpecs ? ["spec"] : ["spec", "config"], key };
    },
    valueFor: (_, value) => (value.includes("${") ? null : value),
  };
}

function podNamed(name: string): RegExp {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\w.-])${escaped}(?=[.:]|$)`, "g");
}

/** Whether a value is right for one of several pods only. */
function isOnePods({ pod }: PodContainer, key: string, value: string): boolean {
  if (pod.workload.replicas < 2) return false;
  return ID.test(key) || (!/quorum/i.test(key) && podNamed(pod.name).test(value));
}

/** A pod's own name becomes the variable that has it. */
function sharedValue(container: PodContainer, key: string, value: string): string | null {
  // what only the cluster knows would be written as a text
  if (value.includes("${")) return null;
  if (!isOnePods(container, key, value)) return value;
  const { environment, pod } = container;
  const name = environment.podName;
  const index = ofKey(container, key);
  if (ID.test(key) || name === null || index === null || index <= name.index) return null;
  return value.replace(podNamed(pod.name), `$(${name.name})`);
}

/** The place in `env` of the variable that sets a property, after all others for a new one. */
function ofKey({ environment: { written } }: PodContainer, key: string): number | null {
  const own = key.toUpperCase().replaceAll(".", "_");
  const found = [...written].find(([name]) => name === own || name.replace(/^KAFKA_(CFG_)?/, "") === own);
  return found === undefined ? Infinity : found[1].index;
}
