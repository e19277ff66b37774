// What the rules see: nodes, clients and Spring files, every setting with its place.
//   compose files ──┐                    ┌─▶ cluster: nodes, how many brokers ─┐
//   server.properties ──┤  read/ (parse)  │                                     ├─▶ rules ─▶ findings
//   client files ───┘                    └─▶ clients: producers and consumers ─┘

import type {
  ComposeProject,
  ComposeService,
  Convention,
  ImageRefusal,
  Listener,
  Role,
  Voter,
} from "../../compose/mod.ts";
import type { Address } from "../../kafka/mod.ts";
import type { Fix } from "./fix.ts";
import type {
  KubernetesProject,
  Pod,
  PodContainer,
  Resource,
  StrimziCluster,
  StrimziNode,
} from "../../kubernetes/mod.ts";
import type { ContainerWriter, Location, Setting, Settings } from "./setting.ts";

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
  /** What only a node of Kubernetes manifests has. */
  readonly pod?: PodFacts;
}

/** A node's pod. */
export interface PodFacts {
  /** What has the replicas: a StatefulSet, a KafkaNodePool. */
  readonly owner: Resource;
  readonly isCounted: boolean; // whether it says in a number how many there are
  /** Null for a pod that Strimzi makes. */
  readonly container: PodContainer | null;
  readonly strimzi: { readonly cluster: StrimziCluster; readonly node: StrimziNode } | null;
}

/** What only a node of a compose file, or of a Kubernetes manifest, has. */
export interface Container {
  readonly service: ComposeService;
  readonly convention: Convention;
  readonly image: Setting | null;
  readonly clusterId: Setting | null;
  /** Why the image does not start Kafka; empty where it does. */
  readonly refusals: readonly ImageRefusal[];
  /** Every variable with its place. */
  readonly variables: readonly Setting[];
  readonly names: readonly string[];
  /** True where it is a pod's container. @default false */
  readonly isPod?: boolean;
  /** Where a pod's manifest has its image and its variables. @default it is no pod's */
  readonly manifest?: ContainerWriter;
}

/** All nodes together. */
export interface Cluster {
  readonly nodes: readonly Node[];
  readonly brokers: readonly Node[];
  readonly controllers: readonly Node[];
  /** How many nodes with the role broker there are; more where the cluster is not whole. */
  readonly brokerCount: number;
  /** True where every node is known. */
  readonly isWhole: boolean;
  /** True where nothing shows that there is more than one broker, so that nothing can fail over. */
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
  /** True for the clients that a worker makes for its connectors; each connector may override settings. */
  readonly isConnectors?: boolean;
  /** True where it is a service of the compose file; its bootstrap list is among the dials. */
  readonly isInCompose?: boolean;
  /** How many processes have these settings, and what says so. @default one */
  readonly instances?: { readonly count: number; readonly setting: Setting };
}

/** One worker of Kafka Connect as configured; its clients are among the clients. */
export interface Worker {
  /** A service's name or a file's. */
  readonly name: string;
  readonly mode: "distributed" | "standalone";
  readonly settings: Settings;
  /** True where it is a service of the compose file. */
  readonly isInCompose: boolean;
  /** True where what is not given is Kafka's default; an image may have a file of its own. */
  readonly isComplete: boolean;
}

/** One connector as its own file configures it; the clients that it overrides are among the clients. */
export interface Connector {
  readonly name: string;
  /** Null where neither its class nor its settings say it. */
  readonly role: "sink" | "source" | null;
  readonly settings: Settings;
}

/** One application of Kafka Streams as configured; its clients are among the clients. */
export interface Application {
  /** A service's name or a file's. */
  readonly name: string;
  readonly settings: Settings;
  /** True where Spring Boot makes it. */
  readonly isSpring: boolean;
}

/** What a client dials first. */
export interface Dial {
  /** How a sentence names the client: a service's name, or `the producer`. */
  readonly name: string;
  /** Null for a client that a file of its own configures. */
  readonly service: ComposeService | null;
  readonly setting: Setting;
  /** At least one. */
  readonly addresses: readonly Address[];
  /** The fix that writes another list. */
  set(list: string): Fix;
  /** What the service's variables say of the client's security; absent where its image is not known. */
  readonly security?: DialSecurity;
}

/** The security of a client whose image takes Kafka's settings from variables. */
export interface DialSecurity {
  /** By the names of Kafka's Java client. */
  readonly given: readonly Setting[];
  /** How the file would write a setting. */
  spell(key: string, value: string): string;
}

/** What a client of a Kubernetes manifest dials first. */
export interface PodDial {
  /** `Deployment shop`. */
  readonly name: string;
  /** Null where an operator makes the pod. */
  readonly pod: Pod | null;
  /** Null where the manifest does not say it. */
  readonly namespace: string | null;
  readonly setting: Setting;
  /** At least one. */
  readonly addresses: readonly Address[];
  /** The fix that writes another list. */
  set(list: string): Fix;
}

/** A key of a Spring file. */
export interface SpringKey {
  /** With dots, as files write it. */
  readonly path: string;
  /** The variable that stands for it. @default the path */
  readonly written?: string;
  readonly value: string;
  readonly location: Location;
}

/** A hand-made bean in a source file. */
export interface Bean {
  readonly role: "producer" | "consumer";
  readonly what: string;
  readonly location: Location;
  readonly usesSpringsProperties: boolean;
  /** Keys of application files that it reads by itself, such as with `@Value`. */
  readonly reads: readonly string[];
}

export interface Delay {
  readonly ms: number;
  readonly text: string;
}

/** A file, or a part of one, in which nothing could be judged. */
export interface NotJudged {
  /** What is there. */
  readonly setting: Setting;
  /** Why it says nothing, as a sentence. */
  readonly why: string;
  /** What can be given or done instead. */
  readonly fix: string;
}

/** Everything that rules look at. */
export interface Facts {
  readonly cluster: Cluster | null;
  readonly compose: ComposeProject | null;
  /** Null where no manifest is given. @default null */
  readonly kubernetes?: KubernetesProject | null;
  /** Mounts of configuration files that are not among the inputs. */
  readonly unread: readonly Setting[];
  readonly notJudged: readonly NotJudged[];
  readonly clients: readonly Client[];
  readonly workers: readonly Worker[];
  readonly connectors: readonly Connector[];
  readonly applications: readonly Application[];
  /** The bootstrap lists of the compose file's services. */
  readonly dials: readonly Dial[];
  /** The bootstrap lists of manifests. @default none */
  readonly podDials?: readonly PodDial[];
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
  /** True for a second cluster of the same files, so that what is of the files has been looked at. */
  readonly isFurther?: boolean;
}

/** Whether a version is at least this; null where it is unknown. */
export function isAtLeast({ number }: Version, major: number, minor: number): boolean | null {
  if (number === null) return null;
  return number[0] > major || (number[0] === major && number[1] >= minor);
}
