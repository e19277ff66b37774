// What a kind of fault consists of, apart from the code that injects it.

import type { Broker } from "../model/broker.ts";
import type { DiskFault } from "../model/disk.ts";
import type { Duration } from "../model/duration.ts";
import type { FaultSpec, ProcessEffect, ResolvedFault, SlowProcessing } from "../model/fault.ts";
import type { Target } from "../model/target.ts";
import type { NetFault } from "../model/traffic.ts";

/**
 * What an option's value must be: a duration (`"30s"`), a percentage above 0 up to 100, a rate (`"1MB/s"`),
 * groups of broker numbers, a finite number, text of up to 1,000 characters, true or false, what has settings
 * (`{ topic: "orders" }`), settings by name, partitions (`{ leaderOf: "orders-3" }`), or one of a list of
 * words.
 */
export type OptionType =
  | "duration"
  | "percent"
  | "rate"
  | "groups"
  | "number"
  | "text"
  | "flag"
  | "resource"
  | "settings"
  | "partitions"
  | readonly string[];

/** One option of a kind of fault. */
export interface FaultOption {
  readonly type: OptionType;
  /** One line of help, without a period: `how long each packet waits`. */
  readonly about: string;
  /** True where a fault of this kind cannot be injected without it. @default false */
  readonly isRequired?: boolean;
  /** Taken where the option is absent; of a required option the command line's default. */
  readonly default?: string | number | boolean;
}

/** A kind of fault: its options, its words and its effect. */
export interface FaultDefinition {
  readonly kind: string;
  /** One line of help, without a period. */
  readonly about: string;
  /** The fault as a noun: `isolation`. */
  readonly noun: string;
  /** How its end is called: `healed`, `started again`. */
  readonly healed: string;
  readonly options: Readonly<Record<string, FaultOption>>;
  /**
   * Whom it can hit: nodes of the cluster, members of consumer groups, either, or settings of topics and
   * brokers or leaders of partitions, which `resources` names.
   *
   * @default "nodes"
   */
  readonly takes?: "nodes" | "members" | "both" | "settings" | "leaders";
  /** Whether predictions can be derived from its effect on nodes. */
  readonly isPredictable: boolean;
  /** Whether it is over, and healed, as soon as it was carried out. @default false */
  readonly endsByItself?: boolean;
  /** What it does to the processes of its targets, nodes or members. @default nothing */
  readonly process?: ProcessEffect;
  /**
   * What it does to the networks of its targets. @default nothing
   *
   * @throws TypeError, RangeError for a value of an option that cannot be
   */
  network?(spec: FaultSpec, targets: readonly Broker[]): readonly NetFault[];
  /** What it does to the disks of its targets. @default nothing @throws RangeError as `network` */
  disk?(spec: FaultSpec): DiskFault;
  /** How slow it makes members. @default not at all @throws TypeError, RangeError as `network` */
  processing?(spec: FaultSpec): SlowProcessing;
  /** What predictions need to know of it beside its effect. @default nothing */
  details?(spec: FaultSpec): Pick<ResolvedFault, "restarts" | "settings" | "election">;
  /** How long it lasts by itself. @default until it is healed */
  lasts?(spec: FaultSpec): Duration | undefined;
  /** Whom it hits. @default the spec's target */
  target?(spec: FaultSpec, brokers: readonly Broker[]): Target;
  /** Whose settings it changes, or whose leaders it elects: `topic orders`. @default none */
  resources?(spec: FaultSpec): readonly string[];
  /** The target as the history keeps it. @default the target as text */
  asked?(spec: FaultSpec, brokers: readonly Broker[]): string;
}
