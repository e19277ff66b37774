// Circumstances of a cluster that runs: what it says of itself, and what its nodes are told.

import type { ClientSettings } from "../../client/client.ts";
import { isReachableByBrokers } from "../../compose/mod.ts";
import type { Broker, NodeId, PartitionState } from "../../model/history.ts";
import { brokerFlag, brokerNumber } from "../../kafka/mod.ts";
import type { ResolvedFault } from "../../model/fault.ts";
import type { Circumstances, KnownDirectory, KnownNode, KnownTopic } from "./circumstances.ts";
import { votersFrom } from "./from-compose.ts";
import { knownClient } from "./known-client.ts";

/** A node as an engine knows it. */
export interface NodeConfig {
  readonly service: string;
  readonly broker: Broker | null;
  readonly nodeId: NodeId;
  readonly roles: readonly ("broker" | "controller")[];
  readonly properties: Readonly<Record<string, string>>;
  /** Whether other brokers can fetch from it. @default as its listeners show */
  readonly isReachable?: boolean;
}

/** The part of a cluster's description that matters. */
export interface DescribedCluster {
  readonly controller: Broker | null;
  readonly quorum: { readonly nodeId: NodeId; readonly voters: readonly NodeId[] } | null;
  readonly partitions: readonly PartitionState[];
}

/** What `circumstances` needs: the state of a cluster, a client and a fault. */
export interface ClusterFacts {
  readonly kafka: string | null;
  readonly engine: "local" | "docker" | null;
  readonly nodes: readonly NodeConfig[];
  readonly description: DescribedCluster;
  readonly topic: { readonly topic: string; readonly partition?: number };
  readonly client: {
    readonly name: string;
    readonly settings: ClientSettings;
    readonly isWarm?: boolean;
    brokerOf(address: string): Broker | null;
  };
  /** The topic's own; @default the leader's min.insync.replicas */
  readonly minIsr?: number;
  /** The topic's own; @default the leader's unclean.leader.election.enable */
  readonly uncleanElection?: boolean;
  /** Whether the topic forces each record: its own `flush.messages` is 1. @default the leader's setting */
  readonly isForced?: boolean;
  /** Names of the settings that the topic sets itself. @default none */
  readonly own?: readonly string[];
  readonly fault: ResolvedFault;
  /** Of a fault of one log directory: what lies in it, a row for each target. */
  readonly directories?: readonly KnownDirectory[];
  /** The other partitions that the client writes to. @default none */
  readonly besides?: readonly PartitionState[];
  /** How many times slower the machine is than that of the figures. @default 1 */
  readonly slower?: number;
}

/**
 * Puts a cluster, a client and a fault together.
 *
 * @throws RangeError where the cluster has no such partition, and for a fault of one log directory where
 *   `directories` has no row for one of its brokers
 */
export function circumstances(facts: ClusterFacts): Circumstances {
  const { topic, client, minIsr, uncleanElection, isForced, own, fault, directories, besides = [] } = facts;
  assertDirectories(fault, directories);
  const { slower, ...cluster } = knownCluster(facts);
  return {
    ...cluster,
    topic: knownTopic(cluster.nodes, facts.description, {
      topic: topic.topic,
      partition: topic.partition ?? 0,
      ...(minIsr === undefined ? {} : { minIsr }),
      ...(uncleanElection === undefined ? {} : { uncleanElection }),
      ...(isForced === undefined ? {} : { isForced }),
      ...(own === undefined ? {} : { own }),
    }),
    client: knownClient(client),
    fault,
    ...(directories && { directories }),
    ...(besides.length > 0 && { besides }),
    ...(slower === undefined ? {} : { slower }),
  };
}

/** What lies in a directory that is not known is not "nothing". */
function assertDirectories(
  { disk, targets }: ResolvedFault,
  directories: readonly KnownDirectory[] = [],
): void {
  if (disk?.logDir === undefined) return;
  const missing = targets.find((target) => !directories.some(({ broker }) => broker === target));
  if (missing === undefined) return;
  throw new RangeError(
    `Cannot predict a fault of the log directory ${disk.logDir} of broker ${missing}: ` +
      "directories has no row for that broker; each target needs one, with what lies in its directory",
  );
}

/** The part of the circumstances that is the cluster's and the machine's. */
export type KnownCluster = Pick<
  Circumstances,
  "kafka" | "engine" | "nodes" | "controller" | "voters" | "slower"
>;

/** A cluster as it is known, without whom a fault concerns. */
export function knownCluster({
  kafka,
  engine,
  nodes,
  description: { quorum },
  slower = 1,
}: Pick<ClusterFacts, "kafka" | "engine" | "nodes" | "description" | "slower">): KnownCluster {
  const known = nodes.map(
    (node): KnownNode => ({
      nodeId: node.nodeId,
      broker: node.broker,
      roles: node.roles,
      isReachable: node.isReachable ?? isReachableByBrokers(node),
      properties: node.properties,
    }),
  );
  return {
    kafka,
    engine,
    nodes: known,
    controller: quorum?.nodeId ?? null,
    voters: quorum?.voters ?? votersFrom(known),
    ...(slower === 1 ? {} : { slower }),
  };
}

/** A partition, and what its topic sets itself. */
export interface TopicFacts {
  readonly topic: string;
  readonly partition: number;
  /** @default the leader's min.insync.replicas */
  readonly minIsr?: number;
  /** @default the leader's unclean.leader.election.enable */
  readonly uncleanElection?: boolean;
  /** @default whether the leader's log.flush.interval.messages is 1 */
  readonly isForced?: boolean;
  /** Names of the settings that the topic sets itself. @default none */
  readonly own?: readonly string[];
}

/**
 * A partition of a cluster as it is known.
 *
 * @throws RangeError where the cluster has no such partition
 */
export function knownTopic(
  nodes: readonly KnownNode[],
  { partitions }: Pick<DescribedCluster, "partitions">,
  { topic, partition, minIsr, uncleanElection, isForced, own = [] }: TopicFacts,
): KnownTopic {
  const state = partitions.find((one) => one.topic === topic && one.partition === partition);
  if (state === undefined)
    throw new RangeError(`Cannot predict for ${topic}-${partition}: the cluster does not tell of it`);
  const ownProperties = propertiesOf(nodes, state.leader);
  return {
    topic,
    partition,
    state,
    minIsr: minIsr ?? brokerNumber(ownProperties, "min.insync.replicas"),
    uncleanElection: uncleanElection ?? brokerFlag(ownProperties, "unclean.leader.election.enable"),
    ...((isForced ?? Number(ownProperties["log.flush.interval.messages"]) === 1) && { isForced: true }),
    ...(own.length > 0 && { own }),
    isAssumed: false,
  };
}

/** The settings of a broker; of any where it is not known. */
export function propertiesOf(
  nodes: readonly KnownNode[],
  leader: Broker | null,
): Readonly<Record<string, string>> {
  const own = nodes.find(({ broker }) => broker === leader && broker !== null);
  return (own ?? nodes.find(({ broker }) => broker !== null))?.properties ?? {};
}

/**
 * Returns the nodes of a cluster of which only its own metadata are known: without brokers that are not
 * alive. Others can fetch from a broker unless it leads partitions and nobody follows: an address such as
 * localhost may be right where all brokers are on one machine.
 */
export function nodesAsSeen(
  nodes: readonly NodeConfig[],
  {
    brokers,
    partitions,
  }: Pick<DescribedCluster, "partitions"> & {
    readonly brokers: readonly { readonly broker: Broker; readonly alive: boolean }[];
  },
): readonly NodeConfig[] {
  const isAlive = (broker: Broker): boolean => brokers.some((one) => one.broker === broker && one.alive);
  const isFollowed = (broker: Broker): boolean => {
    const led = partitions.filter(
      ({ leader, replicas }) => leader === broker && replicas.some((one) => one !== broker && isAlive(one)),
    );
    return led.length === 0 || led.some(({ isr }) => isr.length > 1);
  };
  return nodes
    .filter(({ broker }) => broker === null || isAlive(broker))
    .map((node) => ({ ...node, isReachable: node.broker === null || isFollowed(node.broker) }));
}
