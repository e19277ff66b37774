// From files to facts.

import { type ComposeProject, LOOPBACK } from "../../../compose/mod.ts";
import type { FileReader } from "../../../compose/mod.ts";
import { LabError } from "../../../model/errors.ts";
import type { Client, Cluster, Delay, Facts, Node, Worker } from "../facts.ts";
import { isPartOfProject } from "../project.ts";
import { isOpen, listOf, type Setting } from "../setting.ts";
import { readJava, readKafkajs, readLibrdkafka } from "./client.ts";
import { type ReadProject, readProject } from "./compose.ts";
import { readWorker } from "./connect.ts";
import { clientsOfConnector, connectorOf, isConnector, readConnector } from "./connector.ts";
import { readEnvironment, readingToo, unused, withFiles } from "./env.ts";
import type { Text } from "./flat.ts";
import { type Kind, kindIfKnown, kindOf } from "./kind.ts";
import { type ReadKubernetes, readKubernetes } from "./kubernetes.ts";
import { type Part, together } from "./parts.ts";
import { readServer } from "./server.ts";
import { type ReadFile, silentFile } from "./silent.ts";
import { isFactory, readSource, type ReadSource } from "./source.ts";
import { type ReadSpring, readSpring } from "./spring.ts";
import { type ReadApplication, readStreams } from "./streams.ts";

export { isEnvName, type Kind, kindOf, KINDS } from "./kind.ts";
export type { Text } from "./flat.ts";

/** A file and, where the caller knows it, its kind. */
export interface Input extends Text {
  /** What kind of file it is. @default by its name and contents */
  readonly kind?: Kind;
  /** Whether it is left out where neither name nor contents say its kind, as of a folder. @default false */
  readonly isOptional?: boolean;
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
export function readFacts(inputs: readonly Input[], surroundings: Surroundings): Facts {
  const { delay, recordMs, ownFactory } = surroundings;
  const kinds = inputs.flatMap((input): Known[] => {
    const kind = input.kind ?? (input.isOptional === true ? kindIfKnown(input) : kindOf(input));
    return kind === null ? [] : [{ input, kind }];
  });
  if (kinds.length === 0 && inputs.length > 0) throw nothingKnown(inputs);
  const of = (kind: Kind): Input[] => kinds.filter((one) => one.kind === kind).map(({ input }) => input);
  const { compose, servers } = readNodes(of, surroundings);
  const kubernetes = readKubernetes(of("kubernetes"));
  const spring = readSpring([...of("spring"), ...(kubernetes?.spring ?? [])]);
  const files = kinds.map(({ input, kind }) => readFileOf(input, kind, spring));
  const sources = files.flatMap(({ source }) => source ?? []);
  const clients = (["java", "kafkajs", "librdkafka"] as const).flatMap((kind) =>
    files.filter((file) => file.kind === kind).flatMap((file) => file.clients),
  );
  const all = together([
    { nodes: servers, notJudged: files.flatMap(silentFile), clients },
    ...readOthers(of, surroundings),
    ...spring.applications.map(partOf),
    compose ?? {},
    manifestsOf(kubernetes),
    { clients: spring.clients.filter((client) => !isReplaced(client, sources)) },
    { clients: sources.flatMap((source) => source.clients) },
  ]);
  const { nodes, ...parts } = together([all, readConnectors(of, all.workers)]);
  return {
    cluster: nodes.length === 0 ? null : clusterOf(nodes, compose?.project ?? null),
    compose: compose?.project ?? null,
    kubernetes: kubernetes?.project ?? null,
    podDials: kubernetes?.dials ?? [],
    unread: compose?.unread ?? [],
    ...parts,
    spring: spring.keys,
    beans: sources.flatMap(({ beans }) => beans),
    topics: [...spring.topics, ...sources.flatMap(({ topics }) => topics)],
    delay,
    recordMs,
    ownFactory,
  };
}

// their dials are looked up in the cluster's DNS, not in a compose file's networks
function manifestsOf(read: ReadKubernetes | null): Partial<Part> {
  return read === null ? {} : { ...read.others, nodes: read.nodes, notJudged: read.notJudged };
}

/** Whether Spring Boot makes no such client, because a source has a factory of its own for it. */
function isReplaced({ role }: Client, sources: readonly ReadSource[]): boolean {
  return sources.some(({ beans }) =>
    beans.some((bean) => bean.role === role && isFactory(bean) && !bean.usesSpringsProperties),
  );
}

interface Known {
  readonly input: Input;
  readonly kind: Kind;
}

type InputsOf = (kind: Kind) => Input[];

/**
 * The compose project, and the nodes of properties files; a service that mounts its configuration takes
 * one.
 */
function readNodes(
  of: InputsOf,
  { env, readFile, kafka }: Surroundings,
): { compose: ReadProject | null; servers: readonly Node[] } {
  const servers = of("server").map((source) => readServer(source, kafka));
  const sources = of("compose");
  if (sources.length === 0) return { compose: null, servers };
  // the `.env` files that are given with it are what its variables come from
  const reading = { env: withFiles(of("env"), env), readFile: readingToo(of("env"), readFile) };
  const compose = readProject(sources, reading, []);
  const isMounted = compose.unread.length > 0 && servers.length === 1;
  return isMounted
    ? { compose: readProject(sources, reading, allOf(servers[0]!)), servers: [] }
    : { compose, servers };
}

/** What is neither a node's file nor a plain client's: workers, applications, `.env` files. */
function readOthers(of: InputsOf, { env, kafka }: Surroundings): Partial<Part>[] {
  const sources = of("compose");
  return [
    ...of("connect")
      .filter((source) => !isConnector(source))
      .map((source) => readWorker(source, kafka))
      .map(({ worker, clients }) => ({ workers: [worker], clients })),
    ...of("streams").map((source) => partOf(readStreams(source, kafka))),
    ...(sources.length === 0
      ? of("env").map((source) => readEnvironment(source, env))
      : [{ notJudged: unused(of("env"), sources) }]),
  ];
}

/** Connectors' own files, with the clients whose settings they override. */
function readConnectors(of: InputsOf, workers: readonly Worker[]): Partial<Part> {
  const found = of("connect").filter(isConnector).map(readConnector);
  return {
    connectors: found.map(connectorOf),
    clients: found.flatMap((one) => clientsOfConnector(one, workers)),
  };
}

function partOf({ application, clients }: ReadApplication): Partial<Part> {
  return { applications: [application], clients };
}

function nothingKnown(inputs: readonly Input[]): LabError {
  const names = inputs.map(({ file }) => file);
  return new LabError("BAD_CONFIGURATION", "Cannot diagnose the files: none is of a kind that is known", {
    hint: `They are ${names.slice(0, MOST_NAMED).join(", ")}${names.length > MOST_NAMED ? ", …" : ""}.`,
  });
}

const MOST_NAMED = 10;

/** One file by itself: its clients, or what its source has; Spring's files are read together. */
function readFileOf(input: Input, kind: Kind, { keys, all }: ReadSpring): ReadFile {
  const readers: Partial<Record<Kind, (text: Text) => Client[]>> = {
    java: readJava,
    kafkajs: readKafkajs,
    librdkafka: readLibrdkafka,
  };
  const source = kind === "source" ? readSource(input, all) : undefined;
  return { input, kind, clients: readers[kind]?.(input) ?? [], spring: keys, source };
}

function allOf({ settings: { given, refused } }: Node): Setting[] {
  return [...new Set([...given.values(), ...refused.map(({ setting }) => setting)])];
}

/**
 * Puts nodes together; files of single nodes may be a part of the cluster only, compose files are all of it
 * unless they name voters that are not there.
 *
 * A broker is a node with that role: a voter that is not among the files may be a dedicated controller.
 */
export function clusterOf(nodes: readonly Node[], compose: ComposeProject | null): Cluster {
  const brokers = nodes.filter(({ roles }) => roles.includes("broker"));
  const controllers = nodes.filter(({ roles, isKraft }) => isKraft && roles.includes("controller"));
  const ids = new Set(nodes.map(({ nodeId }) => nodeId));
  const names = new Set(nodes.flatMap(({ container }) => container?.names ?? []));
  const voters = nodes.flatMap((node) => node.voters);
  // one with another id at the name of a node is that node, and a rule tells of the id
  const missing = new Set(
    voters.filter(({ id, host }) => !ids.has(id) && !names.has(host)).map(({ id }) => id),
  );
  // a pod's id may be known only when it starts
  const unknown = nodes.filter(({ nodeId, pod }) => nodeId === null && pod !== undefined);
  const hasAllVoters = missing.size <= unknown.length;
  const isWritten = compose !== null || nodes.every(({ pod }) => pod !== undefined);
  const isCounted = nodes.every(({ pod }) => pod?.isCounted !== false);
  const isKnown =
    hasAllVoters &&
    isCounted &&
    (isWritten || voters.length > 0 || nodes.every(isOnlyLocal) || hasAllControllers(nodes));
  const brokerCount = brokers.length;
  return {
    nodes,
    brokers,
    controllers,
    brokerCount,
    isWhole: isKnown && (compose === null || !isPartOfProject(compose)),
    isAlone: isKnown && brokerCount <= 1,
  };
}

// With dynamic voters: every controller that a node dials is among several files.
function hasAllControllers(nodes: readonly Node[]): boolean {
  const here = new Set(
    nodes.flatMap(({ roles, advertised, listeners }) =>
      roles.includes("controller")
        ? [...advertised, ...listeners].map(({ host, port }) => `${host}:${port}`)
        : [],
    ),
  );
  return (
    nodes.length > 1 &&
    nodes.every(({ settings }) => {
      const dialled = listOf(settings.given.get("controller.quorum.bootstrap.servers")?.value ?? "");
      return dialled.length > 0 && dialled.every((address) => here.has(address));
    })
  );
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
