// The verbs on brokers: start, stop, kill, pause, restart, roll; and the cluster's state as a value.

import type { Engine } from "../../engine/engine.ts";
import { faults as made } from "../../faults/mod.ts";
import { type Duration, toMs } from "../../model/duration.ts";
import type { Target } from "../../model/target.ts";
import type { Fault } from "../faults/fault.ts";
import { driverOf } from "../faults/define.ts";
import { bringBack } from "../faults/process-driver.ts";
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
   * Creates a topic and waits until every broker that no fault keeps from answering reports its full ISR. One that
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
  faults: OpenFaults;
  inject: Inject;
  resolveTarget: TargetResolver;
  createTopic: AskForTopic;
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
      return descriptionOf(engine, await observer.look());
    },
    waitFor: (condition, options = {}) => waiter.condition(condition, brokers, options),
    async start(target, options = {}) {
      const targets = await resolveTarget(target);
      await startAll(parts, targets);
      if (options.timeout !== undefined && toMs(options.timeout) === 0) return;
      await waiter.alive(targets, options);
    },
    stop: (target, { timeout, ...options } = {}) =>
      inject(made.stop(target, timeout === undefined ? {} : { timeout }), options),
    kill: (target, options) => inject(made.kill(target), options),
    pause: (target, options) => inject(made.pause(target), options),
    async restart(target, { how = "stop", ...options } = {}) {
      const fault = await cluster[how](target, options.signal && { signal: options.signal });
      await cluster.start(fault.targets, options);
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
async function startAll({ engine, faults }: ClusterParts, targets: readonly number[]): Promise<void> {
  for (const fault of faults.open) {
    const isOwn = driverOf(fault.kind)?.process !== undefined;
    if (isOwn && fault.targets.some((broker) => targets.includes(broker))) await fault.heal();
  }
  await faults.undo(targets, (broker) => bringBack(engine, broker));
}
