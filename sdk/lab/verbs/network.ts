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

/** Options of network faults. */
export interface NetOptions extends InjectOptions {
  /**
   * The traffic that is affected: `clients`, `peers` (replication between brokers), `controllers` (the
   * metadata quorum), or `all`.
   *
   * @default "all"
   */
  path?: Path;
  /** The direction, seen from the broker. @default "out" as netem; "both" for isolate */
  direction?: Direction;
}

/** Faults on the network. They add up; each handle heals its own fault only. */
export interface Net {
  /**
   * Delays what a broker sends by `duration`, plus or minus `jitter` (default 0): as `tc qdisc add dev eth0
   * root netem delay 30000ms`.
   *
   * @throws LabError NOT_EFFECTIVE, UNSUPPORTED; NO_SUCH_BROKER, NO_SUCH_PARTITION, NO_LEADER, NO_CONTROLLER
   * @example
   * const slow = await lab.net.delay("leader", "200ms", { path: "clients" });
   * const { outcome, tookMs } = await lab.probe.send();
   * console.log(outcome, tookMs >= 200); // ok true
   * await slow.heal();
   */
  delay(target: Target, duration: Duration, options?: NetOptions & Pick<DelaySpec, "jitter">): Promise<Fault>;
  /** Drops a percentage of packets, above 0 up to 100. Docker only. */
  lose(target: Target, percent: number, options?: NetOptions): Promise<Fault>;
  /** Limits the rate: `"1MB/s"`, `"10Mbit/s"`, or a number of bytes per second. */
  throttle(target: Target, rate: Rate, options?: NetOptions): Promise<Fault>;
  /**
   * Isolates brokers. `drop` discards packets and leaves connections hanging, `reset` closes them and every
   * new one, `refuse` rejects new ones only.
   *
   * @default how "drop"
   */
  isolate(target: Target, options?: NetOptions & Pick<IsolateSpec, "how">): Promise<Fault>;
  /**
   * Separates groups of brokers from each other; clients reach all of them. Brokers in no group form one
   * group.
   */
  split(groups: readonly (readonly Broker[])[], options?: InjectOptions): Promise<Fault>;
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
