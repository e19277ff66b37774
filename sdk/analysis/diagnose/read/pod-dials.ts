// Bootstrap lists in manifests: variables of pods, and `bootstrapServers` of Strimzi's Connect, MirrorMaker 2
// and Bridge.

import type { SourceLocation } from "../../../compose/mod.ts";
import type { Tree } from "../../../compose/tree.ts";
import {
  at,
  isStrimzi,
  type KubernetesProject,
  mapsAt,
  named,
  type PodContainer,
  type Resource,
} from "../../../kubernetes/mod.ts";
import { addressesIn } from "../addresses.ts";
import type { PodDial } from "../facts.ts";
import type { Fix } from "../fix.ts";
import { isOpen } from "../setting.ts";
import { isBootstrapList, settingIn } from "./dials.ts";
import type { Locate } from "./locate.ts";
import { writerOfContainer } from "./manifest-writer.ts";

/** Every bootstrap list of the manifests that is known. */
export function podDials({ kafka, others, resources }: KubernetesProject, locate: Locate): PodDial[] {
  const firsts = kafka.filter(
    (one, i) => kafka.findIndex(({ pod }) => pod.workload === one.pod.workload) === i,
  );
  return [
    ...[...firsts, ...others].flatMap((container) => dialsOfContainer(container, locate)),
    ...resources.filter((one) => isStrimzi(one)).flatMap((resource) => dialsOfResource(resource, locate)),
  ];
}

function dialsOfContainer(container: PodContainer, locate: Locate): PodDial[] {
  const { service, pod } = container;
  return Object.entries(service.environment).flatMap(([name, value]): PodDial[] => {
    if (!isBootstrapList(name) || isOpen(value)) return [];
    const addresses = addressesIn(value);
    if (addresses.length === 0) return [];
    return [
      {
        name: named(pod.workload.resource),
        pod,
        namespace: pod.namespace,
        setting: settingIn({ service, locate }, name),
        addresses,
        set: (list) => setVariable(container, name, list),
      },
    ];
  });
}

function setVariable(container: PodContainer, name: string, list: string): Fix {
  const { environment } = container;
  const text = environment.mapped.has(name)
    ? `${name}: ${list}`
    : `{ name: ${name}, value: ${JSON.stringify(list)} }`;
  const place = isUnknown(list) ? null : writerOfContainer(container).placeOf(name);
  return { text, edits: place === null ? [] : [{ action: "set", ...place, service: null, value: list }] };
}

function isUnknown(list: string): boolean {
  return list.startsWith("HOST:");
}

function dialsOfResource(resource: Resource, locate: Locate): PodDial[] {
  const { tree } = resource;
  const specs: [Tree | undefined, (string | number)[]][] = [
    [at(tree, "spec"), ["spec"]],
    [at(tree, "spec", "target"), ["spec", "target"]],
    ...mapsAt(tree, "spec", "clusters").map((one, i): [Tree, (string | number)[]] => [
      one,
      ["spec", "clusters", i],
    ]),
    ...mapsAt(tree, "spec", "mirrors").map((mirror, i): [Tree | undefined, (string | number)[]] => [
      at(mirror, "source"),
      ["spec", "mirrors", i, "source"],
    ]),
  ];
  return specs.flatMap(([spec, path]): PodDial[] => {
    const list = at(spec, "bootstrapServers");
    if (list?.kind !== "scalar") return [];
    const value = String(list.value);
    const addresses = addressesIn(value);
    if (addresses.length === 0 || isOpen(value)) return [];
    return [
      {
        name: named(resource),
        pod: null,
        namespace: resource.namespace,
        setting: settingOf(list.location, value, locate),
        addresses,
        set: (better) => setServers(list.location, path, better),
      },
    ];
  });
}

function setServers({ file, line }: SourceLocation, path: (string | number)[], list: string): Fix {
  const place = { file, line, column: 1, service: null, path, key: "bootstrapServers" };
  return {
    text: `bootstrapServers: ${list}`,
    edits: isUnknown(list) ? [] : [{ action: "set", ...place, value: list }],
  };
}

function settingOf(place: SourceLocation, value: string, locate: Locate): PodDial["setting"] {
  const key = "bootstrapServers";
  return { key, written: key, value, origin: "file", location: locate(place, key) };
}
