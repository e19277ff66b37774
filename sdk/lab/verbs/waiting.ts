// Waits for a state of the cluster.

import { performance } from "node:perf_hooks";
import { deathOf } from "../../engine/death.ts";
import type { Engine } from "../../engine/engine.ts";
import { type Duration, readable, toMs } from "../../model/duration.ts";
import { LabError } from "../../model/errors.ts";
import { type Members, nodeName } from "../../model/member.ts";
import type { Broker } from "../../model/history.ts";
import type { OpenFaults } from "../faults/open-faults.ts";
import type { Observer, View } from "../observe/observe.ts";
import { type Description, descriptionOf, hasFullIsr, summary } from "./description.ts";

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

export interface WaiterParts {
  engine: Engine;
  observer: Observer;
  faults: OpenFaults;
  /** Throws once the lab is closed. */
  assertOpen(): void;
  /** What ends every wait, where there is one. */
  signal(): AbortSignal | undefined;
}

const DEFAULT_TIMEOUT: Duration = "60s";
const PAUSE_MS = 25;

export class Waiter {
  readonly #parts: WaiterParts;

  constructor(parts: WaiterParts) {
    this.#parts = parts;
  }

  /**
   * Until the cluster holds these brokers for alive: every broker that answers says so. Of a node that is
   * only a controller nobody says so: there is an active controller then.
   */
  alive({ targets, controllers = [] }: Members, options: WaitOptions): Promise<Description> {
    const areAlive = ({ views, controllerNode }: View): boolean =>
      (controllers.length === 0 || controllerNode !== null) &&
      targets.every(
        (broker) =>
          views.get(broker) !== undefined && [...views.values()].every(({ alive }) => alive.includes(broker)),
      );
    const names = `${targets.length > 1 ? "brokers" : "broker"} ${targets.join(", ")}`;
    const what = [
      ...(targets.length === 0 ? [] : [`${names} to be alive`]),
      ...(controllers.length === 0 ? [] : ["an active controller"]),
    ];
    return this.until(what.join(" and "), areAlive, options);
  }

  /** @throws TypeError for what is no condition; LabError NOT_READY */
  async condition(
    condition: Condition,
    brokers: readonly Broker[],
    options: WaitOptions,
  ): Promise<Description> {
    if (condition === "all alive") return await this.alive({ targets: brokers }, options);
    if (condition === "full isr")
      return await this.until(
        "every partition's replicas to be in sync",
        ({ partitions }) => partitions.length > 0 && partitions.every(hasFullIsr),
        options,
      );
    if (typeof condition !== "function")
      throw new TypeError(
        `Cannot wait for ${JSON.stringify(condition)}: ` +
          'expected "all alive", "full isr" or a function of the description',
      );
    return await this.until("the condition", (_, description) => condition(description()), options);
  }

  /**
   * Looks until the cluster is as wanted; a node that ended by itself in the meantime ends the wait with its
   * own last words.
   *
   * @throws LabError NOT_READY; AUTHENTICATION, TLS_HANDSHAKE
   */
  async until(
    what: string,
    holds: (view: View, description: () => Description) => boolean,
    { timeout = DEFAULT_TIMEOUT, signal = this.#parts.signal() }: WaitOptions,
  ): Promise<Description> {
    const { engine, observer } = this.#parts;
    const began = performance.now();
    const timeoutMs = toMs(timeout);
    const running = engine.nodes.filter(({ service }) => engine.status(service).state === "running");
    for (;;) {
      signal?.throwIfAborted();
      this.#parts.assertOpen();
      this.#assertNoneDied(running);
      const view = await observer.look();
      const refusal = observer.refusal();
      if (refusal !== undefined) throw refusal;
      if (holds(view, () => descriptionOf(engine, view))) return descriptionOf(engine, view);
      const tookMs = performance.now() - began;
      if (tookMs > timeoutMs)
        throw new LabError("NOT_READY", `Timed out after ${readable(tookMs)} waiting for ${what}`, {
          tookMs,
          hint: `The cluster's state: ${summary(descriptionOf(engine, view))}`,
        });
      // while no broker serves yet, each look costs the brokers' own start some of the machine
      await new Promise((resolve) => setTimeout(resolve, view.answered === 0 ? 4 * PAUSE_MS : PAUSE_MS));
    }
  }

  #assertNoneDied(running: Engine["nodes"]): void {
    const { engine, faults } = this.#parts;
    const dead = running.find(
      ({ service, broker, nodeId }) =>
        engine.status(service).state === "stopped" && !faults.isMeantToEnd(broker ?? nodeName(nodeId)),
    );
    if (dead !== undefined) throw deathOf(engine, dead.service);
  }
}
