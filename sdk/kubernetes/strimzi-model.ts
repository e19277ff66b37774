// Strimzi's clusters and nodes, as values.

import type { Role } from "../compose/kafka.ts";
import type { SourceLocation } from "../compose/project.ts";
import type { Mapping } from "../compose/tree.ts";
import type { Resource } from "./resource.ts";

/** A setting of a node: of the resource, or the operator's own. */
export interface StrimziSetting {
  readonly key: string;
  readonly value: string;
  readonly isOperators: boolean;
  readonly location: SourceLocation;
}

/** One volume of a node. */
export interface StrimziVolume {
  readonly isEphemeral: boolean;
  readonly location: SourceLocation;
}

export interface StrimziNode {
  /** The pod's name. */
  readonly name: string;
  readonly nodeId: number;
  readonly roles: readonly Role[];
  /** The KafkaNodePool, or the Kafka resource of a cluster without pools. */
  readonly owner: Resource;
  /** The part of the resource that has replicas, storage and template. */
  readonly spec: Mapping;
  readonly settings: readonly StrimziSetting[];
  readonly volumes: readonly StrimziVolume[];
}

export interface StrimziListener {
  readonly name: string;
  readonly port: number;
  readonly type: string;
  readonly isTls: boolean;
  readonly authentication: string | null;
  readonly location: SourceLocation;
}

export interface StrimziCluster {
  readonly resource: Resource;
  /** `spec.kafka`. */
  readonly spec: Mapping;
  /** Kafka's version; empty where the operator chooses it. */
  readonly version: string;
  readonly isKraft: boolean;
  readonly pools: readonly Resource[];
  readonly nodes: readonly StrimziNode[];
  readonly listeners: readonly StrimziListener[];
  /** The pools, or the Kafka resource, whose `replicas` is no number: such a cluster has no nodes. */
  readonly uncounted: readonly Resource[];
  /** Settings that the operator leaves out. */
  readonly forbidden: readonly StrimziSetting[];
}

/** A cluster before its nodes are known. */
export type BareCluster = Pick<StrimziCluster, "resource" | "spec" | "isKraft" | "pools" | "listeners">;
/** A node before its settings are known. */
export type Member = Omit<StrimziNode, "settings">;
