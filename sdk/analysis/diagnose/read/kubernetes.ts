// Kafka nodes and clients from Kubernetes manifests: pods by their image's environment rules or a mounted
// server.properties, Strimzi's resources by what the operator writes.

import type { ComposeSource } from "../../../compose/mod.ts";
import { conventionOf, versionOf } from "../../../compose/mod.ts";
import {
  at,
  isStrimzi,
  type KubernetesProject,
  named,
  parseManifests,
  type PodContainer,
  type Resource,
  scalarsIn,
  type StrimziCluster,
  type StrimziNode,
} from "../../../kubernetes/mod.ts";
import { LabError } from "../../../model/errors.ts";
import type { Node, NotJudged, PodDial } from "../facts.ts";
import { BROKER_DEFAULTS } from "../known/broker.ts";
import { type Setting, settings } from "../setting.ts";
import { node } from "./compose.ts";
import type { Text } from "./flat.ts";
import { type Locate, locator } from "./locate.ts";
import { writerOfContainer, writerOfProperties, writerOfStrimzi } from "./manifest-writer.ts";
import { nodeOf, versionOfText } from "./node.ts";
import type { Part } from "./parts.ts";
import { clientsOfPods } from "./pod-clients.ts";
import { podDials } from "./pod-dials.ts";
import { settingsOfProperties } from "./properties.ts";
import { notJudgedResources } from "./unknown-resources.ts";

/** Manifests and what is Kafka's in them. */
export interface ReadKubernetes {
  readonly project: KubernetesProject;
  readonly nodes: readonly Node[];
  readonly dials: readonly PodDial[];
  /** Clients, applications of Streams and workers of Connect. */
  readonly others: Part;
  /** Application files of Spring Boot in ConfigMaps. */
  readonly spring: readonly Text[];
  readonly notJudged: readonly NotJudged[];
}

/** One manifest; `isOptional` where it was not asked for by its name. */
type Manifest = ComposeSource & { readonly isOptional?: boolean };

/**
 * Reads manifests together; null where there are none, or none that is asked for and nothing of Kafka.
 *
 * @throws LabError `BAD_CONFIGURATION` if they cannot be read or nothing in them is Kafka's
 */
export function readKubernetes(sources: readonly Manifest[]): ReadKubernetes | null {
  if (sources.length === 0) return null;
  const project = parseManifests(sources);
  const locate = locator(sources);
  const partial = project.kafka.filter(isPartial);
  const nodes = [
    ...project.kafka.filter((one) => !isPartial(one)).map((one) => nodeOfPod(one, locate)),
    ...project.strimzi.flatMap((cluster) => cluster.nodes.map((one) => nodeOfStrimzi(cluster, one, locate))),
  ];
  const dials = podDials(project, locate);
  const others = clientsOfPods(project, locate);
  const notJudged = notJudgedResources(project, partial, locate);
  const spring = applicationFiles(project);
  const found = [project.strimzi, nodes, dials, spring, notJudged, ...Object.values(others)];
  const isKafkas = found.some(({ length }) => length > 0) || project.resources.some(isTopicOrUser);
  if (!isKafkas && sources.every(({ isOptional }) => isOptional === true)) return null;
  if (!isKafkas)
    throw new LabError("BAD_CONFIGURATION", "Cannot diagnose the manifests: no resource of them is Kafka's", {
      file: project.files.join(", "),
      hint: hintOf(project),
    });
  return { project, nodes, dials, others, spring, notJudged };
}

function isTopicOrUser(resource: Resource): boolean {
  return isStrimzi(resource) && /^Kafka(Topic|User)$/.test(resource.kind);
}

/** `application.yml` of ConfigMaps that set Kafka's clients, each at its lines. */
function applicationFiles({ resources }: KubernetesProject): Text[] {
  return resources
    .filter(({ kind }) => kind === "ConfigMap")
    .flatMap(({ tree }) => scalarsIn(at(tree, "data")))
    .filter(({ key, value }) => /^application[\w-]*\.ya?ml$/.test(key) && /\bkafka\s*:/.test(value))
    .map(({ value, location: { file, line } }) => ({ file, text: "\n".repeat(line) + value }));
}

const MOST_SHOWN = 10;

function hintOf({ resources, others }: KubernetesProject): string {
  const listed = (words: readonly string[]): string =>
    `${words.slice(0, MOST_SHOWN).join(", ")}${words.length > MOST_SHOWN ? ", …" : ""}`;
  const images = [...new Set(others.flatMap(({ service }) => service.image ?? []))];
  const shown = images.length === 0 ? "" : ` with the images ${listed(images)}`;
  return (
    `They have ${listed(resources.map(named)) || "no resource"}${shown}. ` +
    "Read are Strimzi's resources, pods of Kafka's images, and clients' *_BOOTSTRAP_SERVERS."
  );
}

/** Whether settings are in a ConfigMap or Secret that is not there. */
function isPartial({ environment, properties }: PodContainer): boolean {
  return properties === null && environment.missing.length > 0;
}

function nodeOfPod(container: PodContainer, locate: Locate): Node {
  const { service, pod, properties, environment } = container;
  const { resource: owner, isCounted } = pod.workload;
  const facts = { owner, isCounted, container, strimzi: null };
  if (properties !== null) return { ...nodeOfFile(container, locate), pod: facts };
  const manifest = writerOfContainer(container);
  const found = node(service, conventionOf(service)!, locate, [], {
    ...manifest,
    spell: (name, value) =>
      environment.mapped.has(name)
        ? `${name}: ${JSON.stringify(value)}`
        : `{ name: ${name}, value: ${JSON.stringify(value)} }`,
  });
  return {
    ...found,
    container: { ...found.container!, names: podNames(container), isPod: true, manifest },
    pod: facts,
  };
}

/** A pod's names, the one that others reach it by first. */
function podNames({ service }: PodContainer): string[] {
  return [...service.aliases, service.service];
}

function nodeOfFile(container: PodContainer, locate: Locate): Node {
  const { service, pod, properties } = container;
  const { text, line, file } = properties!;
  const address = service.aliases.at(-1) ?? pod.name;
  // bitnami's chart replaces it when the pod starts
  const given = settingsOfProperties({ file, text }, line).map((one) => ({
    ...one,
    value: one.value.replaceAll("advertised-address-placeholder", address),
  }));
  const image = service.image ?? "";
  const convention = conventionOf({ ...service, keys: [] });
  // the tag of an image that is not known may be anything
  const version = convention === null ? "" : versionOf(image, convention);
  const known = new Set(given.map(({ key }) => key));
  const lines = new Map(given.map(({ key, location }) => [key, location.line]));
  const home = { file, line, column: 1 };
  const id = known.has("node.id") || known.has("broker.id") ? [] : [idOf(given, service.aliases, home)];
  const set = settings({
    label: pod.name,
    given: [...given, ...id],
    location: home,
    defaults: BROKER_DEFAULTS,
    kind: "broker",
    kafka: version === "" ? null : version,
    manifest: writerOfProperties(container, (key) => lines.get(key)),
    spellKey: (key) => key,
    spell: (_, value, written) => `${written}=${value}`,
  });
  const imageSetting: Setting = {
    key: "image",
    written: "image",
    value: image,
    origin: "file",
    location: locate(service.keys.find(({ key }) => key === "image")?.location ?? service.location, "image"),
  };
  return nodeOf(pod.name, set, versionOfText(version), {
    service,
    // the cluster id is in a file, too
    convention: convention === "confluent" ? convention : "apache",
    image: convention === null ? null : imageSetting,
    clusterId: null,
    refusals: [],
    variables: [],
    names: [...service.aliases, service.service],
    isPod: true,
    manifest: writerOfContainer(container),
  });
}

/** A script sets the id when the pod starts: that of the voter with the pod's name, if there is one. */
function idOf(given: readonly Setting[], names: readonly string[], location: Setting["location"]): Setting {
  const voters = given.find(({ key }) => key === "controller.quorum.voters")?.value ?? "";
  const own = voters
    .split(",")
    .map((voter) => /^\s*(\d{1,9})@([^:]+):/.exec(voter))
    .find((voter) => voter !== null && names.includes(voter[2]!));
  return { key: "node.id", written: "node.id", value: own?.[1] ?? "${node.id}", origin: "image", location };
}

function nodeOfStrimzi(cluster: StrimziCluster, found: StrimziNode, locate: Locate): Node {
  const given = found.settings.map(
    ({ key, value, isOperators, location }): Setting => ({
      key,
      written: key,
      value,
      origin: isOperators ? "operator" : "file",
      location: locate(location, isOperators ? "" : key),
    }),
  );
  const config = cluster.spec.entries.get("config")?.location ?? cluster.spec.location;
  const set = settings({
    label: found.name,
    given,
    location: locate(config, ""),
    defaults: BROKER_DEFAULTS,
    kind: "broker",
    kafka: cluster.version === "" ? null : cluster.version,
    manifest: writerOfStrimzi(cluster),
    spellKey: (key) => key,
    spell: (key, value) =>
      key === "controller.quorum.voters"
        ? "replicas: 3 of the controllers' KafkaNodePool"
        : `${key}: ${value}`,
  });
  return {
    ...nodeOf(found.name, set, versionOfText(cluster.version), null),
    pod: { owner: found.owner, isCounted: true, container: null, strimzi: { cluster, node: found } },
  };
}
