// The part of the port that breaks disks: an engine makes one fault at a time of the disk under a node's log
// directories, by an agent in the node's JVM.
//
//   fault ─▶ folder/fault ─▶ agent, attached ─▶ FileChannel.write, force … ─▶ waits or fails
//            folder/seen  ◀─ what was hit       └─ only files in the log directories

import type { DiskFault } from "../../model/disk.ts";

/** What the agent's own use of the disk met, when the fault came or went. */
export interface Tried {
  readonly tookMs: number;
  /** Why it failed; absent where it did not. */
  readonly failure?: string;
}

/** What a fault has met so far. */
export interface DiskSight {
  /** When the fault came or went, in milliseconds since 1970. */
  readonly atMs?: number;
  /** Writes and fsyncs that wait now, the agent's own included. */
  readonly waiting: number;
  /** Those of the broker that had to wait, and those that failed. */
  readonly waited: number;
  readonly failed: number;
  /** The file that was hit first. */
  readonly first?: string;
  /** When, in milliseconds since 1970. */
  readonly firstAtMs?: number;
  /** Absent as long as the agent waits for its own. */
  readonly tried?: Tried;
}

/** What was done, and what was seen of it by the end. */
export interface DiskAction {
  /** When it took effect, by `performance.now()`. */
  readonly effectAt: number;
  readonly tookMs: number;
  /** How it was done. */
  readonly via: string;
  /** How that differs from a real disk with that fault. */
  readonly differs?: string;
  /** Undefined where the process has ended, or cannot be asked. */
  readonly seen?: DiskSight;
}

/** Faults of the disks of an engine's nodes. */
export interface Disk {
  /**
   * Prepares a fault.
   *
   * @throws LabError UNSUPPORTED with the reason where it cannot be made here; NO_JAVA, NO_MAVEN, NO_KAFKA,
   *   CHECKSUM for what the agent needs
   */
  check(service: string, fault: DiskFault): Promise<void>;
  /** Makes it; from then on also in processes that are started again. @throws LabError COMMAND_FAILED */
  apply(service: string, fault: DiskFault): Promise<DiskAction>;
  /**
   * Undoes it, and removes the agent's work; undefined where there is none.
   *
   * @throws LabError COMMAND_FAILED
   */
  undo(service: string): Promise<DiskAction | undefined>;
  /** What the fault has met; undefined where there is none, or where it cannot be read. */
  seen(service: string): Promise<DiskSight | undefined>;
}
