// Kafka nodes from compose files: sdk/compose applies the images' environment rules; here every property gets
// the location of its variable.

import {
  configurationOf,
  conventionOf,
  originsOf,
  parseCompose,
  versionOf,
  type ComposeProject,
  type ComposeService,
  type ComposeSource,
  type Convention,
  type Configuration,
  type ParseOptions,
  type SourceLocation,
} from "../../../compose/mod.ts";
import { LabError } from "../../../model/errors.ts";
import type { Container, Node } from "../facts.ts";
import { BROKER_DEFAULTS } from "../known/broker.ts";
import { type Location, type Setting, settings } from "../setting.ts";
import { type Locate, locator } from "./locate.ts";
import { nodeOf, versionOfText } from "./node.ts";

/** A project and its Kafka nodes. */
export interface ReadProject {
  readonly project: ComposeProject;
  readonly nodes: readonly Node[];
  /**
   * Mounts of configuration files that were not given: their nodes are left out, because their settings are
   * unknown.
   */
  readonly unread: readonly Setting[];
}

/**
 * Reads compose files, each merged over those before it; `mounted` are the settings of a server.properties
 * for services that mount one.
 *
 * @throws LabError `BAD_COMPOSE` or `UNSUPPORTED` if they cannot be read or no service is Kafka
 */
export function readProject(
  sources: readonly ComposeSource[],
  options: ParseOptions,
  mounted: readonly Setting[],
): ReadProject {
  const project = parseCompose(sources, options);
  const locate = locator(sources);
  const unread: Setting[] = [];
  const nodes = project.services.flatMap((service) => {
    const convention = conventionOf(service);
    if (convention === null) return [];
    const target = service.mounts.find(
      (mount) => mount.kind !== "tmpfs" && CONFIGURATION.some((path) => path.test(mount.target)),
    )?.target;
    if (target === undefined || mounted.length > 0)
      return [node(service, convention, locate, target === undefined ? [] : mounted)];
    unread.push({
      key: "volumes",
      written: "volumes",
      value: target,
      origin: "file",
      location: locate(placeOf(service, "volumes"), "volumes"),
    });
    return [];
  });
  if (nodes.length + unread.length === 0)
    throw new LabError("BAD_COMPOSE", "Cannot diagnose the compose file: it has no Kafka service", {
      file: project.files.join(", "),
    });
  return { project, nodes, unread };
}

// Where images look for a whole configuration; a variable overrides its line in the file
// (KafkaDockerWrapper).
const CONFIGURATION: readonly RegExp[] = [
  /^\/(mnt\/shared|opt\/kafka|(opt\/)?bitnami\/kafka)\/config(\/server\.properties)?\/?$/,
  /^\/etc\/kafka\/(kafka|server)\.properties$/,
];

function node(
  service: ComposeService,
  convention: Convention,
  locate: Locate,
  mounted: readonly Setting[],
): Node {
  const image = service.image ?? "";
  const version = versionOf(image, convention);
  const major = Number(/^\d+/.exec(version)?.[0] ?? 4);
  const { configuration, refused } = configured(service, convention, major);
  const reading: Reading = { service, convention, locate, configuration, major };
  const set = settings({
    label: service.service,
    given: [...mounted, ...givenSettings(reading)],
    location: homeOf(reading),
    defaults: BROKER_DEFAULTS,
    kind: "broker",
    kafka: image === "" ? null : version,
    spellKey: (key) => variableOf(key, convention),
    spell: spellingOf(reading),
  });
  const container = containerOf(reading, { image, refused });
  return nodeOf(service.service, set, versionOfText(image === "" ? "" : version), container);
}

/** A service whose environment is read by its image's convention. */
interface Reading {
  readonly service: ComposeService;
  readonly convention: Convention;
  readonly locate: Locate;
  readonly configuration: Configuration;
  /** Kafka's major version. */
  readonly major: number;
}

/** Where the service's environment begins. */
function homeOf({ service, locate }: Reading): Location {
  return locate(placeOf(service, "environment"), "environment");
}

function variableSetting({ service, locate }: Reading, name: string): Setting {
  return {
    key: name,
    written: name,
    value: service.environment[name] ?? "",
    origin: "file",
    location: locate(service.variables[name] ?? service.location, name),
  };
}

/** The broker's properties, each at the variable that sets it, or of the image's own. */
function givenSettings(reading: Reading): Setting[] {
  const { service, convention, configuration, major } = reading;
  const origins = originsOf(service, convention, major);
  const home = homeOf(reading);
  return Object.entries(configuration.properties).map(([key, value]): Setting => {
    const name =
      origins.get(key) ??
      (key === "listeners" && service.environment["KAFKA_ADVERTISED_LISTENERS"]
        ? "KAFKA_ADVERTISED_LISTENERS"
        : undefined);
    return name === undefined
      ? { key, written: variableOf(key, convention), value, origin: "image", location: home }
      : { ...variableSetting(reading, name), key, value };
  });
}

function containerOf(
  reading: Reading,
  { image, refused }: { image: string; refused: string | null },
): Container {
  const { service, convention, locate } = reading;
  const location = locate(placeOf(service, "image"), "image");
  return {
    service,
    convention,
    image: image === "" ? null : { key: "image", written: "image", value: image, origin: "file", location },
    clusterId: clusterIdOf(reading),
    refused,
    variables: Object.keys(service.environment).map((name) => variableSetting(reading, name)),
    names: [service.service, service.containerName, service.hostname, ...service.aliases].filter(
      (name) => name !== null,
    ),
  };
}

/** How a setting is written in this file: `NAME=value` in a list, `NAME: value` in a mapping. */
function spellingOf({ service, convention, locate }: Reading): (key: string, value: string) => string {
  const isList = Object.entries(service.variables).some(([name, place]) => locate.isList(place, name));
  return (key, value) => {
    const name = variableOf(key, convention);
    if (isList) return `${name}=${value}`;
    return `${name}: ${/^[\w.-]+$/.test(value) ? value : JSON.stringify(value)}`;
  };
}

// A refusal is a finding here, so the node is read without the variables that the image refuses.
function configured(
  service: ComposeService,
  convention: Convention,
  major: number,
): { configuration: Configuration; refused: string | null } {
  try {
    return { configuration: configurationOf(service, convention, major), refused: null };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const isZooKeeper = !service.environment["KAFKA_PROCESS_ROLES"];
    const { KAFKA_ADVERTISED_LISTENERS: _, ...environment } = service.environment;
    const kept = isZooKeeper ? service.environment : environment;
    const configuration = configurationOf(
      { ...service, environment: { ...kept, CLUSTER_ID: kept["CLUSTER_ID"] || "none" } },
      convention,
      major,
    );
    const why = error.message.split("\n")[0]!.replace(/^Cannot configure [^:]*: /, "");
    return {
      configuration: { ...configuration, clusterId: kept["CLUSTER_ID"] || null },
      refused: isZooKeeper ? null : why,
    };
  }
}

const CLUSTER_ID: Readonly<Record<Convention, readonly string[]>> = {
  apache: ["CLUSTER_ID"],
  confluent: ["CLUSTER_ID"],
  bitnami: ["KAFKA_KRAFT_CLUSTER_ID", "KAFKA_CLUSTER_ID"],
};

function clusterIdOf(reading: Reading): Setting | null {
  const { service, convention, configuration } = reading;
  const name = CLUSTER_ID[convention].find((one) => service.environment[one]);
  if (name !== undefined) return variableSetting(reading, name);
  if (configuration.clusterId === null) return null;
  return {
    key: "CLUSTER_ID",
    written: CLUSTER_ID[convention][0]!,
    value: configuration.clusterId,
    origin: "image",
    location: homeOf(reading),
  };
}

function variableOf(property: string, convention: Convention): string {
  if (convention === "bitnami") return `KAFKA_CFG_${property.toUpperCase().replaceAll(".", "_")}`;
  return `KAFKA_${property.toUpperCase().replaceAll("_", "__").replaceAll("-", "___").replaceAll(".", "_")}`;
}

function placeOf(service: ComposeService, key: string): SourceLocation {
  return service.keys.find((given) => given.key === key)?.location ?? service.location;
}
