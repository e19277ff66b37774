// The handle on an injected fault.

import type { Exit } from "../../engine/engine.ts";
import type { Broker, FaultKind, NodeId, Proof } from "../../model/history.ts";
import type { MemberName } from "../../model/group-target.ts";
import type { NodeName } from "../../model/member.ts";
import type { FaultSpec } from "../../model/fault.ts";
import type { DiskFault } from "../../model/disk.ts";
import type { NetFault } from "../../model/traffic.ts";

/** The handle of an injected fault. `await using` heals it at the end of the block. */
export interface Fault extends AsyncDisposable {
  /** Unique in its run: `kill-1`. */
  readonly id: string;
  /** What kind of fault it is. */
  readonly kind: FaultKind;
  /** The fault as requested. */
  readonly spec: FaultSpec;
  /** The brokers that it hit, resolved at the injection. */
  readonly targets: readonly Broker[];
  /** The targets that are only controllers, by their `node.id`; absent where there is none. */
  readonly controllers?: readonly NodeId[];
  /** The members of groups that it hit; absent where it hit none. */
  readonly members?: readonly MemberName[];
  /** Whose settings it changed: `topic orders`; absent where it changed none. */
  readonly resources?: readonly string[];
  /** The target as requested: `leader`. */
  readonly asked: string;
  /** How it was done: `SIGTERM`, `docker stop`, … */
  readonly via: string;
  /** Deviations from the same fault on other engines; empty if there are none. */
  readonly differs: readonly string[];
  /** When it took effect on the first target, in milliseconds since the run's start. */
  readonly sinceMs: number;
  /** How long the injection took, in milliseconds. */
  readonly tookMs: number;
  /**
   * How the brokers' processes ended, by broker number, of a node that is only a controller by `node 3001`;
   * empty for a fault that ends none, and for one on members, whose `ended` events say it.
   */
  readonly exits: Readonly<Record<number | NodeName, Exit>>;
  /** The effects on the network; only for network faults. */
  readonly network?: readonly NetFault[];
  /** What is wrong with the disks; only for disk faults. */
  readonly disk?: DiskFault;
  /** What was measured of its effect; absent without `prove`. */
  readonly proof?: Proof;
  /** Whether it has not been healed yet. */
  readonly isOpen: boolean;
  /**
   * Undoes the fault; a second call does nothing. Resolves when the processes run again, not when they serve:
   * `cluster.waitFor` waits for that.
   *
   * @throws LabError NOT_HEALED if its effect is still measured afterwards; COMMAND_FAILED
   */
  heal(): Promise<void>;
}
