// Makes faults as values: `faults.stop(1)`, `faults.delay("leader", "30s", { path: "clients" })`.

import type { Broker } from "../model/broker.ts";
import type { Duration } from "../model/duration.ts";
import type { FaultSpec } from "../model/fault.ts";
import type { MemberTarget } from "../model/group-target.ts";
import type { Target } from "../model/target.ts";
import type { Rate } from "../model/traffic.ts";
import type { CorruptSpec } from "./corrupt.ts";
import type { DelaySpec } from "./delay.ts";
import type { DiskSpec } from "./disk.ts";
import type { DuplicateSpec } from "./duplicate.ts";
import type { ElectionKind, ElectionTarget } from "../model/election.ts";
import type { ElectSpec } from "./elect.ts";
import type { FailDiskSpec } from "./fail-disk.ts";
import type { FillDiskSpec } from "./fill-disk.ts";
import type { HangDiskSpec } from "./hang-disk.ts";
import type { IsolateSpec } from "./isolate.ts";
import type { KillSpec } from "./kill.ts";
import type { LoseSpec } from "./lose.ts";
import type { NetworkSpec } from "./network.ts";
import type { PauseSpec } from "./pause.ts";
import type { ReconfigureSpec } from "./reconfigure.ts";
import type { ReorderSpec } from "./reorder.ts";
import type { RollSpec } from "./roll.ts";
import type { ForgetDiskSpec } from "./forget-disk.ts";
import type { SlowDiskSpec } from "./slow-disk.ts";
import type { SlowSpec } from "./slow.ts";
import type { SplitSpec } from "./split.ts";
import type { StopSpec } from "./stop.ts";
import type { ThrottleSpec } from "./throttle.ts";

/** What every fault takes. */
export interface LastingOptions {
  /** Healed by the lab after this time. @default it lasts until it is healed */
  readonly lasts?: Duration;
}

/** What every fault of the network takes. */
export type ScopeOptions = LastingOptions & Pick<NetworkSpec, "path" | "direction">;

/** What every fault of a disk takes. */
export type DiskScopeOptions = LastingOptions & Pick<DiskSpec, "logDir">;

/**
 * Makes faults as plain, frozen values, which `lab.inject` and `lab.predict` take. Nothing happens before one
 * of them is called, and a value can be used any number of times, in any lab.
 *
 * Each throws TypeError or RangeError for arguments that cannot be.
 *
 * @example
 * const slow = faults.delay("leader", "30s", { path: "clients" });
 * const { sentence } = await lab.predict(slow);
 * await using open = await lab.inject(slow);
 */
export interface Faults {
  /**
   * SIGTERM: controlled shutdown; SIGKILL after `timeout` (default 10 s, as `docker stop`). A member of a
   * group (`{ group: "billing", member: 1 }`) leaves it, and ends.
   */
  stop(target: Target | MemberTarget, options?: LastingOptions & Pick<StopSpec, "timeout">): StopSpec;
  /** SIGKILL: the process of a broker or a member ends at once. */
  kill(target: Target | MemberTarget, options?: LastingOptions): KillSpec;
  /** A broker or a member is frozen with open sockets. */
  pause(target: Target | MemberTarget, options?: LastingOptions): PauseSpec;
  /** Members of a group take longer for a record: `process: "200ms"`, or `factor: 10`. */
  slow(target: MemberTarget, options: LastingOptions & Pick<SlowSpec, "process" | "factor">): SlowSpec;
  /**
   * Brokers are restarted one after the other, in the order of the target, each when every partition has its
   * full ISR again (`wait: "alive"` and `"none"` are hastier); or members of a group, each when the group has
   * settled. It is over when `lab.inject` returns.
   */
  roll(target: Target | MemberTarget, options?: Pick<RollSpec, "timeout" | "wait" | "how">): RollSpec;
  /**
   * Settings of a topic (`{ topic: "orders" }`), a broker (`{ broker: 1 }`) or all `"brokers"` are changed
   * while they run; null takes back what was set there. Healing puts the old values back.
   */
  reconfigure(
    of: ReconfigureSpec["of"],
    settings: ReconfigureSpec["settings"],
    options?: LastingOptions,
  ): ReconfigureSpec;
  /**
   * Leaders are elected: `"preferred"`, the first of a partition's replicas; `"unclean"`, of partitions
   * without a leader, any replica that is alive. It is over when `lab.inject` returns, and cannot be undone.
   *
   * @param of `{ leaderOf: "orders-3" }`, `{ topic: "orders" }`, `{ topic: "orders", partition: 3 }`;
   *   `"all"` by default
   */
  elect(election: ElectionKind, of?: ElectionTarget): ElectSpec;
  /** What a broker sends arrives later by `delay`, give or take `jitter`. */
  delay(target: Target, delay: Duration, options?: ScopeOptions & Pick<DelaySpec, "jitter">): DelaySpec;
  /** Loses a percentage of packets. */
  lose(target: Target, percent: number, options?: ScopeOptions): LoseSpec;
  /** Limits the rate: bytes a second, `"1MB/s"`, `"10Mbit/s"`. */
  throttle(target: Target, rate: Rate, options?: ScopeOptions): ThrottleSpec;
  /** Cuts brokers off: connections hang (`how: "drop"`, the default), are reset, or new ones are refused. */
  isolate(target: Target, options?: ScopeOptions & Pick<IsolateSpec, "how">): IsolateSpec;
  /** Cuts groups of brokers off from each other; brokers that are in no group form one more. */
  split(groups: readonly (readonly Broker[])[], options?: LastingOptions): SplitSpec;
  /** A percentage of packets arrives twice. */
  duplicate(target: Target, percent: number, options?: ScopeOptions): DuplicateSpec;
  /** A percentage of packets is damaged, and thrown away by its checksum. */
  corrupt(target: Target, percent: number, options?: ScopeOptions): CorruptSpec;
  /** A percentage of packets is sent ahead of those that wait in a delay. */
  reorder(target: Target, percent: number, options?: ScopeOptions): ReorderSpec;
  /** The disk under a broker's log directories is full: writes fail with "No space left on device". */
  fillDisk(target: Target, options?: DiskScopeOptions): FillDiskSpec;
  /** That disk is broken: writes and fsyncs fail with "Input/output error". */
  failDisk(target: Target, options?: DiskScopeOptions): FailDiskSpec;
  /** That disk hangs: writes and fsyncs wait until it is healed. */
  hangDisk(target: Target, options?: DiskScopeOptions): HangDiskSpec;
  /** That disk is slow: each write and each fsync waits for `delay`. */
  slowDisk(target: Target, delay: Duration, options?: DiskScopeOptions): SlowDiskSpec;
  /** That disk forgets what was not forced when its broker is killed: with a kill it is a power cut. */
  forgetDisk(target: Target, options?: DiskScopeOptions): ForgetDiskSpec;
}

export const faults: Faults = Object.freeze({
  stop: (target, options) => specOf({ kind: "stop", target, ...options }),
  kill: (target, options) => specOf({ kind: "kill", target, ...options }),
  pause: (target, options) => specOf({ kind: "pause", target, ...options }),
  slow: (target, options) => specOf({ kind: "slow", target, ...options }),
  roll: (target, options) => specOf({ kind: "roll", target, ...options }),
  reconfigure: (of, settings, options) => specOf({ kind: "reconfigure", of, settings, ...options }),
  elect: (election, of) => specOf({ kind: "elect", election, ...(of !== undefined && { of }) }),
  delay: (target, delay, options) => specOf({ kind: "delay", target, delay, ...options }),
  lose: (target, percent, options) => specOf({ kind: "lose", target, percent, ...options }),
  throttle: (target, rate, options) => specOf({ kind: "throttle", target, rate, ...options }),
  isolate: (target, options) => specOf({ kind: "isolate", target, ...options }),
  split: (groups, options) => specOf({ kind: "split", groups, ...options }),
  duplicate: (target, percent, options) => specOf({ kind: "duplicate", target, percent, ...options }),
  corrupt: (target, percent, options) => specOf({ kind: "corrupt", target, percent, ...options }),
  reorder: (target, percent, options) => specOf({ kind: "reorder", target, percent, ...options }),
  fillDisk: (target, options) => specOf({ kind: "fill-disk", target, ...options }),
  failDisk: (target, options) => specOf({ kind: "fail-disk", target, ...options }),
  hangDisk: (target, options) => specOf({ kind: "hang-disk", target, ...options }),
  slowDisk: (target, delay, options) => specOf({ kind: "slow-disk", target, delay, ...options }),
  forgetDisk: (target, options) => specOf({ kind: "forget-disk", target, ...options }),
} satisfies Faults);

/** The value without options that were not given, so that two that mean the same are the same as data. */
export function specOf<Spec extends FaultSpec>(spec: Spec): Spec {
  return Object.freeze(
    Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined)),
  ) as unknown as Spec;
}
