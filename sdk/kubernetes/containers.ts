// Containers of pods as services of a compose file: image, environment, mounts and names.

import type { ComposeService, GivenKey, SourceLocation } from "../compose/project.ts";
import { conventionOf } from "../compose/image.ts";
import { type Mapping, plain } from "../compose/tree.ts";
import { type Environment, environmentOf, resourceOf } from "./environment.ts";
import { namesOf } from "./names.ts";
import { MAX_PODS, type Pod, podsOf, type Workload } from "./pods.ts";
import { at, listAt, mapsAt, type Resource, scalarsIn, textAt } from "./resource.ts";
import { variablesOfScript } from "./script.ts";
import { LabError } from "../model/errors.ts";
import type { Budget } from "../runtime/limits.ts";

/** What a path of a container is on. */
export interface PodMount {
  readonly target: string;
  /** `own-claim`: a claim of each pod; `claim`: one claim of all pods. */
  readonly kind: "own-claim" | "claim" | "emptyDir" | "hostPath" | "configMap" | "other";
  readonly volume: string;
  /** Whether each pod has a folder of its own in it. */
  readonly isPerPod: boolean;
  readonly location: SourceLocation;
}

/** A server.properties in a ConfigMap of the files. */
export interface PropertiesFile {
  readonly text: string;
  /** The line at which it begins. */
  readonly line: number;
  readonly file: string;
}

/** A container of a pod. */
export interface PodContainer {
  readonly pod: Pod;
  readonly tree: Mapping;
  /** Where it is, from the resource's top. */
  readonly path: readonly (string | number)[];
  readonly service: ComposeService;
  readonly environment: Environment;
  readonly mounts: readonly PodMount[];
  /** Its `command` and `args`; null where the image's own start is used. */
  readonly script: string | null;
  /** The variables that the script sets, whatever the manifest says of them. */
  readonly scripted: ReadonlySet<string>;
  /** Null where the environment has all settings, or the file is not there. */
  readonly properties: PropertiesFile | null;
}

/**
 * The containers of a workload's pods: of all pods if one of them is Kafka, else of the first.
 *
 * @param room what the containers' variables may make
 */
export function containersOf(
  workload: Workload,
  resources: readonly Resource[],
  room: Budget,
): PodContainer[] {
  const pods = podsOf(workload);
  const of = (pod: Pod): PodContainer[] =>
    mapsAt(workload.spec, "containers").map((tree, index) =>
      containerOf({ container: tree, path: [...workload.path, "containers", index], pod, resources, room }),
    );
  const first = pods[0] === undefined ? [] : of(pods[0]);
  return first.some(isKafka) ? [...first, ...pods.slice(1).flatMap(of)] : first;
}

/** Whether a container is a Kafka node whose settings are read. */
export function isKafka({ service, properties }: PodContainer): boolean {
  return conventionOf(service) !== null || properties !== null;
}

/** Refuses more pods than are read. @throws LabError `BAD_CONFIGURATION` */
export function checkCount(kafka: readonly PodContainer[]): void {
  if (kafka.length > MAX_PODS)
    throw new LabError("BAD_CONFIGURATION", `Cannot read the manifests: more than ${MAX_PODS} Kafka pods`);
}

function containerOf(given: Parameters<typeof environmentOf>[0]): PodContainer {
  const { container: tree, path, pod, resources, room } = given;
  const environment = environmentOf(given);
  const parts = [...listAt(tree, "command"), ...listAt(tree, "args")];
  const script = parts.length === 0 ? null : parts.join(" ");
  const mounts = mountsOf(tree, pod);
  const known = { ...(pod.isNamed && { HOSTNAME: pod.name }), ...environment.environment };
  const scripted = script === null ? new Map<string, string>() : variablesOfScript(script, known, room);
  const service = serviceOf(tree, pod, environment, { script, scripted });
  return {
    pod,
    tree,
    path,
    service,
    environment,
    mounts,
    script,
    scripted: new Set(scripted.keys()),
    properties: propertiesOf(service, pod, resources),
  };
}

function serviceOf(
  tree: Mapping,
  pod: Pod,
  { environment, variables }: Environment,
  { script, scripted }: { readonly script: string | null; readonly scripted: ReadonlyMap<string, string> },
): ComposeService {
  const image = at(tree, "image");
  const scriptAt = at(tree, "command")?.location ?? at(tree, "args")?.location ?? tree.location;
  const key = (name: string, location: SourceLocation, value: unknown): GivenKey => ({
    key: name,
    location,
    value,
  });
  return {
    service: pod.name,
    location: tree.location,
    image: image?.kind === "scalar" ? String(image.value) : null,
    environment: { ...environment, ...Object.fromEntries(scripted) },
    variables: {
      ...variables,
      ...Object.fromEntries([...scripted.keys()].map((name) => [name, variables[name] ?? scriptAt])),
    },
    ports: [],
    mounts: [],
    capAdd: [],
    containerName: null,
    hostname: null,
    aliases: namesOf(pod),
    keys: [
      ...(image === undefined ? [] : [key("image", image.location, plain(image))]),
      key("environment", at(tree, "env")?.location ?? tree.location, null),
      ...(script === null ? [] : [key("entrypoint", scriptAt, script)]),
      ...(textAt(pod.workload.spec, "hostNetwork") === "true"
        ? [key("network_mode", tree.location, "host")]
        : []),
    ],
  };
}

function mountsOf(tree: Mapping, { workload }: Pod): PodMount[] {
  const volumes = new Map(mapsAt(workload.spec, "volumes").map((one) => [textAt(one, "name") ?? "", one]));
  return mapsAt(tree, "volumeMounts").map((mount) => {
    const volume = textAt(mount, "name") ?? "";
    const found = volumes.get(volume);
    const kind = (): PodMount["kind"] => {
      if (workload.claims.has(volume)) return "own-claim";
      if (at(found, "persistentVolumeClaim") !== undefined) return "claim";
      for (const one of ["emptyDir", "hostPath", "configMap"] as const)
        if (found?.entries.has(one) === true) return one;
      return "other";
    };
    return {
      target: textAt(mount, "mountPath") ?? "",
      kind: kind(),
      volume,
      isPerPod: workload.claims.has(volume) || textAt(mount, "subPathExpr") !== undefined,
      location: mount.location,
    };
  });
}

/** ConfigMaps that a pod mounts. */
export function mountedMaps({ workload, namespace }: Pod, resources: readonly Resource[]): Resource[] {
  const names = mapsAt(workload.spec, "volumes").flatMap((one) => [
    textAt(one, "configMap", "name") ?? [],
    ...mapsAt(one, "projected", "sources").map((source) => textAt(source, "configMap", "name") ?? []),
  ]);
  return names
    .flat()
    .flatMap((name) => resourceOf(resources, { kind: "ConfigMap", name, pod: { namespace } }) ?? []);
}

const SERVER_FILE = /^(server|kafka|broker|controller)\.properties$/;
/** Images that run Kafka, whatever their environment has. */
const KAFKA_IMAGE = /(^|\/)(cp-)?(kafka|kafka-native|server|enterprise-kafka)([:@]|$)/;

/** The file of a pod that runs Kafka, if there is one file. */
function propertiesOf(
  { image }: ComposeService,
  pod: Pod,
  resources: readonly Resource[],
): PropertiesFile | null {
  if (image === null || !KAFKA_IMAGE.test(image)) return null;
  const files = mountedMaps(pod, resources).flatMap(({ tree }) =>
    scalarsIn(at(tree, "data")).filter(({ key }) => SERVER_FILE.test(key)),
  );
  const [only] = files;
  if (only === undefined || files.length > 1) return null;
  const { location, value } = only;
  return { text: value, line: location.line + (value.includes("\n") ? 1 : 0), file: location.file };
}
