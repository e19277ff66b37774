// The Kafka nodes of a compose project, and for each what Kafka is configured with.

import { LabError } from "../model/errors.ts";
import type { Broker, NodeId } from "../model/history.ts";
import { parseSetting } from "../kafka/mod.ts";
import { configurationOf, majorOf, originsOf } from "./configuration.ts";
import { imageRefusals } from "./image-refusals.ts";
import { conventionOf, RECOGNISED_IMAGES, versionOf, type Convention } from "./image.ts";
import { type JavaFlags, javaFlags } from "./java.ts";
import { assertName } from "./names.ts";
import {
  frozen,
  type ComposeProject,
  type ComposeService,
  type Mount,
  type SourceLocation,
  type PublishedPort,
  type ServiceName,
} from "./project.ts";

/** What a KRaft node does (`process.roles`). */
export type Role = "broker" | "controller";

/** One Kafka node as the compose file describes it. */
export interface KafkaService {
  /** The N of the N-th service that is a broker; null where the node is only a controller. */
  readonly broker: Broker | null;
  readonly nodeId: NodeId;
  readonly service: ServiceName;
  readonly image: string;
  readonly convention: Convention;
  /** Kafka's version as far as the image's tag gives it: `3.9.2`, `3.9`, `latest`. */
  readonly version: string;
  readonly roles: readonly Role[];
  /** Null where the image makes up another one on every node. */
  readonly clusterId: string | null;
  /**
   * Kafka's server.properties as the image would make it; hosts and ports as they are within the containers'
   * network.
   */
  readonly properties: Readonly<Record<string, string>>;
  /** Where the properties were written, those that the image gives by itself left out. */
  readonly origins: Readonly<Record<string, SourceLocation>>;
  /** True where nothing is set and the image's own single-node file is used whole. */
  readonly bundled: boolean;
  /** For Java itself, from KAFKA_HEAP_OPTS, KAFKA_JVM_PERFORMANCE_OPTS and KAFKA_OPTS. */
  readonly java: JavaFlags;
  readonly ports: readonly PublishedPort[];
  readonly mounts: readonly Mount[];
  /** The names by which other containers reach this one. */
  readonly hostNames: readonly string[];
}

/**
 * The project's Kafka nodes in file order; services that are not Kafka are left out (see `otherServices`).
 *
 * @throws LabError `BAD_COMPOSE` where there is no broker, or a node has no usable `node.id`; `UNSUPPORTED`
 *   for a node that needs ZooKeeper.
 */
export function kafkaServices(project: ComposeProject): readonly KafkaService[] {
  let brokers = 0;
  const nodes = project.services.flatMap((service): KafkaService[] => {
    const convention = conventionOf(service);
    if (convention === null) return [];
    const node = nodeOf(service, convention);
    return [{ broker: node.roles.includes("broker") ? ++brokers : null, ...node }];
  });
  if (brokers === 0) {
    throw new LabError("BAD_COMPOSE", "Cannot find a broker: no service of the compose file is one", {
      file: project.files.join(", "),
      hint: `${seenIn(project)}Recognised are ${RECOGNISED_KAFKA}.`,
    });
  }
  rejectTwins(nodes, project);
  return frozen(nodes);
}

/** What a service is taken for Kafka by. */
export const RECOGNISED_KAFKA: string =
  `the images ${RECOGNISED_IMAGES}, and any with KAFKA_PROCESS_ROLES or KAFKA_CFG_PROCESS_ROLES in its ` +
  "environment";

/** The images that a project has, and the profiles that would add some, a sentence each; for hints. */
export function seenIn({ services, idle = [] }: ComposeProject): string {
  const images = [...new Set(services.map(({ image }) => image ?? "one that is built"))];
  const profiles = [...new Set(idle.flatMap((one) => one.profiles))];
  const shown = (names: readonly string[]): string =>
    `${names.slice(0, MOST_SHOWN).join(", ")}${names.length > MOST_SHOWN ? ", …" : ""}`;
  return (
    (images.length === 0 ? "" : `Its images are ${shown(images)}. `) +
    (profiles.length === 0
      ? ""
      : `Off are ${shown(idle.map(({ service }) => service.service))}: ` +
        `COMPOSE_PROFILES=${shown(profiles).replaceAll(", ", ",")} adds them. `)
  );
}

const MOST_SHOWN = 10;

/** The names of the services that are not Kafka: an application, a user interface, a tool. */
export function otherServices(project: ComposeProject): readonly ServiceName[] {
  return project.services.filter((service) => conventionOf(service) === null).map(({ service }) => service);
}

/** A node's properties but for those that nobody should find in a run's folder. */
export function publicProperties({
  properties,
}: Pick<KafkaService, "properties">): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(properties).filter(([key]) => !/password|secret|jaas|credential|token/i.test(key)),
  );
}

function nodeOf(service: ComposeService, convention: Convention): Omit<KafkaService, "broker"> {
  // a name may also come from a container's label, which nobody has checked
  assertName("service", service.service, service.location);
  const image = service.image ?? "";
  const version = versionOf(image, convention);
  const major = majorOf(version);
  const refusal = imageRefusals(service, convention).find(({ isImagesOwn }) => !isImagesOwn);
  if (refusal !== undefined) throw bad(service, refusal.why, `Would ${image} start with this?`);
  const configuration = configurationOf(service, convention, major);
  if (configuration.clusterId !== null) assertName("cluster", configuration.clusterId, clusterIdAt(service));
  const origins = placesOf(service, originsOf(service, convention, major));
  const { properties } = configuration;
  const roles = rolesOf(service, properties["process.roles"]);
  const nodeId = nodeIdOf(service, properties, (name) => placeOf(service, convention, version, name));
  refuseLines(service, properties, origins);
  const { containerName, hostname, aliases } = service;
  return {
    nodeId,
    service: service.service,
    image,
    convention,
    version,
    roles,
    ...configuration,
    origins,
    java: javaFlags(service),
    ports: service.ports,
    mounts: service.mounts,
    hostNames: [...new Set([service.service, containerName, hostname, ...aliases])].filter(
      (name) => name !== null,
    ),
  };
}

/** Where a property of a service is written, or else the service. */
function placeOf(
  service: ComposeService,
  convention: Convention,
  version: string,
  name: string,
): SourceLocation {
  const variable = originsOf(service, convention, majorOf(version)).get(name);
  return (variable === undefined ? undefined : service.variables[variable]) ?? service.location;
}

function nodeIdOf(
  service: ComposeService,
  properties: Readonly<Record<string, string>>,
  locationOf: (name: string) => SourceLocation,
): NodeId {
  const name = properties["node.id"] === undefined ? "broker.id" : "node.id";
  const text = properties[name];
  if (text === undefined) throw bad(service, "node.id is not set", "Is the variable for NODE_ID missing?");
  const reading = parseSetting(name, { type: "INT", range: ["0", null] }, text);
  if ("value" in reading) return Number(reading.value);
  const why = `${name} is ${text === "" ? "empty" : text}`;
  throw bad(
    { ...service, location: locationOf(name) },
    why,
    `A node id is a whole number from 0 to 2147483647. Kafka says: ${reading.reason}`,
  );
}

function clusterIdAt({ variables, location }: ComposeService): SourceLocation {
  const names = ["CLUSTER_ID", "KAFKA_KRAFT_CLUSTER_ID", "KAFKA_CLUSTER_ID"];
  return names.map((name) => variables[name]).find((location) => location !== undefined) ?? location;
}

function placesOf(
  { variables }: ComposeService,
  origins: ReadonlyMap<string, string>,
): Record<string, SourceLocation> {
  const places = [...origins].flatMap(([property, name]) => {
    const at = Object.hasOwn(variables, name) ? variables[name] : undefined;
    return at === undefined ? [] : [[property, at] as const];
  });
  return Object.fromEntries(places);
}

// The images write a line for each variable, so that a value of several lines is several settings there.
function refuseLines(
  { service, location }: ComposeService,
  properties: Readonly<Record<string, string>>,
  origins: Readonly<Record<string, SourceLocation>>,
): void {
  const found = Object.entries(properties).find(([, value]) => /[\0\r\n]/.test(value.trim()));
  if (found === undefined) return;
  const hint = "Write one line; the image would take each further one for a setting of its own.";
  throw new LabError("BAD_COMPOSE", `Cannot configure ${service}: ${found[0]} has more than one line`, {
    ...(origins[found[0]] ?? location),
    hint,
  });
}

function rolesOf(service: ComposeService, text: string | undefined): Role[] {
  if (!text) {
    throw new LabError(
      "UNSUPPORTED",
      `Cannot run ${service.service}: it has no process.roles, so it would need ZooKeeper`,
      {
        ...service.location,
        hint: "The lab knows KRaft only. Are PROCESS_ROLES, NODE_ID and CONTROLLER_QUORUM_VOTERS missing?",
      },
    );
  }
  return text.split(",").map((role) => {
    const name = role.trim();
    if (name === "broker" || name === "controller") return name;
    throw bad(service, `process.roles is ${JSON.stringify(text)}`, "Known are broker and controller.");
  });
}

function rejectTwins(nodes: readonly KafkaService[], project: ComposeProject): void {
  const first = new Map<NodeId, KafkaService>();
  for (const node of nodes) {
    const twin = first.get(node.nodeId);
    if (twin === undefined) first.set(node.nodeId, node);
    else
      throw bad(
        project.services.find(({ service }) => service === node.service)!,
        `${twin.service} has the same node.id ${node.nodeId}`,
        "Every node of a cluster needs its own.",
      );
  }
}

function bad({ service, location }: ComposeService, why: string, hint: string): LabError {
  return new LabError("BAD_COMPOSE", `Cannot configure ${service}: ${why}`, { ...location, hint });
}
