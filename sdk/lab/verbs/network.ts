// The verbs on networks. Each adds to what is wrong; what is wrong altogether is handed to the engine,
// measured, and undone fault by fault.

import type { TargetResolver } from "./target-resolver.ts";
import { type Duration, toMs } from "../../model/duration.ts";
import type { Action, Engine } from "../../engine/engine.ts";
import { LabError } from "../../model/errors.ts";
import type { Fault, Faults } from "./faults.ts";
import type { Broker, FaultKind, Measured, Proof } from "../../model/history.ts";
import { isNotebook } from "../../notebook/notebook.ts";
import { after, before, healed, objections, placesFor, slackMs, type Witness } from "./proof.ts";
import { describeTarget, type Target } from "../../model/target.ts";
import {
  type Direction,
  effectOn,
  type NetFault,
  type Path,
  type ProbeRoute,
  type Rate,
  sayFault,
  toBytesPerSecond,
  toPercent,
} from "../../model/traffic.ts";

/** Options of network faults. */
export interface NetOptions {
  /**
   * The traffic that is affected: `clients`, `peers` (replication between brokers), `controllers` (the metadata
   * quorum), or `all`.
   *
   * @default "all"
   */
  path?: Path;
  /** The direction, seen from the broker. @default "out" as netem; "both" for isolate */
  direction?: Direction;
  /**
   * Whether to measure the fault's effect before returning; without effect it is rolled back and rejected with
   * NOT_EFFECTIVE.
   *
   * @default true
   */
  prove?: boolean;
  /** Aborts the fault: one in progress is completed and then healed. */
  signal?: AbortSignal;
}

/** Faults on the network. They add up; each handle heals its own fault only. */
export interface Net {
  /**
   * Delays what a broker sends by `duration`, plus or minus `jitter` (default 0): as `tc qdisc add dev eth0 root
   * netem delay 30000ms`.
   *
   * @throws LabError NOT_EFFECTIVE, UNSUPPORTED; NO_SUCH_BROKER, NO_LEADER, NO_CONTROLLER
   * @example
   * const slow = await lab.net.delay("leader", "200ms", { path: "clients" });
   * const { outcome, tookMs } = await lab.probe.send();
   * console.log(outcome, tookMs >= 200); // ok true
   * await slow.heal();
   */
  delay(target: Target, duration: Duration, options?: NetOptions & { jitter?: Duration }): Promise<Fault>;
  /** Drops a percentage of packets, above 0 up to 100. Docker only. */
  lose(target: Target, percent: number, options?: NetOptions): Promise<Fault>;
  /** Limits the rate: `"1MB/s"`, `"10Mbit/s"`, or a number of bytes per second. */
  throttle(target: Target, rate: Rate, options?: NetOptions): Promise<Fault>;
  /**
   * Isolates brokers. `drop` discards packets and leaves connections hanging, `reset` closes them and every new
   * one, `refuse` rejects new ones only.
   *
   * @default how "drop"
   */
  isolate(target: Target, options?: NetOptions & { how?: "drop" | "reset" | "refuse" }): Promise<Fault>;
  /**
   * Separates groups of brokers from each other; clients reach all of them. Brokers in no group form one group.
   */
  split(
    groups: readonly (readonly number[])[],
    options?: { prove?: boolean; signal?: AbortSignal },
  ): Promise<Fault>;
  /** Sends a percentage of packets twice. Docker only. */
  duplicate(target: Target, percent: number, options?: NetOptions): Promise<Fault>;
  /** Corrupts a percentage of packets; the receiver drops them by their checksum. Docker only. */
  corrupt(target: Target, percent: number, options?: NetOptions): Promise<Fault>;
  /** Sends a percentage of packets ahead of delayed ones; no effect without a delay. Docker only. */
  reorder(target: Target, percent: number, options?: NetOptions): Promise<Fault>;
  /** Heals every network fault. */
  heal(): Promise<void>;
}

export interface NetParts {
  engine: Engine;
  faults: Faults;
  resolveTarget: TargetResolver;
  brokers: readonly Broker[];
  assertOpen(): void;
  note(text: string): void;
  signal(): AbortSignal | undefined;
}

interface Order {
  kind: FaultKind;
  asked: string;
  targets: readonly Broker[];
  network: readonly NetFault[];
  prove: boolean;
  signal: AbortSignal | undefined;
}

export function makeNet({
  engine,
  faults,
  resolveTarget,
  brokers,
  assertOpen,
  note,
  signal: labSignal,
}: NetParts): Net {
  const { network } = engine;
  /** What is wrong, by fault. */
  const wrong = new Map<Order, readonly NetFault[]>();
  const all = (): NetFault[] => [...wrong.values()].flat();
  let turn: Promise<unknown> = Promise.resolve();

  /** One change at a time: each is measured against the one before. */
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const own = turn.then(act);
    turn = own.catch(() => {});
    return own;
  }

  async function inject(order: Order): Promise<Fault> {
    assertOpen();
    if (isNotebook()) await replaceSame(order.network);
    await network.check([...all(), ...order.network]);
    let proof: Proof | undefined;
    let witnesses: Witness[] = [];
    const doing = once(() =>
      inTurn(async (): Promise<Action> => {
        const places = order.prove ? placesFor(order.network, brokers).filter(canMeasure) : [];
        const was = await before(network, order.network, places, order.signal);
        witnesses = was.witnesses;
        wrong.set(order, order.network);
        try {
          const { effectAt, tookMs, via, differs } = await network.apply(all(), {
            ...(order.signal && { signal: order.signal }),
          });
          if (order.prove) proof = await prove(order, witnesses, was.unmeasured);
          return { effectAt, tookMs, via, ...(differs.length > 0 && { differs: differs.join("; ") }) };
        } catch (error) {
          wrong.delete(order);
          await network.apply(all()).catch(() => {}); // the first failure is the one to be told
          throw error;
        }
      }),
    );
    const undoing = again(() =>
      inTurn(async (): Promise<Action> => {
        const counted = await countOn(order.targets);
        for (const [broker, { dropped }] of Object.entries(counted))
          if (dropped > 0)
            note(
              `${order.kind} of broker ${broker}: ${dropped} packets were thrown away because the queue was full; they count as a fault that was not asked for`,
            );
        wrong.delete(order);
        const { effectAt, tookMs, via } = await network.apply(all());
        proof = {
          measured: await healed(
            network,
            witnesses.filter(
              ({ place }) => canMeasure(place) && !all().some((fault) => effectOn(fault, place).isHit),
            ),
          ),
          counted,
          unmeasured: [],
        };
        const wrongs = objections(proof, () => ({ addsMs: 0, jitterMs: 0 }), slackMs(order.network));
        if (wrongs.length > 0)
          throw new LabError(
            "NOT_HEALED",
            `Cannot see that the ${order.kind} of broker ${order.targets.join(", ")} has gone: ${wrongs[0]}`,
            {
              broker: order.targets[0]!,
              hint: "Is something else slow or wrong on that path? The fault itself was taken back; healing again measures again.",
            },
          );
        return { effectAt, tookMs, via };
      }),
    );
    return await faults.inject({
      fault: order.kind,
      asked: order.asked,
      targets: order.targets,
      act: doing,
      undo: undoing,
      isUndone: () => !wrong.has(order),
      network: order.network,
      signal: order.signal,
      proof: () => proof,
    });
  }

  /** A cell that is run again means the fault that it made before, not twice as much of it. */
  async function replaceSame(wanted: readonly NetFault[]): Promise<void> {
    for (const fault of faults.open)
      if (JSON.stringify(fault.network) === JSON.stringify(wanted)) await fault.heal();
  }

  async function prove(
    order: Order,
    witnesses: readonly Witness[],
    unmeasured: readonly string[],
  ): Promise<Proof> {
    const measured: Measured[] = await after(network, witnesses, order.signal);
    const proof: Proof = { measured, counted: await countOn(order.targets), unmeasured };
    const effects = (place: ProbeRoute): { addsMs: number; jitterMs: number } =>
      order.network
        .map((fault) => effectOn(fault, place))
        .reduce((sum, one) => ({ addsMs: sum.addsMs + one.addsMs, jitterMs: sum.jitterMs + one.jitterMs }), {
          addsMs: 0,
          jitterMs: 0,
        });
    const wrongs = objections(proof, effects, slackMs(order.network));
    if (wrongs.length === 0) return proof;
    throw new LabError(
      "NOT_EFFECTIVE",
      `Cannot see the ${sayFault(order.network[0]!)} act as it should: ${wrongs.join("; ")}`,
      {
        broker: order.targets[0]!,
        hint: "It was taken back. Is the machine very busy, or another fault open on the same path? `prove: false` does without the measurement.",
      },
    );
  }

  async function countOn(targets: readonly Broker[]): Promise<Proof["counted"]> {
    const counts = await Promise.all(
      targets
        .filter(isRunning)
        .map(async (broker) => [broker, await network.counts(broker).catch(() => undefined)] as const),
    );
    return Object.fromEntries(counts.flatMap(([broker, one]) => (one === undefined ? [] : [[broker, one]])));
  }

  function isRunning(broker: number): boolean {
    const service = engine.nodes.find((node) => node.broker === broker)?.service;
    return service !== undefined && engine.status(service).state === "running";
  }

  function canMeasure({ broker, from = broker }: ProbeRoute): boolean {
    return isRunning(broker) && isRunning(from);
  }

  async function on(
    target: Target,
    how: NetworkOrder,
    { prove = true, signal = labSignal() }: NetOptions,
  ): Promise<Fault> {
    const make = madeOf(how);
    const targets = await resolveTarget(target);
    return await inject({
      kind: how.kind,
      asked: describeTarget(target),
      targets,
      network: targets.map(make),
      prove,
      signal,
    });
  }

  return {
    delay: async (target, delay, options = {}) =>
      await on(target, { kind: "delay", delay, ...options }, options),
    lose: async (target, percent, options = {}) =>
      await on(target, { kind: "lose", percent, ...options }, options),
    throttle: async (target, rate, options = {}) =>
      await on(target, { kind: "throttle", rate, ...options }, options),
    isolate: async (target, options = {}) => await on(target, { kind: "isolate", ...options }, options),
    async split(groups, { prove = true, signal = labSignal() } = {}) {
      assertOpen();
      const parts = await completed(groups, brokers, resolveTarget);
      const network = parts.flatMap((group, index) =>
        group.map(
          (broker): NetFault => ({
            kind: "isolate",
            how: "drop",
            broker,
            path: "all",
            direction: "both",
            between: parts.filter((_, other) => other !== index).flat(),
          }),
        ),
      );
      return await inject({
        kind: "split",
        asked: parts.map((group) => group.join(", ")).join(" | "),
        targets: parts.flat(),
        network,
        prove,
        signal,
      });
    },
    duplicate: async (target, percent, options = {}) =>
      await on(target, { kind: "duplicate", percent, ...options }, options),
    corrupt: async (target, percent, options = {}) =>
      await on(target, { kind: "corrupt", percent, ...options }, options),
    reorder: async (target, percent, options = {}) =>
      await on(target, { kind: "reorder", percent, ...options }, options),
    async heal() {
      for (const fault of [...faults.open].reverse()) if (fault.network) await fault.heal();
    },
  };
}

/** A fault of the network as it is asked for. */
export type NetworkOrder = { path?: Path; direction?: Direction } & (
  | { kind: "delay"; delay: Duration; jitter?: Duration }
  | { kind: "lose" | "duplicate" | "corrupt" | "reorder"; percent: number }
  | { kind: "throttle"; rate: Rate }
  | { kind: "isolate"; how?: "drop" | "reset" | "refuse" }
);

/**
 * Returns what makes of a broker what will be wrong with its network.
 *
 * @throws TypeError, RangeError for a value that cannot be
 */
export function madeOf(order: NetworkOrder): (broker: Broker) => NetFault {
  const { kind, path = "all", direction = kind === "isolate" ? "both" : "out" } = order;
  if (!["all", "clients", "peers", "controllers"].includes(path))
    throw new TypeError(
      `Cannot ${kind} the path ${JSON.stringify(path)}: expected "all", "clients", "peers" or "controllers"`,
    );
  if (!["out", "in", "both"].includes(direction))
    throw new TypeError(
      `Cannot ${kind} the direction ${JSON.stringify(direction)}: expected "out", "in" or "both"`,
    );
  const scope = { path, direction };
  switch (order.kind) {
    case "delay": {
      const [delayMs, jitterMs] = [toMs(order.delay), toMs(order.jitter ?? 0)];
      if (delayMs === 0 && jitterMs === 0) throw new RangeError("Cannot delay by 0 ms: that is no delay");
      if (jitterMs > delayMs)
        throw new RangeError(
          `Cannot delay by ${delayMs} ms give or take ${jitterMs} ms: nothing arrives before it was sent`,
        );
      return (broker) => ({ kind: "delay", delayMs, jitterMs, broker, ...scope });
    }
    case "throttle": {
      const bytesPerSecond = toBytesPerSecond(order.rate);
      return (broker) => ({ kind: "throttle", bytesPerSecond, broker, ...scope });
    }
    case "isolate": {
      const { how = "drop" } = order;
      if (!["drop", "reset", "refuse"].includes(how))
        throw new TypeError(`Cannot isolate by ${JSON.stringify(how)}: expected "drop", "reset" or "refuse"`);
      return (broker) => ({ kind: "isolate", how, broker, ...scope });
    }
    default: {
      const { kind } = order;
      const percent = toPercent(order.percent, kind);
      return (broker) => ({ kind, percent, broker, ...scope });
    }
  }
}

/** Puts brokers that are in no group into one of their own. */
async function completed(
  groups: readonly (readonly number[])[],
  brokers: readonly Broker[],
  aim: TargetResolver,
): Promise<Broker[][]> {
  const parts = await Promise.all(groups.filter((group) => group.length > 0).map((group) => aim(group)));
  const named = parts.flat();
  const twice = named.find((broker, index) => named.indexOf(broker) !== index);
  if (twice !== undefined) throw new RangeError(`Cannot split: broker ${twice} is in two groups`);
  const rest = brokers.filter((broker) => !named.includes(broker));
  const all = rest.length === 0 ? parts : [...parts, rest];
  if (all.length < 2)
    throw new RangeError(
      `Cannot split into ${all.length === 0 ? "no group" : "one group"}: expected two groups of brokers or more, such as [[1], [2, 3]]`,
    );
  return all;
}

/** Acts once, for however many targets it is called. */
function once<T>(act: () => Promise<T>): () => Promise<T> {
  let doing: Promise<T> | undefined;
  return () => (doing ??= act());
}

/** As once(), but a failure may be tried again. */
function again<T>(act: () => Promise<T>): () => Promise<T> {
  let doing: Promise<T> | undefined;
  return () =>
    (doing ??= act().catch((error: unknown) => {
      doing = undefined;
      throw error;
    }));
}
