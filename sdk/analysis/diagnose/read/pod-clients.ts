// What pods of manifests run besides Kafka's nodes: Spring Boot's clients, applications of Streams, and
// workers of Connect, also Strimzi's.

import type { Tree } from "../../../compose/tree.ts";
import {
  at,
  isStrimzi,
  type KubernetesProject,
  named,
  type PodContainer,
  type Resource,
  scalarsIn,
  textAt,
} from "../../../kubernetes/mod.ts";
import type { Client } from "../facts.ts";
import type { Setting, SettingsOwner } from "../setting.ts";
import { type ReadWorker, workerOf, workerOfService } from "./connect.ts";
import { clientsOfConnector, connectorOf, type FoundConnector } from "./connector.ts";
import type { Locate } from "./locate.ts";
import { writerOfConnect, writerOfContainer } from "./manifest-writer.ts";
import { type Part, together } from "./parts.ts";
import { springOfEnvironment, streamsOfEnvironment } from "./spring-environment.ts";

/** The clients, applications and workers of all other containers, and Strimzi's workers. */
export function clientsOfPods({ others, resources }: KubernetesProject, locate: Locate): Part {
  const ofKind = (kind: string): Resource[] => resources.filter((one) => isStrimzi(one) && one.kind === kind);
  return together([
    ...others.map((container) => ofContainer(container, locate)),
    ...ofKind("KafkaConnect").map((resource) => partOf(workerOfResource(resource, locate))),
    ...ofKind("KafkaConnector").map((resource) => connectorOfResource(resource, locate)),
  ]);
}

/** Strimzi's KafkaConnector; class and number of tasks are fields of its own. */
function connectorOfResource(resource: Resource, locate: Locate): Partial<Part> {
  const spec = at(resource.tree, "spec");
  const config = at(spec, "config");
  const fields = [
    ["class", "connector.class"],
    ["tasksMax", "tasks.max"],
  ] as const;
  const own = fields.flatMap(([field, key]) => ofField(spec, field, key, locate));
  const found: FoundConnector = {
    name: resource.name,
    given: [...own, ...ofConfig(config, locate)],
    location: locate(config?.location ?? resource.location, ""),
    owner: { manifest: writerOfConnect(resource) },
    pathOf: (key) => key,
    spell: (written, value) => `${written}: ${value}`,
  };
  return { connectors: [connectorOf(found)], clients: clientsOfConnector(found, []) };
}

function ofField(spec: Tree | undefined, field: string, key: string, locate: Locate): Setting[] {
  const found = at(spec, field);
  const value = textAt(spec, field);
  if (found === undefined || value === undefined) return [];
  return [{ key, written: field, value, origin: "file", location: locate(found.location, field) }];
}

function ofConfig(config: Tree | undefined, locate: Locate): Setting[] {
  return scalarsIn(config).map(({ key, value, location }): Setting => {
    return { key, written: key, value, origin: "file", location: locate(location, key) };
  });
}

function partOf(read: ReadWorker | null): Partial<Part> {
  return read === null ? {} : { workers: [read.worker], clients: read.clients };
}

function ofContainer(container: PodContainer, locate: Locate): Partial<Part> {
  const { service, pod } = container;
  const owner: SettingsOwner = { manifest: writerOfContainer(container) };
  const streams = streamsOfEnvironment(service, locate, owner);
  return together([
    { clients: springOfPods(container, owner, locate) },
    streams === null ? {} : { applications: [streams.application], clients: streams.clients },
    partOf(workerOfService(service, locate, owner, named(pod.workload.resource))),
  ]);
}

/** Spring's clients of a workload's pods, which all have the same environment. */
function springOfPods(
  { service, pod: { workload } }: PodContainer,
  owner: SettingsOwner,
  locate: Locate,
): Client[] {
  const { replicas, replicasAt } = workload;
  const setting: Setting = {
    key: "replicas",
    written: "replicas",
    value: `${replicas}`,
    origin: "file",
    location: locate(replicasAt, "replicas"),
  };
  const clients = springOfEnvironment(service, locate, owner);
  return replicas < 2
    ? clients
    : clients.map((client) => ({ ...client, instances: { count: replicas, setting } }));
}

/** What the operator does not take from `config`. Source: Strimzi, KafkaConnectSpec.FORBIDDEN_PREFIXES. */
const NOT_TAKEN: readonly string[] = (
  "ssl. sasl. security. listeners plugin.path rest. bootstrap.servers consumer.interceptor.classes " +
  "producer.interceptor.classes prometheus.metrics.reporter."
).split(" ");

function isTaken({ key }: { readonly key: string }): boolean {
  return !NOT_TAKEN.some((prefix) => key.startsWith(prefix));
}

/** Keys of the resource itself, in v1; in v1beta2 they are in `config`. */
const OF_SPEC: readonly (readonly [field: string, key: string])[] = [
  ["groupId", "group.id"],
  ["configStorageTopic", "config.storage.topic"],
  ["offsetStorageTopic", "offset.storage.topic"],
  ["statusStorageTopic", "status.storage.topic"],
  ["bootstrapServers", "bootstrap.servers"],
];

function workerOfResource(resource: Resource, locate: Locate): ReadWorker | null {
  const spec = at(resource.tree, "spec");
  const config = at(spec, "config");
  const location = locate(config?.location ?? resource.location, "");
  const own = OF_SPEC.flatMap(([field, key]) => ofField(spec, field, key, locate));
  const given = ofConfig(config, locate).filter(isTaken);
  if (own.length + given.length === 0) return null;
  return workerOf({
    name: named(resource),
    given: [...given, ...own],
    location,
    kafka: textAt(spec, "version") ?? "",
    isInCompose: true,
    // the operator has names and converters of its own
    isComplete: false,
    owner: { manifest: writerOfConnect(resource) },
    spellKey: (key) => key,
    spell: (written, value) => `${written}: ${value}`,
  });
}
