// A fault as a value, from the request to the record.
//
//   FaultSpec ──────▶ ResolvedFault ─────────────▶ FaultEvent
//   what is asked     which brokers or members,     what the history keeps
//                     what happens to them

import type { Broker, NodeId } from "./broker.ts";
import type { DiskFault } from "./disk.ts";
import type { ElectionKind, ElectionTarget } from "./election.ts";
import { type Duration, readable } from "./duration.ts";
import type { MemberName, MemberTarget } from "./group-target.ts";
import type { Target } from "./target.ts";
import type { NetFault } from "./traffic.ts";

/** The kinds of faults that the lab brings. */
export type BuiltInFault =
  | "stop"
  | "kill"
  | "pause"
  | "delay"
  | "lose"
  | "throttle"
  | "isolate"
  | "split"
  | "duplicate"
  | "reorder"
  | "corrupt"
  | "slow"
  | "roll"
  | "reconfigure"
  | "elect"
  | "fill-disk"
  | "fail-disk"
  | "hang-disk"
  | "slow-disk"
  | "forget-disk";

/** A fault's kind: one of the lab's own, or one that `defineFault` added. */
export type FaultKind = BuiltInFault | (string & {});

/**
 * A fault as it is asked for: plain data. `faults.stop(1)`, `faults.delay("leader", "30s")` and the functions
 * that `defineFault` returns make such values; `lab.inject` and `lab.predict` take them.
 */
export interface FaultSpec {
  readonly kind: FaultKind;
  /**
   * Whom it hits: a broker number, a role, the leader of a partition, a node by its id or its service, or a
   * list of them; for stop, kill, pause, slow and roll members of a consumer group. Absent for a kind that
   * takes all brokers.
   */
  readonly target?: Target | MemberTarget;
  /** Healed by the lab after this time. @default it lasts until it is healed */
  readonly lasts?: Duration;
  /** The options of its kind. */
  readonly [option: string]: unknown;
}

/**
 * What happens to the process of a broker or a member: `shutdown` (asked to end: controlled shutdown; a
 * member leaves its group), `death` (ended at once), `freeze` (stands still with its sockets open).
 */
export type ProcessEffect = "shutdown" | "death" | "freeze";

/** How nodes are restarted one after the other. */
export interface Restarts {
  /**
   * What is waited for before the next: every partition has its full ISR; the broker is registered and not
   * fenced; nothing.
   */
  readonly wait: "full isr" | "alive" | "none";
  readonly how: "stop" | "kill";
}

/** How slow the members of a group process records while a fault lasts. */
export interface SlowProcessing {
  /** How long one record takes, in milliseconds; in a history absent where members differ. */
  readonly processMs?: number;
  /** How many times as long as before; absent where the time was asked for. */
  readonly factor?: number;
}

/** What a fault does to whom it hits. Predictions and explanations are derived from this. */
export interface FaultEffect {
  readonly process?: ProcessEffect;
  /** For members of groups: how slow they process. */
  readonly processing?: SlowProcessing;
  /** One entry for each broker and thing that is wrong with its network. */
  readonly network?: readonly NetFault[];
  /** What is wrong with the disk under the log directories. */
  readonly disk?: DiskFault;
}

/** A fault with its targets and its effect known. */
export interface ResolvedFault extends FaultEffect {
  readonly kind: FaultKind;
  readonly targets: readonly Broker[];
  /** Nodes that it hits and that are only controllers, by their `node.id`. @default none */
  readonly controllers?: readonly NodeId[];
  /**
   * Members of consumer groups that it hits, in the order of their numbers; `targets` is then empty, and
   * `process` is what happens to the members' processes. @default none
   */
  readonly members?: readonly MemberName[];
  /**
   * Whose settings it changes: `topic orders`, `broker 1`; or whose leaders it elects: `leader of orders-3`.
   * `targets` is then empty. @default none
   */
  readonly resources?: readonly string[];
  /** How its targets are restarted one after the other. @default they are not */
  readonly restarts?: Restarts;
  /** The settings that it changes, by Kafka's names; null: as inherited. @default none */
  readonly settings?: Readonly<Record<string, string | null>>;
  /** The leaders that it elects. @default none */
  readonly election?: { readonly kind: ElectionKind; readonly of: ElectionTarget };
  /** How long it lasts, in milliseconds; absent: until it is healed. */
  readonly lastsMs?: number;
}

/** How slow members were made, to be added to their names: ` to 200 ms a record`; else nothing. */
export function slowed({ processing }: Pick<FaultEffect, "processing">): string {
  const { processMs, factor } = processing ?? {};
  if (processMs !== undefined) return ` to ${readable(processMs)} a record`;
  return factor === undefined ? "" : ` by the factor ${factor}`;
}
