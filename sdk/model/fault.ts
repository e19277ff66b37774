// A fault as a value, from the request to the record.
//
//   FaultSpec ──────▶ ResolvedFault ─────────────▶ FaultEvent
//   what is asked     which brokers, what happens   what the history keeps
//                     to their processes, networks

import type { Broker } from "./broker.ts";
import type { Duration } from "./duration.ts";
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
  | "corrupt";

/** A fault's kind: one of the lab's own, or one that `defineFault` added. */
export type FaultKind = BuiltInFault | (string & {});

/**
 * A fault as it is asked for: plain data. `faults.stop(1)`, `faults.delay("leader", "30s")` and the functions
 * that `defineFault` returns make such values; `lab.inject` and `lab.predict` take them.
 */
export interface FaultSpec {
  readonly kind: FaultKind;
  /** Whom it hits: a broker number, a role, or a list of them. Absent for a kind that takes all brokers. */
  readonly target?: Target;
  /** Healed by the lab after this time. @default it lasts until it is healed */
  readonly lasts?: Duration;
  /** The options of its kind. */
  readonly [option: string]: unknown;
}

/**
 * What happens to a broker's process: `shutdown` (asked to end, controlled shutdown), `death` (ended at
 * once), `freeze` (stands still with its sockets open).
 */
export type ProcessEffect = "shutdown" | "death" | "freeze";

/** What a fault does to the brokers it hits. Predictions and explanations are derived from this. */
export interface FaultEffect {
  readonly process?: ProcessEffect;
  /** One entry for each broker and thing that is wrong with its network. */
  readonly network?: readonly NetFault[];
  /** A disk that is full or hangs. Nothing injects it yet; predictions can be derived for it. */
  readonly disk?: "full" | "hung";
}

/** A fault with its brokers and its effect known. */
export interface ResolvedFault extends FaultEffect {
  readonly kind: FaultKind;
  readonly targets: readonly Broker[];
  /** How long it lasts, in milliseconds; absent: until it is healed. */
  readonly lastsMs?: number;
}
