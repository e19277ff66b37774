// What the rules see: nodes, clients and Spring files, every setting with its place.
//
//   compose files ──┐                    ┌─▶ cluster: nodes, how many brokers ─┐
//   server.properties ──┤  read/ (parse)  │                                     ├─▶ rules ─▶ findings
//   client files ───┘                    └─▶ clients: producers and consumers ─┘

import type { ComposeProject, ComposeService, Convention, Listener, Role, Voter } from "../../compose/mod.ts";
import type { Location, Setting, Settings } from "./setting.ts";

/** Kafka's version as far as it is known. */
export interface Version {
  readonly text: string;
  /** Null where the text is no number, such as `latest`. */
  readonly number: readonly [major: number, minor: number] | null;
}

/** One Kafka node. */
export interface Node {
  /** A service's name or a file's. */
  readonly name: string;
  readonly settings: Settings;
  readonly roles: readonly Role[];
  /** False where it has no process.roles, so it wants ZooKeeper. */
  readonly isKraft: boolean;
  readonly nodeId: number | null;
  readonly voters: readonly Voter[];
  readonly listeners: readonly Listener[];
  readonly advertised: readonly Listener[];
  readonly controllerNames: readonly string[];
  /** The name of the listener by which brokers find this one; null if unknown. */
  readonly interBroker: string | null;
  readonly version: Version;
  /** Null for a server.properties. */
  readonly container: Container | null;
}

/** What only a node of a compose file has. */
export interface Container {
  readonly service: ComposeService;
  readonly convention: Convention;
  readonly image: Setting | null;
  readonly clusterId: Setting | null;
  /** Why the image refuses to start, or null. */
  readonly refused: string | null;
  /** Every variable with its place. */
  readonly variables: readonly Setting[];
  readonly names: readonly string[];
}

/** All nodes together. */
export interface Cluster {
  readonly nodes: readonly Node[];
  readonly brokers: readonly Node[];
  readonly controllers: readonly Node[];
  /** How many brokers there are, or at least are. */
  readonly brokerCount: number;
  /** True where every node is known. */
  readonly isWhole: boolean;
  /** True where it is known that there is one broker only, so that nothing can fail over. */
  readonly isAlone: boolean;
}

export type ClientKind = "java" | "kafkajs" | "librdkafka";

/** One producer or consumer as configured. */
export interface Client {
  readonly kind: ClientKind;
  readonly role: "producer" | "consumer";
  readonly settings: Settings;
  /** True where Spring Boot makes it of an application file. */
  readonly isSpring: boolean;
}

/** A key of a Spring file. */
export interface SpringKey {
  /** As written, with dots. */
  readonly path: string;
  readonly value: string;
  readonly location: Location;
}

/** A hand-made bean in a source file. */
export interface Bean {
  readonly role: "producer" | "consumer";
  readonly what: string;
  readonly location: Location;
  readonly usesSpringsProperties: boolean;
}

export interface Delay {
  readonly ms: number;
  readonly text: string;
}

/** Everything that rules look at. */
export interface Facts {
  readonly cluster: Cluster | null;
  readonly compose: ComposeProject | null;
  /** Mounts of configuration files that are not among the inputs. */
  readonly unread: readonly Setting[];
  readonly clients: readonly Client[];
  readonly spring: readonly SpringKey[];
  readonly beans: readonly Bean[];
  /** Topics that Spring files and sources name. */
  readonly topics: readonly Setting[];
  /** A stated delay of every answer. */
  readonly delay: Delay | null;
  /** A stated time that the application takes for one record, in milliseconds. */
  readonly recordMs: number | null;
  /** True where the caller says that the application makes its own factories. */
  readonly ownFactory: boolean;
}

/** Whether a version is at least this; null where it is unknown. */
export function isAtLeast({ number }: Version, major: number, minor: number): boolean | null {
  if (number === null) return null;
  return number[0] > major || (number[0] === major && number[1] >= minor);
}
