// The verbs on brokers: start, stop, kill, pause, restart, roll; and the cluster's state as a value.

import { performance } from "node:perf_hooks";
import type { TargetResolver } from "./target-resolver.ts";
import { type Duration, readable, toMs } from "../../model/duration.ts";
import { deathOf } from "../../engine/death.ts";
import type { Action, Engine, Exit, Node, NodeState } from "../../engine/engine.ts";
import { LabError } from "../../model/errors.ts";
import type { Fault, Faults } from "./faults.ts";
import type { Broker, FaultKind, NodeId, PartitionState } from "../../model/history.ts";
import { checkProperties, checkTopicName } from "../../kafka/mod.ts";
import type { Observer, View } from "../observe/observe.ts";
import { describeTarget, type Target } from "../../model/target.ts";

/** A broker's state, as `describe()` returns it. */
export interface BrokerState {
  /** Its number, from 1. */
  broker: Broker;
  /** Kafka's `node.id`. */
  nodeId: NodeId;
  /** The name of its compose service. */
  service: string;
  /** The state of its process. */
  state: NodeState;
  /** Whether it is registered with the controller and not fenced. */
  alive: boolean;
  /** `host:port` for this machine's clients. */
  endpoint: string;
  /** The process id; absent if it does not run or is in a container. */
  pid?: number;
  /** How its process ended; absent while it runs. */
  exit?: Exit;
}

/** The cluster's state at one moment; frozen. */
export interface Description {
  /** What runs the brokers. */
  engine: "local" | "docker";
  /** Kafka's version. */
  kafka: string;
  /** Every broker, by number. */
  brokers: readonly BrokerState[];
  /**
   * The active controller's broker number; null if the quorum has no leader, or if the controller is a node
   * without a broker (see `quorum`).
   */
  controller: Broker | null;
  /** The metadata quorum; null if no majority of the voters responds. */
  quorum: { leader: string; nodeId: NodeId; epoch: number; voters: readonly NodeId[] } | null;
  /** Every partition of every topic. */
  partitions: readonly PartitionState[];
}

/** Options of whatever waits. */
export interface WaitOptions {
  /** Then NOT_READY. @default "60s" */
  timeout?: Duration;
  /** Aborts the wait, which rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * What `waitFor` waits for: every broker is alive; every partition has all of its replicas in sync; or a
 * function of the description returns true.
 */
export type Condition = "all alive" | "full isr" | ((description: Description) => boolean);

/** Options of `createTopic`. */
export interface TopicOptions extends WaitOptions {
  /** The number of partitions. @default 1 */
  partitions?: number;
  /** Replicas of each partition. @default 3, or the number of brokers if there are fewer */
  replicationFactor?: number;
  /** Topic settings by Kafka's names, such as `min.insync.replicas`. @default {} */
  config?: Readonly<Record<string, string>>;
}

/** Options of a fault on brokers. */
export interface FaultOptions {
  /**
   * Aborts the fault: one in progress is completed and then healed, and the call rejects with the signal's
   * reason.
   */
  signal?: AbortSignal;
}

/** Faults on brokers: each returns a handle that heals it. A target is a broker number, a role, or a list. */
export interface Cluster {
  /** Returns the cluster's state; works while brokers are down. */
  describe(): Promise<Description>;
  /**
   * Stops brokers with SIGTERM (controlled shutdown), and with SIGKILL after `timeout` (10 s by default, as
   * `docker stop`). Resolves when the processes have ended; the handle's `exits` have their exit codes.
   *
   * @throws LabError NO_SUCH_BROKER, NO_LEADER, NO_CONTROLLER if the target does not resolve; COMMAND_FAILED
   * @example
   * const stopped = await lab.cluster.stop("leader");
   * console.log(stopped.kind, stopped.targets.length); // stop 1
   * await stopped.heal(); // starts the broker again
   * await lab.cluster.waitFor("full isr");
   */
  stop(target: Target, options?: FaultOptions & { timeout?: Duration }): Promise<Fault>;
  /**
   * Kills brokers with SIGKILL: no controlled shutdown, the cluster notices after `broker.session.timeout.ms`.
   *
   * @throws LabError as `stop`
   * @example
   * const killed = await lab.cluster.kill(2);
   * console.log(killed.exits[2]?.code); // 137
   * await lab.cluster.start(2); // heals the fault, and waits until the broker is alive
   * console.log(killed.isOpen); // false
   */
  kill(target: Target, options?: FaultOptions): Promise<Fault>;
  /**
   * Freezes brokers with SIGSTOP: their sockets stay open, and nobody responds.
   *
   * @throws LabError as `stop`
   */
  pause(target: Target, options?: FaultOptions): Promise<Fault>;
  /**
   * Starts or resumes brokers, whatever their state, which heals their faults, and waits until they are alive
   * (`timeout`, 60 s by default; 0 does not wait).
   *
   * @throws LabError NOT_READY after `timeout`
   */
  start(target: Target, options?: WaitOptions): Promise<void>;
  /** Stops (or kills) brokers, starts them, and waits until they are alive. @default how "stop" */
  restart(target: Target, options?: WaitOptions & { how?: "stop" | "kill" }): Promise<void>;
  /** Restarts all brokers one after another, and waits for full ISR after each. */
  roll(options?: WaitOptions): Promise<void>;
  /**
   * Creates a topic, and waits until every broker that is reachable lists it with its full ISR. An existing
   * topic is not changed.
   *
   * @throws TypeError for a name or a setting that Kafka would refuse; LabError COMMAND_FAILED if an existing
   *   topic has other partitions or replicas than requested; NOT_READY after `timeout`
   */
  createTopic(topic: string, options?: TopicOptions): Promise<void>;
  /**
   * Waits until the condition holds, and returns the description for which it did. A broker that ends by
   * itself ends the wait with an error; one that a fault ends does not.
   *
   * @throws LabError NOT_READY after `timeout` (60 s by default)
   */
  waitFor(condition: Condition, options?: WaitOptions): Promise<Description>;
}

export interface ClusterParts {
  engine: Engine;
  observer: Observer;
  faults: Faults;
  resolveTarget: TargetResolver;
  createTopic(
    topic: string,
    options: { partitions: number; replicationFactor: number; config: Readonly<Record<string, string>> },
  ): Promise<void>;
  /** Throws once the lab is closed. */
  assertOpen(): void;
  /** What ends every wait, where there is one. */
  signal(): AbortSignal | undefined;
}

const DEFAULT_TIMEOUT: Duration = "60s";
const PAUSE_MS = 25;

export function makeCluster(parts: ClusterParts): Cluster {
  const { engine, observer, faults } = parts;
  const nodes = engine.nodes.filter(
    (node): node is Node & { broker: Broker; client: string } => node.broker !== null,
  );
  const serviceOf = (broker: Broker): string => nodes.find((node) => node.broker === broker)!.service;
  const brokers = nodes.map(({ broker }) => broker);

  async function describe(): Promise<Description> {
    parts.assertOpen();
    return freeze(await observer.look());
  }

  function freeze(view: View): Description {
    const leader = engine.nodes.find(({ nodeId }) => nodeId === view.controllerNode);
    return Object.freeze({
      engine: engine.kind,
      kafka: engine.kafka,
      brokers: Object.freeze(
        nodes.map(({ broker, nodeId, service, client }) => {
          const status = engine.status(service);
          return Object.freeze({
            broker,
            nodeId,
            service,
            endpoint: client,
            alive: status.state === "running" && view.alive.includes(broker),
            ...status,
          });
        }),
      ),
      controller: view.controller,
      quorum:
        leader === undefined || view.controllerEpoch === null
          ? null
          : Object.freeze({
              leader: leader.service,
              nodeId: leader.nodeId,
              epoch: view.controllerEpoch,
              voters: Object.freeze(view.voters),
            }),
      partitions: Object.freeze(view.partitions.map((one) => Object.freeze(one))),
    });
  }

  /** `act` is called for every target at once: a fault on two brokers is one moment. */
  async function inject(
    fault: FaultKind,
    target: Target,
    {
      wanted,
      signal,
      act,
    }: { wanted: NodeState; signal: AbortSignal | undefined; act(service: string): Promise<Action> },
  ): Promise<Fault> {
    const targets = await parts.resolveTarget(target);
    for (const broker of targets) {
      const { state } = engine.status(serviceOf(broker));
      if (state === "stopped" || state === wanted)
        throw new LabError("COMMAND_FAILED", `Cannot ${fault} broker ${broker}: it is ${state}`, {
          broker,
          hint: "`cluster.start` brings it back first.",
        });
    }
    return await faults.inject({
      fault,
      asked: describeTarget(target),
      targets,
      signal,
      act: (broker) => act(serviceOf(broker)),
      undo: (broker) => bringBack(broker),
      isUndone: (broker) => engine.status(serviceOf(broker)).state === "running",
    });
  }

  async function bringBack(broker: Broker): Promise<Action | undefined> {
    const service = serviceOf(broker);
    switch (engine.status(service).state) {
      case "paused":
        return await engine.resume(service);
      case "stopped":
        return await engine.start(service);
      case "running":
        return undefined;
    }
  }

  async function start(target: Target, options: WaitOptions = {}): Promise<void> {
    const targets = await parts.resolveTarget(target);
    await faults.undo(targets, bringBack);
    if (options.timeout !== undefined && toMs(options.timeout) === 0) return;
    await alive(targets, options);
  }

  const alive = (targets: readonly Broker[], options: WaitOptions): Promise<Description> =>
    wait(
      `${targets.length === 1 ? "broker" : "brokers"} ${targets.join(", ")} to be alive`,
      (view) =>
        targets.every(
          (broker) =>
            view.views.get(broker) !== undefined &&
            [...view.views.values()].every(({ alive }) => alive.includes(broker)),
        ),
      options,
    );

  /**
   * Looks until the cluster is as wanted; a node that ended by itself in the meantime ends the wait with its
   * own last words.
   */
  async function wait(
    what: string,
    holds: (view: View, description: () => Description) => boolean,
    { timeout = DEFAULT_TIMEOUT, signal = parts.signal() }: WaitOptions,
  ): Promise<Description> {
    const began = performance.now();
    const timeoutMs = toMs(timeout);
    const running = engine.nodes.filter(({ service }) => engine.status(service).state === "running");
    for (;;) {
      signal?.throwIfAborted();
      parts.assertOpen();
      const dead = running.find(
        ({ service, broker }) =>
          engine.status(service).state === "stopped" && !(broker !== null && faults.isMeantToEnd(broker)),
      );
      if (dead !== undefined) throw deathOf(engine, dead.service);
      const view = await observer.look();
      if (holds(view, () => freeze(view))) return freeze(view);
      if (performance.now() - began > timeoutMs) {
        throw new LabError(
          "NOT_READY",
          `Cannot wait longer for ${what}: after ${readable(performance.now() - began)} it is not so`,
          { tookMs: performance.now() - began, hint: `The cluster says: ${summary(freeze(view))}` },
        );
      }
      // while no broker serves yet, each try costs the brokers' own start some of the machine
      await new Promise((resolve) => setTimeout(resolve, view.answered === 0 ? 4 * PAUSE_MS : PAUSE_MS));
    }
  }

  async function waitFor(condition: Condition, options: WaitOptions = {}): Promise<Description> {
    if (condition === "all alive") return await alive(brokers, options);
    if (condition === "full isr")
      return await wait(
        "every partition's replicas to be in sync",
        (view) => view.partitions.length > 0 && view.partitions.every(hasFullIsr),
        options,
      );
    if (typeof condition !== "function")
      throw new TypeError(
        `Cannot wait for ${JSON.stringify(condition)}: expected "all alive", "full isr" or a function of the description`,
      );
    return await wait("the condition", (_, description) => condition(description()), options);
  }

  const cluster: Cluster = {
    describe,
    waitFor,
    start,
    stop: (target, { timeout, signal } = {}) =>
      inject("stop", target, {
        wanted: "stopped",
        signal,
        act: (service) => engine.stop(service, timeout === undefined ? {} : { timeoutMs: toMs(timeout) }),
      }),
    kill: (target, { signal } = {}) =>
      inject("kill", target, { wanted: "stopped", signal, act: (service) => engine.kill(service) }),
    pause: (target, { signal } = {}) =>
      inject("pause", target, { wanted: "paused", signal, act: (service) => engine.pause(service) }),
    async restart(target, { how = "stop", ...options } = {}) {
      const fault = await cluster[how](target, options.signal && { signal: options.signal });
      await start(fault.targets, options);
    },
    async roll(options = {}) {
      for (const broker of brokers) {
        await cluster.restart(broker, options);
        await waitFor("full isr", options);
      }
    },
    async createTopic(topic, { partitions, replicationFactor, config = {}, ...options } = {}) {
      parts.assertOpen();
      checkTopicName(topic);
      checkProperties(config, engine.kafka, "topic");
      if (replicationFactor !== undefined && replicationFactor > brokers.length)
        throw new RangeError(
          `Cannot create ${topic} with ${replicationFactor} replicas: the cluster has ${brokers.length} brokers`,
        );
      await parts.createTopic(topic, {
        partitions: partitions ?? 1,
        replicationFactor: replicationFactor ?? Math.min(3, brokers.length),
        config,
      });
      observer.forceMetadataCommit();
      const isTold = (seen: View["partitions"]): boolean => {
        const own = seen.filter((one) => one.topic === topic);
        assertAsAsked(topic, own, { partitions, replicationFactor });
        return own.length > 0 && own.every(hasFullIsr);
      };
      /** One that a fault keeps from answering is not waited for, nor one that nobody can ask. */
      const mustTell = ({ broker, service, observed }: Node & { broker: Broker }): boolean =>
        observed !== null &&
        engine.status(service).state === "running" &&
        !faults.open.some(({ targets }) => targets.includes(broker));
      await wait(
        `${topic} to have full ISR for every broker`,
        ({ views }) =>
          views.size > 0 &&
          [...views.values()].every((seen) => isTold(seen.partitions)) &&
          nodes.filter(mustTell).every(({ broker }) => views.has(broker)),
        options,
      );
    },
  };
  return cluster;
}

/**
 * Only what was asked for counts: a cell that is run again finds the topic that it made before. All
 * partitions of a new one come at once.
 */
function assertAsAsked(
  topic: string,
  own: readonly PartitionState[],
  asked: { partitions: number | undefined; replicationFactor: number | undefined },
): void {
  if (own.length === 0) return; // nobody tells of it yet
  const has = { partitions: own.length, replicationFactor: own[0]!.replicas.length };
  const say = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
  for (const [option, what] of [
    ["partitions", "partition"],
    ["replicationFactor", "replica"],
  ] as const) {
    const wanted = asked[option];
    if (wanted === undefined || wanted === has[option]) continue;
    throw new LabError(
      "COMMAND_FAILED",
      `Cannot create the topic ${topic} with ${say(wanted, what)}: it exists with ${say(has[option], what)}`,
      { hint: `Is another name meant? Without \`${option}\` the topic is taken as it is.` },
    );
  }
}

function hasFullIsr({ leader, isr, replicas }: PartitionState): boolean {
  return leader !== null && isr.length >= replicas.length;
}

function summary({ brokers, controller, quorum, partitions }: Description): string {
  const states = brokers.map(
    ({ broker, state, alive }) =>
      `broker ${broker} ${state}${state === "running" && !alive ? " but not alive for the cluster" : ""}`,
  );
  const bad = partitions
    .filter((one) => !hasFullIsr(one))
    .slice(0, 3)
    .map(
      ({ topic, partition, leader, isr, replicas }) =>
        `${topic}-${partition} leader ${leader ?? "none"} ISR [${isr.join(", ")}] of [${replicas.join(", ")}]`,
    );
  return [...states, `controller ${controller ?? quorum?.leader ?? "none"}`, ...bad].join("; ");
}
