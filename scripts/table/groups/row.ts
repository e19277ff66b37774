// One row of the groups' table: a consumer group, and the fault that hits it.
//
//   scene    a cluster, the groups that live in it side by side, and the faults that follow each other
//   row      one fault for one of the groups

import type { Duration, FaultSpec, GroupOptions, GroupRole } from "@kafka-failure-lab/sdk";

/** A group of a scene. */
export interface SceneGroup {
  /** Unique within its scene; the row's id has it. */
  readonly id: string;
  /** What the broker that is hit is to the group; only where one is hit. */
  readonly role?: GroupRole;
  readonly options: GroupOptions;
  /** The faults that it is measured in, by their ids. @default all of the scene */
  readonly faults?: readonly string[];
}

/** A fault of a scene; its target is chosen when it is measured. */
export interface SceneFault {
  /** Unique within its scene; the row's id has it. */
  readonly id: string;
  readonly does: FaultSpec;
  /** For how long the groups are watched at the least, and where nothing goes on. @default "45s" */
  readonly watchFor?: Duration;
}

/** A cluster that several rows share. */
export interface Scene {
  readonly id: string;
  readonly engine: "local" | "docker";
  /** A version in place of the pinned one. */
  readonly kafka?: string;
  /** Whether a broker is hit, the cluster as a whole, or the first member of each group. */
  readonly hits: "broker" | "cluster" | "member";
  /** Settings of every broker beside those of all scenes. */
  readonly properties: Readonly<Record<string, string>>;
  readonly faults: readonly SceneFault[];
  readonly groups: readonly SceneGroup[];
}

/** One row. */
export interface GroupRow {
  /** Unique; what `--rows` finds and explanations of misses are kept by. */
  readonly id: string;
  readonly scene: Scene;
  readonly fault: SceneFault;
  readonly group: SceneGroup;
}

/** The fault in words: `delay 300ms (clients) of the leader`, `kill of a member`. */
export function groupFaultWords({ fault: { does }, group: { role }, scene: { hits } }: GroupRow): string {
  const { kind, delay, process, ...how } = does as FaultSpec & { delay?: Duration; process?: Duration };
  const options = Object.values(how).map(String);
  const whom = whomOf(kind, hits, role);
  return [kind, delay ?? process, ...(options.length === 0 ? [] : [`(${options.join(", ")})`]), `of ${whom}`]
    .filter((word) => word !== undefined)
    .join(" ");
}

function whomOf(kind: string, hits: Scene["hits"], role: GroupRole | undefined): string {
  if (kind === "elect") return "all partitions";
  if (kind === "roll") return hits === "cluster" ? "all brokers" : "all members";
  if (hits === "member") return "one member";
  return role === undefined ? "a broker" : WHOM[role];
}

const WHOM: Readonly<Record<GroupRole, string>> = {
  leader: "the leader",
  coordinator: "the coordinator",
  both: "the leader, which coordinates",
  neither: "a follower",
};

/** The group in words: `java, commit after, static`. */
export function groupWords({ group: { options }, scene: { hits } }: GroupRow): string {
  const {
    client = "kafkajs",
    commit = "auto",
    protocol,
    instanceIds,
    assignor,
    members,
    properties,
  } = options;
  return [
    client,
    `commit ${commit}`,
    ...(protocol === "consumer" ? ["KIP-848"] : []),
    ...(assignor === undefined ? [] : [assignor]),
    ...(instanceIds === undefined || instanceIds === false ? [] : ["static"]),
    ...Object.entries(properties ?? {}).map(([name, value]) => `${name}=${value}`),
    ...(hits !== "broker" ? [`${members ?? 2} members`] : []),
  ].join(", ");
}

/** The cluster in words. */
export function sceneWords({ scene: { kafka, engine, properties } }: GroupRow): string {
  const replicas = properties["offsets.topic.replication.factor"];
  return [
    kafka === undefined ? "three-brokers" : `three-brokers, Kafka ${kafka}`,
    ...(engine === "docker" ? ["docker"] : []),
    ...(replicas === undefined ? [] : [`offsets with ${replicas} replica`]),
  ].join(", ");
}
