// What the local engine does not support. Nothing is ignored silently: it is applied, has no effect, is
// reported as a note, or is refused.

import { logDirsIn } from "../kafka/mod.ts";
import { LabError } from "../model/errors.ts";
import { leftOutFlags } from "./java.ts";
import { kafkaServices, otherServices, type KafkaService } from "./kafka.ts";
import { treatmentOf } from "./keys.ts";
import { notesOn } from "./notes.ts";
import { strangeLogin, unservable } from "./secured.ts";
import type { ComposeProject, ComposeService, SourceLocation, ServiceName } from "./project.ts";

/** Something in the compose files that the local engine would have to ignore, and may not. */
export interface UnsupportedKey {
  readonly service: ServiceName | null;
  readonly key: string;
  readonly why: string;
  readonly location: SourceLocation;
}

/** What is known besides the files. */
export interface SupportOptions {
  /** The Kafka version that runs, where the images' tags do not decide. */
  readonly kafka?: string | undefined;
}

/**
 * Makes sure that the local engine can run the project's brokers as described, and returns what the reader
 * should know, a sentence each.
 *
 * @throws LabError `UNSUPPORTED` with everything that it does not support and the first one's file and line.
 */
export function assertSupported(project: ComposeProject, options: SupportOptions = {}): readonly string[] {
  const refused = unsupportedKeys(project, options);
  const first = refused[0];
  if (first !== undefined) {
    const list = refused.map(
      ({ service, key, why, location }) =>
        `\n    ${service ?? "the project"}: ${key} (${location.file}:${location.line}): ${why}`,
    );
    const what = refused.length === 1 ? "1 thing" : `${refused.length} things`;
    throw new LabError(
      "UNSUPPORTED",
      "Cannot run the compose file without Docker: " +
        `it asks for ${what} that the local engine does not support${list.join("")}`,
      {
        ...first.location,
        hint: "Is there a Docker daemon? The docker engine runs the file unchanged.",
      },
    );
  }
  const others = otherServices(project);
  const notStarted =
    others.length === 0
      ? []
      : [`not started, because the local engine runs only Kafka: ${others.join(", ")}`];
  return Object.freeze([
    ...project.notes,
    ...notStarted,
    ...nodesOf(project).flatMap(({ service }) => notesOn(service)),
  ]);
}

/** Everything that the local engine does not support, in file order; empty where it can run the project. */
export function unsupportedKeys(
  project: ComposeProject,
  { kafka }: SupportOptions = {},
): readonly UnsupportedKey[] {
  const nodes = nodesOf(project);
  const top = project.keys
    .filter(({ key }) => !TOP_LEVEL.test(key))
    .map(({ key, location }) => ({ service: null, key, why: "the key is unknown here", location }));
  const single = nodes.length === 1;
  const first = kafka === undefined ? nodes[0]?.node : undefined;
  const ofNodes = nodes.flatMap(({ service, node }) => [
    ...ofName(service),
    ...ofKeys(service),
    ...ofVersion(service, node, first),
    ...ofMounts(service),
    ...ofFlags(service),
    ...ofSettings(service, node, single),
  ]);
  return Object.freeze([...top, ...ofNodes, ...ofNumber(nodes)]);
}

/**
 * Each node has loopback addresses of its own: 127.0.0.101 and on for its localhost, 127.0.0.151 and on to
 * dial from.
 */
const MOST_NODES = 50;

function ofNumber(nodes: readonly Described[]): UnsupportedKey[] {
  const service = nodes[MOST_NODES]?.service;
  const why = `there are ${nodes.length} Kafka nodes, and loopback has addresses for ${MOST_NODES} of them`;
  return service === undefined
    ? []
    : [{ service: service.service, key: "services", why, location: service.location }];
}

const TOP_LEVEL = /^(services|version|name|volumes|networks|configs|secrets|x-.*)$/;

interface Described {
  readonly service: ComposeService;
  readonly node: KafkaService;
}

function nodesOf(project: ComposeProject): Described[] {
  const nodes = new Map(kafkaServices(project).map((node) => [node.service, node]));
  return project.services.flatMap((service) => {
    const node = nodes.get(service.service);
    return node === undefined ? [] : [{ service, node }];
  });
}

/** What the lab's own files and processes are called beside the brokers'. */
const RESERVED = new Set(["clients", "guardian", "links", "owner.json", "secrets", "training"]);

function ofName({ service, location }: ComposeService): UnsupportedKey[] {
  const why = "a file or a process of the lab's own has that name";
  return RESERVED.has(service) ? [{ service, key: "the service's name", why, location }] : [];
}

function ofKeys({ service, keys }: ComposeService): UnsupportedKey[] {
  return keys.flatMap(({ key, value, location }) => {
    const treatment = treatmentOf(key, value);
    return treatment.kind === "refused" ? [{ service, key, why: treatment.why, location }] : [];
  });
}

function ofVersion(
  service: ComposeService,
  node: KafkaService,
  first: KafkaService | undefined,
): UnsupportedKey[] {
  if (first === undefined || node.version === first.version) return [];
  const why =
    `it is Kafka ${node.version} where ${first.service} is ${first.version}, and one Kafka runs here; ` +
    "--kafka, LAB_KAFKA or the option `kafka` chooses it";
  return [{ service: service.service, key: "image", why, location: placeOf(service, "image") }];
}

// Files of the host over the image's configuration: its settings would be missing here.
const CONFIGURATION_FOLDERS = [
  "mnt/shared/config",
  "opt/kafka/config",
  "etc/kafka(?!/secrets(?:/|$))", // what is in there is read where a setting names it
  "etc/confluent",
  "opt/bitnami",
  "bitnami/kafka/config",
  "docker-entrypoint-initdb\\.d",
];
const CONFIGURATION = new RegExp(`^/(${CONFIGURATION_FOLDERS.join("|")})(/|$)`);

function ofMounts(service: ComposeService): UnsupportedKey[] {
  const location = placeOf(service, "volumes");
  const why = "the file is configuration that is not read here";
  const mounts = service.mounts.filter(({ kind, target }) => kind === "bind" && CONFIGURATION.test(target));
  return mounts.map(({ target }) => ({ service: service.service, key: `volumes ${target}`, why, location }));
}

function ofFlags(service: ComposeService): UnsupportedKey[] {
  return leftOutFlags(service)
    .filter(({ matters }) => matters)
    .map(({ variable, flag, why }) => ({
      service: service.service,
      key: `${variable} ${flag}`,
      why,
      location: service.variables[variable] ?? service.location,
    }));
}

function ofSettings(
  service: ComposeService,
  { convention, properties, roles, clusterId, origins }: KafkaService,
  single: boolean,
): UnsupportedKey[] {
  const location = placeOf(service, "environment");
  const found: [key: string, why: string][] = [];
  const computed =
    convention === "bitnami" ? Object.keys(service.environment).filter((name) => COMPUTED.test(name)) : [];
  found.push(...computed.map((name): [string, string] => [name, "only the image can work out its value"]));
  if (clusterId === null && !single)
    found.push(["KAFKA_KRAFT_CLUSTER_ID", "it is not set, and every node would make up its own"]);
  if (roles.includes("controller") && !properties["controller.quorum.voters"]) {
    found.push(["controller.quorum.voters", "it is not set, and a dynamic quorum cannot be formatted here"]);
  }
  if ((logDirsIn(properties) ?? []).length > MOST_DIRS) {
    const key = properties["log.dirs"] === undefined ? "log.dir" : "log.dirs";
    found.push([key, `the lab makes at most ${MOST_DIRS} of them`]);
  }
  for (const [listener, why] of unservable({ properties, mounts: service.mounts }))
    found.push([`listener ${listener}`, why]);
  const login = strangeLogin({ properties });
  if (login !== undefined) found.push([login, "it names a login module that is not Kafka's own"]);
  for (const key of Object.keys(properties)) {
    const why = ELSEWHERE.find(([pattern]) => pattern.test(key))?.[1];
    if (why !== undefined) found.push([key, why]);
  }
  return found.map(([key, why]) => ({
    service: service.service,
    key,
    why,
    location: origins[key] ?? location,
  }));
}

// Settings that make a broker run a program, load code, or read or replace files, at a path that is the
// container's: here it would be this machine's.
const ELSEWHERE: readonly (readonly [key: RegExp, why: string])[] = [
  [/\.class\.path$/, "it loads code from a path of the container"],
  // KerberosLogin runs it to renew a ticket, also for a client within the broker (rlmm.config.…)
  [/(^|\.)sasl\.kerberos\.kinit\.cmd$/, "it runs a program of the container"],
  [/^config\.providers(\.|$)/, "it reads files of the container"],
  [/^kafka\.(csv\.|metrics\.reporters$)/, "it replaces a folder of the container"],
];

const MOST_DIRS = 64;

const COMPUTED = /^KAFKA_.*_(COMMAND|FILE)$|^KAFKA_MOUNTED_CONF_DIR$/;

function placeOf(service: ComposeService, key: string): SourceLocation {
  return service.keys.find((given) => given.key === key)?.location ?? service.location;
}
