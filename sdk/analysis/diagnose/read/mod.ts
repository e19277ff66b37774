// From files to facts.

import { type ComposeProject, LOOPBACK } from "../../../compose/mod.ts";
import type { FileReader } from "../../../compose/mod.ts";
import type { Bean, Cluster, Delay, Facts, Node } from "../facts.ts";
import { isOpen, listOf, type Setting } from "../setting.ts";
import { readJava, readKafkajs, readLibrdkafka } from "./client.ts";
import { type ReadProject, readProject } from "./compose.ts";
import type { Text } from "./flat.ts";
import { type Kind, kindOf } from "./kind.ts";
import { readServer } from "./server.ts";
import { readSource } from "./source.ts";
import { readSpring } from "./spring.ts";

export { type Kind, kindOf, KINDS } from "./kind.ts";
export type { Text } from "./flat.ts";

/** A file and, where the caller knows it, its kind. */
export interface Input extends Text {
  /** What kind of file it is. @default by its name and contents */
  readonly kind?: Kind;
}

/** What reading depends on besides the files. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: FileReader;
  /** Kafka's version of nodes that do not say it themselves; empty where unknown. */
  readonly kafka: string;
  readonly delay: Delay | null;
  readonly recordMs: number | null;
  readonly ownFactory: boolean;
}

/**
 * Reads all files together.
 *
 * @throws LabError `BAD_CONFIGURATION`, `BAD_COMPOSE` or `UNSUPPORTED` where one cannot be read
 */
export function readFacts(
  inputs: readonly Input[],
  { env, readFile, kafka, delay, recordMs, ownFactory }: Surroundings,
): Facts {
  const kinds = inputs.map((input) => ({ input, kind: input.kind ?? kindOf(input) }));
  const of = (kind: Kind): Input[] => kinds.filter((one) => one.kind === kind).map(({ input }) => input);
  const servers = of("server").map((source) => readServer(source, kafka));
  const project = (mounted: Node | undefined): ReadProject =>
    readProject(of("compose"), { env, readFile }, mounted === undefined ? [] : allOf(mounted));
  let compose = of("compose").length === 0 ? null : project(undefined);
  // a service that mounts its configuration takes the one file of that kind
  const isMounted = compose !== null && compose.unread.length > 0 && servers.length === 1;
  if (isMounted) compose = project(servers[0]);
  const nodes = [...(compose?.nodes ?? []), ...(isMounted ? [] : servers)];
  const spring = readSpring(of("spring"));
  const sources = of("source").map(readSource);
  const beans: Bean[] = sources.flatMap(({ beans }) => beans);
  return {
    cluster: nodes.length === 0 ? null : clusterOf(nodes, compose?.project ?? null),
    compose: compose?.project ?? null,
    unread: compose?.unread ?? [],
    clients: [
      ...of("java").flatMap(readJava),
      ...of("kafkajs").flatMap(readKafkajs),
      ...of("librdkafka").flatMap(readLibrdkafka),
      ...spring.clients,
      ...sources.flatMap(({ clients }) => clients),
    ],
    spring: spring.keys,
    beans,
    topics: [...spring.topics, ...sources.flatMap(({ topics }) => topics)],
    delay,
    recordMs,
    ownFactory,
  };
}

function allOf({ settings: { given, refused } }: Node): Setting[] {
  return [...new Set([...given.values(), ...refused.map(({ setting }) => setting)])];
}

/**
 * Puts nodes together; files of single nodes may be a part of the cluster only, compose files are all of it
 * unless they name voters that are not there.
 */
export function clusterOf(nodes: readonly Node[], compose: ComposeProject | null): Cluster {
  const brokers = nodes.filter(({ roles }) => roles.includes("broker"));
  const controllers = nodes.filter(({ roles, isKraft }) => isKraft && roles.includes("controller"));
  const ids = new Set(nodes.map(({ nodeId }) => nodeId));
  const voters = nodes.flatMap((node) => node.voters);
  const isCombined = brokers.some(({ roles }) => roles.includes("controller"));
  const hasAllVoters = voters.every(({ id }) => ids.has(id));
  const isWhole = hasAllVoters && (compose !== null || voters.length > 0 || nodes.every(isOnlyLocal));
  const brokerCount = Math.max(brokers.length, isCombined ? new Set(voters.map(({ id }) => id)).size : 0);
  return { nodes, brokers, controllers, brokerCount, isWhole, isAlone: isWhole && brokerCount <= 1 };
}

// A node that knows of others only on its own machine is somebody's single broker.
function isOnlyLocal({ settings }: Node): boolean {
  const others =
    settings.given.get("controller.quorum.bootstrap.servers")?.value ??
    settings.given.get("zookeeper.connect")?.value ??
    "";
  const hosts = listOf(others.replace(/\/.*$/, "")).map((address) => address.replace(/:\d+$/, ""));
  return hosts.length > 0 && hosts.every((host) => LOOPBACK.has(host) && !isOpen(host));
}
