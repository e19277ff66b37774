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

/** A broker as `describe()` tells it. */
export interface BrokerState {
  broker: Broker;
  nodeId: NodeId;
  service: string;
  state: NodeState;
  /** Whether the cluster holds it for alive: registered with the controller and not fenced. */
  alive: boolean;
  /** `host:port` for this machine's clients. */
  endpoint: string;
  pid?: number;
  exit?: Exit;
}

/** The cluster at one moment: a frozen value. */
export interface Description {
  engine: "local" | "docker";
  kafka: string;
  brokers: readonly BrokerState[];
  /**
   * The active controller's broker number; null where the quorum has no leader, or where it is a node that is
   * no broker (see `quorum`).
   */
  controller: Broker | null;
  /** Null where no majority of the voters answers. */
  quorum: { leader: string; nodeId: NodeId; epoch: number; voters: readonly NodeId[] } | null;
  partitions: readonly PartitionState[];
}

export interface WaitOptions {
  /** @default "60s" */
  timeout?: Duration;
  signal?: AbortSignal;
}

/**
 * Every broker alive; every partition with all of its replicas in sync; or what a function of the description
 * says.
 */
export type Condition = "all alive" | "full isr" | ((description: Description) => boolean);

export interface TopicOptions extends WaitOptions {
  /** @default 1 */
  partitions?: number;
  /** @default 3, or the number of brokers where there are fewer */
  replicationFactor?: number;
  /** Topic settings such as `min.insync.replicas`. */
  config?: Readonly<Record<string, string>>;
}

/**
 * What a fault on brokers is given up by: while it is under way it is carried to its end and taken back, and
 * the call rejects with the signal's reason.
 */
export interface FaultOptions {
  signal?: AbortSignal;
}

export interface Cluster {
  /** Looks at the cluster; works while brokers are down. */
  describe(): Promise<Description>;
  /**
   * SIGTERM: controlled shutdown; after `timeout` (default 10 s, as `docker stop`) SIGKILL. The handle's
   * `exits` say how each ended.
   */
  stop(target: Target, options?: FaultOptions & { timeout?: Duration }): Promise<Fault>;
  /** SIGKILL: no good-bye. */
  kill(target: Target, options?: FaultOptions): Promise<Fault>;
  /** Frozen with open sockets. */
  pause(target: Target, options?: FaultOptions): Promise<Fault>;
  /**
   * Brings brokers back, from whatever state, and waits until the cluster holds them for alive (`timeout`; 0
   * does not wait).
   */
  start(target: Target, options?: WaitOptions): Promise<void>;
  /** Stops, starts, and waits until the broker is alive. */
  restart(target: Target, options?: WaitOptions & { how?: "stop" | "kill" }): Promise<void>;
  /** Restarts all brokers one by one, each time waiting for full ISR. */
  roll(options?: WaitOptions): Promise<void>;
  /**
   * Creates a topic and waits until every broker tells of its full ISR that no fault keeps from it. One that
   * exists already is left as it is.
   *
   * @throws TypeError for a name or a setting that Kafka would refuse, LabError COMMAND_FAILED where that has
   *   other partitions or replicas than were asked for
   */
  createTopic(topic: string, options?: TopicOptions): Promise<void>;
  /**
   * Waits until the condition holds and returns the description for which it did; a broker that ends by
   * itself meanwhile ends the wait, one that a fault ends does not.
   *
   * @throws LabError NOT_READY
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
