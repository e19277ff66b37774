// The port behind which brokers run. An engine starts and breaks processes; it knows nothing of clients,
// histories or verdicts.
//
//   cluster.ts ──▶ Engine ──▶ local: one JVM a node, signals
//                        ├──▶ docker: one container a node, the docker command
//                        └──▶ remote: a cluster that runs already, reached as a client; no process is touched

import type { Broker, NodeId } from "../model/history.ts";
import type { Disk } from "./disk/disk.ts";
import type { Network } from "./network.ts";

/** One node of the cluster: a broker, a controller, or both. */
export interface Node {
  service: string;
  /** Null for a node that is only a controller. */
  broker: Broker | null;
  nodeId: NodeId;
  roles: readonly ("broker" | "controller")[];
  /** `host:port` where this machine's clients reach it; null for a node that is only a controller. */
  client: string | null;
  /**
   * `host:port` of the same listener where the lab itself looks at it: past faults of the network where there
   * is a way.
   */
  observed: string | null;
  /** What it advertises to clients, `host:port` by the listener's name. @default nothing is known of it */
  advertised?: Readonly<Record<string, string>>;
  /** `host:port` of the controller listener where this machine reaches it, else null. */
  controller: string | null;
  /** Kafka's configuration, as the compose files have it; without passwords and the like. */
  properties: Readonly<Record<string, string>>;
}

export type NodeState = "running" | "paused" | "stopped";

/** How a node's process ended. */
export interface Exit {
  /** The exit code; 128 + the signal's number where a signal ended it, as a shell and docker report it. */
  code: number;
  /**
   * True where it ended by itself after SIGTERM and the controller had let it go (controlled shutdown);
   * `unknown` where its log does not say.
   */
  clean: boolean | "unknown";
  /** One line for a person: `exit 143, controlled shutdown`. */
  text: string;
}

/** What an engine did to one node. */
export interface Action {
  /** When it took effect on the process, by `performance.now()`. */
  effectAt: number;
  tookMs: number;
  /** How it was done: `SIGTERM`, `docker stop`, … */
  via: string;
  /** In what that differs from the same fault elsewhere. */
  differs?: string;
  exit?: Exit;
}

export interface NodeStatus {
  state: NodeState;
  pid?: number;
  exit?: Exit;
}

export interface StopOptions {
  timeoutMs?: number;
}

/**
 * What runs the brokers: processes of this machine, containers, or `remote`: the lab has not started the
 * cluster and only observes it (`attachLab({ bootstrap })`).
 */
export type EngineKind = "local" | "docker" | "remote";

/**
 * What is done to a node is carried to its end; whoever asked for it takes it back where it is no longer
 * wanted.
 */
export interface Engine {
  readonly kind: EngineKind;
  /** The version that runs. */
  readonly kafka: string;
  /** Where it comes from, for a person: `jars from the cache, Java 17.0.15`. */
  readonly from: string;
  /** In what this cluster differs from the one that the compose files describe. */
  readonly differs: readonly string[];
  readonly nodes: readonly Node[];
  /** Every `host:port` that clients may be given for a node, and the node's service. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly network: Network;
  readonly disk: Disk;
  /**
   * Where the lab's own clients dial in place of a broker's `host:port`, so that faults of the network act on
   * them; absent where everybody who dials the brokers passes the links.
   */
  readonly routes?: ReadonlyMap<string, string>;
  /** Process ids of the engine's own helpers that a client's bytes pass through. */
  readonly helpers?: { readonly links: number };
  /** Starts a node's process and returns when it runs, not when it serves. */
  start(service: string): Promise<Action>;
  /** Sends SIGTERM and waits for the end; after `timeoutMs` (default 10,000, as `docker stop`) SIGKILL. */
  stop(service: string, options?: StopOptions): Promise<Action>;
  kill(service: string): Promise<Action>;
  /** Freezes a node with its sockets open. */
  pause(service: string): Promise<Action>;
  resume(service: string): Promise<Action>;
  status(service: string): NodeStatus;
  /** Says that the nodes serve: from now on, and from their beginning, their logs are in their files. */
  followLogs(): void;
  /** The file that a node's log goes to. */
  logFile(service: string): string;
  /**
   * Copies the logs that a node keeps in files of its own, beside the one above, and returns where they are
   * now; none where it has none.
   */
  keptLogs(service: string): Promise<readonly string[]>;
  /** The end of a node's log, at most 64 KiB. */
  lastWords(service: string): string;
  /** Ends all nodes and removes what the engine made; with `keep` only lets go of them. */
  close(options?: { keep?: boolean }): Promise<void>;
}
