// Circumstances before there is a cluster: what Kafka will make of a compose file.
//
// Leader and replicas are what Kafka may choose: the leader is the first broker that the fault hits, else
// broker 1, its replicas the brokers after it. Which node controls is not known, so a prediction covers each.

import {
  checkSettings,
  type ComposeProject,
  isReachableByBrokers,
  kafkaServices,
  votersOf,
} from "../../compose/mod.ts";
import type { Broker, NodeId } from "../../model/history.ts";
import { brokerFlag, brokerNumber, checkRelease, checkTopicName } from "../../kafka/mod.ts";
import { type ProbeOptions, writeOut } from "../../client/settings.ts";
import type { ResolvedFault } from "../../model/fault.ts";
import type { Circumstances, KnownNode } from "./circumstances.ts";
import { knownClient } from "./known-client.ts";

/** The client of a prediction, with a probe's options; times are durations. */
export interface ComposeClient extends Omit<ProbeOptions, "bootstrap" | "topic" | "partition"> {
  /** The bootstrap servers: all brokers, the first one only, or broker numbers. @default "all" */
  bootstrap?: "all" | "one" | readonly Broker[];
  /** Whether it is connected when the fault is injected. @default true */
  isWarm?: boolean;
}

/** The topic of a prediction; settings that are not given are the brokers' defaults. */
export interface ComposeTopic {
  /** The topic's name. @default "my_topic" */
  topic?: string;
  /** The partition that the client writes to. @default 0 */
  partition?: number;
  /** Replicas of the partition. @default the brokers' default.replication.factor */
  replicationFactor?: number;
  /** `min.insync.replicas`. @default the brokers' */
  minIsr?: number;
  /** `unclean.leader.election.enable`. @default the brokers' */
  uncleanElection?: boolean;
}

/** What `fromCompose` needs beside the compose files. */
export interface ComposeCircumstances {
  /** The topic. @default `my_topic` with the brokers' defaults */
  topic?: ComposeTopic;
  /** The client. @default a warm kafkajs probe */
  client?: ComposeClient;
  /** The fault. */
  fault: ResolvedFault;
  /** The partition's leader. @default the first target of the fault */
  leader?: Broker;
  /** The active controller's node id; null if it is not known. @default null */
  controller?: NodeId | null;
  /** Kafka's version. @default the image tag's */
  kafka?: string;
  /** The engine; null covers both. @default null */
  engine?: Circumstances["engine"];
}

/**
 * Reads a compose project.
 *
 * @throws LabError BAD_COMPOSE, also for a setting that Kafka would refuse, UNSUPPORTED; RangeError for a
 *   broker
 *   that the project does not have, or a Kafka version that there is not; TypeError for a topic's name or a
 *   client's settings that cannot be
 */
export function fromCompose(
  project: ComposeProject,
  { topic = {}, client = {}, fault, leader, controller = null, kafka, engine = null }: ComposeCircumstances,
): Circumstances {
  const services = kafkaServices(project);
  if (kafka !== undefined) checkRelease(kafka);
  if (topic.topic !== undefined) checkTopicName(topic.topic);
  checkSettings(project, kafka);
  const nodes = services.map(
    (service): KnownNode => ({
      nodeId: service.nodeId,
      broker: service.broker,
      roles: service.roles,
      isReachable: isReachableByBrokers(service),
      properties: service.properties,
    }),
  );
  return circumstancesOfNodes(
    { nodes, kafka: kafka ?? services[0]!.version, source: "the compose file has" },
    { topic, client, fault, controller, engine, ...(leader !== undefined && { leader }) },
  );
}

/** Nodes as files describe them. */
export interface DescribedNodes {
  readonly nodes: readonly KnownNode[];
  readonly kafka: string;
  /** How an error begins that says which brokers there are: `the compose file has`. */
  readonly source: string;
}

/**
 * The circumstances of a fault for nodes that files describe.
 *
 * @throws RangeError for a broker that there is not, or more replicas than brokers; TypeError for a client's
 *   settings that cannot be
 */
export function circumstancesOfNodes(
  { nodes, kafka, source }: DescribedNodes,
  { topic = {}, client = {}, fault, leader, controller = null, engine = null }: ComposeCircumstances,
): Circumstances {
  const brokers = nodes.flatMap(({ broker }) => broker ?? []);
  const written = { topic: topic.topic ?? "my_topic", partition: topic.partition ?? 0 };
  const asked = [...fault.targets, ...(leader === undefined ? [] : [leader])];
  refuseUnknown("predict for", asked, { brokers, source });
  if (typeof client.bootstrap === "object")
    refuseUnknown("bootstrap from", client.bootstrap, { brokers, source });
  refuseUnknownControllers(fault, nodes);
  const first = leader ?? fault.targets[0] ?? brokers[0]!;
  const node = nodes.find(({ broker }) => broker === first)!;
  const wanted = topic.replicationFactor ?? brokerNumber(node.properties, "default.replication.factor");
  if (!(wanted >= 1 && wanted <= brokers.length))
    throw new RangeError(
      `Cannot have ${wanted} replicas: ${source} ${brokers.length} ` +
        `${brokers.length === 1 ? "broker" : "brokers"}`,
    );
  const replicas = placedReplicas(brokers, first, wanted);
  // followers that cannot reach their leader leave the ISR after replica.lag.time.max.ms
  const isr = node.isReachable ? replicas : [first];
  return {
    kafka,
    engine,
    nodes,
    controller,
    voters: votersFrom(nodes),
    topic: {
      ...written,
      state: { ...written, leader: first, leaderEpoch: 0, replicas, isr, offline: [] },
      minIsr: topic.minIsr ?? brokerNumber(node.properties, "min.insync.replicas"),
      uncleanElection: topic.uncleanElection ?? brokerFlag(node.properties, "unclean.leader.election.enable"),
      isAssumed: true,
    },
    client: clientOf(client, brokers),
    fault,
  };
}

function refuseUnknown(
  what: string,
  asked: readonly Broker[],
  { brokers, source }: { brokers: readonly Broker[]; source: string },
): void {
  const unknown = asked.find((broker) => !brokers.includes(broker));
  if (unknown !== undefined)
    throw new RangeError(
      `Cannot ${what} broker ${unknown}: ${source} ` +
        `${brokers.length === 1 ? "broker" : "brokers"} ${brokers.join(", ")}`,
    );
}

function refuseUnknownControllers({ controllers = [] }: ResolvedFault, nodes: readonly KnownNode[]): void {
  const known = nodes.flatMap(({ broker, nodeId }) => (broker === null ? nodeId : []));
  const unknown = controllers.find((nodeId) => !known.includes(nodeId));
  if (unknown !== undefined)
    throw new RangeError(
      `Cannot predict for node ${unknown}: of the nodes ` +
        `${known.length === 0 ? "none is only a controller" : `${known.join(", ")} are only controllers`}`,
    );
}

/** Replicas of a partition as Kafka places them: the leader, and the brokers after it. */
export function placedReplicas(brokers: readonly Broker[], first: Broker, count: number): Broker[] {
  const at = brokers.indexOf(first);
  return Array.from({ length: count }, (_, i) => brokers[(at + i) % brokers.length]!);
}

/** The static voters, or with a dynamic quorum (KIP-853) every controller. */
export function votersFrom(nodes: readonly Pick<KnownNode, "nodeId" | "roles" | "properties">[]): NodeId[] {
  const named = nodes
    .map(({ properties }) => votersOf(properties["controller.quorum.voters"] ?? ""))
    .find((voters) => voters.length > 0);
  return (
    named?.map(({ id }) => id) ??
    nodes.filter(({ roles }) => roles.includes("controller")).map(({ nodeId }) => nodeId)
  );
}

function clientOf(
  { bootstrap = "all", isWarm = true, ...options }: ComposeClient,
  brokers: readonly Broker[],
): Circumstances["client"] {
  const address = (broker: Broker): string => `broker:${broker}`;
  const settings = writeOut(
    { ...options, bootstrap: typeof bootstrap === "string" ? bootstrap : bootstrap.map(address) },
    brokers.map(address),
  );
  return knownClient({
    name: options.name ?? "probe",
    settings,
    isWarm,
    brokerOf: (text) => Number(text.slice("broker:".length)),
  });
}
