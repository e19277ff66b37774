// The verbs on networks: each injects a fault as a value.

import { type DelaySpec, faults as made, type IsolateSpec } from "../../faults/mod.ts";
import type { Duration } from "../../model/duration.ts";
import type { FaultSpec } from "../../model/fault.ts";
import type { Broker } from "../../model/history.ts";
import type { Target } from "../../model/target.ts";
import type { Direction, Path, Rate } from "../../model/traffic.ts";
import type { Fault } from "../faults/fault.ts";
import type { OpenFaults } from "../faults/open-faults.ts";
import type { Inject, InjectOptions } from "./inject.ts";

export interface NetOptions extends InjectOptions {
  /**
   * Whose traffic: `clients`, `peers` (other brokers: replication), `controllers` (the metadata quorum), or
   * all of it.
   *
   * @default "all"
   */
  path?: Path;
  /** Which way, as the broker sees it. @default "out", netem's; "both" for isolate */
  direction?: Direction;
}

/** Breaks networks. Every fault adds to those that are open; its handle heals it alone. */
export interface Net {
  /**
   * Makes what a broker sends later by `duration`, give or take `jitter`; as `tc qdisc add dev eth0 root
   * netem delay 30000ms`.
   */
  delay(target: Target, duration: Duration, options?: NetOptions & Pick<DelaySpec, "jitter">): Promise<Fault>;
  /** Loses a percentage of packets. */
  lose(target: Target, percent: number, options?: NetOptions): Promise<Fault>;
  /** Limits the rate: bytes a second, `"1MB/s"`, `"10Mbit/s"`. */
  throttle(target: Target, rate: Rate, options?: NetOptions): Promise<Fault>;
  /**
   * Cuts brokers off. `drop` leaves connections hanging, `reset` ends them and each new one, `refuse` refuses
   * new ones only.
   *
   * @default how "drop"
   */
  isolate(target: Target, options?: NetOptions & Pick<IsolateSpec, "how">): Promise<Fault>;
  /**
   * Cuts groups of brokers off from each other; clients reach all of them. A broker in no group is a group
   * with those that are in none.
   */
  split(groups: readonly (readonly Broker[])[], options?: InjectOptions): Promise<Fault>;
  duplicate(target: Target, percent: number, options?: NetOptions): Promise<Fault>;
  corrupt(target: Target, percent: number, options?: NetOptions): Promise<Fault>;
  /** Sends a percentage of packets ahead of those that wait in a delay; without a delay nothing waits. */
  reorder(target: Target, percent: number, options?: NetOptions): Promise<Fault>;
  /** Heals every fault of the network. */
  heal(): Promise<void>;
}

export interface NetParts {
  faults: OpenFaults;
  inject: Inject;
}

export function makeNet({ faults, inject }: NetParts): Net {
  const put = (spec: FaultSpec, options?: InjectOptions): Promise<Fault> => inject(spec, how(options));
  return {
    delay: async (target, delay, options) => await put(made.delay(target, delay, asked(options)), options),
    lose: async (target, percent, options) => await put(made.lose(target, percent, asked(options)), options),
    throttle: async (target, rate, options) =>
      await put(made.throttle(target, rate, asked(options)), options),
    isolate: async (target, options) => await put(made.isolate(target, asked(options)), options),
    split: async (groups, options) => await put(made.split(groups), options),
    duplicate: async (target, percent, options) =>
      await put(made.duplicate(target, percent, asked(options)), options),
    corrupt: async (target, percent, options) =>
      await put(made.corrupt(target, percent, asked(options)), options),
    reorder: async (target, percent, options) =>
      await put(made.reorder(target, percent, asked(options)), options),
    async heal() {
      for (const fault of [...faults.open].reverse()) if (fault.network) await fault.heal();
    },
  };
}

/** The options that belong to the fault. */
function asked<Options extends InjectOptions>(
  options: Options | undefined,
): Omit<Options, keyof InjectOptions> {
  const { prove: _, signal: __, ...own } = options ?? ({} as Options);
  return own;
}

/** The options that belong to its injection. */
function how({ prove, signal }: InjectOptions = {}): InjectOptions {
  return { ...(prove !== undefined && { prove }), ...(signal && { signal }) };
}
