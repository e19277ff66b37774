// Kafka nodes from compose files: sdk/compose applies the images' environment rules; here every property gets
// the location of its variable.

import {
  configurationOf,
  conventionOf,
  imageRefusals,
  RECOGNISED_KAFKA,
  seenIn,
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
import { type Location, type ManifestWriter, type Setting, settings } from "../setting.ts";
import { workerOfService } from "./connect.ts";
import { dialsOf, settingIn } from "./dials.ts";
import { type Locate, locator } from "./locate.ts";
import { nodeOf, versionOfText } from "./node.ts";
import { isPartial, notJudgedIn } from "./not-judged.ts";
import type { Part } from "./parts.ts";
import { springOfEnvironment, streamsOfEnvironment } from "./spring-environment.ts";

/** A project and what its services configure. */
export interface ReadProject extends Part {
  readonly project: ComposeProject;
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
 * @throws LabError `BAD_COMPOSE` or `UNSUPPORTED` if they cannot be read or nothing in them is Kafka's
 */
export function readProject(
  sources: readonly ComposeSource[],
  options: ParseOptions,
  mounted: readonly Setting[],
): ReadProject {
  const project = parseCompose(sources, { ...options, missing: "note" });
  const locate = locator(sources);
  const unread: Setting[] = [];
  const nodes = project.services.flatMap((service) => {
    const convention = conventionOf(service);
    // its settings are in an env_file that is not there
    if (convention === null || isPartial(project, service)) return [];
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
  const dials = dialsOf(project, locate);
  const notJudged = notJudgedIn(project, locate);
  if (nodes.length + unread.length + dials.length + notJudged.length === 0)
    throw new LabError("BAD_COMPOSE", "Cannot diagnose the compose file: it has no Kafka service", {
      file: project.files.join(", "),
      hint: `${seenIn(project)}Recognised are ${RECOGNISED_KAFKA}.`,
    });
  const spring = project.services.flatMap((service) => springOfEnvironment(service, locate));
  const workers = project.services.flatMap((service) => workerOfService(service, locate) ?? []);
  const streams = project.services.flatMap((service) => streamsOfEnvironment(service, locate) ?? []);
  const clients = [...spring, ...[...workers, ...streams].flatMap((one) => one.clients)];
  return {
    project,
    nodes,
    unread,
    dials,
    notJudged,
    clients,
    workers: workers.map(({ worker }) => worker),
    applications: streams.map(({ application }) => application),
  };
}

// Where images look for a whole configuration; a variable overrides its line in the file
// (KafkaDockerWrapper).
const CONFIGURATION: readonly RegExp[] = [
  /^\/(mnt\/shared|opt\/kafka|(opt\/)?bitnami\/kafka)\/config(\/server\.properties)?\/?$/,
  /^\/etc\/kafka\/(kafka|server)\.properties$/,
];

/** The node that an environment configures, without a container that is known. */
export function nodeOfService(service: ComposeService, convention: Convention, locate: Locate): Node {
  return { ...node(service, convention, locate, []), container: null };
}

/** How a manifest writes a variable, and where. */
export interface VariableWriter extends ManifestWriter {
  spell(name: string, value: string): string;
}

/**
 * One service as a node; `mounted` are the settings of its file. `write` is how its variables are written
 * where that is a manifest.
 */
export function node(
  service: ComposeService,
  convention: Convention,
  locate: Locate,
  mounted: readonly Setting[],
  write?: VariableWriter,
): Node {
  const image = service.image ?? "";
  const version = versionOf(image, convention);
  const major = Number(/^\d+/.exec(version)?.[0] ?? 4);
  const configuration = configurationOf(service, convention, major);
  const reading: Reading = { service, convention, locate, configuration, major };
  const set = settings({
    label: service.service,
    given: [...mounted, ...givenSettings(reading)],
    location: homeOf(reading),
    defaults: BROKER_DEFAULTS,
    kind: "broker",
    kafka: image === "" ? null : version,
    service: service.service,
    ...(write !== undefined && { manifest: write }),
    spellKey: (key) => variableOf(key, convention),
    spell: spellingOf(reading, write),
  });
  const container = containerOf(reading, image);
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
      : { ...settingIn(reading, name), key, value };
  });
}

function containerOf(reading: Reading, image: string): Container {
  const { service, convention, locate } = reading;
  const location = locate(placeOf(service, "image"), "image");
  return {
    service,
    convention,
    image: image === "" ? null : { key: "image", written: "image", value: image, origin: "file", location },
    clusterId: clusterIdOf(reading),
    refusals: imageRefusals(service, convention),
    variables: Object.keys(service.environment).map((name) => settingIn(reading, name)),
    names: [service.service, service.containerName, service.hostname, ...service.aliases].filter(
      (name) => name !== null,
    ),
  };
}

/** How a setting is written in this file: `NAME=value` in a list, `NAME: value` in a mapping. */
function spellingOf(
  { service, convention, locate, major }: Reading,
  write: VariableWriter | undefined,
): (key: string, value: string) => string {
  const origins = originsOf(service, convention, major);
  const isList = Object.entries(service.variables).some(([name, place]) => locate.isList(place, name));
  return (key, value) => {
    const name = origins.get(key) ?? variableOf(key, convention);
    if (write !== undefined) return write.spell(name, value);
    if (isList) return `${name}=${value}`;
    return `${name}: ${/^[\w.-]+$/.test(value) ? value : JSON.stringify(value)}`;
  };
}

const CLUSTER_ID: Readonly<Record<Convention, readonly string[]>> = {
  apache: ["CLUSTER_ID"],
  confluent: ["CLUSTER_ID"],
  bitnami: ["KAFKA_KRAFT_CLUSTER_ID", "KAFKA_CLUSTER_ID"],
};

function clusterIdOf(reading: Reading): Setting | null {
  const { service, convention, configuration } = reading;
  const name = CLUSTER_ID[convention].find((one) => service.environment[one]);
  if (name !== undefined) return settingIn(reading, name);
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
