// The verbs on disks: each injects a fault as a value.

import { type DiskSpec, faults as made } from "../../faults/mod.ts";
import type { Duration } from "../../model/duration.ts";
import type { FaultSpec } from "../../model/fault.ts";
import type { Target } from "../../model/target.ts";
import type { Fault } from "../faults/fault.ts";
import type { OpenFaults } from "../faults/open-faults.ts";
import type { Inject, InjectOptions } from "./inject.ts";

/** Options of disk faults. */
export interface DiskOptions extends InjectOptions {
  /**
   * Which of the broker's `log.dirs`, from 1, where it has several (JBOD).
   *
   * @default all of them, on one disk
   */
  logDir?: DiskSpec["logDir"] & {};
}

/**
 * Faults on the disk under brokers' log directories, one at a time on a broker. An agent in the broker's JVM
 * makes them: writes and fsyncs of files in these directories meet the fault, reads and memory-mapped index
 * files do not. It is attached by the first fault, and taken out when it is healed.
 *
 * Needs a JDK (a Java with a compiler) on this machine, for the docker engine, too.
 */
export interface Disk {
  /**
   * Fills disks: writes fail with "No space left on device". A broker ends itself when the last of its log
   * directories, or the one with its metadata log, has failed; `heal()` waits for that end, and starts it
   * again.
   *
   * @throws LabError NOT_EFFECTIVE, UNSUPPORTED; COMMAND_FAILED if a broker does not run, or a fault of its
   *   disk is open; NO_SUCH_BROKER, NO_SUCH_PARTITION, NO_LEADER, NO_CONTROLLER
   */
  fill(target: Target, options?: DiskOptions): Promise<Fault>;
  /**
   * Has disks hang: writes and fsyncs wait until it is healed. The broker's heartbeats need no disk.
   *
   * @throws LabError as `fill`
   * @example
   * const hung = await lab.disk.hang("leader");
   * console.log(hung.kind, hung.proof?.observed?.[0]?.measured); // hang-disk it waits
   * await hung.heal();
   * console.log((await lab.probe.send()).outcome); // ok
   */
  hang(target: Target, options?: DiskOptions): Promise<Fault>;
  /**
   * Slows disks down: each write and each fsync waits for `delay`.
   *
   * @throws LabError as `fill`
   */
  slow(target: Target, delay: Duration, options?: DiskOptions): Promise<Fault>;
  /**
   * Breaks disks: writes and fsyncs fail with "Input/output error". A broker ends as by `fill`.
   *
   * @throws LabError as `fill`
   */
  fail(target: Target, options?: DiskOptions): Promise<Fault>;
  /**
   * Has disks forget: from now on it is noted what the broker forces, and what was written and not forced is
   * gone when the broker is killed. `forget` and then `cluster.kill` of all is a power cut; `kill` alone
   * leaves what the system has in its page cache.
   *
   * @throws LabError as `fill`
   * @example
   * const forgetful = await lab.disk.forget("leader");
   * console.log(forgetful.proof?.observed?.[0]?.measured); // 0 of 1 bytes are forced
   * await forgetful.heal();
   */
  forget(target: Target, options?: DiskOptions): Promise<Fault>;
  /** Heals every disk fault, and starts brokers that have ended by one. */
  heal(): Promise<void>;
}

export function makeDisk({ faults, inject }: { faults: OpenFaults; inject: Inject }): Disk {
  const put = (spec: FaultSpec, { prove, signal }: DiskOptions = {}): Promise<Fault> =>
    inject(spec, { ...(prove !== undefined && { prove }), ...(signal && { signal }) });
  return {
    fill: async (target, options) => await put(made.fillDisk(target, dirOf(options)), options),
    hang: async (target, options) => await put(made.hangDisk(target, dirOf(options)), options),
    forget: async (target, options) => await put(made.forgetDisk(target, dirOf(options)), options),
    slow: async (target, delay, options) => await put(made.slowDisk(target, delay, dirOf(options)), options),
    fail: async (target, options) => await put(made.failDisk(target, dirOf(options)), options),
    async heal() {
      for (const fault of [...faults.open].reverse()) if (fault.disk) await fault.heal();
    },
  };
}

function dirOf({ logDir }: DiskOptions = {}): { logDir?: number } {
  return logDir === undefined ? {} : { logDir };
}
