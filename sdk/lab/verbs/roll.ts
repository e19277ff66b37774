// Restarts brokers one after the other.
//
//   for each ─▶ stop ─▶ start ─▶ wait: full isr, alive, none ─▶ the next

import type { RollWait } from "../../faults/mod.ts";
import { LabError } from "../../model/errors.ts";
import type { Broker } from "../../model/history.ts";
import type { RollHow, RollOne } from "../faults/roll-driver.ts";
import type { WaitOptions } from "./waiting.ts";

/** Options of a rolling restart of brokers; `timeout` is for the waits after each. */
export interface RollOptions extends WaitOptions {
  /**
   * What is waited for after each: `"full isr"`, every partition has all of its replicas in sync; `"alive"`,
   * the broker is registered and not fenced; `"none"`, its process was started.
   *
   * @default "full isr"
   */
  wait?: RollWait;
  /** How each is ended. @default "stop" */
  how?: "stop" | "kill";
  /**
   * Brokers by number, each once, in this order, those that are not named are left alone; or `"controller
   * last"`: the active controller behind all others, so that it moves once.
   *
   * @default all, by number
   */
  order?: readonly Broker[] | "controller last";
}

type One = Broker | { node: number };

/** What a roll needs of the cluster's verbs. */
interface Verbs {
  stop(target: One, options?: { signal?: AbortSignal }): Promise<unknown>;
  kill(target: One, options?: { signal?: AbortSignal }): Promise<unknown>;
  start(target: One, options?: WaitOptions): Promise<void>;
  waitFor(condition: "full isr", options?: WaitOptions): Promise<unknown>;
  describe(): Promise<{ readonly controller: Broker | null }>;
}

/** Restarts one broker after the other. */
export async function rollAll(
  cluster: Verbs,
  brokers: readonly Broker[],
  { order = brokers, signal, ...how }: RollOptions,
): Promise<void> {
  for (const broker of await inOrder(cluster, brokers, order)) {
    signal?.throwIfAborted();
    await rollOne(cluster, broker, { ...how, signal });
  }
}

/** Restarts a node, for the fault `roll`; the verbs are made after the faults. */
export function rollOneOf(cluster: () => Verbs): RollOne {
  return (member, how) =>
    rollOne(cluster(), typeof member === "number" ? member : { node: nodeIdOf(member) }, how);
}

async function rollOne(
  cluster: Verbs,
  target: One,
  { wait = "full isr", how = "stop", signal, timeout }: RollHow,
): Promise<void> {
  const waiting = { ...(signal && { signal }), ...(timeout !== undefined && { timeout }) };
  await cluster[how](target, signal && { signal });
  await cluster.start(target, wait === "none" ? { timeout: 0 } : waiting);
  if (wait === "full isr") await cluster.waitFor("full isr", waiting);
}

async function inOrder(
  cluster: Verbs,
  brokers: readonly Broker[],
  order: readonly Broker[] | "controller last",
): Promise<readonly Broker[]> {
  if (order === "controller last") {
    const { controller } = await cluster.describe();
    return [
      ...brokers.filter((broker) => broker !== controller),
      ...brokers.filter((one) => one === controller),
    ];
  }
  const missing = order.find((broker) => !brokers.includes(broker));
  if (missing === undefined) return [...new Set(order)];
  throw new LabError(
    "NO_SUCH_BROKER",
    `Cannot find broker ${missing}: the cluster has brokers ${brokers.join(", ")}`,
    { broker: missing },
  );
}

/** `node 3001` */
function nodeIdOf(name: string): number {
  return Number(name.split(" ")[1]);
}
