// All that a prediction needs to know, as a value: from a compose file before there is a cluster, or from a
// cluster as it is.

import type { ResolvedFault } from "../../model/fault.ts";
import type { Broker, NodeId, PartitionState } from "../../model/history.ts";

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
  /** What Kafka is told. */
  readonly properties: Readonly<Record<string, string>>;
}

/** A client as far as it matters. Times in milliseconds. */
export interface KnownClient {
  readonly name: string;
  readonly client: "kafkajs" | "java";
  /** True where it knows the cluster and is connected when the fault strikes. */
  readonly isWarm: boolean;
  /** Brokers in its bootstrap list. */
  readonly bootstrap: readonly Broker[];
  readonly acks: -1 | 0 | 1;
  readonly idempotent: boolean;
  readonly requestTimeout: number;
  readonly connectionTimeout: number;
  readonly retries: number;
  readonly initialRetryTime: number;
  readonly maxRetryTime: number;
  readonly metadataMaxAge: number;
  readonly deliveryTimeout: number;
  /** Java's max.block.ms; kafkajs has none. */
  readonly maxBlock: number | null;
  /** The probe's mending of kafkajs, which by itself stays with a hung broker. */
  readonly dropHungConnections: boolean;
}

export interface KnownTopic {
  readonly topic: string;
  readonly partition: number;
  /** As the controller last told; null leader: none, or not known yet (see `isAssumed`). */
  readonly state: PartitionState;
  /** Effective: the topic's own, else the broker's. */
  readonly minIsr: number;
  readonly uncleanElection: boolean;
  /** True where there is no cluster yet: leader and replicas are what Kafka would choose. */
  readonly isAssumed: boolean;
}

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
}
