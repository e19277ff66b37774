// The handle on an injected fault.

import type { Exit } from "../../engine/engine.ts";
import type { Broker, FaultKind, Proof } from "../../model/history.ts";
import type { FaultSpec } from "../../model/fault.ts";
import type { NetFault } from "../../model/traffic.ts";

/** A handle on a fault that was injected. `await using` heals it at the end of the block. */
export interface Fault extends AsyncDisposable {
  /** Unique in its run: `kill-1`. */
  readonly id: string;
  readonly kind: FaultKind;
  /** The fault as it was asked for. */
  readonly spec: FaultSpec;
  readonly targets: readonly Broker[];
  /** The target as asked for. */
  readonly asked: string;
  /** How it was done: `SIGTERM`, `docker stop`, … */
  readonly via: string;
  /** In what it differs from the same fault elsewhere; empty where in nothing. */
  readonly differs: readonly string[];
  /** When it took effect on the first target, in milliseconds since the run's start. */
  readonly sinceMs: number;
  /** How long the injection took, in milliseconds. */
  readonly tookMs: number;
  /** How the processes ended, by broker; empty for a fault that ends none. */
  readonly exits: Readonly<Record<number, Exit>>;
  /** What is wrong with the network, for a fault of the network. */
  readonly network?: readonly NetFault[];
  /** What was measured of it, where something was. */
  readonly proof?: Proof;
  /** False once it has been healed. */
  readonly isOpen: boolean;
  /**
   * Undoes it; does nothing where that has been done. Returns when the processes run again, not when they
   * serve.
   *
   * @throws LabError NOT_HEALED where its effect is still measured afterwards; COMMAND_FAILED
   */
  heal(): Promise<void>;
}
