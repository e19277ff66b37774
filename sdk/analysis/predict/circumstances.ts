// All that a prediction needs to know, as a value: from a compose file before there is a cluster, or from a
// cluster as it is.

import type { ResolvedFault } from "../../model/fault.ts";
import type { Broker, NodeId, PartitionState } from "../../model/history.ts";
import type { TopicPartition } from "../../model/partition.ts";

/** One node of the cluster. */
export interface KnownNode {
  readonly nodeId: NodeId;
  readonly broker: Broker | null;
  readonly roles: readonly ("broker" | "controller")[];
  /**
   * Whether the other brokers can fetch from it: false where its inter-broker listener advertises a loopback
   * address (see diagnose's rule on listeners).
   */
  readonly isReachable: boolean;
  /** Kafka's settings, as this node has them. */
  readonly properties: Readonly<Record<string, string>>;
}

/** The settings of a client that a prediction depends on. Times in milliseconds. */
export interface KnownClient {
  /** Its name in the history. */
  readonly name: string;
  /** Which client it is. */
  readonly client: "kafkajs" | "java";
  /** Whether it is connected when the fault is injected. */
  readonly isWarm: boolean;
  /** Brokers in its bootstrap list. */
  readonly bootstrap: readonly Broker[];
  /** Which replicas must have a record before it is acknowledged; -1 is all. */
  readonly acks: -1 | 0 | 1;
  /** Whether brokers drop repeated records. */
  readonly idempotent: boolean;
  /** After which a request without a response fails, in milliseconds. */
  readonly requestTimeout: number;
  /** After which an attempt to connect fails, in milliseconds. */
  readonly connectionTimeout: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** The first back-off, in milliseconds. */
  readonly initialRetryTime: number;
  /** The longest back-off, in milliseconds. */
  readonly maxRetryTime: number;
  /** After which metadata is requested again, in milliseconds. */
  readonly metadataMaxAge: number;
  /** After which a send ends as `info` or `fail`, in milliseconds. */
  readonly deliveryTimeout: number;
  /** Java's `max.block.ms`, in milliseconds; null for kafkajs. */
  readonly maxBlock: number | null;
  /** Whether a hung connection is closed after requestTimeout; kafkajs by itself keeps it. */
  readonly dropHungConnections: boolean;
  /** What a new connection waits for before its first request. @default nothing */
  readonly handshake?: Handshake;
}

/** The round trips of a secured connection's set-up. */
export interface Handshake {
  /** TLS 1.3: one. */
  readonly tls: 0 | 1;
  /** SaslHandshake and SaslAuthenticate: PLAIN two, SCRAM three. */
  readonly sasl: 0 | 2 | 3;
}

/** The topic's partition before the fault. */
export interface KnownTopic {
  readonly topic: string;
  readonly partition: number;
  /** As the controller last told; null leader: none, or not known yet (see `isAssumed`). */
  readonly state: PartitionState;
  /** Effective: the topic's own, else the broker's. */
  readonly minIsr: number;
  readonly uncleanElection: boolean;
  /** Whether each record is forced to the disk before it is answered: `flush.messages` 1. @default false */
  readonly isForced?: boolean;
  /** Settings that the topic sets itself, so that the brokers' have no effect on it. @default none */
  readonly own?: readonly string[];
  /** True where there is no cluster yet: leader and replicas are what Kafka would choose. */
  readonly isAssumed: boolean;
}

/** What lies in the log directory of a broker that a fault is in. */
export interface KnownDirectory {
  readonly broker: Broker;
  /** Whether the metadata log lies in it: `metadata.log.dir`, or the first of `log.dirs`. */
  readonly hasMetadataLog: boolean;
  /** The replicas in it. */
  readonly replicas: readonly TopicPartition[];
}

/** Everything that a prediction depends on: cluster, topic, client, fault. Times in milliseconds. */
export interface Circumstances {
  /** Kafka's version, as far as it is known. */
  readonly kafka: string | null;
  readonly engine: "local" | "docker" | null;
  readonly nodes: readonly KnownNode[];
  /** The active controller; null where it is not known, then a prediction covers each that it may be. */
  readonly controller: NodeId | null;
  /** The metadata voters. */
  readonly voters: readonly NodeId[];
  readonly topic: KnownTopic;
  readonly client: KnownClient;
  readonly fault: ResolvedFault;
  /** Of a fault of one log directory: what lies in it, a row for each target. */
  readonly directories?: readonly KnownDirectory[];
  /** The other partitions that the client writes to. @default none */
  readonly besides?: readonly PartitionState[];
  /**
   * How many times slower the machine is than that of the figures here: what rests on how fast a broker or a
   * client works takes so much longer, timers do not. @default 1
   */
  readonly slower?: number;
}

/** Whether a fault hits a node. */
export function isTarget(
  { fault }: Pick<Circumstances, "fault">,
  { broker, nodeId }: Pick<KnownNode, "broker" | "nodeId">,
): boolean {
  return broker === null ? (fault.controllers ?? []).includes(nodeId) : fault.targets.includes(broker);
}
