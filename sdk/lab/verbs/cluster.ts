// The verbs on brokers: start, stop, kill, pause, restart, roll; and the cluster's state as a value.

import type { Engine } from "../../engine/engine.ts";
import { faults as made } from "../../faults/mod.ts";
import { type Duration, toMs } from "../../model/duration.ts";
import { type Member, membersOf } from "../../model/member.ts";
import type { Target } from "../../model/target.ts";
import type { Fault } from "../faults/fault.ts";
import { driverOf } from "../faults/define.ts";
import { assertReach, bringBack } from "../faults/process-driver.ts";
import type { Observer } from "../observe/observe.ts";
import type { OpenFaults } from "../faults/open-faults.ts";
import { type AskForTopic, createTopicAndWait, type TopicOptions } from "./create-topic.ts";
import { brokerNodes, type Description, descriptionOf } from "./description.ts";
import type { Inject } from "./inject.ts";
import type { TargetResolver } from "./target-resolver.ts";
import { type Condition, Waiter, type WaitOptions } from "./waiting.ts";

export type { TopicOptions } from "./create-topic.ts";
export type { BrokerState, Description } from "./description.ts";
export type { Condition, WaitOptions } from "./waiting.ts";

/** Options of a fault on brokers. */
export interface FaultOptions {
  /**
   * Aborts the fault: one in progress is completed and then healed, and the call rejects with the signal's
   * reason.
   */
  signal?: AbortSignal;
}

/**
 * Faults on brokers: each returns a handle that heals it. A target is a broker number, a role, the leader of
 * a partition (`{ leaderOf: "orders-3" }`), the coordinator of a group (`{ coordinatorOf: "billing" }`), a
 * node by its id or its service (`{ node: 3001 }`, `{ service: "controller" }`), or a list. A node that is
 * only a controller has no broker number.
 */
export interface Cluster {
  /** Returns the cluster's state; works while brokers are down. */
  describe(): Promise<Description>;
  /**
   * Stops brokers with SIGTERM (controlled shutdown), and with SIGKILL after `timeout` (10 s by default, as
   * `docker stop`). Resolves when the processes have ended; the handle's `exits` have their exit codes.
   *
   * @throws LabError NO_SUCH_BROKER, NO_SUCH_PARTITION, NO_LEADER, NO_CONTROLLER, NO_COORDINATOR if the
   *   target does not resolve; COMMAND_FAILED
   * @example
   * const stopped = await lab.cluster.stop("leader");
   * console.log(stopped.kind, stopped.targets.length); // stop 1
   * await stopped.heal(); // starts the broker again
   * await lab.cluster.waitFor("full isr");
   */
  stop(target: Target, options?: FaultOptions & { timeout?: Duration }): Promise<Fault>;
  /**
   * Kills brokers with SIGKILL: no controlled shutdown, the cluster notices after
   * `broker.session.timeout.ms`.
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
   * (`timeout`, 60 s by default; 0 does not wait); for nodes that are only controllers until there is an
   * active controller.
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
  faults: OpenFaults;
  inject: Inject;
  resolveTarget: TargetResolver;
  createTopic: AskForTopic;
  /** Called with the id of a topic that was created. @default not called */
  noteTopicId?(topic: string, id: string): void;
  /** The groups of the lab that are open. */
  groups(): Promise<Description["groups"]>;
  /** Throws once the lab is closed. */
  assertOpen(): void;
  /** What ends every wait, where there is one. */
  signal(): AbortSignal | undefined;
}

export function makeCluster(parts: ClusterParts): Cluster {
  const { engine, observer, inject, resolveTarget, assertOpen } = parts;
  const brokers = brokerNodes(engine).map(({ broker }) => broker);
  const waiter = new Waiter(parts);
  const cluster: Cluster = {
    async describe() {
      assertOpen();
      const [view, groups] = await Promise.all([observer.look(), parts.groups()]);
      return descriptionOf(engine, view, groups);
    },
    waitFor: (condition, options = {}) => waiter.condition(condition, brokers, options),
    async start(target, options = {}) {
      const found = await resolveTarget(target);
      const members = membersOf(found);
      for (const member of members) assertReach(engine, "start", member);
      await startAll(parts, members);
      if (options.timeout !== undefined && toMs(options.timeout) === 0) return;
      await waiter.alive(found, options);
    },
    stop: (target, { timeout, ...options } = {}) =>
      inject(made.stop(target, timeout === undefined ? {} : { timeout }), options),
    kill: (target, options) => inject(made.kill(target), options),
    pause: (target, options) => inject(made.pause(target), options),
    async restart(target, { how = "stop", ...options } = {}) {
      const fault = await cluster[how](target, options.signal && { signal: options.signal });
      const { targets, controllers = [] } = fault;
      await cluster.start([...targets, ...controllers.map((node) => ({ node }))], options);
    },
    async roll(options = {}) {
      for (const broker of brokers) {
        await cluster.restart(broker, options);
        await cluster.waitFor("full isr", options);
      }
    },
    async createTopic(topic, options = {}) {
      assertOpen();
      await createTopicAndWait(parts, waiter, topic, options);
    },
  };
  return cluster;
}

/** Makes processes run; what a program's own fault did to them is undone by its own code. */
async function startAll({ engine, faults }: ClusterParts, members: readonly Member[]): Promise<void> {
  for (const fault of faults.open) {
    const isOwn = driverOf(fault.kind)?.process !== undefined;
    if (isOwn && fault.targets.some((broker) => members.includes(broker))) await fault.heal();
  }
  await faults.undo(members, (member) => bringBack(engine, member));
}
