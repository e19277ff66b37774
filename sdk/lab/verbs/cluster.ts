// The verbs on brokers: start, stop, kill, pause, restart, roll; elections of leaders; and the cluster's
// state as a value.

import { faults as made, type LastingOptions, type SettingsOf } from "../../faults/mod.ts";
import { type Duration, toMs } from "../../model/duration.ts";
import type { ElectionKind, ElectionTarget } from "../../model/election.ts";
import { type Member, membersOf } from "../../model/member.ts";
import type { Target } from "../../model/target.ts";
import type { Fault } from "../faults/fault.ts";
import { driverOf } from "../faults/define.ts";
import { assertReach, bringBack } from "../faults/process-driver.ts";
import type { OpenFaults } from "../faults/open-faults.ts";
import { type AskForTopic, createTopicAndWait, type TopicOptions } from "./create-topic.ts";
import { elect, type Election, type ElectParts } from "./elect.ts";
import { brokerNodes, type Description, descriptionOf } from "./description.ts";
import type { Inject } from "./inject.ts";
import { rollAll, type RollOptions } from "./roll.ts";
import type { TargetResolver } from "./target-resolver.ts";
import { type Condition, Waiter, type WaitOptions } from "./waiting.ts";

export type { TopicOptions } from "./create-topic.ts";
export type { Election } from "./elect.ts";
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
  /**
   * Restarts all brokers one after another, and waits for full ISR after each; with `wait: "alive"` or
   * `"none"` it is too fast, as a deployment that looks at nothing. Each is a fault `stop` (or `kill`) of its
   * own in the history.
   *
   * @throws LabError NO_SUCH_BROKER for an `order` with a broker that there is not; NOT_READY after `timeout`
   */
  roll(options?: RollOptions): Promise<void>;
  /**
   * Elects leaders, and returns who led each partition before and after, when the elected ones lead:
   * `preferred` gives the lead back to the first of a partition's replicas, `unclean` gives a partition that
   * has no leader one that is alive, in sync or not, whatever `unclean.leader.election.enable` says; records
   * that only other replicas have are lost. Partitions that need no election are `"not needed"`.
   *
   * @param target `{ leaderOf: "orders-3" }`, `{ topic: "orders" }`, `{ topic: "orders", partition: 3 }`;
   *   every partition by default
   * @throws LabError PREFERRED_LEADER_NOT_AVAILABLE, ELIGIBLE_LEADERS_NOT_AVAILABLE if Kafka refuses one of
   *   them (the others are elected); NO_SUCH_PARTITION; NO_CONTROLLER, NOT_READY after `timeout` (60 s by
   *   default)
   * @example
   * await lab.cluster.restart("leader");
   * await lab.cluster.waitFor("full isr");
   * const { partitions } = await lab.cluster.elect("preferred", { topic: lab.topic });
   * console.log(partitions[0]?.result); // elected
   */
  elect(election: ElectionKind, target?: ElectionTarget, options?: WaitOptions): Promise<Election>;
  /**
   * Changes settings of a topic (`{ topic: "orders" }`), a broker (`{ broker: 1 }`) or all `"brokers"` while
   * they run, and waits until every broker that answers has them. Healing puts back what was set before.
   *
   * @param settings by Kafka's names; null takes back what was set there, so that what it inherits is in
   *   force
   * @param options `lasts`: healed after this time; by default it lasts until it is healed
   * @throws LabError INVALID_CONFIG for what Kafka refuses; NO_SUCH_TOPIC, NO_SUCH_BROKER; NO_CONTROLLER
   * @example
   * const of = { topic: lab.topic };
   * const changed = await lab.cluster.reconfigure(of, { "min.insync.replicas": "3" });
   * await changed.heal(); // as before
   */
  reconfigure(
    of: SettingsOf,
    settings: Readonly<Record<string, string | null>>,
    options?: FaultOptions & LastingOptions,
  ): Promise<Fault>;
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

export interface ClusterParts extends ElectParts {
  faults: OpenFaults;
  inject: Inject;
  resolveTarget: TargetResolver;
  createTopic: AskForTopic;
  /** Called with the id of a topic that was created. @default not called */
  noteTopicId?(topic: string, id: string): void;
  /** The groups of the lab that are open. */
  groups(): Promise<Description["groups"]>;
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
    roll: (options = {}) => rollAll(cluster, brokers, options),
    elect: (kind, target = "all", options = {}) => elect(parts, waiter, kind, target, options),
    reconfigure: (of, settings, { lasts, ...options } = {}) =>
      inject(made.reconfigure(of, settings, lasts === undefined ? {} : { lasts }), options),
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
